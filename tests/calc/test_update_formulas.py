"""The live formulas of 栏目更新 and their count on 总览, computed by a real spreadsheet program, against Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from tests.calc.office import Document, Office, Value
from tests.domain.make import duty
from tests.workbooks.tracker_sample import realistic
from zwgk_excel.domain.column_updates import ColumnUpdate, UpdateState
from zwgk_excel.domain.update_policy import UpdateKind, UpdateLimit
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.tracker.rows.formulas import name_of
from zwgk_excel.workbooks.tracker.rows.update_rows import counted_text
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_ROW
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

SHEET = layout("tracker")["column_updates"]
PUBLISHED = date(2026, 11, 1)
LIMITS = (UpdateLimit(14, 3), UpdateLimit(92, 0), None)
UPDATES = tuple(
    ColumnUpdate(f"单位{place}{number}", duty(f"D{number + 1:02}"), UpdateKind.DYNAMIC, limit, title, day)
    for place, limit in enumerate(LIMITS)
    for number, (title, day) in enumerate([("标题", PUBLISHED), ("", None), ("后来的", PUBLISHED + timedelta(days=20))])
)
VIEW = replace(realistic(), live=False, updates=UPDATES)
DAYS = [PUBLISHED + timedelta(days=each) for each in (0, 10, 11, 14, 15, 92, 93, 120)]


class Open:
    """An open tracker: rows by column and unit, and the count on 总览."""

    def __init__(self, document: Document, path: Path) -> None:
        self._document = document
        names = openpyxl.load_workbook(path).defined_names
        self._sheet, self._cell = next(iter(names[name_of("as_of")].destinations))

    def set_day(self, day: date) -> None:
        self._document.set(self._sheet, self._cell, day)
        self._document.recalculate()

    def rows(self) -> dict[Value, tuple[Value, Value, Value]]:
        rows = self._document.values(SHEET.name)[FIRST_ROW:]
        at = {column.key: place for place, column in enumerate(SHEET)}
        return {row[at["unit"]]: (row[at["days_since"]], row[at["days_left"]], row[at["state"]]) for row in rows}

    def counted(self) -> Value:
        top = self._document.values(layout("tracker")["overview"].name)[0]
        return next(value for value in top[1:] if value and "栏目" in str(value))


@pytest.fixture
def tracker(office: Office, tmp_path: Path) -> Iterator[Open]:
    path = tmp_path / "总台账.xlsx"
    path.write_bytes(tracker_workbook(VIEW))
    with office.open(path) as document:
        yield Open(document, path)


def test_days_states_and_their_count_equal_python_on_every_day(tracker: Open):
    seen = set()
    for day in DAYS:
        tracker.set_day(day)
        expected = {}
        for each in UPDATES:
            since, left, state = each.days_since(day), each.days_left(day), each.state(day)
            seen.add(state)
            numbers = (None if number is None else float(number) for number in (since, left))
            expected[each.unit] = (*numbers, word("update_state", state))
        assert tracker.rows() == expected, day
        assert tracker.counted() == counted_text(replace(VIEW, as_of=day)), day
    assert seen == set(UpdateState)
