"""``extend``, ``waive`` and ``opinion``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.effects import agreed
from zwgk_excel.cli.options import HERE, CycleArgument, Duties, Json, Reason, Who, Workspace, cycle, day, who
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from zwgk_excel.domain.decisions import ActiveDecisions
    from zwgk_excel.domain.obligations import Obligation
    from zwgk_excel.workflow.decisions.planning import DecisionPlan
    from zwgk_excel.workflow.office.context import Office

_Units = Annotated[
    list[str] | None,
    typer.Option("--unit", metavar="单位名称", help="单位、别名或单位组（如 各部门），可重复。"),
]
_All = Annotated[bool, typer.Option("--all", metavar="", help="全部单位。")]
_Yes = Annotated[bool, typer.Option("--yes", metavar="", help="涉及几个单位时不再询问，直接办理。")]


def extend(
    month: CycleArgument,
    workspace: Workspace = HERE,
    unit: _Units = None,
    every: _All = False,
    until: Annotated[str, typer.Option("--until", metavar="日期", help="延期至，如 2026-12-05。")] = "",
    duty: Duties = None,
    reason: Reason = "",
    name: Who = "",
    cancel: Annotated[bool, typer.Option("--cancel", metavar="", help="取消延期。")] = False,
    yes: _Yes = False,
    json: Json = False,
) -> int:
    """Extend deadlines."""
    from zwgk_excel.workflow.decisions.extend_and_waive import plan_extension
    from zwgk_excel.workflow.office.context import open_office

    wanted, until_day, units = cycle(month), day(until), _named(unit, every=every)
    if (until_day is None) != cancel:
        raise UserError("请用 --until 指定延期至哪一天，或用 --cancel 取消延期（二者选一）。")
    with open_office(workspace) as office:
        plan = plan_extension(office, wanted, units, duty or (), until_day)
        return _carry_out(office, plan, who(office, name), reason, yes=yes, json=json)


def waive(
    month: CycleArgument,
    workspace: Workspace = HERE,
    unit: _Units = None,
    every: _All = False,
    duty: Duties = None,
    reason: Reason = "",
    name: Who = "",
    cancel: Annotated[bool, typer.Option("--cancel", metavar="", help="取消免报。")] = False,
    yes: _Yes = False,
    json: Json = False,
) -> int:
    """Waive obligations."""
    from zwgk_excel.workflow.decisions.extend_and_waive import plan_waiver
    from zwgk_excel.workflow.office.context import open_office

    wanted, units = cycle(month), _named(unit, every=every)
    with open_office(workspace) as office:
        plan = plan_waiver(office, wanted, units, duty or (), cancel=cancel)
        return _carry_out(office, plan, who(office, name), reason, yes=yes, json=json)


def opinion(
    month: CycleArgument,
    workspace: Workspace = HERE,
    unit: _Units = None,
    every: _All = False,
    duty: Duties = None,
    text: Annotated[str, typer.Option("--text", metavar="意见", help="办公室意见。")] = "",
    reason: Reason = "",
    name: Who = "",
    cancel: Annotated[bool, typer.Option("--cancel", metavar="", help="清除意见。")] = False,
    yes: _Yes = False,
    json: Json = False,
) -> int:
    """Note the office's opinion on obligations."""
    from zwgk_excel.workflow.decisions.extend_and_waive import plan_opinion
    from zwgk_excel.workflow.office.context import open_office

    wanted, units = cycle(month), _named(unit, every=every)
    if bool(text.strip()) == cancel:
        raise UserError("请用 --text 写明意见，或用 --cancel 清除意见（二者选一）。")
    with open_office(workspace) as office:
        plan = plan_opinion(office, wanted, units, duty or (), text)
        return _carry_out(office, plan, who(office, name), reason, yes=yes, json=json)


def _named(units: list[str] | None, *, every: bool) -> list[str] | None:
    """The units as named; None for all."""
    if bool(units) == every:
        raise UserError("请用 --unit 指定单位或单位组，或用 --all 指定全部单位（二者选一）。")
    return units or None


