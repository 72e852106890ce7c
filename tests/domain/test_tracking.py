from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.make import CYCLE, duty, item, nil, november, obligation, receipt, track
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.returns import AnswerStatus, TaskAnswer
from zwgk_excel.domain.tracking import Outcome, Timeliness, timeliness

TASK = obligation()


def tracked(*receipts, task=TASK, as_of=date(2026, 12, 3), mend_by=None, **decided):
    standings = {task.key: ActiveDecisions(**decided)}
    return track([task], receipts, standings, as_of=as_of, due_soon_days=5, mend_by=mend_by)


def status(*receipts, **values):
    return tracked(*receipts, **values).statuses[0]


@pytest.mark.parametrize(
    ("day", "expected", "days_left", "days_late"),
    [
        (november(1), Timeliness.NOT_DUE, 24, 0),
        (november(19), Timeliness.NOT_DUE, 6, 0),
        (november(20), Timeliness.DUE_SOON, 5, 0),
        (november(25), Timeliness.DUE_SOON, 0, 0),
        (november(26), Timeliness.IN_GRACE, 4, 0),
        (november(30), Timeliness.IN_GRACE, 0, 0),
        (date(2026, 12, 1), Timeliness.OVERDUE, None, 1),
        (date(2026, 12, 31), Timeliness.OVERDUE, None, 31),
    ],
)
def test_an_open_obligation_as_the_days_go_by(day, expected, days_left, days_late):
    found = status(as_of=day)
    assert (found.outcome, found.timeliness, found.days_left, found.days_late) == (
        Outcome.MISSING,
        expected,
        days_left,
        days_late,
    )


@pytest.mark.parametrize(
    ("at", "expected", "days_late"),
    [
        (datetime(2026, 11, 25, 23, 59), Timeliness.ON_TIME, 0),
        (datetime(2026, 11, 26, 0, 0), Timeliness.GRACE, 0),
        (datetime(2026, 11, 30, 23, 59), Timeliness.GRACE, 0),
        (datetime(2026, 12, 2, 8, 0), Timeliness.LATE, 2),
    ],
)
def test_a_reported_obligation_by_its_receipt_time(at, expected, days_late):
    found = status(receipt(at, items=[item()]))
    assert (found.outcome, found.timeliness, found.days_late, found.received_at) == (
        Outcome.REPORTED,
        expected,
        days_late,
        at,
    )


def test_nil_is_not_the_same_as_no_answer():
    assert status(receipt(november(20), answers=[nil()])).outcome is Outcome.NIL
    assert status(receipt(november(20), answers=[nil(statement="")])).outcome is Outcome.RETURNED
    assert status(receipt(november(20), answers=[TaskAnswer(TASK.key)])).outcome is Outcome.MISSING
    pending = TaskAnswer(TASK.key, status=AnswerStatus.PENDING)
    assert status(receipt(november(20), answers=[pending])).outcome is Outcome.MISSING


def test_a_nil_report_with_items_is_none():
    assert status(receipt(november(20), answers=[nil()], items=[item(valid=False)])).outcome is Outcome.RETURNED


def test_a_receipt_counts_on_the_very_day():
    arrived = receipt(datetime(2026, 11, 20, 23, 59), items=[item()])
    assert status(arrived, as_of=november(20)).outcome is Outcome.REPORTED
    assert status(arrived, as_of=november(19)).outcome is Outcome.MISSING


def test_what_vanished_is_named_once_and_only_where_it_belonged_to_a_task():
    gone, stray = item(title="招标公告", url="http://a.cn/2"), item("", title="不知哪项", url="http://a.cn/3")
    first = receipt(november(20), items=[item(), gone, stray])
    second = receipt(november(21), items=[item(), gone])
    third = receipt(november(22), items=[item()])
    vanished = tracked(first, second, third).problems
    assert [(p.code, p.obligation) for p in vanished] == [("items_vanished", TASK.key)]
    assert "招标公告" in vanished[0].found


def test_claiming_without_items_is_sent_back():
    claimed = TaskAnswer(TASK.key, status=AnswerStatus.REPORTED)
    assert status(receipt(november(20), answers=[claimed])).outcome is Outcome.RETURNED


def test_only_valid_items_satisfy():
    found = status(receipt(november(20), items=[item(valid=False)]))
    assert (found.outcome, found.items, found.received_at) == (Outcome.RETURNED, 0, None)


def test_news_alone_does_not_satisfy_a_policy_column():
    policy = obligation(duty(policy=True))
    news = item(type="news")
    assert status(receipt(november(20), items=[news]), task=policy).outcome is Outcome.RETURNED
    assert status(receipt(november(20), items=[news]), task=TASK).outcome is Outcome.REPORTED
    both = [news, item(type="policy", url="http://a.cn/2")]
    assert status(receipt(november(20), items=both), task=policy).outcome is Outcome.REPORTED


