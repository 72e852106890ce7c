"""The presses of the way of a click, and the report of them."""

from __future__ import annotations

from typing import Any

from tests.windows.click import report
from tests.windows.click.presses import PRESSES
from zwgk_excel.layout.buttons import ribbon_tab

GOOD: dict[str, Any] = {
    "button": "check",
    "code": 0,
    "told": ["错误 0 处"],
    "straight": ["错误 0 处"],
    "says": "错误 0 处",
    "same_words": True,
    "same_workbooks": True,
    "differs": "",
    "lacking": [],
    "members": 28,
    "seconds": 3.5,
}


def test_every_button_is_pressed():
    assert {each.button for each in PRESSES} == ribbon_tab().buttons.keys()


def test_a_press_that_went_well_is_a_line():
    assert report.faults(GOOD) == []
    told = "\n".join(report.lines([GOOD], "wine"))
    assert "| 1 | 检查责任表 | 0 | 错误 0 处 | 是 | 是 | 28 | 3.5 |" in told
    assert "没有按过：汇总" in told


def test_an_error_that_both_ways_tell_alike_is_one():
    told = ["错误 0 处", "没有完成：出现了意外的错误，工作簿已恢复原样。"]
    assert report.faults({**GOOD, "told": told, "straight": told}) == [f"出错：{told[1]}"]


def test_whatever_differs_is_told():
    wrong = {"code": 1, "told": ["出错"], "same_words": False, "same_workbooks": False, "lacking": ["Range.Find"]}
    found = "\n".join(report.faults({**GOOD, **wrong, "differs": "/总台账.xlsx: 1 and 2"}))
    for each in ("结束码 1", "没有说“错误 0 处”", "说的不同", "/总台账.xlsx: 1 and 2", "替身没有 Range.Find"):
        assert each in found
