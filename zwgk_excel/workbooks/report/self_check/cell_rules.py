"""What a single cell must be: filled, short enough, of its list, a day, a number, a telephone, a link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from zwgk_excel.domain.companions import NAMED, REVIEWS
from zwgk_excel.domain.returns import AnswerStatus
from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout
from zwgk_excel.layout.words import meanings, words
from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.contract.excel_value import MOST_DIGITS, MOST_TELEPHONE, ExcelValue
from zwgk_excel.workbooks.report.self_check.rule import CONCATENATION_LIMIT, OF_TASK, CheckedRow, CheckRule, says


def required(sheet: SheetLayout) -> tuple[Column, ...]:
    """The required columns."""
    return tuple(column for column in sheet.inputs if column.required)


def is_missing(key: str, cell: ExcelValue) -> bool:
    """Whether a required cell has no value, as :func:`lacks` has it in Excel."""
    return cell.nobody if key in REVIEWS else cell.absent if key in NAMED else cell.blank


def lacks(key: str) -> str:
    """The condition that a required cell lacks its value: it is blank, or names nobody and nothing."""
    return f"{{{key}.{'nobody' if key in REVIEWS else 'absent' if key in NAMED else 'blank'}}}"


def column_rules(column: Column) -> Iterator[CheckRule]:
    key, ref = column.key, "{" + column.key
    if column.max_length < CONCATENATION_LIMIT:
        too_long = f"{ref}}}超过{column.max_length}字"
        yield CheckRule(too_long, f"{ref}.length}}>{column.max_length}", _longer(key, column.max_length), (key,))
    match column.kind, column.list:
        case ColumnKind.CHOICE, "tasks":
            unknown = f"AND(NOT({ref}.blank}}),SUMPRODUCT({OF_TASK})=0)"
            yield CheckRule(f"{ref}}}不在清单中", unknown, lambda row: not row[key].blank and not row.known, (key,))
        case ColumnKind.CHOICE, "entries":
            return  # entry_rules: it depends on the task
        case ColumnKind.CHOICE, "answer":
            known = ",".join(says(each) for each in AnswerStatus)
            unknown = f"AND(NOT({ref}.blank}}),NOT(OR({known})))"
            yield CheckRule(f"{ref}}}请从列表选择", unknown, _unlisted(key, column.list), (key,))
        case ColumnKind.CHOICE, _:
            unknown = f"AND(NOT({ref}.blank}}),SUMPRODUCT(--(zwgk_{column.list}={ref}.plain}}))=0)"
            yield CheckRule(f"{ref}}}请从列表选择", unknown, _unlisted(key, column.list), (key,))
        case ColumnKind.DATE, _:
            no_date = f"AND(NOT({ref}.blank}}),NOT({ref}.is_day}}))"
            yield CheckRule(f"{ref}}}不是日期", no_date, lambda row: not row[key].blank and not row[key].is_day, (key,))
        case ColumnKind.INTEGER, _:
            no_number = f"AND(NOT({ref}.blank}}),NOT({ref}.is_whole}}),NOT({_counted(key)}))"
            yield CheckRule(f"{ref}}}不是不小于 0 的整数", no_number, partial(_is_no_number, key), (key,))
        # LibreOffice takes some 15,000 tokens in one cell, and this rule is many of them: one column has it. In one
        # that an office adds only what can be no number at all is asked about.
        case ColumnKind.PHONE, _ if column.common:
            condition = f"AND(NOT({ref}.blank}}),{defined_names.no_telephones(key)})"
            told = f"请核对{ref}}}，应为手机号或固定电话"
            yield CheckRule(
                told, condition, lambda row: not row[key].blank and not row[key].are_telephones, (key,), warning=True
            )
        case ColumnKind.PHONE, _:
            doubtful = f"AND(NOT({ref}.blank}}),{ref}.is_no_telephone}})"
            told = f"请核对{ref}}}，应为手机号或固定电话"
            yield CheckRule(told, doubtful, partial(_is_no_telephone, key), (key,), warning=True)
        case ColumnKind.URL, _:
            no_link = f"AND(NOT({ref}.blank}}),NOT({ref}.is_link}}))"
            yield CheckRule(
                f"{ref}}}不是网址", no_link, lambda row: not row[key].blank and not row[key].is_link, (key,)
            )
            several = f"AND({ref}.is_link}},{ref}.has_several_links}})"
            yield CheckRule(f"{ref}}}里不止一个网址", several, partial(_has_several_links, key), (key,), warning=True)


def _is_no_telephone(key: str, row: CheckedRow) -> bool:
    return not row[key].blank and not row[key].could_be_telephones(MOST_TELEPHONE)


def _has_several_links(key: str, row: CheckedRow) -> bool:
    return row[key].is_link and row[key].has_several_links


def _is_no_number(key: str, row: CheckedRow) -> bool:
    return not row[key].blank and not row[key].is_whole and not row[key].is_counted


def _longer(key: str, limit: int) -> Callable[[CheckedRow], bool]:
    return lambda row: row[key].length > limit


def _unlisted(key: str, name: str) -> Callable[[CheckedRow], bool]:
    known = {text.casefold() for code in words(name) for text in meanings(name, code)}
    return lambda row: not row[key].blank and row[key].plain.casefold() not in known


def _counted(key: str) -> str:
    """The condition that a cell holds a whole number as people write it: ``3条``."""
    left, ref = defined_names.rest(key), f"{{{key}.narrow}}"
    few = f"ABS(LEN({ref})-LEN({left})-{(1 + MOST_DIGITS) / 2:g})<{(1 + MOST_DIGITS) / 2:g}"
    known = f"SUMPRODUCT(--({defined_names.COUNTERS}=TRIM({left})))>0"
    return f"AND({few},RIGHT({ref},LEN({left}))={left},{known})"