def test_a_later_correction_never_makes_an_on_time_unit_late():
    first = receipt(november(20), items=[item()])
    corrected = receipt(date(2026, 12, 1), items=[item(title="采购目录（更正）")])
    assert status(first, corrected).timeliness is Timeliness.ON_TIME


def test_a_correction_counts_from_when_it_satisfied():
    bad = receipt(november(20), items=[item(valid=False)])
    good = receipt(november(27), items=[item()])
    assert (status(bad, good).timeliness, status(bad, good).outcome) == (Timeliness.GRACE, Outcome.REPORTED)


WRONG = receipt(november(24), items=[item(valid=False)])


def within(days):
    return lambda task, day: day + timedelta(days=days)


def test_what_was_corrected_in_time_counts_from_when_it_was_reported():
    mended = receipt(date(2026, 12, 1), items=[item()])
    found = status(WRONG, mended, mend_by=within(7))
    assert (found.timeliness, found.days_late, found.received_at) == (Timeliness.ON_TIME, 0, WRONG.received_at)
    for later in (status(WRONG, mended, mend_by=within(6)), status(WRONG, mended)):
        assert (later.timeliness, later.days_late, later.received_at) == (Timeliness.LATE, 1, mended.received_at)
    assert status(WRONG, as_of=date(2026, 12, 1), mend_by=within(7)).outcome is Outcome.RETURNED, "not corrected yet"


def test_a_correction_by_the_due_date_has_its_own_time():
    mended = receipt(november(25), items=[item()])
    assert status(WRONG, mended, mend_by=within(7)).received_at == mended.received_at


def test_a_claim_without_any_item_is_no_report_that_could_be_corrected_in_time():
    claim = receipt(november(24), answers=[TaskAnswer(TASK.key, status=AnswerStatus.REPORTED)])
    mended = receipt(date(2026, 12, 1), items=[item()])
    assert status(claim, mended, mend_by=within(7)).timeliness is Timeliness.LATE


def test_a_nil_report_without_a_statement_is_one_that_can_be_corrected_in_time():
    told = problem("nil_without_statement", CellRef("a.xlsx"), obligation=TASK.key, value="D02", said="")
    refused = receipt(november(24), answers=[nil(statement="")], problems=[told])
    mended = receipt(november(27), answers=[nil()])
    found = status(refused, mended, mend_by=within(7))
    assert (found.outcome, found.timeliness) == (Outcome.NIL, Timeliness.ON_TIME)
    assert found.received_at == refused.received_at


def test_a_string_of_faulty_returns_does_not_move_the_last_day_of_the_first():
    again = receipt(november(30), items=[item(valid=False)])
    mended = receipt(date(2026, 12, 3), items=[item()])
    found = status(WRONG, again, mended, mend_by=within(7))
    assert (found.timeliness, found.received_at) == (Timeliness.GRACE, again.received_at)


def test_the_newest_return_holds_the_content_and_what_vanished_is_named():
    first = receipt(november(20), items=[item(), item(title="招标公告", url="http://a.cn/2", row=5)])
    second = receipt(november(22), items=[item()])
    found = tracked(first, second)
    assert found.contents == (second,)
    assert found.statuses[0].items == 1
    assert [(p.code, p.place.file, p.obligation) for p in found.problems] == [
        ("items_vanished", second.name, TASK.key)
    ]
    assert "招标公告" in found.problems[0].found


def test_what_satisfied_once_stays_satisfied_when_everything_vanishes():
    found = tracked(receipt(november(20), items=[item()]), receipt(november(28)))
    assert (found.statuses[0].outcome, found.statuses[0].timeliness) == (Outcome.REPORTED, Timeliness.ON_TIME)
    assert [p.code for p in found.problems] == ["items_vanished", "report_taken_back"]


TAKEN_BACK = replace(receipt(november(20), items=[item()]), number=1), replace(receipt(november(28)), number=2)


@pytest.mark.parametrize(
    ("decided", "outcome", "when", "codes"),
    [
        ("", Outcome.REPORTED, Timeliness.ON_TIME, ["items_vanished", "report_taken_back"]),
        ("kept/2", Outcome.REPORTED, Timeliness.ON_TIME, []),
        ("accepted/2", Outcome.MISSING, Timeliness.OVERDUE, []),
        ("accepted/9", Outcome.REPORTED, Timeliness.ON_TIME, ["items_vanished", "report_taken_back"]),
    ],
)
def test_what_a_unit_takes_back_counts_until_the_office_agrees(decided, outcome, when, codes):
    found = tracked(*TAKEN_BACK, take_back=decided)
    assert (found.statuses[0].outcome, found.statuses[0].timeliness) == (outcome, when)
    assert [p.code for p in found.problems] == codes


