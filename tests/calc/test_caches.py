"""Every formula of every workbook that we write keeps the result that a spreadsheet program computes, value and type.

So Protected View, previews and phones show what is right.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.calc.caches import cached, computed, differences, poisoned
from tests.calc.office import Office
from tests.calc.test_report_agrees import LISTED, filling
from tests.workbooks.bulletin.test_escalation_list import CONTENT
from tests.workbooks.bulletin.test_unit_sheet import ROWS, year
from tests.workbooks.report_sample import TASKS, WITH_COMPANIONS, content, item
from tests.workbooks.tracker_sample import assessed, realistic
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.prefilled import PrefilledRow
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.bulletin.escalation_list import escalation_workbook
from zwgk_excel.workbooks.bulletin.unit_sheet import unit_sheet
from zwgk_excel.workbooks.correction.correction_workbook import correction_workbook
from zwgk_excel.workbooks.correction.mark_up import correction_copy
from zwgk_excel.workbooks.report.fill_in import fill
from zwgk_excel.workbooks.report.report_workbook import report_workbook
from zwgk_excel.workbooks.tables.write_tables import duty_table_workbook, roster_workbook
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

_DAY = date(2026, 11, 3)
PREFILLED = (
    *(PrefilledRow("D02 政府采购", f"采购公告（{n}）", _DAY, f"http://a.cn/{n}", remark="预填") for n in range(14)),
    PrefilledRow("D06 环境保护", "=1+1", _DAY),
    PrefilledRow("D06 环境保护", "采购公告（3）", _DAY, "https://a.cn/3/#top", "文号", date(2026, 11, 1)),
)
"""More than are drawn ready, one that stands above for another task, one without a link."""
COVER = layout("report")["cover"].name
OVERVIEW = layout("tracker")["overview"].name


def _on(as_of: date) -> TrackerView:
    """The same tracked as of that day."""
    return replace(assessed(realistic(as_of, count=3)), live=False)


def _next_month() -> TrackerView:
    """A day of a month of which nothing was issued yet."""
    view = realistic(date(2026, 11, 30), count=3)
    return replace(view, live=False, rows=tuple(r for r in view.rows if r.status.obligation.cycle < Month(2026, 11)))


def _closed() -> TrackerView:
    view = _on(date(2026, 11, 30))
    scores = tuple(replace(each, closed=True) for each in view.assessments)
    return replace(view, rows=tuple(replace(row, closed=True) for row in view.rows), assessments=scores)


def _before() -> TrackerView:
    """Nothing issued yet."""
    nothing: dict[str, Any] = dict.fromkeys(("rows", "contents", "problems", "receipts", "letters", "acts"), ())
    return replace(realistic(count=2), live=False, item_count=0, link_checks={}, site_faults=(), **nothing)


STATES: Mapping[str, Callable[[], bytes]] = {
    "report": lambda: report_workbook(content(WITH_COMPANIONS, issued_on=date.today())),
    "report with prefilled rows": lambda: report_workbook(
        content(WITH_COMPANIONS, issued_on=date.today(), prefilled=PREFILLED)
    ),
    "report without tasks": lambda: report_workbook(content(())),
    "tracker before any issue": lambda: tracker_workbook(_before()),
    "tracker without units": lambda: tracker_workbook(replace(_before(), units=())),
    "tracker in the middle of a month": lambda: tracker_workbook(_on(date(2026, 11, 26))),
    "tracker of a month not issued": lambda: tracker_workbook(_next_month()),
    "tracker after closing": lambda: tracker_workbook(_closed()),
}


@pytest.mark.parametrize("state", STATES)
def test_the_results_written_are_those_computed(state: str, office: Office, tmp_path: Path) -> None:
    data = STATES[state]()
    written = cached(data)
    assert len(written) > 100
    assert differences(written, computed(office, data, tmp_path / "a.xlsx")) == []


def test_the_month_before_is_shown_where_none_is_issued() -> None:
    shown = cached(tracker_workbook(_next_month()))
    assert shown[OVERVIEW, "A7"]


# --- marked copies -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_a_marked_copy_has_the_results_of_what_is_in_it(seed: int, office: Office, tmp_path: Path) -> None:
    filled = filling(random.Random(seed), careful=seed == 2)
    data = correction_copy(poisoned(filled.data), filled.problems)
    written = {place: value for place, value in cached(data).items() if value is not None}
    found = computed(office, data, tmp_path / "a.xlsx")
    left = found.keys() - written.keys()
    # What the poison took away: the day of the days left is not known.
    assert {sheet for sheet, _ in left} == {COVER}
    assert len(left) == 1
    assert differences(written, found) == []


def test_a_copy_that_another_program_saved_has_them_too(office: Office, tmp_path: Path) -> None:
    second = item(title="x", url="http://www.example.gov.cn/2", phone=None)
    items: list[Any] = [item(), second, item(task="D10 就业创业")]
    data = fill(report_workbook(content(TASKS)), answers={("D01", "2026-11"): {"status": "本期无更新"}}, items=items)
    path = tmp_path / "given.xlsx"
    path.write_bytes(data)
    with office.open(path) as document:
        saved = document.save_as(tmp_path / "saved.xlsx").read_bytes()
    copy = correction_copy(poisoned(saved), ())
    written = {place: value for place, value in cached(copy).items() if value is not None}
    assert any(str(value).startswith("还有") for (sheet, _), value in written.items() if sheet == COVER)
    assert differences(written, computed(office, copy, tmp_path / "a.xlsx")) == []


def test_a_formula_on_a_sheet_that_was_changed_has_no_result(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "given.xlsx"
    path.write_bytes(report_workbook(content(TASKS)))
    with office.open(path) as document:
        sheet = document._sheet(layout("report")["items"].name)
        sheet.unprotect("")
        sheet.Columns.insertByIndex(2, 1)
        saved = document.save_as(tmp_path / "saved.xlsx").read_bytes()
    assert set(cached(correction_copy(saved, ())).values()) == {None}


def test_the_days_left_say_their_day() -> None:
    copy = cached(correction_copy(report_workbook(content(LISTED)), ()))
    assert "还有 23 天（按 11月2日算）" in copy.values()


# --- workbooks of values -----------------------------------------------------------------------


def test_what_leaves_as_values_has_no_formula() -> None:
    written = (
        unit_sheet(year(*ROWS)),
        escalation_workbook(CONTENT),
        duty_table_workbook(),
        roster_workbook(),
        correction_workbook(filling(random.Random(1), careful=False).problems),
    )
    assert [cached(data) for data in written] == [{}] * len(written)
