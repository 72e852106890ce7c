"""What became known of a closed month: told once, counted where the office lets it count, known to the ladder."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.domain.make import CYCLE, item, november, obligation, receipt
from tests.domain.scores import FINANCE, assessed, yardstick
from zwgk_excel.domain.assess_month import assess
from zwgk_excel.domain.corrections import as_known, correction_line, corrections_of, counted, miscounted, told_by
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.escalation import EscalationLevel, EscalationPolicy, EscalationRule, escalation_candidates
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.score_rules import CorrectionEffect, ScoreRule
from zwgk_excel.domain.scoring_cases import scoring_evidence
from zwgk_excel.domain.tracking import track_histories

END = date(2026, 12, 31)
TASK = obligation()
CLOSED = replace(assessed([TASK], by=yardstick(date(2026, 12, 1))), closed=True)
CAME = receipt(date(2026, 12, 8), items=[item()])
LATE = assessed([TASK], [CAME], by=yardstick(END))
WAIVED = assessed([TASK], standings={TASK.key: ActiveDecisions(waived=True)}, by=yardstick(END))


def december(*found):
    """A closed December that has told these corrections."""
    return replace(assessed([], month=Month(2026, 12)), closed=True, corrections=tuple(found))


def test_what_would_have_changed_is_told_with_both_lines():
    (found,) = corrections_of(CLOSED, LATE, {})
    assert (found.month, found.unit) == (CYCLE, "市财政局")
    assert [found.before, found.after] == [95, 98]
    assert found.text == (
        "2026-11 市财政局：结账得分 95，按结账后的情况应为 98。"
        "原计：D02 政府采购（2026-11）：最迟 2026-11-30，未报。"
        "现应计：D02 政府采购（2026-11）：最迟 2026-11-30，2026-12-08 收到，迟报 8 天。"
    )
    assert corrections_of(CLOSED, assessed([TASK], by=yardstick(END)), {}) == (), "time alone changes nothing"


def test_a_unit_that_is_no_longer_there_is_no_correction():
    closed = assessed([obligation()], units=[FINANCE], by=yardstick(november(30)))
    assert corrections_of(closed, replace(closed, scores=()), {}) == ()


def test_it_is_told_once_and_again_where_more_is_known():
    (first,) = corrections_of(CLOSED, LATE, {})
    assert corrections_of(CLOSED, LATE, told_by([december(first)])) == ()
    (second,) = corrections_of(CLOSED, WAIVED, told_by([december(first)]))
    assert [second.before, second.after] == [98, 100]
    assert "结账得分 95，此前已更正为 98，按结账后的情况应为 100" in second.text
    (back,) = corrections_of(CLOSED, CLOSED, told_by([december(first)]))
    assert [back.before, back.after] == [98, 95]


def test_points_that_a_later_month_counts_fit_the_closing_that_they_correct():
    months = {CYCLE, Month(2026, 12), Month(2027, 1)}
    first = counted(corrections_of(CLOSED, LATE, {}))
    second = counted(corrections_of(CLOSED, WAIVED, told_by([december(*first)])))
    january = replace(december(*second), period=Period.month(Month(2027, 1)))
    later = [january, december(*first)]
    assert miscounted([CLOSED, *later], months) == frozenset()
    assert miscounted(later, months - {CYCLE}) == {(CYCLE, Month(2026, 12)), (CYCLE, Month(2027, 1))}, "open"
    assert miscounted([LATE, *later], months) == {(CYCLE, Month(2026, 12))}, "closed anew with other points"
    assert miscounted([CLOSED, january], months) == {(CYCLE, Month(2027, 1))}, "what it went on from is gone"
    assert miscounted(later, months) == frozenset(), "closed without scores: nobody knows"
    assert miscounted([LATE, december(*corrections_of(CLOSED, LATE, {}))], months) == frozenset(), "only told"


def test_what_an_earlier_version_told_in_words_is_not_told_again():
    (found,) = corrections_of(CLOSED, LATE, {})
    assert corrections_of(CLOSED, LATE, {}, [found.text]) == ()


def test_a_correction_that_counts_is_a_line_beyond_weights_and_caps():
    (found,) = counted(corrections_of(CLOSED, LATE, {}))
    assert found.text.endswith("差额 +3 分计入本月得分。")
    line = correction_line(found)
    assert (line.rule, line.points, line.month) == (ScoreRule.CORRECTION, Decimal(3), CYCLE)
    assert line.reason.startswith("2026-11 更正：结账得分 95")
    other = obligation(cycle=Month(2026, 12))
    by = yardstick(END, weights={"department": 2})
    (score,) = assessed([other], by=by, month=Month(2026, 12)).scores
    statuses = track_histories([other], (), {}, as_of=END, due_soon_days=5).statuses
    added = {"市财政局": [line], "乙局": [line]}
    with_it = assess(Month(2026, 12), statuses, scoring_evidence([], [], 20), [FINANCE], by, added=added)
    assert [each.unit for each in with_it.scores] == ["市财政局"]
    assert with_it.scores[0].points == score.points + 3
    assert with_it.scores[0].corrected == 3


URGE = EscalationRule("overdue", EscalationLevel.URGE, frozenset({"missing", "late"}))
FAILED = EscalationRule("failed", EscalationLevel.SUPERVISE, below=Decimal(97))
LADDER = EscalationPolicy(False, (URGE, FAILED))


def due(now, effect, closed=CLOSED):
    found = escalation_candidates(CYCLE, [as_known(closed, now, effect)], LADDER)
    return [(each.rule, each.evidence) for each in found]


def test_a_fault_that_is_known_not_to_be_so_is_no_ground_for_anything():
    for effect in CorrectionEffect:
        assert due(WAIVED, effect) == []
    assert [rule for rule, _ in due(CLOSED, CorrectionEffect.TELL)] == ["failed"]


def test_a_fault_that_still_is_counts_as_it_is_today():
    for effect in CorrectionEffect:
        ((rule, evidence),) = due(LATE, effect)
        assert rule == "overdue", "98 points are no longer below 97"
        assert evidence == ("D02 政府采购（2026-11）：最迟 2026-11-30，2026-12-08 收到，迟报 8 天",)


def test_a_fault_that_came_to_be_known_counts_where_corrections_do():
    assert due(CLOSED, CorrectionEffect.TELL, closed=WAIVED) == []
    assert [rule for rule, _ in due(CLOSED, CorrectionEffect.SCORE, closed=WAIVED)] == ["failed"]


def test_a_correction_is_no_fault_of_the_month_that_counts_it():
    (found,) = counted(corrections_of(WAIVED, CLOSED, {}))
    assert correction_line(found).points == -5
    month = Month(2026, 12)
    (score,) = LATE.scores
    lowered = replace(score, points=score.points - 5, lines=(*score.lines, correction_line(found)))
    given = replace(CLOSED, period=replace(CLOSED.period, first=month, last=month), scores=(lowered,))
    assert [each.rule for each in escalation_candidates(month, [given], LADDER)] == ["overdue"]
