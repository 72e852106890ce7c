"""须附材料: what an item must bring with it, and items that dodge it under another type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from zwgk_excel.domain.companions import (
    ABOUT,
    CENTURY,
    END,
    NUMBERED,
    TITLED,
    UNDISGUISED,
    UNDOUBTED,
    Companion,
    CompanionColumn,
)
from zwgk_excel.domain.returns import ItemType
from zwgk_excel.layout.columns import ColumnKind, companion_columns, layout
from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.contract.defined_names import ASKS, needs
from zwgk_excel.workbooks.contract.excel_value import DIGITS
from zwgk_excel.workbooks.report.self_check.rule import OF_TASK, CheckedRow, CheckRule, holds_any, is_one_of, is_type

_REFUSED = frozenset({Companion.DRAFT_NOTE, Companion.DECISION_NOTE})
"""Companions without which an item is not accepted, as in the catalogue of problems."""


def companion_rules() -> Iterator[CheckRule]:
    """A rule for each column of a companion: what is missing where the task asks for it and the type needs it."""
    sheet = layout("report")["items"]
    for column in companion_columns():
        written = sheet[column.key].kind in {ColumnKind.TEXT, ColumnKind.PARAGRAPH}
        asked = f"SUMPRODUCT({OF_TASK}*{needs(column.companion)})>0"
        missing = f"{{{column.key}.{'absent' if written else 'blank'}}}"
        if written:
            missing = f"OR({missing},{{{column.key}.link}}={defined_names.link_of('url')})"
        if column.unless_none:
            missing += f",OR({{{column.unless_none}.blank}},NOT({_zero(column.unless_none)}))"
        yield CheckRule(
            f"缺{{{column.key}}}",
            f"AND({is_one_of(column.types)},{asked},{missing})",
            partial(_lacks, column, written=written),
            (column.key,),
            column.companion not in _REFUSED,
        )


def _lacks(column: CompanionColumn, row: CheckedRow, *, written: bool) -> bool:
    cell = row[column.key]
    if column.companion not in row.flags.companions or not any(is_type(row, each) for each in column.types):
        return False
    if column.unless_none and not row[column.unless_none].blank and row[column.unless_none].is_zero:
        return False
    return cell.absent or cell.link == row["url"].link if written else cell.blank


def _zero(key: str) -> str:
    """The condition that a cell holds no number from 1 on, as a number or as text."""
    return f'AND(N({{{key}}})=0,ISERROR(FIND(LEFT({{{key}.narrow}}&"x"),"{DIGITS[1:]}")))'


_ASKS = f"SUMPRODUCT({OF_TASK}*{ASKS})>0"
_ABOUT = holds_any("{title}", defined_names.ABOUT)
_NUMBERED = f"OR({holds_any('{doc_no.tight}', defined_names.NUMBERED)},ISNUMBER(FIND(\"{CENTURY}\",{{doc_no.tight}})))"
_TITLE_ENDED = f'{{title.plain}}&"{END}"'


def _is_other_than(types: Iterable[ItemType]) -> str:
    return ",".join(f"{{type.plain}}<>{{types[{each}]}}" for each in sorted(types))


def _is_suspect(row: CheckedRow, types: Iterable[ItemType]) -> bool:
    """Whether an item of another type may be a 规范性文件 where the task asks for companions."""
    return bool(row.flags.companions) and not any(is_type(row, each) for each in types)


def _is_about(row: CheckedRow) -> bool:
    return any(each in row["title"].text for each in ABOUT)


def _is_numbered(row: CheckedRow) -> bool:
    explains = is_type(row, ItemType.READING) and _is_about(row)
    return not explains and any(each in row["doc_no"].tight for each in (*NUMBERED, CENTURY))


def _is_titled(row: CheckedRow) -> bool:
    titled = any(each in row["title"].plain + END for each in TITLED)
    return titled or any(each in row["title"].tight for each in NUMBERED)


DISGUISE_RULES = (
    CheckRule(
        "{doc_no}是规范性文件的，{type}请改选{types[normative]}",
        f"AND({_ASKS},{_is_other_than(UNDISGUISED)},{_NUMBERED},"
        f"NOT(AND({is_one_of([ItemType.READING])},{_ABOUT})))",
        lambda row: _is_suspect(row, UNDISGUISED) and _is_numbered(row),
        ("type", "doc_no"),
    ),
    CheckRule(
        "看{title}像{types[normative]}，请核对{type}",
        f"AND({_ASKS},{_is_other_than(UNDOUBTED)},NOT({_ABOUT}),NOT({_NUMBERED}),"
        f"OR({holds_any(_TITLE_ENDED, defined_names.TITLED)},{holds_any('{title.tight}', defined_names.NUMBERED)}))",
        lambda row: (
            _is_suspect(row, UNDOUBTED) and not _is_about(row) and not _is_numbered(row) and _is_titled(row)
        ),
        ("type",),
        warning=True,
    ),
)
