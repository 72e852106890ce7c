"""``close`` and ``reopen``: a month's figures are settled, after a second look at what is unusual, and opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.acts import acts_by_number, effect_fields, print_effect
from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.effects import ActFlow, agreed, run_act, tell_to_consolidate
from zwgk_excel.cli.month import count_fields, count_lines
from zwgk_excel.cli.options import HERE, AsOf, CycleArgument, Json, Reason, Who, Workspace, cycle, day, who

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zwgk_excel.domain.acts import Act
    from zwgk_excel.domain.periods import Month
    from zwgk_excel.domain.tracking import TrackerRow
    from zwgk_excel.workflow.acts.reopening import Reopening
    from zwgk_excel.workflow.assessment.closing import Closing
    from zwgk_excel.workflow.office.context import Office

_LISTED = 20
"""So many tasks are named."""


def close(
    month: CycleArgument,
    workspace: Workspace = HERE,
    as_of: AsOf = "",
    name: Who = "",
    yes: Annotated[bool, typer.Option("--yes", metavar="", help="有异常也结账，不再询问。")] = False,
    json: Json = False,
) -> int:
    """Close a cycle; what is unusual is shown and asked about first."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.assessment.closing import close as run
    from zwgk_excel.workflow.assessment.closing import plan_closing
    from zwgk_excel.workflow.office.context import open_records

    wanted, on = cycle(month), day(as_of)
    with open_records(workspace) as office:
        by, at = who(office, name), on or office.now().date()
        plan = plan_closing(office, wanted, as_of=at)
        if not json:
            _print_unusual(plan)
        go = not plan.unusual or agreed("仍然结账吗？", yes=yes, json=json)
        if go:
            plan = run(office, wanted, as_of=at, who=by, seen=None if yes else plan.unusual)
    if json:
        show.as_json(_fields(plan, closed=go))
    elif go:
        _print_closed(plan)
    else:
        show.print_line("没有结账；看过以上情况仍要结账的，在原命令后加 --yes。", "bold")
    return 0 if go else 1


def _print_unusual(plan: Closing) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.domain.obligations import label
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import word

    if not plan.unusual:
        return
    show.print_line(f"{plan.cycle} 按 {plan.as_of} 的数字结账，请先看一看：", "yellow")
    for each in plan.unusual:
        show.print_line(f"· {each}", "yellow")
    if plan.unripe:
        tracking = layout("tracker")["tracking"]
        headings = [*(tracking.heading(key) for key in ("unit", "column", "outcome")), "最晚到"]
        rows = [
            (
                each.status.obligation.unit,
                label(each.status.obligation, plain=False),
                word("outcome", each.status.outcome),
                each.until,
            )
            for each in plan.unripe[:_LISTED]
        ]
        more = f"，列出 {_LISTED} 项" if len(plan.unripe) > _LISTED else ""
        show.table(f"还没有到期的任务（{len(plan.unripe)} 项{more}）", headings, rows, wraps=[headings[1]])


def _print_closed(plan: Closing) -> None:
    from zwgk_excel.cli import show

    show.print_line(f"{plan.cycle} 已按 {plan.as_of} 的数字结账。", "green")
    for line in count_lines(plan.counts):
        show.print_line(line)
    left = f"，留待以后 {len(plan.unripe)} 项" if plan.unripe else ""
    show.print_line(f"这次结账 {_settled(plan)} 项{left}。")
    carried = sum(row.status.obligation.cycle < plan.cycle for row in plan.rows)
    if carried:
        show.print_line(f"其中 {carried} 项是以前月份结账时还没有到期的，现在到期，计入本月。")
    for row in plan.elsewhere:
        show.print_line(f"{_named(row)} 已随 {row.counted_in} 结账计入，不再计入 {plan.cycle}。")
    if plan.unripe:
        left = f"留待以后的 {len(plan.unripe)} 项还没有到期，没有结，到期后计入 {plan.counted_in} 或以后的月份。"
        show.print_line(left, "yellow")
    tell_to_consolidate()


def _settled(plan: Closing) -> int:
    """The tasks with a date whose figures it settles, those left to it by earlier closings included."""
    from zwgk_excel.domain.counts import count

    return count(row.status for row in plan.rows).due


def _fields(plan: Closing, *, closed: bool) -> dict[str, Any]:
    """A closing as ``close --json`` gives it; ``figures`` are those of the month as ``status --json`` has them."""
    return {
        "cycle": plan.cycle,
        "as_of": plan.as_of,
        "closed": closed,
        "figures": count_fields(plan.counts.own),
        "settled": _settled(plan),
        "unusual": list(plan.unusual),
        "unripe": [{"key": each.status.obligation.key, "until": each.until} for each in plan.unripe],
        "counted_in": plan.counted_in if plan.unripe else None,
    }


def reopen(
    month: CycleArgument,
    workspace: Workspace = HERE,
    reason: Reason = "",
    name: Who = "",
    yes: Annotated[bool, typer.Option("--yes", metavar="", help="不再询问，直接撤销结账。")] = False,
    json: Json = False,
) -> int:
    """Reopen a closed cycle, after its effect was shown; the exit code is 1 while it waits for consent."""
    from zwgk_excel.workflow.acts.reopening import preview_reopen
    from zwgk_excel.workflow.acts.reopening import reopen as run
    from zwgk_excel.workflow.office.context import open_records

    wanted = cycle(month)

    def plan(office: Office, by: str) -> tuple[Reopening, Mapping[int, Act]]:
        return preview_reopen(office, wanted, who=by, reason=reason), acts_by_number(office)

    def show_effect(planned: tuple[Reopening, Mapping[int, Act]]) -> None:
        found, acts = planned
        print_effect(found.effect, acts)
        _print_elsewhere(found)

    def carry_out(office: Office, planned: tuple[Reopening, Mapping[int, Act]], by: str) -> Reopening:
        return run(office, wanted, who=by, reason=reason, after=max(planned[1]))

    flow = ActFlow(
        plan=plan,
        show=show_effect,
        carry_out=carry_out,
        tell=lambda planned, done: _tell_reopened(wanted, done.effect.undoing.number),
        fields=lambda planned, done: _reopening_fields(done or planned[0]),
        verb="撤销结账",
    )
    return run_act(flow, open_records(workspace), name=name, yes=yes, json=json)


def _tell_reopened(month: Month, number: int) -> None:
    from zwgk_excel.cli import show

    show.print_line(f"{month} 已撤销结账，记为第 {number} 号办理；结账以后报来的，从现在起照常计算。", "green")
    show.print_line(f"改好后用 zwgk close {month} 重新结账；不该撤销的，用 zwgk undo {number} 恢复原来的结账。")
    tell_to_consolidate()


def _reopening_fields(found: Reopening) -> dict[str, Any]:
    return effect_fields(found.effect) | {"elsewhere": [row.status.obligation.key for row in found.elsewhere]}


def _print_elsewhere(found: Reopening) -> None:
    from zwgk_excel.cli import show

    for row in found.elsewhere:
        there = row.counted_in
        told = f"{_named(row)} 已随 {there} 结账计入，仍计入 {there}；要改它的，另撤销 {there} 的结账。"
        show.print_line(told, "yellow")


def _named(row: TrackerRow) -> str:
    from zwgk_excel.domain.obligations import label

    return f"{row.status.obligation.unit} {label(row.status.obligation, plain=False)}"
