"""须附材料: what an item must bring with it, and items that dodge it under another type."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from zwgk_excel.domain.companions import ABOUT, END, NUMBERED, TITLED, UNDISGUISED, Companion, CompanionColumn
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
_OTHER_TYPE = ",".join(f"{{type.plain}}<>{{types[{each}]}}" for each in sorted(UNDISGUISED))
_SUSPECT = f"{_ASKS},{_OTHER_TYPE},NOT({holds_any('{title}', defined_names.ABOUT)})"
"""Of an item of another type, that it may be a 规范性文件 where the task asks for companions."""


_TITLE_ENDED = f'{{title.plain}}&"{END}"'


def _is_suspect(row: CheckedRow) -> bool:
    if not row.flags.companions or any(is_type(row, each) for each in UNDISGUISED):
        return False
    return not any(each in row["title"].text for each in ABOUT)


DISGUISE_RULES = (
    CheckRule(
        "{doc_no}是规范性文件的，{type}请改选{types[normative]}",
        f"AND({_SUSPECT},{holds_any('{doc_no.name}', defined_names.NUMBERED)})",
        lambda row: _is_suspect(row) and any(each in row["doc_no"].name for each in NUMBERED),
        ("type", "doc_no"),
    ),
    CheckRule(
        "看{title}像{types[normative]}，请核对{type}",
        f"AND({_SUSPECT},NOT({holds_any('{doc_no.name}', defined_names.NUMBERED)}),"
        f"OR({holds_any(_TITLE_ENDED, defined_names.TITLED)},{holds_any('{title.name}', defined_names.NUMBERED)}))",
        lambda row: (
            _is_suspect(row)
            and not any(each in row["doc_no"].name for each in NUMBERED)
            and (
                any(each in row["title"].plain + END for each in TITLED)
                or any(each in row["title"].name for each in NUMBERED)
            )
        ),
        ("type",),
        warning=True,
    ),
)
