"""The scoring rules as data: what the office may change, and what makes no sense."""

import json
from decimal import Decimal

import pytest

from zwgk_excel.domain.score_rules import Grade, ScoreRule
from zwgk_excel.layout.scoring import is_fair, merged_scoring_table, require_fair, rules_to_json, scoring_from
from zwgk_excel.layout.words import words


def rules(**scoring):
    return scoring_from(merged_scoring_table({"scoring": scoring}))


def test_the_shipped_rules_are_a_sample_nobody_has_confirmed():
    assert rules().confirmed is False
    assert rules(confirmed=True).confirmed is True


def test_points_are_exact_decimals():
    assert rules().point_rules[ScoreRule.GRACE].points == Decimal("0.5")
    assert isinstance(merged_scoring_table({})["grace"]["points"], Decimal)


def test_the_office_changes_one_number_and_keeps_the_others():
    changed = rules(missing={"points": 8})
    assert changed.point_rules[ScoreRule.MISSING].points == 8
    assert changed.point_rules[ScoreRule.MISSING].cap == rules().point_rules[ScoreRule.MISSING].cap
    assert changed.point_rules[ScoreRule.LATE] == rules().point_rules[ScoreRule.LATE]


@pytest.mark.parametrize(("days", "points"), [(1, 1), (3, 1), (4, 2), (10, 2), (11, 3), (365, 3)])
def test_days_late_fall_into_their_band(days, points):
    assert rules().late_points(days) == points


@pytest.mark.parametrize(("points", "band"), [("96", "excellent"), ("95.99", "good"), ("0", "fail")])
def test_a_band_begins_with_its_points(points, band):
    assert rules().band(Decimal(points)) == Grade(band)


def test_every_rule_band_and_step_has_a_word():
    assert set(words("rule")) == set(ScoreRule)
    assert set(words("band")) == set(Grade)


def test_rules_survive_the_way_through_json():
    assert scoring_from(json.loads(json.dumps(rules_to_json(merged_scoring_table({}))))) == rules()


def test_who_missed_one_task_is_not_excellent_by_the_shipped_rules():
    shipped = rules()
    assert shipped.band(shipped.base - shipped.point_rules[ScoreRule.MISSING].points) != Grade.EXCELLENT


def test_rules_that_earlier_versions_kept_are_read_as_they_were():
    kept = merged_scoring_table({})
    del kept["fair"], kept["returned"]["in_time"]
    found = scoring_from(kept)
    assert (is_fair(kept), found.mended_in_time) == (False, False)
    assert (is_fair(merged_scoring_table({})), rules().mended_in_time) == (True, True)


@pytest.mark.parametrize(
    ("overlay", "named"),
    [
        ({"fair": False}, r"scoring\.fair = false"),
        ({"late_item": {"points": 6}}, r"scoring\.late_item\.points = 6 不正确：应不多于未报 scoring\.missing\.points"),
        ({"formal": {"points": 6}}, r"scoring\.formal\.points = 6"),
        ({"formal": {"per_task": 6}}, r"scoring\.formal\.per_task = 6"),
        ({"missing": {"cap": 4}}, r"scoring\.missing\.cap = 4"),
    ],
)
def test_rules_by_which_a_report_would_cost_more_than_silence_are_named(overlay, named):
    require_fair(merged_scoring_table({}))
    with pytest.raises(ValueError, match=named):
        require_fair(merged_scoring_table({"scoring": overlay}))


LATE = "late"


@pytest.mark.parametrize(
    ("overlay", "named"),
    [
        ({"missing": {"points": -5}}, r"scoring\.missing\.points = -5"),
        ({"missing": {"points": "many"}}, r"scoring\.missing\.points"),
        ({"missing": {"points": True}}, r"scoring\.missing\.points"),
        ({"missing": {"points": Decimal("NaN")}}, r"scoring\.missing\.points"),
        ({"missing": 5}, r"scoring\.missing = 5"),
        ({"mising": {"points": 5}}, r"scoring\.mising"),
        ({"missing": {"point": 5}}, r"scoring\.missing\.point "),
        ({LATE: {"bands": []}}, r"scoring\.late\.bands"),
        ({LATE: {"bands": [{"up_to": 3, "points": 1}]}}, r"scoring\.late\.bands\[1\]\.up_to"),
        ({LATE: {"bands": [{"up_to": -3, "points": 1}, {"points": 2}]}}, r"bands\[1\]\.up_to = -3"),
        ({LATE: {"bands": [{"up_to": 5, "points": 1}, {"up_to": 5, "points": 2}, {"points": 3}]}}, "不能重叠"),
        ({LATE: {"bands": [{"up_to": 5, "points": 3}, {"points": 2}]}}, r"bands\[2\]\.points = 2"),
        ({LATE: {"bands": [{"points": 6}]}}, r"scoring\.missing\.points = 5"),
        ({"grace": {"points": 2}}, r"bands\[1\]\.points = 1"),
        ({"news": {"points": 9}}, r"scoring\.news\.points = 9"),
        ({"formal": {"codes": ["no_such_code"]}}, "no_such_code"),
        ({"formal": {"codes": "date_form"}}, r"scoring\.formal\.codes"),
        ({"bands": {"good": 99}}, r"scoring\.bands\.good = 99"),
        ({"weights": {"school": 1}}, r"scoring\.weights\.school"),
        ({"base": 120}, r"scoring\.base = 120"),
        ({"year": "median"}, r'scoring\.year = "median"'),
        ({"confirmed": "yes"}, r"scoring\.confirmed"),
        ({"early": {"days": 0}}, r"scoring\.early\.days"),
    ],
)
def test_what_makes_no_sense_is_named(overlay, named):
    with pytest.raises(ValueError, match=named):
        rules(**overlay)
