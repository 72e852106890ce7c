"""Who is due for which step, on what evidence, and what is not raised twice."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.escalation import (
    EscalationCandidate,
    EscalationLevel,
    EscalationPolicy,
    EscalationRule,
    Rectification,
    escalation_candidates,
)
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.scoring import BEYOND_CAP, Assessment, Score, ScoreLine

LATE = frozenset({"late", "missing"})
RULES = (
    EscalationRule("overdue", EscalationLevel.URGE, frozenset({"missing"})),
    EscalationRule("much", EscalationLevel.CIRCULATE, LATE, facts=3),
    EscalationRule("twice", EscalationLevel.CIRCULATE, LATE, months=2, within=2),
    EscalationRule("thrice", EscalationLevel.SUPERVISE, LATE, months=3, within=3),
    EscalationRule("failed", EscalationLevel.INTERVIEW, below=Decimal(60), months=2, within=4),
)
LADDER = EscalationPolicy(False, RULES)
NOVEMBER = Month(2026, 11)


def month(number: int, *rules: str, points: int = 90, unit: str = "甲局") -> Assessment:
    """A month in which one unit has a line for each of these rules."""
    of = Month(2026, number)
    lines = [ScoreLine(rule, Decimal(-1), f"D{n:02}/{unit}/{of}", f"D{n:02} {rule}") for n, rule in enumerate(rules, 1)]
    score = Score(unit, UnitKind.DEPARTMENT, Decimal(100), Decimal(points), 1, "good", tuple(lines))
    return Assessment(Period.month(of), date(2026, 12, 3), (score,))


def steps(*months: Assessment, cycle=NOVEMBER, raised=(), **values) -> list[tuple[str, EscalationLevel]]:
    return [(each.rule, each.step) for each in escalation_candidates(cycle, months, LADDER, raised, **values)]


def raised(found: EscalationCandidate, **values) -> Rectification:
    given = {"raised_on": date(2026, 12, 3), "facts": found.facts, **values}
    return Rectification(found.unit, found.cycle, found.step, **given)


def test_evidence_names_every_fact():
    (found,) = escalation_candidates(NOVEMBER, [month(10, "late"), month(11, "missing", "late")], LADDER)
    assert found == EscalationCandidate(
        "甲局",
        NOVEMBER,
        EscalationLevel.CIRCULATE,
        "twice",
        ("D01 late", "D01 missing", "D02 late"),
        ("2026-10 D01/甲局/2026-10", "2026-11 D01/甲局/2026-11", "2026-11 D02/甲局/2026-11"),
    )


def test_counts_in_one_month():
    assert steps(month(11, "grace", "late")) == []
    assert steps(month(11, "missing")) == [("overdue", EscalationLevel.URGE)]
    assert steps(month(11, "missing", "late")) == [("overdue", EscalationLevel.URGE)]
    assert steps(month(11, "missing", "late", "late")) == [("much", EscalationLevel.CIRCULATE)]


def test_months_in_a_row_end_with_the_present_one_and_have_no_gap():
    assert steps(month(9, "late"), month(10, "late"), month(11, "late")) == [("thrice", EscalationLevel.SUPERVISE)]
    assert steps(month(9, "late"), month(10), month(11, "late")) == []
    assert steps(month(9, "late"), month(11, "late")) == [], "October was not issued"
    assert steps(month(9, "late"), month(10, "late"), month(11)) == []
    assert steps(month(10, "late"), month(11, "late"), month(12, "late")) == [("twice", EscalationLevel.CIRCULATE)]


def test_low_scores_within_a_window():
    assert steps(month(8, points=59), month(11, points=59)) == [("failed", EscalationLevel.INTERVIEW)]
    assert steps(month(8, points=59), month(11, points=60)) == []
    assert steps(month(7, points=59), month(11, points=59)) == []
    assert steps(month(9, points=59), month(10, points=59), month(11)) == [], "it got better"
    (found,) = escalation_candidates(NOVEMBER, [month(8, points=59), month(11, points=30)], LADDER)
    assert found.evidence == ("2026-08 得 59 分，低于 60 分", "2026-11 得 30 分，低于 60 分")


def test_the_highest_step_of_a_unit_by_every_rule_and_the_severest_first():
    bad = month(11, "missing", "missing", "missing")
    mild = month(11, "missing", unit="乙局")
    both = replace(bad, scores=(*mild.scores, *bad.scores))
    assert [(each.unit, each.rule) for each in escalation_candidates(NOVEMBER, [month(10, "late"), both], LADDER)] == [
        ("甲局", "much"),
        ("甲局", "twice"),
        ("乙局", "overdue"),
    ]


def test_what_was_raised_is_not_raised_again_for_the_same_facts_nor_for_a_milder_step():
    months = month(10, "late"), month(11, "missing")
    (found,) = escalation_candidates(NOVEMBER, months, LADDER)
    for closed_on in (None, date(2026, 12, 20)):
        assert steps(*months, raised=[raised(found, closed_on=closed_on)]) == []
    came_since = month(10, "late"), month(11, "late")
    assert steps(*came_since, raised=[raised(found)]) == [], "what was missing and came late is the same fact"
    more = month(10, "late"), month(11, "missing", "missing", "missing", "missing")
    assert steps(*more, raised=[raised(found)]) == [("much", EscalationLevel.CIRCULATE)]


def test_what_was_raised_still_counts_for_a_severer_step():
    months = month(10, "late"), month(11, "late")
    (found,) = escalation_candidates(NOVEMBER, months, LADDER)
    december = Month(2026, 12)
    assert steps(*months, month(12, "late"), cycle=december, raised=[raised(found)]) == [
        ("thrice", EscalationLevel.SUPERVISE)
    ]
    assert steps(*months, month(12), cycle=december, raised=[raised(found)]) == []


def test_what_was_withdrawn_counts_again():
    months = month(10, "late"), month(11, "late")
    (found,) = escalation_candidates(NOVEMBER, months, LADDER)
    assert steps(*months, raised=[raised(found, withdrawn=True)]) == [("twice", EscalationLevel.CIRCULATE)]


def test_a_renamed_unit_does_not_begin_anew():
    months = month(10, "late", unit="旧局"), month(11, "late", unit="新局")
    assert steps(*months) == []
    (found,) = escalation_candidates(NOVEMBER, months, LADDER, successor=lambda name: "新局")
    assert (found.unit, found.step) == ("新局", EscalationLevel.CIRCULATE)
    assert steps(*months, raised=[raised(replace(found, unit="旧局"))], successor=lambda name: "新局") == []


def test_a_case_beyond_a_cap_is_a_fact_all_the_same():
    line = ScoreLine("missing", Decimal(0), "D01/甲局/2026-11", f"D01 missing{BEYOND_CAP}")
    score = replace(month(11).scores[0], lines=(line,))
    (found,) = escalation_candidates(NOVEMBER, [replace(month(11), scores=(score,))], LADDER)
    assert found.evidence == ("D01 missing",)


def test_a_month_that_was_not_issued_makes_nobody_due():
    assert steps(month(10, "missing"), cycle=NOVEMBER) == []


def test_a_rectification_is_overdue_after_its_day_while_open():
    open_one = Rectification("甲局", NOVEMBER, EscalationLevel.SUPERVISE, date(2026, 12, 1), date(2026, 12, 10))
    assert [open_one.is_overdue(date(2026, 12, day)) for day in (10, 11)] == [False, True]
    assert not replace(open_one, closed_on=date(2026, 12, 20)).is_overdue(date(2026, 12, 31))
