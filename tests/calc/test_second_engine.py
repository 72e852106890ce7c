"""The formulas of the report, of its marked copy and of the tracker in a second program beside LibreOffice.

What no program but Excel and this one does, LibreOffice cannot show: names of digits that are taken for numbers.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.calc.caches import cached, differences
from tests.calc.second_engine import computed, with_own_checks, written
from tests.calc.test_report_agrees import filling
from tests.calc.test_report_formulas import LISTED_NOBODY, PEOPLE
from tests.workbooks.report_sample import TASKS, WITH_COMPANIONS, content
from tests.workbooks.tracker_sample import realistic
from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW
from zwgk_excel.workbooks.correction.mark_up import correction_copy
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.report.fill_in import fill
from zwgk_excel.workbooks.report.report_workbook import report_workbook
from zwgk_excel.workbooks.report.self_check import TaskFlags, item_check
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

ISSUED = date(2026, 11, 2)
DAY = date(2026, 11, 26)
ROWS = range(FIRST_ROW, FIRST_ROW + 20)


def small(view: TrackerView, names: Iterable[str] = ()) -> TrackerView:
    """Every second row of some of the view's units, which are called ``names`` where they are given."""
    units = view.units[:12]
    called = dict(zip((unit.name for unit in units), names or (unit.name for unit in units), strict=True))
    rows = [
        replace(row, status=replace(row.status, obligation=replace(row.status.obligation, unit=called[unit])))
        for row in view.rows
        if (unit := row.status.obligation.unit) in called
    ]
    renamed = tuple(replace(unit, name=called[unit.name]) for unit in units)
    return replace(view, units=renamed, rows=tuple(rows[::2]), contents=(), item_count=0)


@pytest.mark.parametrize("day", [DAY, date(2026, 12, 3)], ids=["in the month", "in a month not issued"])
def test_the_tracker(day: date, tmp_path: Path) -> None:
    view = small(realistic(DAY, count=3))
    rows = tuple(row for row in view.rows if row.status.obligation.cycle < Month.of(day) + 1)
    data = tracker_workbook(replace(view, rows=rows, live=False))
    assert differences(cached(data), computed(data, tmp_path / "a.xlsx", DAY)) == []


def test_a_tracker_of_units_whose_names_mean_something_in_a_criterion(tmp_path: Path) -> None:
    names = ("市*局", "?镇", "市~局", "市教育局", "甲镇", "市~*局", "100", "1E2", "1e+2", "=市", "𠮷镇", "𠮷" * 100)
    data = tracker_workbook(replace(small(realistic(DAY, count=3), names), live=False))
    sheets = {layout("tracker")[key].name for key in ("matrix", "identity")}
    ours = {place: value for place, value in cached(data).items() if place[0] in sheets}
    assert differences(ours, computed(data, tmp_path / "a.xlsx", DAY)) == []


def test_the_report(tmp_path: Path) -> None:
    data = with_own_checks(report_workbook(content(WITH_COMPANIONS)), ROWS)
    assert differences(written(data), computed(data, tmp_path / "a.xlsx", ISSUED)) == []


@pytest.mark.parametrize("part", range(6))
def test_who_signed(part: int, tmp_path: Path) -> None:
    typed = [*PEOPLE, *LISTED_NOBODY][part::6]  # more at once the engine does not compute
    rows = range(FIRST_ROW, FIRST_ROW + len(typed))
    items: list[Any] = [{key: value for key, value in row.items() if value} for row in typed]
    data = with_own_checks(fill(report_workbook(content(TASKS)), answers={}, items=items), rows)
    found, flags = computed(data, tmp_path / "a.xlsx", ISSUED), {each.label: TaskFlags.of(each) for each in TASKS}
    sheet = layout("report")["items"]
    check = column_letters(sheet.index("check"))
    for row, place in zip(typed, rows, strict=True):
        assert found[sheet.name, f"{check}{place}"] == item_check(row, flags), row


@pytest.mark.parametrize("seed", [3, 5, 17])
def test_a_marked_copy(seed: int, tmp_path: Path) -> None:
    """Of fillings in which no day without a year lies between two others: the engine takes the earlier year."""
    filled = filling(random.Random(seed), careful=False)
    data = with_own_checks(correction_copy(filled.data, filled.problems), ROWS)
    assert differences(written(data), computed(data, tmp_path / "a.xlsx", ISSUED)) == []
