"""What was issued and closed stays, whatever happens to the tables, the policy and the calendar afterwards.

A small county lives through months of edits, returns, decisions and closings in any order. After each step every figure
of every closed month is what it was when it was closed, and every issued month owes what it owed.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.workflow.desk import DUTIES, UNITS, new_desk
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.returns import AnswerStatus, Item, Receipt, Return, TaskAnswer, Verdict
from zwgk_excel.workbooks.bulletin.content import tags_of
from zwgk_excel.workbooks.tracker.rows.row_values import tracking_row
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.assessment.stored_scores import to_payloads
from zwgk_excel.workflow.bulletins.bulletin import bulletin_of
from zwgk_excel.workflow.decisions.extend_and_waive import extend, waive
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.issuing.issued_months import TablesChangedError, amend, issue
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.statuses import office_statuses

pytestmark = pytest.mark.slow
FIRST = Month(2026, 1)
POLICIES = (
    "[scoring.missing]\npoints = 9\ncap = 40\n",
    "[scoring.weights]\ndepartment = 2\n",
    '[severities]\nitems_vanished = "error"\n',
    '[scoring]\nquarter = "sum"\n',
    "[deadlines.monthly]\ndue = { months = 0, day = 10 }\nfinal = { months = 0, day = 12 }\n",
    "[deadlines.yearly]\ndue = { months = 1, day = 5 }\nfinal = { months = 1, day = 6 }\n",
    "due_soon_days = 9\n",
    'shift = "next_workday"\n',
    "[calendar]\noff = [2026-01-14, 2026-02-25, 2026-03-25]\n",
    "",
)
OWNERS = ("市政府办", "市财政局", "市人社局、市财政局", "各部门", "各乡镇(街道)")
Figures = dict[str, Any]


def figures_of(office: Office, cycle: Month, as_of: date) -> Figures:
    """Every figure of a closed month: the rows of the tracker, the scores, the bulletin."""
    found = office_statuses(office, as_of)
    rows = {row.status.obligation.key: tracking_row(row) for row in found.rows if row.status.obligation.cycle == cycle}
    assessment = assess(office, Period.month(cycle), as_of, found)
    common, scores = to_payloads(assessment, {}, {})
    tags = tags_of(bulletin_of(office, Period.month(cycle), as_of=as_of))
    return {
        "rows": {key: row | {"correction": None} for key, row in rows.items()},
        "scores": (common | {"corrections": None}, scores),
        "bulletin": tags,
    }


def quarter_of(office: Office, months: Collection[Month], as_of: date) -> Figures:
    """The scores and the bulletin of each quarter whose months are all closed."""
    quarters = {Period.quarter(month) for month in months}
    whole = [each for each in quarters if all(each.first + number in months for number in range(3))]
    return {
        str(each): (
            [
                (score.unit, score.kind, score.points, score.rank, score.band)
                for score in assess(office, each, as_of).scores
            ],
            tags_of(bulletin_of(office, each, as_of=as_of)),
        )
        for each in whole
    }


class County(RuleBasedStateMachine):
    """The county; its own records of what was owed and closed."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.desk = new_desk(Path(self.folder.name))
        self.settings = (self.desk.root / "zwgk.toml").read_text(encoding="utf-8")
        self.duties = [dict(duty) for duty in DUTIES]
        self.duties.append({"id": "D20", "column": "财政决算", "owners": "市财政局", "cadence": "每年"})
        self.units = [dict(unit) for unit in UNITS]
        self.next = FIRST
        self.owed: dict[Month, set[tuple[Any, ...]]] = {}
        self.closed: dict[Month, Figures] = {}
        self.quarters: Figures = {}
        self.count = 0

    def teardown(self) -> None:
        self.folder.cleanup()

    @initialize()
    def open_the_desk(self) -> None:
        self.desk.now = datetime(2026, 1, 2, 9)
        self.edit(self.duties, self.units)
        self.issue_the_next_month()
        for _ in range(3):
            self.let_a_month_pass(closing=True)

    # --- what people do --------------------------------------------------------------------------

    def edit(self, duties: list[dict[str, str]], units: list[dict[str, str]]) -> bool:
        """Whether the tables could be edited so; others are put back as they were."""
        self.desk.set_duties(duties)
        self.desk.set_units(units)
        try:
            with self.desk.open():
                self.duties, self.units = duties, units
                return True
        except UserError:
            self.desk.set_duties(self.duties)
            self.desk.set_units(self.units)
            return False

    @rule(
        number=st.integers(0, 5),
        what=st.sampled_from(["duty", "less", "more", "name", "kind", "policy"]),
        key=st.sampled_from(["owners", "cadence", "content", "category"]),
        pick=st.data(),
    )
    def edit_something(self, number: int, what: str, key: str, pick: st.DataObject) -> None:
        match what:
            case "duty":
                self.edit_a_duty(number, key, pick)
            case "less":
                self.delete_a_duty(number)
            case "more":
                self.add_a_duty(pick.draw(st.sampled_from(OWNERS)))
            case "name":
                self.rename_a_unit_in_place(number % len(self.units))
            case "kind":
                self.change_the_kind_of_a_unit(number % len(self.units))
            case _:
                self.change_the_policy(pick.draw(st.sampled_from(POLICIES)))

    def edit_a_duty(self, number: int, key: str, pick: st.DataObject) -> None:
        values = {
            "owners": OWNERS,
            "cadence": ("每月", "每季度", "每年", "实时更新"),
            "content": ("旧内容", "新内容"),
            "category": ("政务信息公开", "专报信息"),
        }
        if number < len(self.duties):
            changed = [dict(duty) for duty in self.duties]
            changed[number][key] = pick.draw(st.sampled_from(values[key]))
            self.edit(changed, self.units)

    def delete_a_duty(self, number: int) -> None:
        if len(self.duties) > 2:
            self.edit([duty for place, duty in enumerate(self.duties) if place != number], self.units)

    def add_a_duty(self, owners: str) -> None:
        self.count += 1
        new = {"id": f"D{50 + self.count}", "column": f"新栏目{self.count}", "owners": owners}
        self.edit([*self.duties, new], self.units)

    def rename_a_unit_in_place(self, number: int) -> None:
        self.count += 1
        old, new = self.units[number]["name"], f"市新设{self.count}局"
        units = [{**unit, "name": new} if unit["name"] == old else unit for unit in self.units]
        duties = [{**duty, "owners": duty["owners"].replace(old, new)} for duty in self.duties]
        self.edit(duties, units)

    def change_the_kind_of_a_unit(self, number: int) -> None:
        kinds = {"部门": "乡镇（街道）", "乡镇（街道）": "部门"}
        units = [
            {**unit, "kind": kinds[unit["kind"]]} if place == number else unit for place, unit in enumerate(self.units)
        ]
        self.edit(self.duties, units)

    def change_the_policy(self, text: str) -> None:
        (self.desk.root / "zwgk.toml").write_text(f"{text}\n", encoding="utf-8")
        with self.desk.open():
            pass

    @rule(days=st.integers(1, 9))
    def let_days_pass(self, days: int) -> None:
        self.desk.now += timedelta(days=days)

    @precondition(lambda self: self.next < FIRST + 18)
    @rule(closing=st.booleans())
    def let_a_month_pass(self, closing: bool) -> None:
        self.desk.now = max(self.desk.now, datetime.combine(self.next.day(2), time(9)))
        if closing:
            self.close_the_oldest_month()
        self.issue_the_next_month()

    def issue_the_next_month(self) -> None:
        with self.desk.open() as office:
            issue(office, self.next, on=self.desk.now.date(), who="王主任")
            self.owed[self.next] = owed_in(office, self.next)
        self.next += 1

    @precondition(lambda self: self.owed.keys() - self.closed.keys())
    @rule()
    def amend_the_last_month(self) -> None:
        cycle = max(self.owed.keys() - self.closed.keys())
        with self.desk.open() as office:
            try:
                issue(office, cycle, on=self.desk.now.date(), who="王主任")
            except TablesChangedError:
                amend(office, cycle, on=self.desk.now.date(), who="王主任", reason="调整")
                self.owed[cycle] = owed_in(office, cycle)

    @rule(pick=st.data(), state=st.sampled_from(["items", "nil", "bad"]))
    def report(self, pick: st.DataObject, state: str) -> None:
        with self.desk.open() as office:
            open_ = [each for each in office.obligations() if each.cycle not in self.closed]
            if open_:
                task = pick.draw(st.sampled_from(open_))
                self.count += 1
                office.ledger.add_receipts([receipt(task, state, self.count, self.desk.now)], "inbox")

    @rule(pick=st.data(), waived=st.booleans())
    def decide(self, pick: st.DataObject, waived: bool) -> None:
        with self.desk.open() as office:
            open_ = [each for each in office.obligations() if each.due and each.cycle not in self.closed]
            if not open_:
                return
            task = pick.draw(st.sampled_from(open_))
            try:
                if waived:
                    waive(office, task.cycle, task.unit, [task.duty.id], cancel=False, who="王主任", reason="同意")
                else:
                    until = self.desk.now.date() + timedelta(days=9)
                    extend(office, task.cycle, task.unit, [task.duty.id], until, who="王主任", reason="同意")
            except UserError:
                return  # answered, or later anyway

    def close_the_oldest_month(self) -> None:
        cycle = min(self.owed.keys() - self.closed.keys())
        today = self.desk.now.date()
        with self.desk.open() as office:
            close(office, cycle, as_of=today, who="王主任")
        with self.desk.open() as office:
            self.closed[cycle] = figures_of(office, cycle, today)
            self.quarters |= {
                quarter: figures
                for quarter, figures in quarter_of(office, self.closed, today).items()
                if quarter not in self.quarters
            }

    # --- what must hold --------------------------------------------------------------------------

    @invariant()
    def every_issued_month_owes_what_it_owed(self) -> None:
        with self.desk.open() as office:
            assert office.issued() == tuple(sorted(self.owed))
            for cycle, owed in self.owed.items():
                assert owed_in(office, cycle) == owed, cycle

    @invariant()
    def every_closed_month_has_the_figures_it_was_closed_with(self) -> None:
        with self.desk.open() as office:
            for cycle, figures in self.closed.items():
                assert figures_of(office, cycle, self.desk.now.date()) == figures, cycle
            assert quarter_of(office, self.closed, self.desk.now.date()) == self.quarters


