"""The ladder as data: what the office may change, and what makes no sense."""

from decimal import Decimal

import pytest

from zwgk_excel.domain.escalation import EscalationLevel, EscalationRule
from zwgk_excel.layout.escalation import escalation_policy_with, require_fair_ladder, rule_words
from zwgk_excel.layout.words import words


def ladder(*rules, **values):
    return escalation_policy_with({"ladder": {"rules": list(rules), **values} if rules else values})


def test_the_shipped_rules_are_a_sample_and_reach_every_step():
    shipped = ladder()
    assert shipped.confirmed is False
    assert {rule.step for rule in shipped.rules} == set(EscalationLevel)
    assert shipped.reach == 12
    assert set(words("step")) == set(EscalationLevel)


def test_the_offices_list_replaces_ours():
    own = {"code": "我", "step": "interview", "below": Decimal("59.5"), "months": 2, "within": 3}
    assert ladder(own, confirmed=True).rules == (
        EscalationRule("我", EscalationLevel.INTERVIEW, below=Decimal("59.5"), months=2, within=3),
    )


def test_rules_in_words():
    late = {"code": "a", "step": "urge", "counts": ["late", "missing"]}
    assert [rule_words(ladder({**late, **more}).rules[0]) for more in ({}, {"facts": 3}, {"months": 2})] == [
        "当月有逾期未报或迟报",
        "当月有 3 项以上逾期未报或迟报",
        "连续 2 个月有逾期未报或迟报",
    ]
    below = {"code": "b", "step": "urge", "below": 60, "months": 2, "within": 6}
    assert rule_words(ladder(below).rules[0]) == "6 个月内有 2 个月得分低于 60 分"


SOUND = {"code": "a", "step": "urge", "counts": ["late"]}


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ({"step": "shout"}, r'rules\[1\]\.step = "shout"'),
        ({"counts": ["early"]}, "early"),
        ({"counts": []}, r"rules\[1\]\.counts"),
        ({"months": 3, "within": 2}, r"within = 2"),
        ({"months": 0}, r"months = 0"),
        ({"facts": -1}, r"facts = -1"),
        ({"within": 99}, r"within = 99"),
        ({"below": 60}, "counts"),
        ({"code": ""}, "code"),
        ({"mouths": 2}, "mouths"),
    ],
)
def test_what_makes_no_sense_is_named(rule, named):
    with pytest.raises(ValueError, match=named):
        ladder({**SOUND, **rule})


@pytest.mark.parametrize("mild", ["late", "grace"])
def test_a_rule_that_silence_would_escape_is_named(mild):
    unfair = ladder({**SOUND, "code": "晚报", "counts": [mild, "returned"]})
    with pytest.raises(ValueError, match=rf"rules\[1\]\.counts.*晚报 计 {mild}.*同时计 missing"):
        require_fair_ladder(unfair)
    require_fair_ladder(ladder({**SOUND, "counts": [mild, "missing"]}, {**SOUND, "code": "b", "counts": ["returned"]}))
    require_fair_ladder(ladder())


SILENT = {"code": "不报", "step": "urge", "counts": ["missing"]}


@pytest.mark.parametrize(
    ("rule", "silent"),
    [
        ({"step": "interview", "counts": ["returned", "news", "formal", "late_item"]}, {}),
        ({"step": "urge", "counts": ["site_fault"]}, None),
        ({"step": "urge", "counts": ["returned"]}, {"facts": 2}),
        ({"step": "urge", "counts": ["formal", "missing"], "facts": 3}, None),
        ({"step": "urge", "counts": ["news"], "months": 2, "within": 6}, {"months": 2, "within": 3}),
    ],
)
def test_a_step_that_faults_of_reports_reach_and_silence_does_not_is_named(rule, silent):
    policy = ladder(*([] if silent is None else [SILENT | silent]), {"code": "有错", **rule})
    with pytest.raises(ValueError, match=r"有错 计 .*同时计 missing.*不报的不能比报了的轻"):
        require_fair_ladder(policy)


@pytest.mark.parametrize(
    ("rule", "silent"),
    [
        ({"step": "urge", "counts": ["returned", "site_fault"], "facts": 3}, {}),
        ({"step": "urge", "counts": ["news"], "months": 2, "within": 6}, {"step": "supervise"}),
        ({"step": "urge", "counts": ["news"], "months": 2, "within": 2}, {"months": 2, "within": 3}),
        ({"step": "urge", "counts": ["late", "missing"], "facts": 3}, {"step": "interview", "facts": 9}),
    ],
)
def test_one_that_silence_reaches_as_well_is_fair(rule, silent):
    require_fair_ladder(ladder(SILENT | silent, {"code": "有错", **rule}))


def test_two_rules_of_one_name_and_no_list_are_refused():
    with pytest.raises(ValueError, match="重复"):
        ladder(SOUND, SOUND)
    with pytest.raises(ValueError, match=r"ladder\.rules"):
        ladder(rules="none")
    with pytest.raises(ValueError, match=r"ladder\.rules\[1\]"):
        ladder("none")
