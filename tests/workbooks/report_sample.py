"""Tasks and report contents made by hand, so that tests of the workbook need no duty table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from zwgk_excel.domain.companions import OF_OLD, Companion
from zwgk_excel.domain.duties import Cadence, Duty
from zwgk_excel.domain.identity import sign_identity
from zwgk_excel.domain.obligations import Obligation, ReportTask
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.layout.columns import added_columns
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.contract.identity_sheet import added_text
from zwgk_excel.workbooks.report.content import asked_tasks, tasks_of
from zwgk_excel.workbooks.report.report_workbook import ReportContent
from zwgk_excel.workflow.setup.demo_returns import sample

UNIT, CYCLE = "市政府办", Month(2026, 11)
LONG = "；".join(f"第{number}类环境监管信息、监测数据及其解读" for number in range(1, 25))


def duty(id_: str, column: str, **values: Any) -> Duty:
    """A monthly duty unless ``values`` say otherwise."""
    texts = {"content": f"{column}的目录、标准及实施情况", "requirement": "每月月底前集中报送一次"}
    return Duty(id_, column, word("category", "open_government"), **{"cadence": Cadence.MONTHLY, **texts, **values})


def listed(each: Duty, *, mandatory: bool = True, backlog: bool = False) -> ReportTask:
    """The duty as a task of :data:`CYCLE`; backlog is the month before."""
    month = CYCLE - 1 if backlog else CYCLE
    dated = mandatory and each.cadence is not Cadence.ON_DEMAND
    due, final = (month.day(25), month.last) if dated else (None, None)
    obligation = Obligation(each, UNIT, Period.month(month), month.first, due, final, mandatory)
    name = f"{each.id} {each.column}"
    return ReportTask(obligation, UNIT, f"{name}（{month}）" if backlog else name, backlog)


POLICY_FILES = duty("D01", "政策文件", policy=True, companions=OF_OLD)
PROCUREMENT = duty("D02", "政府采购")
ENVIRONMENT = duty("D06", "环境保护", content=LONG, policy=True)
JOBS = duty("D10", "就业创业")
PLANS = duty("D15", "规划计划", companions=(Companion.READING,))
DECISIONS = duty(
    "D26",
    "行政决策公开",
    cadence=Cadence.ON_DEMAND,
    requirement="正式文件发布后，同步报送",
    companions=(Companion.READING, Companion.DECISION_NOTE, Companion.CONSULTATION),
)
AGENCIES = duty("D24", "机构职能", cadence=Cadence.ON_DEMAND, requirement="实时更新")

TASKS = (
    listed(POLICY_FILES),
    listed(PROCUREMENT),
    listed(ENVIRONMENT),
    listed(JOBS, mandatory=False),
    listed(AGENCIES),
    listed(PROCUREMENT, backlog=True),
)
"""Monthly with companions, monthly, a policy column with long text, advisory, on demand, backlog."""

WITH_COMPANIONS = (*TASKS, listed(PLANS), listed(DECISIONS))
"""The same with a duty for each companion."""


def content(tasks: Iterable[ReportTask] = TASKS, **values: Any) -> ReportContent:
    """What a workbook of :data:`UNIT` is made from."""
    issued = values.setdefault("issued_on", date(2026, 11, 2))
    unit = values.setdefault("unit", UNIT)
    given = {"mailbox": "zwgk@example.gov.cn", "office": "大冶市人民政府办公室政务公开股", **values}
    listed = tuple(tasks)
    signed = sign_identity(b"key", 2, unit, CYCLE, issued, added_text(), asked_tasks(tasks_of(listed)))
    return ReportContent(cycle=CYCLE, listed=listed, signature=signed, **given)


GOOD_ITEM: dict[str, object] = {
    "task": "D02 政府采购",
    "title": "2026年10月政府集中采购项目实施情况",
    "type": word("item_type", "notice"),
    "doc_no": "冶财采〔2026〕12号",
    "formed_on": date(2026, 11, 3),
    "published_on": date(2026, 11, 5),
    "url": "https://www.example.gov.cn/zwgk/202611/t20261105_1.html",
    "section": "政府采购管理科",
    "officer": "张三",
    "phone": "0714-8700000",
    "first_review": "李四",
    "second_review": "王五",
    "final_review": "赵六",
    **{column.key: sample(column, date(2026, 11, 5)) for column in added_columns("items") if column.required},
}
"""A complete item, by column key."""


def item(**values: object) -> dict[str, object]:
    """A complete item with some cells changed; None empties a cell."""
    return {key: value for key, value in {**GOOD_ITEM, **values}.items() if value is not None}