def owed_in(office: Office, cycle: Month) -> set[tuple[Any, ...]]:
    """What a month owes: tasks with their dates and texts."""
    return {
        (each.key, each.opens, each.due, each.final, each.mandatory, each.duty.content, each.duty.category)
        for each in office.obligations()
        if each.cycle == cycle
    }


def receipt(task: Obligation, state: str, number: int, at: datetime) -> Receipt:
    """A return that says one thing of one task."""
    name = f"{task.unit}_{number}.xlsx"
    item = Item(
        task.key,
        f"{task.duty.id} {task.duty.column}",
        f"信息{number}",
        "notice",
        url=f"http://a.cn/{number}",
        published_on=at.date(),
        row=4,
        valid=state == "items",
    )
    place = CellRef(name, "信息明细", "F4")
    found = (problem("date_form", place, obligation=task.key, heading="发布日期", value="3月"),)
    nil = TaskAnswer(task.key, status=AnswerStatus.NIL, statement="经核实，本期无更新。")
    answers, items = ((nil,), ()) if state == "nil" else ((), (item,))
    return Receipt(
        f"收件箱/{name}",
        hashlib.sha256(name.encode()).hexdigest(),
        at,
        Verdict.RETURNED if state == "bad" else Verdict.ACCEPTED,
        unit=task.unit,
        cycle=task.cycle,
        items=len(items),
        problems=found if state == "bad" else (),
        content=Return(task.unit, task.cycle, answers, items),
    )


TestCounty = County.TestCase
TestCounty.settings = settings(
    max_examples=15, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck), print_blob=False
)
