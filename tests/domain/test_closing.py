"""What a closing settles and what it leaves: every task is counted once, whatever the order of the closings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.make import CYCLE, duty, item, nil, november, obligation, receipt, track
from tests.domain.scores import yardstick
from zwgk_excel.domain.closing import may_answer, month_that_counts, ripeness
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.domain.scoring_cases import scoring_evidence

TASK = obligation()
UNDATED = obligation(duty("D24", "基层信息公开", Cadence.ON_DEMAND), due=None, final=None)
YEARLY = Obligation(
    duty("D20", "财政决算", Cadence.YEARLY),
    "市财政局",
    Period.year(2025),
    date(2026, 1, 1),
    date(2026, 2, 28),
    date(2026, 3, 31),
)
LINK = problem("link_form", CellRef("表.xlsx", "信息明细", "G4"), obligation=TASK.key, heading="发布链接", value="x")


def unripe(
    task: Obligation, day: date, *receipts: Receipt, decisions: ActiveDecisions | None = None
) -> list[date]:
    """The last day on which a task may still change; empty where it is ripe on a day."""
    by = yardstick(day)
    standings = {task.key: decisions} if decisions else {}
    found = track([task], receipts, standings, as_of=day, due_soon_days=5)
    split = ripeness(found.statuses, scoring_evidence(receipts, found.contents, by.publish_within), by)
    assert len(split.ripe) + len(split.unripe) == 1
    return [each.until for each in split.unripe]


def test_a_task_without_an_answer_is_ripe_the_day_after_its_final_date():
    assert unripe(TASK, november(30)) == [november(30)]
    assert unripe(TASK, date(2026, 12, 1)) == []
    assert unripe(YEARLY, date(2026, 3, 15)) == [date(2026, 3, 31)]
    assert unripe(YEARLY, date(2026, 4, 1)) == []


def test_an_extension_moves_the_day():
    extended = ActiveDecisions(extended_to=date(2026, 12, 15))
    assert unripe(TASK, date(2026, 12, 15), decisions=extended) == [date(2026, 12, 15)]
    assert unripe(TASK, date(2026, 12, 16), decisions=extended) == []


@pytest.mark.parametrize("content", [{"items": [item()]}, {"answers": [nil()]}])
def test_what_was_answered_is_ripe_at_once(content):
    assert unripe(TASK, november(26), receipt(november(20), **content)) == []


def test_what_is_waived_or_has_no_dates_is_ripe_when_its_month_ends():
    assert unripe(TASK, november(30), decisions=ActiveDecisions(waived=True)) == []
    assert unripe(UNDATED, november(30)) == []


def test_what_was_returned_is_ripe_when_the_time_to_correct_it_is_over():
    # Friday the 27th, and five working days: the time of rule "returned" ends on the 4th.
    back = receipt(november(27), items=[item(valid=False)], problems=[LINK])
    assert unripe(TASK, date(2026, 12, 1), back) == [date(2026, 12, 4)]
    assert unripe(TASK, date(2026, 12, 4), back) == [date(2026, 12, 4)]
    assert unripe(TASK, date(2026, 12, 5), back) == []
    half = receipt(november(27), items=[item(), item(url="x", row=5, valid=False)], problems=[LINK])
    assert unripe(TASK, date(2026, 12, 1), half) == [date(2026, 12, 4)], "answered, with an error that still stands"
    mended = receipt(november(30), items=[item()], sha="mended")
    assert unripe(TASK, date(2026, 12, 1), back, mended) == []


def test_the_month_that_counts_what_is_left():
    months = [Month(2026, n) for n in (2, 3, 5)]
    assert month_that_counts(Month(2026, 2), months, {Month(2026, 2)}) == Month(2026, 3)
    assert month_that_counts(Month(2026, 2), months, set(months[:2])) == Month(2026, 5)
    assert month_that_counts(Month(2026, 2), months, set(months)) == Month(2026, 6), "not issued yet"


def test_which_files_may_answer_a_task():
    assert may_answer(None, [TASK])
    assert may_answer(CYCLE, [TASK])
    assert may_answer(CYCLE + 3, [TASK]), "as 补报"
    assert not may_answer(CYCLE - 1, [TASK])
    assert not may_answer(CYCLE + 3, [UNDATED]), "listed anew every month"
    assert may_answer(Month(2026, 1), [YEARLY]), "listed early"


# --- closings in any order -----------------------------------------------------------------------

MONTHS = [Month(2026, number) for number in range(1, 7)]
TASKS = st.lists(
    st.tuples(st.sampled_from(MONTHS), st.integers(0, 150), st.none() | st.integers(0, 150)), min_size=1, max_size=8
)
"""Tasks: month, days of grace or extension, days after the due date on which it is answered (None: never)."""
STEPS = st.lists(st.tuples(st.sampled_from(MONTHS), st.integers(0, 120), st.booleans()), max_size=14)
"""A month that is closed so many days after its end, or reopened where it is closed (and that is wanted)."""


class Books:
    """Tasks, and the closings in force: what each has settled."""

    def __init__(self, tasks: list[tuple[Month, int, int | None]]) -> None:
        self.tasks: dict[str, Obligation] = {}
        self.answers: dict[str, date] = {}
        for number, (month, grace, answered) in enumerate(tasks):
            due = month.day(25)
            task = replace(obligation(duty(f"D{number:02}"), cycle=month), final=due + timedelta(days=grace))
            self.tasks[task.key] = task
            if answered is not None:
                self.answers[task.key] = due + timedelta(days=answered)
        self.settled: dict[Month, set[str]] = {}

    def month_of(self, task: Obligation) -> Month:
        return month_that_counts(task.cycle, MONTHS, self.settled) if task.cycle in self.settled else task.cycle

    def open_tasks(self) -> dict[str, Obligation]:
        done = set().union(*self.settled.values())
        return {key: task for key, task in self.tasks.items() if key not in done}

    def close(self, month: Month, day: date) -> None:
        mine = [task for task in self.open_tasks().values() if self.month_of(task) == month]
        came = [
            receipt(on, items=[item(key)], cycle=self.tasks[key].cycle, sha=key)
            for key, on in self.answers.items()
            if on <= day
        ]
        found = track(mine, came, {}, as_of=day, due_soon_days=5)
        split = ripeness(found.statuses, scoring_evidence(came, found.contents, 20), yardstick(day))
        self.settled[month] = {status.obligation.key for status in split.ripe}


@given(TASKS, STEPS)
def test_every_task_is_settled_once_or_left_to_one_open_month(tasks, steps):
    books = Books(tasks)
    for month, days, back in steps:
        if month in books.settled and back:
            del books.settled[month]
        elif month not in books.settled:
            books.close(month, month.last + timedelta(days=days))
        keys = [key for settled in books.settled.values() for key in settled]
        assert len(keys) == len(set(keys)), "none is settled twice"
        for key, task in books.open_tasks().items():
            assert key not in keys
            assert books.month_of(task) not in books.settled
            assert books.month_of(task) >= task.cycle
    closing = MONTHS[-1].last + timedelta(days=400)
    for month in MONTHS:
        if month not in books.settled:
            books.close(month, closing)
    left = books.open_tasks()
    assert {books.month_of(task) for task in left.values()} <= {MONTHS[-1] + 1}, "all others are settled at last"


@given(TASKS, st.randoms())
def test_late_closings_settle_every_task_in_its_own_month_in_any_order(tasks, luck):
    books = Books(tasks)
    order = list(MONTHS)
    luck.shuffle(order)
    for month in order:
        books.close(month, MONTHS[-1].last + timedelta(days=400))
    assert {key: month for month, keys in books.settled.items() for key in keys} == {
        key: task.cycle for key, task in books.tasks.items()
    }
