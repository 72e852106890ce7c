"""``coverage``: what of the catalogue was published."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import HERE, AsOf, Json, Units, Workspace, day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zwgk_excel.domain.catalogue.coverage import EntryCoverage

_Export = Annotated[
    Path | None, typer.Option("--export", metavar="目标文件", help="写成公布用的表（.xlsx），最后一栏是公开情况。")
]
_LISTED = 200
_NAMED = 5


def coverage(
    workspace: Workspace = HERE,
    unit: Units = None,
    to: _Export = None,
    as_of: AsOf = "",
    json: Json = False,
) -> int:
    """Tell what of the catalogue was published, by unit and entry."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.catalogue import export_coverage, office_coverage
    from zwgk_excel.workflow.office.context import find_unit, open_records
    from zwgk_excel.workflow.tracking.statuses import office_statuses

    with open_records(workspace) as office:
        chosen = {find_unit(office, each) for each in unit or ()}
        found = office_coverage(office, office_statuses(office, day(as_of) or office.now().date()))
        found = tuple(each for each in found if not chosen or each.unit in chosen)
        exported = export_coverage(office, to, found) if to else 0
    if json:
        show.as_json([_fields(each) for each in found])
    else:
        _print(found)
        if to:
            show.print_line(f"已把 {exported} 个目录事项和各单位的覆盖情况写入 {to}。", "green")
    return 1 if any(each.state in {"never", "missed"} for each in found) else 0


def _print(found: Sequence[EntryCoverage]) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import word

    if not found:
        show.print_line("已下发的报送表里没有目录事项；先用 zwgk catalogue import 导入标准目录，指定责任事项和单位。")
        return
    order = ["never", "missed", "late", "covered"]
    listed = [each for each in sorted(found, key=lambda each: order.index(each.state)) if each.state != "covered"]
    rows = [
        (word("coverage", each.state), each.unit, each.entry.label, each.entry.limit, each.items or "", each.last or "")
        for each in listed[:_LISTED]
    ]
    if rows:
        sheet = layout("tracker")["coverage"]
        headings = [sheet.heading(key) for key in ("state", "unit", "title", "limit", "items", "last")]
        show.table(sheet.name, headings, rows, wraps=(headings[2], headings[3]))
    if len(listed) > _LISTED:
        show.print_line(f"…… 还有 {len(listed) - _LISTED} 项，用 --json 查看全部")
    counts = Counter(each.state for each in found)
    told = "，".join(f"{word('coverage', state)} {counts[state]}" for state in counts)
    show.print_line(f"{len({each.unit for each in found})} 个单位的目录事项共 {len(found)} 项：{told}。")
    unread = sorted({each.entry.label for each in found if each.entry.limit and each.limit is None})
    if unread:
        named = "、".join(unread[:_NAMED]) + (" 等" if len(unread) > _NAMED else "")
        show.print_line(f"公开时限未能识别、不判断迟不迟的 {len(unread)} 个：{named}", "yellow")


def _fields(each: EntryCoverage) -> dict[str, Any]:
    return {
        "unit": each.unit,
        "entry": each.entry.id,
        "domain": each.entry.domain,
        "item": each.entry.item,
        "limit": each.entry.limit,
        "limit_kind": each.limit.kind if each.limit else None,
        "since": str(each.since),
        "state": each.state,
        "items": each.items,
        "late": each.late,
        "last": each.last,
        "months": {str(month): count for month, count in each.months.items()},
    }
