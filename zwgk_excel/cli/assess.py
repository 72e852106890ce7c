"""``assess``: scores by kind of unit, and line by line for one of them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import HERE, AsOf, Json, PeriodArgument, Workspace, day, period
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zwgk_excel.domain.scoring import Assessment, Score, ScoreLine

SAMPLE = "评分规则为样例，待确认；确认后在 zwgk.toml 的 [scoring] 中写 confirmed = true。"
OneOrAll = Annotated[str, typer.Option("--unit", metavar="单位名称", help="只看这个单位，逐项列出得分的由来。")]


def assess(
    when: PeriodArgument, workspace: Workspace = HERE, unit: OneOrAll = "", as_of: AsOf = "", json: Json = False
) -> int:
    """Show the scores of a period."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.assessment.assessing import assess as run
    from zwgk_excel.workflow.assessment.assessing import unit_in_scores
    from zwgk_excel.workflow.mailing.reminding import not_taken_in
    from zwgk_excel.workflow.office.context import find_unit, open_records

    wanted, on = period(when), day(as_of)
    with open_records(workspace) as office:
        name = find_unit(office, unit) if unit else ""
        found = run(office, wanted, on or office.now().date())
        name = unit_in_scores(office, found.scores, str(wanted), name) if name else ""
        pending = 0 if found.closed else not_taken_in(office)
        show.warn_ahead(office.ahead(found.as_of))
    chosen = [each for each in found.scores if not name or each.unit == name]
    if not chosen:
        raise UserError(f"{wanted} 没有应报的任务，没有得分。")
    show.warn_unread(pending)
    if json:
        show.as_json(assessment_fields(found, chosen))
    elif name:
        _print_unit(found, chosen[0])
    else:
        _print_all(found)
    return 0


def assessment_fields(found: Assessment, scores: list[Score]) -> dict[str, Any]:
    """An assessment as ``assess --json`` gives it."""
    return {
        "cycle": str(found.period),
        "as_of": found.as_of,
        "confirmed": found.confirmed,
        "closed": found.final,
        "unissued": list(map(str, found.unissued)),
        "units": [_score_fields(each) for each in scores],
        "corrections": [each.text for each in found.corrections],
        "notes": list(found.notes),
        "months": [assessment_fields(month, list(month.scores)) for month in found.months],
    }


def _score_fields(score: Score) -> dict[str, Any]:
    return {
        "unit": score.unit,
        "kind": score.kind,
        "score": float(score.points) if score.is_ranked else None,
        "ranked": score.is_ranked,
        "pending": score.pending,
        "deferred": score.deferred,
        "mending": score.mending,
        "rank": score.rank,
        "band": score.band or None,
        "base": float(score.base),
        "deductions": [_line_fields(line) for line in score.lines if line not in (*score.bonuses, *score.adjustments)],
        "bonuses": [_line_fields(line) for line in score.bonuses],
        "adjustments": [_line_fields(line) for line in score.adjustments],
    }


def _line_fields(line: ScoreLine) -> dict[str, Any]:
    return {
        "rule": line.rule,
        "points": float(line.points),
        "obligation": line.obligation or None,
        "held": float(line.held),
        "month": str(line.month) if line.month else None,
        "reason": line.reason,
        "receipt": line.receipt or None,
        "on": line.on,
    }


_COLOURS = {"excellent": "green", "good": "", "pass": "yellow", "fail": "red"}