def _carry_out(office: Office, plan: DecisionPlan, name: str, reason: str, *, yes: bool, json: bool) -> int:
    """Show the plan and carry it out: at once for one unit, else with ``--yes`` or after a question.

    Returns the exit code: 1 when something was left out, or nothing decided yet.
    """
    from zwgk_excel.cli import show
    from zwgk_excel.cli.taken import print_renewed
    from zwgk_excel.workflow.decisions.extend_and_waive import take_decision
    from zwgk_excel.workflow.intake.renewed_corrections import NOTHING_RENEWED

    if not json:
        _print(plan)
    question = f"{_act(plan)}以上 {len(plan.changes)} 项，确定吗？"
    of_one = len({each.unit for each in plan.obligations}) == 1
    renewed = NOTHING_RENEWED
    go = agreed(question, yes=yes or of_one, json=json)
    if go:
        renewed = take_decision(office, plan, who=name, reason=reason)
    if json:
        show.as_json(_fields(plan, decided=go))
    else:
        _print_outcome(plan, decided=go)
        print_renewed(renewed)
    return 1 if plan.left_out or not go else 0


def _act(plan: DecisionPlan) -> str:
    from zwgk_excel.layout.words import word

    return word("act", plan.act)


def _print(plan: DecisionPlan) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.columns import layout

    tracking = layout("tracker")["tracking"]
    headings = [*(tracking.heading(key) for key in ("unit", "duty", "column", "reference")), "现在", "改为"]
    rows = [
        (o.unit, o.duty.id, o.duty.column, o.reference, _shown(plan, o, each.before), _shown(plan, o, each.after))
        for each in plan.changes
        for o in [each.obligation]
    ]
    if rows:
        show.table(f"{plan.cycle} {_act(plan)}", headings, rows, wraps=(headings[2], *headings[-2:]))
    if plan.unchanged:
        show.print_line(f"另有 {len(plan.unchanged)} 项早已如此，不再办理。")
    for left in plan.left_out:
        show.print_line(f"未办理：{left.unit} {left.duty}，{left.reason}。", "yellow")


def _shown(plan: DecisionPlan, obligation: Obligation, decisions: ActiveDecisions) -> str:
    """The opinion; or the due date with these decisions, or that nothing is owed."""
    from zwgk_excel.domain.decisions import DecisionKind
    from zwgk_excel.domain.obligations import extended
    from zwgk_excel.layout.words import word

    if plan.kind is DecisionKind.OPINION:
        return decisions.opinion or "—"
    if decisions.waived:
        return word("outcome", "waived")
    until = decisions.extended_to
    return str((extended(obligation, until) if until else obligation).due)


def _print_outcome(plan: DecisionPlan, *, decided: bool) -> None:
    from zwgk_excel.cli import show

    if not decided:
        show.print_line(f"还没有办理；确认后加 --yes，即{_act(plan)} {len(plan.changes)} 项。", "yellow")
        return
    if plan.changes:
        show.print_line(f"已{_act(plan)} {len(plan.changes)} 项。", "green")
        # What the office thinks of a task is not in the unit's workbook.
        workbooks = (
            f"再运行 zwgk generate {plan.cycle} --as-issued，有关单位的报送表即随之更新；"
            "已发过的用 zwgk send 的 --correction 再发。"
        )
        show.print_line(f"运行 zwgk consolidate 更新总台账。{'' if plan.kind == 'opinion' else workbooks}")


def _fields(plan: DecisionPlan, *, decided: bool) -> dict[str, Any]:
    return {
        "cycle": str(plan.cycle),
        "act": plan.act,
        "decided": decided,
        "changes": [
            {
                "key": each.obligation.key,
                "unit": each.obligation.unit,
                "duty": each.obligation.duty.id,
                "column": each.obligation.duty.column,
                "reference": each.obligation.reference,
                "due": each.obligation.due,
                "before": getattr(each.before, plan.kind),
                "after": getattr(each.after, plan.kind),
            }
            for each in plan.changes
        ],
        "unchanged": [each.key for each in plan.unchanged],
        "left_out": [{"unit": each.unit, "duty": each.duty, "reason": each.reason} for each in plan.left_out],
    }
