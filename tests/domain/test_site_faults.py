"""What came of a fault on the website follows from what the unit said, what was seen, and the office's word."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.domain.scores import yardstick
from tests.workbooks.fault_table.samples import CYCLE, case, fault
from zwgk_excel.domain.link_checks import Visit, VisitFinding
from zwgk_excel.domain.returns import FaultAnswer, FaultAnswerStatus, Item
from zwgk_excel.domain.score_rules import PointRule, ScoreRule
from zwgk_excel.domain.site_faults import (
    ExplanationWord,
    FaultCase,
    FaultKind,
    FaultOutcome,
    FaultState,
    GivenAnswer,
    fault_lines,
    new_faults,
    state_of,
)
from zwgk_excel.domain.workdays import Workdays

MENDED, IMPOSSIBLE = FaultAnswerStatus.MENDED, FaultAnswerStatus.IMPOSSIBLE


def said(day: int, status: FaultAnswerStatus, url: str = "", explanation: str = "说明") -> GivenAnswer:
    at = datetime(2026, 12, day, 9)
    return GivenAnswer(FaultAnswer(1, status, url, explanation), at, "收件箱/a.xlsx", at)


def seen(day: int, finding: VisitFinding = VisitFinding.READ, title: str = "采购公告", on: int = 3) -> Visit:
    titles = (title,) if finding is VisitFinding.READ else ()
    at = datetime(2026, 12, day, 12)
    return Visit("http://a.cn/1", at, finding, titles=titles, published_on=date(2026, 11, on))


def state(of: FaultCase, *visits: Visit, day: int = 7, reported: tuple[Item, ...] = ()) -> FaultState:
    return state_of(of, visits, reported, Workdays(), 20, date(2026, 12, day))


GONE = VisitFinding.NOT_FOUND


@pytest.mark.parametrize(
    ("answers", "visits", "day", "outcome"),
    [
        ((), (), 7, FaultOutcome.ASKED),
        ((), (), 9, FaultOutcome.OVERDUE),
        ((), (seen(4),), 9, FaultOutcome.MENDED),
        ((), (seen(4), seen(6, GONE)), 9, FaultOutcome.MENDED),
        ((said(3, MENDED),), (), 9, FaultOutcome.ANSWERED),
        ((said(3, MENDED),), (seen(2, GONE),), 9, FaultOutcome.ANSWERED),
        ((said(3, MENDED),), (seen(5),), 9, FaultOutcome.MENDED),
        ((said(3, MENDED),), (seen(5, GONE),), 9, FaultOutcome.UNMENDED),
        ((said(3, MENDED),), (seen(5, GONE), seen(6)), 9, FaultOutcome.MENDED),
        ((said(3, MENDED),), (seen(5, VisitFinding.SCRIPT_ONLY),), 9, FaultOutcome.EXPLAINED),
        ((said(3, IMPOSSIBLE),), (), 9, FaultOutcome.EXPLAINED),
        ((said(3, IMPOSSIBLE),), (seen(5),), 9, FaultOutcome.MENDED),
        ((said(3, MENDED), said(6, MENDED)), (seen(5),), 9, FaultOutcome.MENDED),
    ],
)
def test_what_is_seen_decides(answers, visits, day, outcome):
    assert state(case(answers=answers), *visits, day=day).outcome is outcome


def word(day: int, *, accepted: bool) -> ExplanationWord:
    return ExplanationWord(accepted, datetime(2026, 12, day, 9), "王芳", "核实")


def test_the_office_s_word_and_what_the_unit_says_after_it():
    explained = case(answers=(said(3, IMPOSSIBLE),))
    assert state(replace(explained, words=(word(4, accepted=True),))).outcome is FaultOutcome.ACCEPTED
    refused = replace(explained, words=(word(4, accepted=False),))
    assert state(refused).outcome is FaultOutcome.UNMENDED
    again = (said(3, IMPOSSIBLE), said(5, IMPOSSIBLE))
    assert state(replace(refused, answers=again)).outcome is FaultOutcome.UNMENDED, "the same once more is nothing new"
    more = (said(3, IMPOSSIBLE), said(5, IMPOSSIBLE, explanation="上级来函"))
    assert state(replace(refused, answers=more)).outcome is FaultOutcome.EXPLAINED
    assert state(replace(refused, withdrawn=True)).outcome is FaultOutcome.WITHDRAWN


def test_who_said_so_truthfully_had_it_mended_on_that_day():
    late_visit = (seen(20),)
    told = state(case(answers=(said(4, MENDED),)), *late_visit, day=21)
    silent = state(case(), *late_visit, day=21)
    assert (told.mended_on, told.is_late(date(2026, 12, 21))) == (date(2026, 12, 4), False)
    assert (silent.mended_on, silent.is_late(date(2026, 12, 21))) == (date(2026, 12, 20), True)


def test_what_was_seen_to_be_mended_stays_so_whatever_the_unit_says_afterwards():
    disputed = said(6, FaultAnswerStatus.DISPUTED, explanation="链接一直正常")
    mended = state(case(answers=(said(3, MENDED), disputed)), seen(5), day=9)
    assert (mended.outcome, mended.mended_on) == (FaultOutcome.MENDED, date(2026, 12, 3))
    assert mended.case.answer == disputed, "what it says is on record"
    assert state(case(answers=(disputed,)), seen(4), day=9).outcome is FaultOutcome.MENDED, "nothing had been said"
    elsewhere = said(6, MENDED, "http://a.cn/neu")
    assert state(case(answers=(said(3, MENDED), elsewhere)), seen(5), day=9).outcome is FaultOutcome.MENDED
    unseen = state(case(answers=(said(3, MENDED), elsewhere)), seen(7), day=9)
    assert unseen.outcome is FaultOutcome.ANSWERED, "the address that it gave last was not visited"


def test_the_same_said_once_more_leaves_the_day_on_which_it_was_mended():
    told = state(case(answers=(said(4, MENDED), said(20, MENDED))), seen(21), day=22)
    assert (told.mended_on, told.is_late(date(2026, 12, 22))) == (date(2026, 12, 4), False)


def test_a_table_taken_in_later_with_an_earlier_time_changes_nothing_that_was_judged():
    explained = said(3, IMPOSSIBLE)
    between = GivenAnswer(FaultAnswer(1, MENDED), datetime(2026, 12, 3, 15), "收件箱/b.xlsx", datetime(2026, 12, 6, 9))
    accepted = case(answers=(explained, between), words=(word(4, accepted=True),))
    assert (state(accepted).outcome, accepted.answer) == (FaultOutcome.ACCEPTED, explained)
    refused = replace(accepted, words=(word(4, accepted=False),))
    assert state(refused).outcome is FaultOutcome.ANSWERED, "nobody has judged what it says now"


def test_a_renamed_unit_is_not_asked_about_what_it_was_asked_under_its_former_name():
    def owner(name: str) -> str:
        return "市财政和国资局" if name == "市财政局" else name

    found = replace(fault(), unit="市财政和国资局")
    assert new_faults([found], [state(case())], owner) == ()
    assert new_faults([found], [state(case())]) == (found,)


def test_an_answer_dated_back_makes_no_earlier_visit_one_of_the_recheck():
    dated_back = GivenAnswer(FaultAnswer(1, MENDED), datetime(2026, 11, 20), "收件箱/a.xlsx", datetime(2026, 12, 5, 9))
    found = replace(case(answers=(dated_back,)), raised_at=datetime(2026, 12, 3))
    assert state(found, seen(2, GONE)).outcome is FaultOutcome.ANSWERED


def test_a_title_corrected_in_the_report_is_mended():
    shown = seen(4, title="关于采购的通知", on=3)
    assert state(case(), shown, day=5).outcome is FaultOutcome.ASKED
    item = Item(title="关于采购的通知", published_on=date(2026, 11, 3), url="http://a.cn/1")
    assert state(case(), shown, day=5, reported=(item,)).outcome is FaultOutcome.MENDED


def test_a_column_is_updated_where_a_newer_page_shows_it():
    stale = case(of=fault("", "", "很久没有更新", kind=FaultKind.COLUMN, published_on=date(2026, 5, 3)))
    answered = replace(stale, answers=(said(3, MENDED, "http://a.cn/1"),))
    assert state(answered, seen(5)).outcome is FaultOutcome.MENDED
    old = replace(answered, fault=replace(stale.fault, published_on=date(2026, 11, 20)))
    assert state(old, seen(5)).outcome is FaultOutcome.UNMENDED
    assert state(replace(stale, answers=(said(3, MENDED),))).outcome is FaultOutcome.EXPLAINED


def test_a_column_is_updated_where_something_newer_is_reported():
    stale = case(of=fault("", "", "很久没有更新", kind=FaultKind.COLUMN))
    newer = [Item(published_on=date(2026, 12, day)) for day in (5, 2, 20)]
    told = state(stale, reported=(Item(published_on=date(2026, 11, 3)), Item(), *newer))
    assert (told.outcome, told.mended_on) == (FaultOutcome.MENDED, date(2026, 12, 2))
    for reported in ((), (Item(published_on=date(2026, 11, 3)),), tuple(newer[2:])):
        assert state(stale, reported=reported).outcome is FaultOutcome.ASKED, "no newer one, or one that is yet to come"
    never = case(of=replace(stale.fault, published_on=None))
    assert state(never, reported=(Item(published_on=date(2026, 5, 3)),)).outcome is FaultOutcome.MENDED


def test_a_column_is_told_again_only_where_what_came_since_is_too_old_as_well():
    first = fault("", "", "很久没有更新", kind=FaultKind.COLUMN)
    later = replace(first, obligation="D02/市财政局/2026-12", found="更久没有更新")
    anew = replace(later, published_on=date(2026, 12, 4))
    told = case(of=first)
    for known in (told, replace(told, words=(word(4, accepted=True),))):
        assert new_faults([later], [state(known)]) == ()
    mended = state(told, reported=(Item(published_on=date(2026, 12, 4)),))
    assert new_faults([anew], [mended]) == (anew,)
    assert new_faults([anew], [state(replace(told, words=(word(4, accepted=True),)))]) == (anew,)
    assert new_faults([anew], [state(told)]) == (), "it is still to be updated"
    assert new_faults([later], [state(replace(told, withdrawn=True))]) == (later,)


def test_nothing_is_asked_twice_but_a_page_that_breaks_again_is():
    found = [fault()]
    assert new_faults(found, []) == tuple(found)
    assert new_faults([*found, *found], []) == tuple(found)
    assert new_faults(found, [state(case())]) == ()
    assert new_faults(found, [state(case(), seen(4))]) == tuple(found)
    moved = case(answers=(said(3, MENDED, "http://a.cn/neu"),))
    assert new_faults(found, [state(moved, replace(seen(5), url="http://a.cn/neu"))]) == ()
    assert new_faults(found, [state(case(withdrawn=True))]) == tuple(found)


def test_points_are_in_the_month_of_the_day():
    rules = yardstick(date(2026, 12, 10)).rules
    points = {**rules.point_rules, ScoreRule.SITE_FAULT: PointRule(Decimal(2), Decimal(3))}
    costing = replace(rules, point_rules=points)
    late = [state(case(number), day=10) for number in (1, 2)]
    late.append(state(case(3, answers=(said(4, IMPOSSIBLE),)), day=10))
    lines = fault_lines(late, CYCLE + 1, costing, date(2026, 12, 10))["市财政局"]
    assert [line.points for line in lines] == 2 * [Decimal(-2)]
    assert fault_lines(late, CYCLE, costing, date(2026, 12, 10)) == {}
    assert set(fault_lines(late, CYCLE + 1, costing, date(2026, 12, 10), lambda _: "接手单位")) == {"接手单位"}
    free = fault_lines(late, CYCLE + 1, rules, date(2026, 12, 10))["市财政局"]
    assert [line.points for line in free] == [0, 0]
