"""The results of our own formulas in a marked copy are those of what is in it, whatever the return kept."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from tests.calc.caches import POISON, cached, poisoned
from tests.workbooks.report_sample import TASKS, content, item
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.correction.mark_up import correction_copy
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.report.fill_in import fill
from zwgk_excel.workbooks.report.report_workbook import report_workbook
from zwgk_excel.workbooks.report.self_check import COMPLETE, slow_after

COVER, TASK_SHEET, ITEM_SHEET = (layout("report")[key] for key in ("cover", "tasks", "items"))
ITEMS: list[Any] = [item(), item(title=None, url="http://www.example.gov.cn/2")]


def place(sheet: Any, key: str, row: int) -> tuple[str, str]:
    return sheet.name, f"{column_letters(sheet.index(key))}{row}"


def filled() -> bytes:
    answers = {("D01", "2026-11"): {"status": "本期无更新", "statement": "经核实，本期无应公开信息"}}
    return fill(report_workbook(content(TASKS)), answers=answers, items=ITEMS)


def test_they_are_computed_anew_where_nobody_computed() -> None:
    found = cached(correction_copy(poisoned(filled()), ()))
    assert POISON not in found.values()
    assert found[place(ITEM_SHEET, "check", 4)] == COMPLETE
    assert found[place(ITEM_SHEET, "check", 5)] == "× 缺 信息标题"
    assert found[place(ITEM_SHEET, "check", 6)] == ""
    assert found[place(TASK_SHEET, "count", 5)] == 2
    assert found[place(TASK_SHEET, "check", 4)] == "√ 本期无更新"


def test_the_days_beyond_which_it_was_too_late_are_those_of_the_return() -> None:
    late: Any = item(formed_on=date(2026, 10, 1), published_on=date(2026, 11, 3))
    told = []
    for within in (10, 20):
        returned = fill(report_workbook(content(TASKS, publish_within=within)), answers={}, items=[late])
        told.append(cached(correction_copy(poisoned(returned), ()))[place(ITEM_SHEET, "check", 4)])
    assert told == [f"▲ 请核对；发布日期在形成日期 {slow_after(10)} 天以后，可能超期公开", COMPLETE]


def test_the_cover_counts_what_is_open_in_the_copy() -> None:
    before, after = (cached(data) for data in (filled(), correction_copy(filled(), ())))
    texts = [
        [value for (sheet, _), value in found.items() if sheet == COVER.name and str(value).startswith("还有")]
        for found in (before, after)
    ]
    assert "还有 23 天（按 11月2日算）" in texts[1]
    assert texts[0] != texts[1]


def test_a_day_that_the_cover_does_not_say_rightly_is_left_out() -> None:
    data = poisoned(filled())
    assert None in cached(correction_copy(data, ())).values()


@pytest.mark.parametrize("rounds", [1, 2])
def test_what_openpyxl_saved_is_marked_like_any_other(rounds: int) -> None:
    """It writes a formula with an empty result."""
    data = filled()
    for _ in range(rounds):
        saved = io.BytesIO()
        openpyxl.load_workbook(io.BytesIO(data)).save(saved)
        data = saved.getvalue()
    found = cached(correction_copy(data, ()))
    assert found[place(ITEM_SHEET, "check", 5)] == "× 缺 信息标题"
    assert found[place(TASK_SHEET, "count", 5)] == 2
