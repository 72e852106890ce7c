"""Sign-offs above and below the tables are told as such, and are no items; data that looks like one stays data."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.workbooks.reading.test_repairs import ITEM, TASK, read
from tests.workbooks.sheets import headed
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.reading.read_return import ParsedReturn
from zwgk_excel.workbooks.reading.sign_off import are_sign_offs, is_sign_off

TASKS, ITEMS = (layout("report")[key] for key in ("tasks", "items"))
LINES = [
    "填表人：张三",
    "审核人:李四",
    "分管领导（签字）：",
    "单位负责人：王五    填报人：张三    2026年11月20日",
    "联系电话：0714-8700000",
    "填报日期：2026-11-20",
    "（盖章）",
    "单位公章",
    "以上信息已经局领导审核",
    "以上信息已经分管局长审核同意，情况属实。",
    "本表内容已按三审制审核",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_a_sign_off(line: str) -> None:
    assert is_sign_off(line)


@pytest.mark.parametrize(
    "text",
    ["", "张三", "2026-11-20", "政府采购公告", "公布审核结果的公告", "规范性文件备案审核：第3号", "以上", "长" * 200],
)
def test_other_texts_are_none(text: str) -> None:
    assert not is_sign_off(text)


def test_a_row_is_one_of_sign_offs_if_every_cell_is() -> None:
    assert are_sign_offs(["填表人：", "张三", "审核人：", "李四", "2026年11月20日"])
    assert are_sign_offs(["2026年11月20日"])
    assert are_sign_offs(["填表人", "张三", "审核人（签字）", "李四", "联系电话", "0714-8712345"])
    assert are_sign_offs(["填报日期", "2026-11-25"])
    assert not are_sign_offs(["填表人：张三", "https://a.cn/1"])
    assert not are_sign_offs(["填表人", "https://a.cn/1"])
    assert not are_sign_offs(["联系人", "#DIV/0!"])
    assert not are_sign_offs(["填表人", "张三", "审核情况公告", "工作进展"])
    assert not are_sign_offs(["报送情况", "工作进展"])
    assert not are_sign_offs(["填表人"])
    assert not are_sign_offs(["张三", "李四"])
    assert not are_sign_offs([])


def told(reading: ParsedReturn) -> list[tuple[str, str, str]]:
    return [(each.code, each.place.sheet, each.place.cell) for each in reading.content.problems]


def test_below_and_above_the_tables_they_are_notes() -> None:
    items: list[list[Any]] = [["填报单位：市财政局"], *headed("items", [ITEM])]
    items += [["填表人", "张三", "审核人", "李四", "联系电话", "0714-8712345"]]
    items += [["填表人：", "张三", None, "审核人：", "李四"], ["以上信息已经局领导审核"], [None, "2026年11月20日"]]
    tasks = [*headed("tasks", [TASK]), ["（盖章）"], [None, None, None, "填表人：张三"]]
    reading = read({TASKS.name: tasks, ITEMS.name: items})
    assert [item.title for item in reading.content.items] == [ITEM["title"]]
    assert len(reading.content.answers) == 1
    assert {code for code, *_ in told(reading)} == {"sign_off"}
    below = {*(f"{letter}6" for letter in "ABCDEF"), "A7", "B7", "D7", "E7", "A8", "B9"}
    assert {cell for _, sheet, cell in told(reading) if sheet == ITEMS.name} == {"A1", *below}
    assert {cell for _, sheet, cell in told(reading) if sheet == TASKS.name} == {"A5", "D6"}
    assert not any(each.counts for each in reading.content.problems)
    assert "张三" in " ".join(each.found for each in reading.content.problems if each.place.cell == "B7")


def test_a_remark_below_the_table_is_one_note() -> None:
    below: list[list[Any]] = [["备注：其余信息已在网站发布"], [None, "本月我局没有其他需要公开的信息。"]]
    items: list[list[Any]] = [*headed("items", [ITEM]), [], *below]
    reading = read({TASKS.name: headed("tasks", [TASK]), ITEMS.name: items})
    assert [item.title for item in reading.content.items] == [ITEM["title"]]
    assert told(reading) == [("row_remark", ITEMS.name, "A6"), ("row_remark", ITEMS.name, "B7")]


LEFT: list[dict[str, Any]] = [
    {"title": "填报人 张三"},
    {"task": "市财政局（盖章）"},
    {"task": "联系人：张三", "phone": "13800000000"},
    {"task": "本表一式两份。"},
    {"title": "主要领导审签：同意 李明"},
    {"task": "合计1条，其中政策0条"},
    {"title": "领导意见：同意"},
    {"published_on": "2026年11月25日"},
    {"title": "局长：李明", "doc_no": "信息员：李明"},
    {"title": "以下空白"},
]
"""Rows that 自查 takes for no items."""


@pytest.mark.parametrize("row", LEFT, ids=lambda row: next(iter(row.values())))
def test_what_the_self_check_leaves_to_intake_is_named_and_no_item(row: dict[str, Any]) -> None:
    reading = read({TASKS.name: headed("tasks", [TASK]), ITEMS.name: headed("items", [ITEM, row])})
    assert [item.title for item in reading.content.items] == [ITEM["title"]]
    assert len(told(reading)) == len(row)
    assert not any(each.counts for each in reading.content.problems)


@pytest.mark.parametrize(
    "more", [{"task": "D02 政府采购"}, {"task": "政府采购"}, {"url": "http://a.cn/1"}, {"type": "工作进展"}]
)
def test_with_a_task_a_link_or_a_type_it_is_an_item(more: dict[str, Any]) -> None:
    row = {"title": "填报人 张三"} | more
    reading = read({TASKS.name: headed("tasks", [TASK]), ITEMS.name: headed("items", [ITEM, row])})
    assert [item.row for item in reading.content.items] == [4, 5]


def test_an_item_that_somebody_began_is_no_sign_off() -> None:
    begun: list[dict[str, Any]] = [{"published_on": date(2026, 11, 5)}]
    begun += [{"formed_on": "2026-11-03", "published_on": "2026-11-05"}]
    begun += [{"officer": "张三"}, {"task": "D02 政府采购", "title": "审核人：张三"}, {"phone": "87145566"}]
    reading = read({TASKS.name: headed("tasks", [TASK]), ITEMS.name: headed("items", begun)})
    assert [item.row for item in reading.content.items] == [4, 5, 6, 7, 8]
