"""A month's returns come into the live tracker of a year: of forty units, with ``ZWGK_LONG=1`` of sixty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.addin.tracker_desk import LAYOUT, TRACKING, click, open_tracker, tracker
from tests.calc.engine import CalcApp
from tests.calc.year import MONTHS, UNITS, year_desk
from tests.calc.year import answer as answer_year
from tests.examples import LONG
from tests.workflow.desk import Desk
from zwgk_excel.addin.host import session
from zwgk_excel.addin.host.workspace_choice import remember
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.previous.office_input import OfficeInput
from zwgk_excel.workbooks.tracker.rows.formulas import name_of
from zwgk_excel.workbooks.tracker.rows.row_values import (
    FileLink,
    item_rows,
    problem_rows,
    receipt_rows,
    tracking_rows,
)
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.consolidation.consolidating import consolidate, prepare

COUNT = UNITS if LONG else 40


@pytest.mark.slow
def test_the_returns_of_a_month(live: CalcApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """They come into the tracker of a year; everything in the file is right."""
    desk = year_desk(tmp_path, COUNT)
    monkeypatch.setattr(clock, "now", lambda: desk.now)
    monkeypatch.setattr(session, "HOME", tmp_path / "home")
    remember(desk.root)
    answer_year(desk, MONTHS[:-1])
    with desk.open() as office:
        consolidate(office, as_of=None, who="科员")
    book = open_tracker(live, desk)
    book.names[name_of("as_of")].refers_to_range.value = desk.now
    answer_year(desk)
    click()
    assert f"共 {COUNT * len(MONTHS)} 份已收" in live.alerts[-1][0]
    with desk.open() as office:
        view = prepare(office, OfficeInput(), as_of=None, who="科员").view
    after = grids(desk)
    assert_rows(after, "tracking", tracking_rows(view), 24 * COUNT)
    assert_rows(after, "items", item_rows(view), 220 * COUNT)
    assert_rows(after, "problems", problem_rows(view), COUNT // 2)
    assert_rows(after, "receipts", receipt_rows(view), 12 * COUNT)
    shape = LAYOUT["items"]
    assert book.sheets[shape.name].range(cells_of(shape, "doc_no", view.item_count)).number_format == "@"
    states = book.sheets[TRACKING.name].range(cells_of(TRACKING, "timeliness", len(view.rows))).formula
    assert {row[0][:4] for row in states} == {"=IF("}
    click()
    assert "新收 0 份" in live.alerts[-1][0]
    assert grids(desk) == after


def cells_of(shape: Any, key: str, count: int) -> str:
    """The address of a column's cells in a table of ``count`` rows."""
    letters = column_letters(shape.index(key))
    return f"{letters}4:{letters}{3 + count}"


def grids(desk: Desk) -> dict[str, list[list[Any]]]:
    """The values of the saved file, by calamine: openpyxl would take half a minute."""
    found = CalamineWorkbook.from_path(tracker(desk))
    return {name: found.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in found.sheet_names}


def assert_rows(found: dict[str, list[list[Any]]], key: str, rows: Iterable[Any], least: int) -> None:
    """A sheet shows just these rows, in any order; states are what Calc computed."""
    shape, expected = LAYOUT[key], list(rows)
    assert len(expected) >= least
    keys = [column.key for column in shape]
    wanted = Counter(tuple(_plain(row.get(key)) for key in keys) for row in expected)
    assert Counter(tuple(map(_plain, row[: len(keys)])) for row in found[shape.name][3:]) == wanted


def _plain(value: Any) -> str:
    """A value as text, however it was written: days with and without a time, whole numbers as either kind."""
    if isinstance(value, FileLink):
        return value.text
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return "" if value is None else str(int(value)) if isinstance(value, float) else str(value)
