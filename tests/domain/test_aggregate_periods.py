"""Quarters and years out of months, and what would have changed in a closed month."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.make import unit
from tests.domain.scores import yardstick
from zwgk_excel.domain.aggregate_periods import aggregate
from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.scoring import Assessment, Score, format_points

QUARTER = Period.parse("2026Q4")
END = date(2026, 12, 31)


def month(number: int, closed=True, **points: str | int) -> Assessment:
    """A month with the points of units of one kind."""
    scores = tuple(
        Score(name, UnitKind.DEPARTMENT, Decimal(100), Decimal(value), 1, "good") for name, value in points.items()
    )
    return Assessment(Period.month(Month(2026, number)), END, scores, closed)


def pooled(*months: Assessment, successor=str, **scoring) -> Assessment:
    units = [unit("甲局"), unit("乙局")]
    return aggregate(QUARTER, months, units, yardstick(**scoring).rules, as_of=END, successor=successor)


def test_a_quarter_is_the_mean_of_its_months_with_a_line_for_each():
    found = pooled(month(10, 甲局=90, 乙局=100), month(11, 甲局="93.5", 乙局=100), month(12, closed=False, 甲局=100))
    first, second = found.scores
    assert (second.unit, second.points, second.rank, second.band) == ("甲局", Decimal("94.50"), 2, "good")
    assert [line.reason for line in second.lines] == [
        "2026-10 得 90 分",
        "2026-11 得 93.5 分",
        "2026-12 得 100 分（未结账）",
    ]
    assert (first.unit, first.points, len(first.lines)) == ("乙局", Decimal(100), 2), "no tasks in December"
    assert found.closed is False
    assert [each.period for each in found.months] == [Period.parse(f"2026-{n}") for n in (10, 11, 12)]


def test_a_month_in_which_a_unit_is_not_ranked_does_not_count_and_without_any_other_it_is_not_ranked():
    def unranked(one: Assessment, *names: str) -> Assessment:
        scores = [replace(each, rank=None, band="") if each.unit in names else each for each in one.scores]
        return replace(one, scores=tuple(scores))

    months = unranked(month(10, 甲局=100, 乙局=100), "甲局", "乙局"), unranked(month(11, 甲局=90, 乙局=100), "乙局")
    for how, points in (("mean", 90), ("sum", 90)):
        found = pooled(*months, quarter=how)
        assert [(each.unit, each.points, each.rank) for each in found.ranked] == [("甲局", Decimal(points), 1)]
        assert [(each.unit, each.rank, each.lines) for each in found.unranked] == [("乙局", None, ())]


def test_a_month_whose_tasks_are_left_to_a_later_one_counts_without_deductions():
    """A unit that reported, with a fault that is put right or not after the closing, is not below a silent one."""
    whole = month(11, 甲局=100, 乙局=95)
    left = tuple(replace(each, rank=None, band="", deferred=each.unit == "甲局") for each in whole.scores[:1])
    november = replace(whole, scores=(*left, *whole.scores[1:]))
    for how, reporter, silent in (("mean", 96, 95), ("sum", 192, 190)):
        found = pooled(november, month(12, 甲局=92, 乙局=95), quarter=how)
        assert [(each.unit, each.points) for each in found.ranked] == [
            ("甲局", Decimal(reporter)),
            ("乙局", Decimal(silent)),
        ]
        assert [line.reason for line in found.ranked[0].lines] == [
            "2026-11 得 100 分（暂不评定，按基础分计）",
            "2026-12 得 92 分",
        ]
    assert [(each.rank, each.unranked_as) for each in pooled(november).deferred] == [(None, "deferred")]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20), st.integers(0, 20)), min_size=2, max_size=3))
def test_over_a_period_reporting_never_costs_more_than_silence(months):
    """Of each month what a unit owes by it costs at most so much; where it is left, it costs that in the next one."""
    cap, carried, reporter, silent = 20, 0, [], []
    for left, cost, saved in months:
        own = max(cost - saved, 0)
        silent.append(100 - cost)
        reporter.append(None if left and not carried else 100 - min(cap, carried if left else own + carried))
        carried = own if left else 0
    def score(name: str, points: int | None) -> Score:
        rank, deferred = (None, True) if points is None else (1, False)
        return Score(name, UnitKind.DEPARTMENT, Decimal(100), Decimal(points or 100), rank, "", deferred=deferred)

    made = [
        Assessment(Period.month(Month(2026, 10 + place)), END, (score("甲局", mine), score("乙局", theirs)), True)
        for place, (mine, theirs) in enumerate(zip(reporter, silent, strict=True))
    ]
    found = {each.unit: each for each in pooled(*made).ranked}
    assert "甲局" not in found or found["甲局"].points >= found["乙局"].points


def test_a_quarter_may_be_the_sum_and_its_band_goes_by_the_month():
    (found,) = pooled(month(10, 甲局=90), month(11, 甲局=80), quarter="sum").scores
    assert (found.base, found.points, found.band) == (Decimal(200), Decimal(170), "good")


def test_a_renamed_unit_takes_its_months_along_and_a_merged_one_their_mean():
    successors = {"旧一局": "甲局", "旧二局": "甲局"}
    months = month(10, 旧一局=80, 旧二局=90), month(11, 甲局=95)
    (found,) = pooled(*months, successor=lambda name: successors.get(name, name)).scores
    assert (found.unit, found.points) == ("甲局", Decimal(90))
    assert found.lines[0].reason == "2026-10 得 旧一局 80 分、旧二局 90 分"


@given(st.lists(st.decimals(0, 110, places=2), min_size=1, max_size=12), st.sampled_from(["mean", "sum"]))
def test_the_lines_add_up_to_the_hundredth(points, how):
    (found,) = pooled(*(month(n, 甲局=each) for n, each in enumerate(points, 1)), quarter=how).scores
    assert found.points == found.base + sum(line.points for line in found.lines)
    exact = sum(points) / (len(points) if how == "mean" else 1)
    assert abs(found.points - exact) <= Decimal("0.01")


def test_points_as_people_write_them():
    wanted = {"93.50": "93.5", "100.00": "100", "100": "100", "0.00": "0", "-0.50": "-0.5"}
    assert {each: format_points(Decimal(each)) for each in wanted} == wanted
