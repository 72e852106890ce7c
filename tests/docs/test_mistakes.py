"""The ten most common mistakes of 填报手册: each is marked by the words that the page says, in the sheet itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from tests.tools import ROOT
from tests.workbooks.report_sample import TASKS, item
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.report.self_check import ItemCounts, TaskFlags, item_check, task_check

FLAGS = {each.label: replace(TaskFlags.of(each), published_from=date(2026, 10, 1)) for each in TASKS}
POLICY = FLAGS["D01 政策文件"]
REPORTED, NIL = (word("answer", code) for code in ("reported", "nil"))
NORMATIVE = word("item_type", "normative")


def of_task(values: Mapping[str, object], counts: ItemCounts = ItemCounts()) -> str:
    return task_check(values, POLICY, counts)


def of_item(**values: object) -> str:
    return item_check(item(**values), FLAGS)


MISTAKES = {
    1: [of_task({})],
    2: [of_task({"status": NIL, "statement": text}) for text in ("", "无")],
    3: [of_task({"status": REPORTED})],
    4: [of_item(url="www.example.gov.cn/1.html")],
    5: [of_item(published_on=text) for text in ("3月", "2026.3")],
    6: [of_item(final_review=None), of_item(final_review="—"), of_item(second_review="李四")],
    7: [of_item(task="D01 政策文件", type=NORMATIVE, draft_note=text, reading=text) for text in ("无", "见附件")],
    8: [of_task({}, ItemCounts(1, 0, 0))],
    9: [of_item(published_on=date(2026, 9, 1), formed_on=date(2026, 9, 1))],
}
"""Number of the mistake → what 自查 says of it, made in each of the ways that the page names."""


def rows() -> dict[int, str]:
    """Number of a mistake → what the page says that the sheet shows."""
    page = (ROOT / "docs/填报手册.md").read_text("utf-8")
    return {int(number): shown for number, shown in re.findall(r"^\| (\d+)\. [^|]*\| ([^|]*)\|", page, re.MULTILINE)}


def test_there_are_ten() -> None:
    assert list(rows()) == list(range(1, 11))


@pytest.mark.parametrize("number", MISTAKES)
def test_the_sheet_marks_it_in_the_words_of_the_page(number: int) -> None:
    said = MISTAKES[number]
    assert all(text.startswith("×") for text in said), said
    for quoted in re.findall(r"“(.+?)”", rows()[number]):
        assert any(quoted in text for text in said), said
