"""``adjust``: points given or taken after an objection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.effects import ActFlow, run_act, tell_to_consolidate
from zwgk_excel.cli.options import HERE, CycleArgument, Json, OneUnit, Reason, Who, Workspace, cycle
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from zwgk_excel.domain.scoring import Assessment, Score
    from zwgk_excel.workflow.assessment.adjusting import AdjustmentEffect

Points = Annotated[str, typer.Option("--points", metavar="±分值", help="加几分或减几分，如 +5、-0.5。")]
Yes = Annotated[bool, typer.Option("--yes", metavar="", help="不再询问，直接调整。")]


def adjust(
    month: CycleArgument,
    workspace: Workspace = HERE,
    unit: OneUnit = "",
    points: Points = "",
    reason: Reason = "",
    name: Who = "",
    yes: Yes = False,
    json: Json = False,
) -> int:
    """Adjust a unit's points, after the effect was shown; exit code 1 where nothing was decided yet."""
    from zwgk_excel.workflow.assessment.adjusting import adjust as run
    from zwgk_excel.workflow.assessment.adjusting import points_of, preview_adjustment
    from zwgk_excel.workflow.office.context import open_office

    if not unit or not points:
        raise UserError("请用 --unit 指定单位，用 --points 写明加几分或减几分，如 --points +5。")
    wanted, given = cycle(month), points_of(points)
    flow = ActFlow(
        plan=lambda office, by: preview_adjustment(office, wanted, unit, given, who=by, reason=reason),
        show=_print_effect,
        carry_out=lambda office, planned, by: run(office, wanted, unit, given, who=by, reason=reason),
        tell=_tell,
        fields=lambda planned, done: _effect_fields(done or planned, done=done is not None),
        verb="调整得分",
    )
    return run_act(flow, open_office(workspace), name=name, yes=yes, json=json)


def _tell(planned: AdjustmentEffect, done: AdjustmentEffect) -> None:
    from zwgk_excel.cli import show

    number = done.adjustment.act
    show.print_line(f"已调整，记为第 {number} 号办理；要撤销，用 zwgk undo {number} --reason 理由。", "green")
    tell_to_consolidate()


def _print_effect(effect: AdjustmentEffect) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.domain.scoring import format_points, signed_points
    from zwgk_excel.layout.words import word

    wanted = effect.adjustment
    print_scores(effect, f"{word('act', 'adjust')} {signed_points(wanted.points)} 分", "调整后")
    show.print_line(f"理由：{wanted.reason}")
    then, now = effect.changed[0]
    if (given := now.points - then.points) != wanted.points:
        show.print_line(f"受保底分、封顶分限制，实际只变动 {format_points(abs(given))} 分。", "yellow")


def print_scores(effect: AdjustmentEffect, what: str, afterwards: str) -> None:
    """Show points and ranks before an act about an adjustment, and ``afterwards``; ``what`` says in the title which."""
    from zwgk_excel.cli import show
    from zwgk_excel.layout.columns import layout

    about, ranking = effect.adjustment, layout("assessment")["ranking"]
    month = f"{about.cycle}{'（已经结账）' if effect.before.closed else '（未结账）'}"
    headings = [ranking.heading("unit"), "现在", afterwards]
    (then, now), *others = effect.changed
    row = (now.unit, _place(then, effect.before), _place(now, effect.after))
    show.table(f"{month} {about.unit} {what}", headings, [row], wraps=headings)
    if others:
        moved = "、".join(f"{each.unit} {each.rank}→{after.rank}" for each, after in others)
        show.print_line(f"名次随之变动的 {len(others)} 个单位：{moved}。")


def _place(score: Score, assessment: Assessment) -> str:
    from zwgk_excel.domain.scoring import format_points
    from zwgk_excel.layout.words import word

    if not score.is_ranked:
        return word("ranking", score.unranked_as)
    peers = sum(each.kind is score.kind for each in assessment.ranked)
    return f"{format_points(score.points)} 分，第 {score.rank}/{peers} 名，{word('band', score.band)}"


def _effect_fields(effect: AdjustmentEffect, *, done: bool) -> dict[str, Any]:
    """The effect as ``adjust --json`` gives it; ``act`` is null where it was only looked at."""
    wanted = effect.adjustment
    return {
        "act": wanted.act if done else None,
        "cycle": str(wanted.cycle),
        "unit": wanted.unit,
        "points": float(wanted.points),
        "closed": effect.before.closed,
        "units": score_fields(effect),
    }


def score_fields(effect: AdjustmentEffect) -> list[dict[str, Any]]:
    """The scores that differ, the adjusted unit first, as ``--json`` gives them."""
    return [
        {"unit": then.unit, "before": _score_fields(then), "after": _score_fields(now)} for then, now in effect.changed
    ]


def _score_fields(score: Score) -> dict[str, Any]:
    return {
        "score": float(score.points) if score.is_ranked else None,
        "rank": score.rank,
        "band": score.band or None,
    }
