"""目录事项: what of the catalogue an item is of, where its task is tied to the catalogue."""

from __future__ import annotations

from zwgk_excel.workbooks.contract.defined_names import ENTRIES, ENTRY_COUNT, ENTRY_FIRST, ENTRY_PLACE
from zwgk_excel.workbooks.report.self_check.rule import OF_TASK, CheckedRow, CheckRule

PLACE = f"SUMPRODUCT({OF_TASK}*{ENTRY_FIRST})"
"""What :data:`ENTRY_PLACE` stands for."""
_BEHIND = f"(ROW({ENTRIES})-MIN(ROW({ENTRIES}))-{ENTRY_PLACE})"
"""Of all choices, how far each stands behind the first one of the item's task."""
_AMONG = f"SUMPRODUCT(({ENTRIES}={{entry.plain}})*({_BEHIND}>=0)*({_BEHIND}<SUMPRODUCT({OF_TASK}*{ENTRY_COUNT})))"


def _is_other(row: CheckedRow) -> bool:
    known = {each.casefold() for each in row.flags.entries}
    return bool(known) and not row["entry"].blank and row["entry"].plain.casefold() not in known


ENTRY_RULES = (
    CheckRule(
        "请选{entry}",
        f"IF({{entry.blank}},{ENTRY_PLACE}>0,0>1)",
        lambda row: row["entry"].blank and bool(row.flags.entries),
        ("entry",),
        warning=True,
    ),
    CheckRule(
        "{entry}不属于该任务",
        f"IF({{entry.blank}},0>1,IF({ENTRY_PLACE}>0,{_AMONG}=0))",
        _is_other,
        ("entry",),
        warning=True,
    ),
)
"""Nothing is asked of an item whose task is tied to no entry. To leave it open costs nothing but a remark."""
