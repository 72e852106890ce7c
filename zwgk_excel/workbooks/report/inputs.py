"""Number format and data validation of the input cells of a report workbook, by column type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout
from zwgk_excel.workbooks.contract.excel_value import WHOLE_LIMIT
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW
from zwgk_excel.workbooks.report import formulas, self_check
from zwgk_excel.workbooks.report.lists import ListRanges
from zwgk_excel.workbooks.writing.formats import DATE, TEXT

_MAX_TITLE, _MAX_MESSAGE = 32, 255
"""Characters that Excel shows of a prompt or an error text."""
_PAST = frozenset({"formed_on", "published_on"})
"""Days that lie behind whoever reports them: intake refuses one after the day of receipt. 自查 knows no day, because a
formula with TODAY() in every row would be computed anew at every keystroke."""
_TODAY = "=INT(NOW())"
"""Not TODAY(): that alone would then pass as a formula of ours in any cell of a return
(:mod:`zwgk_excel.workbooks.correction.own_formulas`)."""
_FORMATS = {ColumnKind.DATE: DATE, ColumnKind.INTEGER: "0"}


def number_format(column: Column) -> str:
    """The number format of a column's cells: text (typed text stays unchanged) unless the type is no text."""
    return _FORMATS.get(column.kind, TEXT)


def validation(column: Column, sheet: SheetLayout, lists: ListRanges) -> dict[str, Any]:
    """A data validation of xlsxwriter for a column from the first row on: rule, prompt and error text."""
    rule, error = _rule(column, sheet, lists)
    prompt = {"input_title": column.heading[:_MAX_TITLE], "input_message": column.prompt[:_MAX_MESSAGE]}
    return {
        **(prompt if column.prompt else {}),
        "ignore_blank": True,
        "error_title": f"{column.heading}有误"[:_MAX_TITLE],
        "error_message": error[:_MAX_MESSAGE],
        "error_type": "stop",
        **rule,
    }


def text_rule(column: Column, cell: formulas.Ref) -> tuple[Mapping[str, Any], str]:
    """The rule of a validation of ``cell`` for a column of text, and its error text."""
    if column.kind is ColumnKind.PHONE:
        # Only a question: whoever has a number of another form may leave it.
        rule = {"validate": "custom", "value": f"={cell.could_be_telephones(column.max_length)}"}
        asked = f"{column.heading}请核对：11 位手机号，或固定电话（可带区号、分机）；几个号码用“、”分开。"
        return {**rule, "error_type": "warning"}, f"{asked}不超过 {column.max_length} 字。"
    length = {"validate": "length", "criteria": "<=", "value": column.max_length}
    return length, f"{column.heading}不超过 {column.max_length} 字。"


def _rule(column: Column, sheet: SheetLayout, lists: ListRanges) -> tuple[Mapping[str, Any], str]:
    heading = column.heading
    match column.kind:
        case ColumnKind.CHOICE if column.list == "entries":
            choices = formulas.entry_choices(formulas.refs(sheet, FIRST_ROW)["task"])
            return {"validate": "list", "source": f"={choices}"}, f"请先选任务，再从下拉列表中选择{heading}。"
        case ColumnKind.CHOICE:
            return {"validate": "list", "source": "=" + lists.range(column.list)}, f"请从下拉列表中选择{heading}。"
        case ColumnKind.DATE:
            is_past = column.key in _PAST
            days = {
                "minimum": _noon(self_check.FIRST_DAY),
                "maximum": _TODAY if is_past else _noon(self_check.LAST_DAY),
            }
            last = "今天" if is_past else self_check.LAST_DAY
            error = f"{heading}应填日期，如 2026-03-01（{self_check.FIRST_DAY} 至 {last}）。"
            return {"validate": "date", "criteria": "between", **days}, error
        case ColumnKind.INTEGER:
            limits = {"minimum": 0, "maximum": WHOLE_LIMIT - 1}
            return {"validate": "integer", "criteria": "between", **limits}, f"{heading}应填不小于 0 的整数，如 12。"
        case ColumnKind.URL:
            cell = formulas.refs(sheet, FIRST_ROW)[column.key]
            formula = f"=AND({cell.is_link},{cell.length}<={column.max_length})"
            error = f"{heading}应为完整网址，以 http:// 或 https:// 开头，不超过 {column.max_length} 字。"
            return {"validate": "custom", "value": formula}, error
        case _:
            return text_rule(column, formulas.refs(sheet, FIRST_ROW)[column.key])


def _noon(day: date) -> datetime:
    return datetime.combine(day, time())
