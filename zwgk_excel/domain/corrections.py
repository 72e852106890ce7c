"""更正: what becomes known of a closed month after its closing; pure functions.

What was closed stands. The same month is assessed again with what is known today and the rules of then, and the
difference is told by the first later month that is not closed, once: when that month is closed, it has been told. Where
the office lets corrections count, the difference is a line of that month.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.score_rules import CorrectionEffect, ScoreRule
from zwgk_excel.domain.scoring import Assessment, Correction, Score, ScoreLine, format_points, signed_points

Told = Mapping[tuple[Month, str], Decimal]
"""(Closed month, unit) → the points that a later closed month told of it last."""


def told_by(closed: Iterable[Assessment]) -> Told:
    """What closed months have told of earlier ones."""
    months = sorted(closed, key=lambda each: each.period)
    return {(each.month, each.unit): each.after for month in months for each in month.corrections if each.month}


def corrections_of(
    closed: Assessment, now: Assessment, told: Told, words: Iterable[str] = ()
) -> tuple[Correction, ...]:
    """One correction for each unit of a closed month whose points would differ today from what was told last.

    ``now`` is the same month assessed with today's data and the rules of the closing; ``words`` are sentences that
    earlier versions have told.
    """
    known = set(words)
    return tuple(each for each in _differences(closed, now, told) if each.text not in known)


def _differences(closed: Assessment, now: Assessment, told: Told) -> Iterator[Correction]:
    month = closed.period.last
    for then in closed.scores:
        today = now.score(then.unit)
        before = told.get((month, then.unit), then.settled)
        if today is None or today.settled == before:
            continue
        gone, new = _only_in(then, today), _only_in(today, then)
        why = [f"原计：{'；'.join(gone)}" if gone else "", f"现应计：{'；'.join(new)}" if new else ""]
        since = f"此前已更正为 {format_points(before)}，" if before != then.settled else ""
        text = (
            f"{closed.period} {then.unit}：结账得分 {_points(then)}，{since}"
            f"按结账后的情况应为 {_points(today)}。"
        )
        yield Correction(month, then.unit, before, today.settled, text + "".join(f"{each}。" for each in why if each))


def _only_in(score: Score, other: Score) -> list[str]:
    known = {_identity(line) for line in other.lines}
    return [line.reason for line in score.lines if (line.points or line.held) and _identity(line) not in known]


def _identity(line: ScoreLine) -> tuple[str, str, Decimal, Decimal]:
    return line.rule, line.obligation, line.points, line.held


def _points(score: Score) -> str:
    """The points as text, with those held for earlier months where there are any."""
    held = score.settled - score.points
    return format_points(score.points) + (f"（另计入以前月份 {signed_points(held)}）" if held else "")


def counted(found: Iterable[Correction]) -> tuple[Correction, ...]:
    """Corrections that count: each says by how much it changes the score that counts it."""
    return tuple(
        replace(each, counted=True, text=f"{each.text}差额 {_signed(each)} 分计入本月得分。") for each in found
    )


def correction_line(each: Correction) -> ScoreLine:
    """The line of a correction that counts."""
    _, _, told = each.text.partition("：")
    return ScoreLine(ScoreRule.CORRECTION, each.after - each.before, "", f"{each.month} 更正：{told}", month=each.month)


def miscounted(closed: Iterable[Assessment], months: Collection[Month]) -> frozenset[tuple[Month, Month]]:
    """(Month, later closed month) where the later one counts a correction of the former that does not fit it.

    A correction fits where its month is closed, and its points before are those that this closing, or the last
    correction told of it since, gave the unit. ``closed`` are the stored assessments of closed months, ``months`` all
    closed months: of one closed without scores it is not known what it gave.
    """
    given = {each.period.first: each for each in closed}
    told: dict[tuple[Month, str], Decimal] = {}
    found = set()
    for later, one in sorted(given.items()):
        for each in one.corrections:
            if each.month is None:
                continue
            of = each.month, each.unit
            stands = told.get(of, _closed_with(given.get(each.month), each))
            if each.counted and (each.month not in months or stands != each.before):
                found.add((each.month, later))
            told[of] = each.after
    return frozenset(found)


def _closed_with(closed: Assessment | None, each: Correction) -> Decimal | None:
    """The points of a unit at the closing that a correction is about; None where it had none."""
    if closed is None:
        return each.before
    score = closed.score(each.unit)
    return score.settled if score else None


def _signed(each: Correction) -> str:
    points = each.after - each.before
    return f"{'+' if points > 0 else ''}{format_points(points)}"


def as_known(closed: Assessment, now: Assessment, effect: CorrectionEffect) -> Assessment:
    """A closed month as the escalation ladder is to see it.

    Where corrections count, as it is known today. Where they are only told, a fault that came to be known since is no
    ground for anything; but neither is one that is known not to be so: of the faults of the closing those remain that
    still are, as they are today, and the points are the better of the two.
    """
    scores = (_known(score, now.score(score.unit), effect) for score in closed.scores)
    return replace(closed, scores=tuple(scores))


def _known(then: Score, today: Score | None, effect: CorrectionEffect) -> Score:
    if today is None:
        return then
    if effect is CorrectionEffect.SCORE:
        return replace(then, points=today.points, rank=today.rank, band=today.band, lines=today.lines)
    faulty = {line.obligation for line in then.lines if line.points + line.held < 0}
    lines = tuple(line for line in today.lines if line.obligation in faulty or line.points > 0)
    return replace(then, points=max(then.points, today.points), lines=lines)
