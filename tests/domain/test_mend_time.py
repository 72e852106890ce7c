"""Until when a faulty return is to be corrected, and what it costs after: what the scores will say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.duties import Cadence, Duty, UnitKind
from zwgk_excel.domain.mend_time import MendTime, mend_time
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import ContentCounts, Receipt, Verdict
from zwgk_excel.domain.rules_in_force import RulesInForce
from zwgk_excel.domain.scoring_cases import mend_until
from zwgk_excel.domain.tracking import Timeliness, UnitSubmissions, track_histories
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.layout.escalation import escalation_policy_with
from zwgk_excel.layout.scoring import merged_scoring_table, scoring_from

CYCLE = Month(2026, 11)
DUE, FINAL = date(2026, 11, 25), date(2026, 11, 30)
CALENDAR = Workdays({}, frozenset({2026}))
SCORING = scoring_from(merged_scoring_table({}))


def duty(id_: str) -> Duty:
    return Duty(id_, "栏目", "内容", "市财政局", "每月", Cadence.MONTHLY)


def owed(id_: str, *, dated: bool = True) -> Obligation:
    due, final = (DUE, FINAL) if dated else (None, None)
    return Obligation(duty(id_), "市财政局", Period.month(CYCLE), CYCLE.first, due, final, mandatory=True)


OWED = {each.key: each for each in (owed("D02"), owed("D04"), owed("D24", dated=False))}
D02, D04, D24 = OWED
FAULTY, GOOD = ContentCounts(items=1), ContentCounts(items=1, valid=1, distinct=1)


def fault(key: str = "") -> Problem:
    return problem("report_untouched", CellRef("a.xlsx"), obligation=key)


def receipt(day: date, *problems: Problem, number: int = 1, **tallies: ContentCounts) -> Receipt:
    counts = {key: tallies[key.partition("/")[0]] for key in OWED if key.partition("/")[0] in tallies}
    at = datetime(day.year, day.month, day.day, 9)
    named = f"收件箱/{number}.xlsx", f"{number:064}", at, Verdict.RETURNED
    return Receipt(*named, False, "市财政局", CYCLE, 1, problems, condensed=counts, number=number)


def asked(
    given: Receipt,
    *history: Receipt,
    decided: dict[str, ActiveDecisions] | None = None,
    kind: UnitKind = UnitKind.DEPARTMENT,
    **scoring: object,
) -> MendTime:
    table = scoring_from(merged_scoring_table({"scoring": scoring}))
    rules = RulesInForce(table, escalation_policy_with({}), {}, 20, CALENDAR, 20)
    return mend_time(given, history, OWED, tuple(OWED.values()), decided or {}, lambda month: rules, kind)


def days(found: MendTime) -> dict[str, date | None]:
    return {each.obligation.key: each.until for each in found.tasks}


def test_five_working_days_or_the_final_date_whichever_is_later():
    late, early = (receipt(date(2026, 11, day), fault(D02), D02=FAULTY) for day in (26, 3))
    assert days(asked(late)) == {D02: date(2026, 12, 3)}
    assert asked(late).until == date(2026, 12, 3)
    assert days(asked(early)) == {D02: FINAL}
    (task,) = asked(late).tasks
    assert (task.points, task.in_time, task.confirmed) == (Decimal(3), True, False)


def test_the_time_runs_from_the_first_faulty_return_and_not_from_a_later_one():
    first = receipt(date(2026, 11, 26), fault(D02), D02=FAULTY)
    again = receipt(date(2026, 12, 2), fault(D02), number=2, D02=FAULTY)
    assert days(asked(again, first, again)) == {D02: date(2026, 12, 3)}
    assert days(asked(first, first, again)) == {D02: date(2026, 12, 3)}
    good = receipt(date(2026, 11, 27), number=3, D02=GOOD)
    assert days(asked(again, first, good, again)) == {D02: date(2026, 12, 9)}, "it was right in between"


def test_what_an_extension_a_waiver_and_a_task_without_a_date_make_of_it():
    given = receipt(date(2026, 11, 26), fault(D02), fault(D24), D02=FAULTY, D24=FAULTY)
    assert days(asked(given)) == {D02: date(2026, 12, 3), D24: None}
    assert [each.points for each in asked(given).tasks] == [Decimal(3), Decimal(0)]
    later = asked(given, decided={D02: ActiveDecisions(extended_to=date(2026, 12, 20))})
    assert days(later) == {D02: date(2026, 12, 20), D24: None}
    assert later.tasks[0].obligation.final == date(2026, 12, 20)
    assert days(asked(given, decided={D02: ActiveDecisions(waived=True)})) == {D24: None}


def test_a_return_that_is_faulty_as_a_whole_leaves_its_tasks_unreported():
    blank = receipt(date(2026, 11, 20), fault())
    found = asked(blank)
    assert days(found) == {D02: FINAL, D04: FINAL}
    assert {each.points for each in found.tasks} == {Decimal(5)}
    assert not any(each.in_time for each in found.tasks)
    assert days(asked(blank, receipt(date(2026, 11, 10), number=2, D02=GOOD))) == {D04: FINAL}


@pytest.mark.parametrize(
    ("scoring", "kind", "points"),
    [
        ({"returned": {"points": 2}}, UnitKind.DEPARTMENT, Decimal(2)),
        ({"weights": {"department": 1, "township": 2}}, UnitKind.TOWNSHIP, Decimal(6)),
    ],
)
def test_the_points_are_those_of_the_office(scoring, kind, points):
    given = receipt(date(2026, 11, 26), fault(D02), D02=FAULTY)
    assert [each.points for each in asked(given, kind=kind, **scoring).tasks] == [points]


def test_it_is_promised_to_count_from_before_only_where_something_was_reported():
    claim = ContentCounts(answers=1, claims=1)
    mere, nil = (
        receipt(date(2026, 11, 24), problem(code, CellRef("a.xlsx"), obligation=D02, value="D02", said=""), D02=claim)
        for code in ("task_without_items", "nil_without_statement")
    )
    assert [task.in_time for found in (mere, nil) for task in asked(found).tasks] == [False, True]
    again = replace(mere, received_at=datetime(2026, 11, 26, 9), number=2)
    assert [task.in_time for task in asked(again, nil).tasks] == [True]


def test_what_is_right_is_not_asked_for():
    given = receipt(date(2026, 11, 26), fault(D02), D02=FAULTY, D04=GOOD)
    assert days(asked(given)) == {D02: date(2026, 12, 3)}
    assert asked(replace(given, problems=(), condensed={D04: GOOD})).until is None


def test_what_came_late_stays_late_however_soon_it_is_corrected():
    first = receipt(date(2026, 12, 2), fault(D02), D02=FAULTY)
    (task,) = asked(first).tasks
    assert (task.in_time, task.late, task.until) == (True, True, date(2026, 12, 9))
    mended = receipt(date(2026, 12, 9), number=2, D02=GOOD)
    (status,) = track_histories(
        [OWED[D02]],
        [UnitSubmissions((first, mended), (mended,), ())],
        {},
        as_of=date(2026, 12, 31),
        due_soon_days=5,
        mend_by=lambda task, day: mend_until(task.final, day, SCORING, CALENDAR),
    ).statuses
    assert (status.timeliness, status.received_at) == (Timeliness.LATE, first.received_at)
    extended = asked(first, decided={D02: ActiveDecisions(extended_to=date(2026, 12, 20))})
    assert not extended.tasks[0].late


def test_a_day_that_is_over_is_not_the_next_one_while_another_is_open():
    late = receipt(date(2026, 12, 1), fault(), fault(D02), D02=FAULTY)
    found = asked(late)
    assert days(found) == {D02: date(2026, 12, 8), D04: FINAL}
    today = replace(found, as_of=date(2026, 12, 1))
    assert (today.until, today.is_over, len(today.over)) == (date(2026, 12, 8), False, 1)
    after = replace(found, as_of=date(2026, 12, 9))
    assert (after.until, after.is_over) == (date(2026, 12, 8), True)
    assert not MendTime().is_over


@pytest.mark.parametrize("extended_to", [None, date(2026, 12, 20)])
@pytest.mark.parametrize("came", [3, 24, 26, 30])
def test_what_is_corrected_on_the_promised_last_day_is_as_late_as_the_first_return(came: int, extended_to: date | None):
    decisions = {D02: ActiveDecisions(extended_to=extended_to)} if extended_to else {}
    first = receipt(date(2026, 11, came), fault(D02), D02=FAULTY)
    until = asked(first, decided=decisions).until
    assert until is not None
    for days_after in (0, 1):
        mended = receipt(until + timedelta(days=days_after), number=2, D02=GOOD)
        (status,) = track_histories(
            [OWED[D02]],
            [UnitSubmissions((first, mended), (mended,), ())],
            decisions,
            as_of=date(2026, 12, 31),
            due_soon_days=5,
            mend_by=lambda task, day: mend_until(task.final, day, SCORING, CALENDAR),
        ).statuses
        # What is in time by itself has its own time.
        own = status.timeliness is Timeliness.ON_TIME and extended_to
        assert status.received_at == (mended.received_at if days_after or own else first.received_at)
