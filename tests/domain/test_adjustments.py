"""Adjustments: added to what the rules come to, each a line of its own, within floor and cap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zwgk_excel.domain.adjustments import Adjustment, adjusted
from zwgk_excel.domain.aggregate_periods import aggregate
from zwgk_excel.domain.duties import Unit, UnitKind
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.scoring import Assessment, Score, ScoreLine, ranked
from zwgk_excel.layout.scoring import merged_scoring_table, scoring_from

RULES = scoring_from(merged_scoring_table({}))
NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
ORDER = ("甲局", "乙局", "丙局")
AT = datetime(2026, 12, 8, 10)


def month(cycle: Month = NOVEMBER, **points: str) -> Assessment:
    """A month in which units have these points by the rules, each by one line."""
    scores = []
    for unit, each in points.items():
        got = Decimal(each)
        lines = (ScoreLine("missing", got - 100, f"D02/{unit}/{cycle}", "未报"),) if got != 100 else ()
        scores.append(Score(unit, UnitKind.DEPARTMENT, Decimal(100), got, 0, RULES.band(got), lines))
    return Assessment(Period.month(cycle), cycle.last, ranked(scores), closed=True)


def given_to(unit: str, points: str, *, cycle: Month = NOVEMBER, act: int = 12) -> Adjustment:
    return Adjustment(cycle, unit, Decimal(points), AT, "王芳", "申诉属实", act)


def placed(found: Assessment) -> list[tuple[str, str, int | None]]:
    return [(each.unit, str(each.points), each.rank) for each in found.scores]


def test_it_is_a_line_of_its_own_and_ranks_follow() -> None:
    before = month(甲局="95", 乙局="97", 丙局="100")
    after = adjusted(before, [given_to("甲局", "2.5")], RULES, ORDER)
    assert placed(after) == [("丙局", "100", 1), ("甲局", "97.5", 2), ("乙局", "97", 3)]
    score = after.score("甲局")
    assert score is not None
    line = ScoreLine("adjust", Decimal("2.5"), "", "申诉属实（第 12 号办理，王芳）", on=date(2026, 12, 8))
    assert (score.adjustments, score.adjusted, score.band) == ((line,), Decimal("2.5"), "excellent")
    assert [each.rule for each in score.deductions] == ["missing"]
    assert score.bonuses == ()


def test_equal_points_stand_in_the_order_of_the_roster() -> None:
    before = month(甲局="95", 乙局="97", 丙局="100")
    assert placed(adjusted(before, [given_to("甲局", "2")], RULES, ORDER)) == [
        ("丙局", "100", 1),
        ("甲局", "97", 2),
        ("乙局", "97", 2),
    ]


def test_of_another_month_or_unit_it_is_nothing() -> None:
    before = month(甲局="95")
    for other in (given_to("甲局", "5", cycle=DECEMBER), given_to("乙局", "5")):
        assert adjusted(before, [other], RULES, ORDER) is before


@pytest.mark.parametrize(
    ("points", "given_points", "expected"),
    [
        ("109", ("5",), "110"),  # not above the cap
        ("2", ("-5",), "0"),  # not below the floor
        ("0", ("5",), "5"),  # from the floor, however far below it the rules went
        ("109", ("5", "-3"), "110"),  # the sum is cut once: 109 + 2 is 111
        ("58", ("2",), "60"),
    ],
)
def test_after_the_rules_and_within_floor_and_cap_again(points: str, given_points: tuple[str, ...], expected: str):
    after = adjusted(month(甲局=points), [given_to("甲局", each) for each in given_points], RULES, ORDER)
    (score,) = after.scores
    assert (score.points, score.adjusted) == (Decimal(expected), Decimal(expected) - Decimal(points))
    assert [each.points for each in score.adjustments] == [Decimal(each) for each in given_points]
    assert score.band == RULES.band(score.points)


hundredths = st.decimals(-110, 110, places=2)


@given(st.lists(st.tuples(st.sampled_from(ORDER), hundredths), max_size=6), st.randoms())
def test_their_order_does_not_matter_and_the_others_stay(drawn: list[tuple[str, Decimal]], random) -> None:
    before = month(甲局="95", 乙局="61.25", 丙局="104")
    given_points = [given_to(unit, str(each), act=number) for number, (unit, each) in enumerate(drawn, 1)]
    after = adjusted(before, given_points, RULES, ORDER)
    random.shuffle(given_points)
    assert placed(adjusted(before, given_points, RULES, ORDER)) == placed(after)
    for score in before.scores:
        now = after.score(score.unit)
        assert now is not None
        assert RULES.floor <= now.points <= RULES.cap
        assert now.points - now.adjusted == score.points
        assert now.lines[: len(score.lines)] == score.lines
        if score.unit not in {unit for unit, _ in drawn}:
            assert replace(now, rank=0) == replace(score, rank=0)


def test_a_quarter_shows_them_beside_the_months() -> None:
    units = [Unit(name, UnitKind.DEPARTMENT) for name in ORDER]
    november = adjusted(month(甲局="95", 乙局="97"), [given_to("甲局", "2.5")], RULES, ORDER)
    found = aggregate(
        Period.parse("2026Q4"), [november, month(DECEMBER, 甲局="100", 乙局="97")], units, RULES, as_of=DECEMBER.last
    )
    score = found.score("甲局")
    assert score is not None
    assert [(each.rule, str(each.points), each.reason) for each in score.lines] == [
        ("month", "-2.50", "2026-11 得 95 分"),
        ("adjust", "1.25", "2026-11 复核调整 +2.5"),
        ("month", "0.00", "2026-12 得 100 分"),
    ]
    assert (score.points, score.rank, score.adjusted) == (Decimal("98.75"), 1, Decimal("1.25"))
    assert score.base + sum(each.points for each in score.lines) == score.points
