"""The texts of the cover (填报说明) by which its cells are told from what a unit typed there.

Written by :mod:`zwgk_excel.workbooks.report.cover`.
"""

from __future__ import annotations

import re

from zwgk_excel.layout.columns import layout

TASKS_OWED, SEND_TO, ISSUED_ON, CONTACT = "报送任务", "发送至", "下发日期", "联系人"
ALL_DONE, TO_DO = "填报完整", "还有 {count} 行未填或有误"
WITH_REMARKS = "可以报送，有 {count} 行请核对"
"""Where nothing is wrong, and so many rows are marked ▲."""
AMONG_AHEAD, AMONG_UNLISTED = "，其中 {count} 条的发布日期晚于今天", "，其中 {count} 行不是下发的任务"
"""What follows :data:`TO_DO` where 自查 marks no row."""
_WITH_REMARKS = re.compile(WITH_REMARKS.replace("{count}", r"\d+"))
_TO_DO = re.compile(r"还有 \d+ [行处]未填(或有误)?(，其中 \d+ .+)?")
""":data:`TO_DO`, as earlier versions wrote it too."""


def fact_labels() -> tuple[str, ...]:
    """The labels of the facts, in their order; each has its value in the cell to the right."""
    tracking = layout("tracker")["tracking"]
    due = (tracking.heading(key) for key in ("due", "days_left", "final"))
    return *due, TASKS_OWED, SEND_TO, ISSUED_ON, CONTACT, layout("report")["items"].heading("phone")


def open_words(key: str) -> str:
    """The text of the link to the sheet ``key``, beside which the number of places to correct on it stands."""
    return f"打开{layout('report')[key].name}"


def is_overall_check(text: str) -> bool:
    """Whether a text is a result of the overall self-check."""
    return text == ALL_DONE or bool(_TO_DO.fullmatch(text) or _WITH_REMARKS.fullmatch(text))