def test_after_an_accepted_taking_back_a_new_report_counts_from_its_own_time():
    again = replace(receipt(date_time := datetime(2026, 12, 2, 9), items=[item()]), number=3)
    found = tracked(*TAKEN_BACK, again, take_back="accepted/2")
    assert (found.statuses[0].timeliness, found.statuses[0].received_at) == (Timeliness.LATE, date_time)


def test_a_report_with_errors_takes_nothing_back():
    flawed = replace(receipt(november(28), items=[item(valid=False)]), number=2)
    found = tracked(TAKEN_BACK[0], flawed)
    assert (found.statuses[0].outcome, [p.code for p in found.problems]) == (Outcome.REPORTED, [])


def test_an_obligation_can_be_made_good_in_a_later_cycle():
    late = receipt(date(2026, 12, 20), items=[item()], cycle=CYCLE + 1)
    found = status(late, as_of=date(2026, 12, 31))
    assert (found.outcome, found.timeliness, found.days_late) == (Outcome.REPORTED, Timeliness.LATE, 20)


def test_extensions_and_waivers():
    assert status(extended_to=date(2026, 12, 10)).timeliness is Timeliness.NOT_DUE
    late = receipt(date(2026, 12, 2), items=[item()])
    assert status(late, extended_to=date(2026, 12, 2)).timeliness is Timeliness.ON_TIME
    waived = status(waived=True)
    assert (waived.outcome, waived.timeliness, waived.days_late, waived.is_open) == (Outcome.WAIVED, None, 0, False)
    belated = status(late, waived=True)
    assert (belated.outcome, belated.timeliness, belated.days_late, belated.items) == (Outcome.WAIVED, None, 0, 1)
    assert status(receipt(november(20), items=[item()]), waived=True).outcome is Outcome.REPORTED


def test_on_demand_is_never_late():
    open_ended = obligation(due=None, final=None)
    found = status(task=open_ended, as_of=date(2030, 1, 1))
    assert (found.timeliness, found.days_late, found.is_open) == (Timeliness.ON_DEMAND, 0, False)


def test_receipts_after_the_day_asked_about_do_not_count_yet():
    assert status(receipt(november(20), items=[item()]), as_of=november(19)).outcome is Outcome.MISSING


def test_problems_are_counted_without_notes():
    found = [
        problem("item_field_missing", CellRef(cell="E4"), obligation=TASK.key, heading="发布日期"),
        problem("normalised", CellRef(cell="F4"), obligation=TASK.key, heading="x", value="a", result="b"),
    ]
    assert status(receipt(november(20), items=[item()], problems=found)).problems == 1


# The invariants: any mix of returns, in any order, given once or twice.
KINDS = st.sampled_from(
    [[item()], [item(valid=False)], [], [item(type="news")], [item(title="乙", url="http://a.cn/2", row=5), item()]]
)
RECEIPTS = st.lists(
    st.builds(
        lambda at, items, nils, cycle: receipt(at, items=items, answers=[nil()] if nils else [], cycle=cycle),
        st.datetimes(datetime(2026, 11, 1), datetime(2027, 1, 31)),
        KINDS,
        st.booleans(),
        st.sampled_from([CYCLE, CYCLE + 1]),
    ),
    max_size=6,
)


@given(RECEIPTS, st.randoms(), st.dates(date(2026, 11, 1), date(2027, 2, 28)))
def test_order_and_repetition_do_not_matter(receipts, random, as_of):
    shuffled = receipts + receipts[:2]
    random.shuffle(shuffled)
    assert tracked(*receipts, as_of=as_of) == tracked(*shuffled, as_of=as_of)


@given(RECEIPTS, RECEIPTS)
def test_another_return_never_makes_it_later(receipts, more):
    before, after = status(*receipts, as_of=date(2027, 2, 1)), status(*receipts, *more, as_of=date(2027, 2, 1))
    if before.received_at:
        assert after.received_at
        assert after.received_at <= before.received_at
        assert after.days_late <= before.days_late


@given(RECEIPTS, st.dates(date(2026, 11, 1), date(2027, 2, 28)), st.dates(date(2026, 11, 1), date(2027, 2, 28)))
def test_an_extension_never_makes_it_later(receipts, as_of, until):
    plain, moved = status(*receipts, as_of=as_of), status(*receipts, as_of=as_of, extended_to=until)
    assert moved.days_late <= plain.days_late
    assert replace(moved, timeliness=None, days_late=0, days_left=None, decisions=ActiveDecisions()) == replace(
        plain, timeliness=None, days_late=0, days_left=None
    )


def test_timeliness_without_dates():
    assert timeliness(None, None, None, november(1), 5) is Timeliness.ON_DEMAND