def _print_all(found: Assessment) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.domain.scoring import format_points
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import word

    headings = [column.heading for column in layout("assessment")["ranking"]]
    for kind in dict.fromkeys(each.kind for each in found.ranked):
        rows = [
            (
                each.rank,
                each.unit,
                format_points(each.points),
                word("band", each.band),
                _sum(each.deductions),
                _sum(each.bonuses),
                _sum(each.adjustments),
                _describe_score(each),
            )
            for each in found.ranked
            if each.kind is kind
        ]
        title = f"{found.period} 考核评分：{word('unit_kind', kind)}（{_state(found)}）"
        show.table(title, headings, rows, wraps=headings[-1:])
    if units := [each.unit for each in found.unranked]:
        show.print_line(f"{word('ranking', 'unranked')}的 {len(units)} 个单位（没有应报任务）：{'、'.join(units)}。")
    if units := [each.unit for each in found.pending]:
        told = f"{word('ranking', 'pending')}的 {len(units)} 个单位（尚未报送，最迟时限未到）"
        show.print_line(f"{told}：{'、'.join(units)}。")
    if units := [each.unit for each in found.deferred]:
        told = f"{word('ranking', 'deferred')}的 {len(units)} 个单位（任务留待以后月份评定）"
        show.print_line(f"{told}：{'、'.join(units)}。")
    if units := [each.unit for each in found.ranked if each.mending]:
        told = f"报来的有误、还在改正期限内，得分可能降低的 {len(units)} 个单位"
        show.print_line(f"{told}：{'、'.join(units)}。")
    _print_notes(found)


def _sum(lines: Sequence[ScoreLine]) -> str:
    from zwgk_excel.domain.scoring import format_points

    return format_points(sum((line.points for line in lines), Decimal(0))) if lines else ""


def _describe_score(score: Score) -> str:
    from zwgk_excel.layout.words import word

    counts: dict[str, int] = {}
    for line in score.deductions:
        counts[line.rule] = counts.get(line.rule, 0) + 1
    return "，".join(f"{word('rule', rule)} {count}" for rule, count in counts.items())


def _print_unit(found: Assessment, score: Score) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.words import word

    peers = sum(each.kind is score.kind for each in found.ranked)
    show.print_line(f"{score.unit} {found.period} 考核评分（{_state(found)}）", "bold")
    _print_lines(score)
    if score.is_ranked:
        place = f"{word('unit_kind', score.kind)} {peers} 个单位中第 {score.rank} 名"
        show.print_line(f"等次：{word('band', score.band)}；{place}。", _COLOURS[score.band])
    elif score.pending:
        show.print_line(f"{word('ranking', 'pending')}：尚未报送，最迟时限未到；报送后或最迟时限过后参与排名。")
    elif score.deferred:
        show.print_line(f"{word('ranking', 'deferred')}：{found.period} 的任务留待以后月份评定，本月暂不评定。")
    else:
        show.print_line(f"{word('ranking', 'unranked')}：{found.period} 没有应报任务，报来的信息只登记，不计分。")
    for month in found.months:
        own = month.score(score.unit)
        if own is not None and own.is_ranked and own.lines:
            show.print_line("")
            show.print_line(f"其中 {month.period}", "bold")
            _print_lines(own)
    _print_notes(found)


def _print_lines(score: Score) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.domain.scoring import format_points, signed_points
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import word

    told = layout("assessment")
    texts = told.settings["texts"]
    rows = [(texts["base"], format_points(score.base), "", "")] if score.is_ranked else []
    for line in score.lines:
        rows.append((word("rule", line.rule), signed_points(line.points), line.reason, line.receipt))
    total = score.base + sum(line.points for line in score.lines)
    limit = f"各项合计 {format_points(total)}，按保底分、封顶分计" if total != score.points else ""
    if score.is_ranked:
        rows.append((texts["total"], format_points(score.points), limit, ""))
    headings = [column.heading for column in told["score"]]
    if rows:
        show.table("", headings, rows, wraps=headings[2:])


def _state(found: Assessment) -> str:
    missing = "有月份没有下发，" if found.unissued else ""
    return f"{'已' if found.final else '尚未'}结账，{missing}截至 {found.as_of}"


def _print_notes(found: Assessment) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.columns import layout

    for each in found.corrections:
        show.print_line(f"更正：{each.text}", "yellow")
    if not found.closed:
        show.print_line(layout("assessment").settings["texts"]["trial"], "yellow")
    for text in found.notes:
        show.print_line(f"说明：{text}。", "dim")
    if not found.confirmed:
        show.print_line(SAMPLE, "yellow")
