"""An item that stands above already, for another task: by its link, or by title and day of publication."""

from __future__ import annotations

from collections.abc import Mapping

from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.contract.defined_names import TASK_NAMES, TASKS
from zwgk_excel.workbooks.contract.excel_value import ERROR, ExcelValue
from zwgk_excel.workbooks.report.self_check.rule import OF_TASK, CheckedRow, CheckRule

_LINK = defined_names.link_of("url")
_SAME_LINK = f"({{url.column_link}}={_LINK})"
_HOLDS_LINK = f'IFERROR(COUNTIF({{url.column}},"*"&SUBSTITUTE(SUBSTITUTE({_LINK},"~","?"),"*","?")&"*"),2)'
"""How often the link stands in the column, or one much like it: a function that is fast, and takes 255 characters."""
_PLACE = f"1/(1/SUMPRODUCT({OF_TASK}*(ROW({TASKS})-1)))"
"""The place of the task among the tasks; an error where it is none of them."""
_NAMES = [f"IFERROR(INDEX({each},{_PLACE}),{{task}})" for each in TASK_NAMES]
_OTHER_TASK = "".join(f"*({{task.column}}<>{each})" for each in _NAMES)
"""Of the rows of the column, that their task is another one, by whichever of its names."""


def _is_same(row: CheckedRow, above: Mapping[str, object]) -> bool:
    """Whether a row above is the same item for another task: by its link, or by title and day of publication."""

    def same(key: str) -> bool:
        return not row[key].blank and _equal(row[key].value, above.get(key))

    titled = same("title") and same("published_on")
    if not titled and not _is_same_link(row["url"], above.get("url")):
        return False
    broken = any(above.get(key) is ERROR for key in ("task", "title", "url", "published_on"))
    if broken or above.get("task") in {None, ""}:
        return False
    return not any(_equal(name, above["task"]) for name in (row["task"].value, row.label, *row.flags.other_names))


def _is_same_link(cell: ExcelValue, other: object) -> bool:
    return not cell.blank and other is not ERROR and ExcelValue(other).link == cell.link


def _equal(one: object, other: object) -> bool:
    """As Excel's operator ``=``: texts without case, numbers as numbers, a text and a number never."""
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    if other is None or ERROR in {one, other} or isinstance(one, str) or isinstance(other, str):
        return False
    return isinstance(one, bool) == isinstance(other, bool) and ExcelValue(one).number == ExcelValue(other).number


SAME_ITEM = CheckRule(
    "与上面报给其他任务的一条相同",
    # Most rows have a link and a title of their own: two columns to look through, not seven. A day that is none is told
    # of anyway, and to ask for that here would take many tokens.
    f'IF(OR(AND({_LINK}<>"",{_HOLDS_LINK}>1),'
    "SUMPRODUCT(IFERROR(--({title.column}={title}),0))>1),"
    'AND(NOT({task.blank}),SUMPRODUCT(IFERROR((ROW({url.column})<ROW({url}))*({task.column}<>"")'
    f"{_OTHER_TASK}*(("
    f"{_SAME_LINK}*NOT({{url.blank}})+"
    "({title.column}={title})*NOT({title.blank})"
    "*({published_on.column}={published_on})*NOT({published_on.blank}))>0),0))>0),0>1)",
    lambda row: not row["task"].blank and any(_is_same(row, each) for each in row.above),
    ("title", "url"),
)
