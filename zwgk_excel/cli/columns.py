"""``columns``: what was published last in each column of each unit, and where that is too long ago."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import HERE, AsOf, Json, Units, Workspace, day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zwgk_excel.domain.column_updates import ColumnUpdate

SAMPLE = "更新时限为样例，待确认；确认后在 zwgk.toml 的 [column_updates] 中写 confirmed = true。"
_All = Annotated[bool, typer.Option("--all", metavar="", help="更新正常的、不设时限的栏目也列出。")]


def columns(
    workspace: Workspace = HERE, unit: Units = None, every: _All = False, as_of: AsOf = "", json: Json = False
) -> int:
    """Show the columns of all units or of some."""
    from zwgk_excel.cli import show
    from zwgk_excel.domain.column_updates import FAULTY
    from zwgk_excel.workflow.mailing.reminding import not_taken_in
    from zwgk_excel.workflow.office.context import find_unit, open_records
    from zwgk_excel.workflow.tracking import office_column_updates, office_statuses

    given = day(as_of)
    with open_records(workspace) as office:
        units = {find_unit(office, each) for each in unit or ()}
        on = given or office.now().date()
        updates = office_column_updates(office, office_statuses(office, on))
        pending, confirmed = not_taken_in(office), office.workspace.settings.policy.column_updates.confirmed
        show.warn_ahead(office.ahead(on))
    updates = tuple(each for each in updates if not units or each.unit in units)
    show.warn_unread(pending)
    if json:
        show.as_json({"as_of": on, "confirmed": confirmed, "columns": [_fields(each, on) for each in updates]})
    else:
        _print(updates, on, every=every, confirmed=confirmed)
    return 1 if any(each.state(on) in FAULTY for each in updates) else 0


def _print(updates: Sequence[ColumnUpdate], on: date, *, every: bool, confirmed: bool) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.domain.column_updates import UpdateState, to_be_told
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import word

    sheet, states = layout("tracker")["column_updates"], list(UpdateState)
    listed = list(updates if every else to_be_told(updates, on))
    listed.sort(key=lambda each: (states.index(each.state(on)), each.days_left(on) or 0))
    keys = ("unit", "column", "title", "published_on", "days_since", "limit", "state")
    rows = [
        (
            each.unit,
            f"{each.duty.id} {each.duty.column}",
            each.title,
            each.published_on or "",
            _number(each.days_since(on)),
            _number(each.limit.days if each.limit else None),
            word("update_state", each.state(on)),
        )
        for each in listed
    ]
    show.table(f"{sheet.name}（{on}）", [sheet.heading(key) for key in keys], rows, wraps=[sheet.heading("title")])
    counts = Counter(each.state(on) for each in updates)
    told_counts = "，".join(f"{word('update_state', each)} {counts[each]}" for each in states if counts[each])
    show.print_line(f"共 {len(updates)} 个{'：' if updates else ''}{told_counts}。")
    if not confirmed:
        show.print_line(SAMPLE, "yellow")


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _fields(update: ColumnUpdate, on: date) -> dict[str, Any]:
    from zwgk_excel.workflow.analysis.rows import column_update_row

    return {**column_update_row(update, on), "title": update.title or None}
