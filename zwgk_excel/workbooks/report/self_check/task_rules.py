"""The rules of 任务清单: an answer, its statement and the number of its items."""

from __future__ import annotations

from zwgk_excel.domain.returns import AnswerStatus
from zwgk_excel.layout.columns import SheetLayout
from zwgk_excel.workbooks.report.self_check.cell_rules import column_rules
from zwgk_excel.workbooks.report.self_check.rule import CheckedRow, CheckRule, errors_first, says

_NOTHING = "{total}=0,{statement.blank},{expected}"
_NIL_REFUSED = f"{says(AnswerStatus.NIL)},NOT({{nil}}),{{total}}=0"
_EMPTY = "选了{answers[reported]}，但{items}无条目"
_STATED = f"NOT({{statement.blank}}),NOT({says(AnswerStatus.NIL)})"


def _is_nil_refused(row: CheckedRow) -> bool:
    return row.status(AnswerStatus.NIL) and not row.flags.nil and row.tally.total == 0


def _nothing_said(row: CheckedRow) -> bool:
    return row.tally.total == 0 and row["statement"].blank and row.flags.expected


def _is_backlog_open(row: CheckedRow) -> bool:
    silent = row.status() or row.status(AnswerStatus.PENDING)
    return row.flags.backlog and row.tally.total == 0 and row["statement"].blank and silent


def _is_stated_only(row: CheckedRow) -> bool:
    return not row["statement"].blank and not row.status(AnswerStatus.NIL)


_TASK_RULES = (
    CheckRule(
        "请选择{status}",
        f"AND({{status.blank}},{_NOTHING})",
        lambda row: row.status() and _nothing_said(row),
        ("status",),
    ),
    CheckRule(
        "{answers[pending]}",
        f"AND({says(AnswerStatus.PENDING)},{_NOTHING})",
        lambda row: row.status(AnswerStatus.PENDING) and _nothing_said(row),
        ("status",),
    ),
    CheckRule(
        _EMPTY,
        f"AND({says(AnswerStatus.REPORTED)},{{total}}=0,NOT({{backlog}}))",
        lambda row: row.status(AnswerStatus.REPORTED) and row.tally.total == 0 and not row.flags.backlog,
        ("status",),
    ),
    CheckRule(
        "不能选{answers[nil]}，请报送信息",
        f"AND({_NIL_REFUSED})",
        _is_nil_refused,
        ("status",),
    ),
    CheckRule(
        "请填写{statement}",
        f"AND({says(AnswerStatus.NIL)},{{nil}},{{total}}=0,{{statement.absent}})",
        lambda row: (
            row.status(AnswerStatus.NIL) and row.flags.nil and row.tally.total == 0 and row["statement"].absent
        ),
        ("statement",),
    ),
    CheckRule(
        "有{statement}，请选{answers[nil]}",
        f"AND({_STATED},NOT({says(AnswerStatus.REPORTED)}),{{expected}},{{total}}=0)",
        lambda row: (
            _is_stated_only(row)
            and not row.status(AnswerStatus.REPORTED)
            and row.flags.expected
            and row.tally.total == 0
        ),
        ("status",),
    ),
    CheckRule(
        "政策性栏目只有{unfit}",
        "AND({policy},{total}>{bad},{useful}=0)",
        lambda row: row.flags.policy and row.tally.total > row.tally.bad and row.tally.useful == 0,
        ("count",),
    ),
    CheckRule(  # the old month's own workbook may have brought it
        _EMPTY,
        f"AND({says(AnswerStatus.REPORTED)},{{total}}=0,{{backlog}})",
        lambda row: row.status(AnswerStatus.REPORTED) and row.tally.total == 0 and row.flags.backlog,
        ("status",),
        warning=True,
    ),
    CheckRule(
        "还没有填报",
        f"AND({{backlog}},{{total}}=0,{{statement.blank}},OR({{status.blank}},{says(AnswerStatus.PENDING)}))",
        _is_backlog_open,
        ("status",),
        warning=True,
    ),
    CheckRule(
        "其中 {bad} 条不完整",
        "{bad}>0",
        lambda row: row.tally.bad > 0,
        ("count",),
        warning=True,
    ),
    CheckRule(
        "选了{answers[nil]}，但有 {total} 条",
        f"AND({says(AnswerStatus.NIL)},{{total}}>0)",
        lambda row: row.status(AnswerStatus.NIL) and row.tally.total > 0,
        ("status",),
        warning=True,
    ),
    CheckRule(
        "选了{answers[pending]}，但有 {total} 条",
        f"AND({says(AnswerStatus.PENDING)},{{total}}>0)",
        lambda row: row.status(AnswerStatus.PENDING) and row.tally.total > 0,
        ("status",),
        warning=True,
    ),
    CheckRule(
        "有{statement}，但没有选{answers[nil]}",
        f"AND({_STATED},OR({{total}}>0,NOT({{expected}})))",
        lambda row: _is_stated_only(row) and (row.tally.total > 0 or not row.flags.expected),
        ("statement",),
        warning=True,
    ),
)


def task_rules(sheet: SheetLayout) -> tuple[CheckRule, ...]:
    """The rules of 任务清单, errors first."""
    return errors_first([*(rule for column in sheet.inputs for rule in column_rules(column)), *_TASK_RULES])
