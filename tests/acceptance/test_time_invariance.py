"""What was issued and closed stays, whatever happens to the tables, the policy and the calendar afterwards.

A small county lives through months of edits, returns, decisions, closings and undoings in any order. After each step
every figure of every closed month is what it was when it was closed, and every issued month owes what it owed; an edit
of tables, policy or calendar moves no issued month; an act undone leaves all figures as they were before it, and an
undoing undone as they were after it. ``ZWGK_LONG=1`` tries far more lives.
"""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.acceptance.county_figures import differences, everything, figures_of, owed_in, quarters_of, standings
from tests.examples import LONG
from tests.workflow.desk import DUTIES, UNITS, new_desk
from zwgk_excel.domain.acts import ActKind, root_of
from zwgk_excel.domain.decisions import ManualOverride, OverrideKind
from zwgk_excel.domain.escalation import NoteKind
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.returns import AnswerStatus, Item, Receipt, Return, TaskAnswer, Verdict
from zwgk_excel.domain.table_edits import EditedTable
from zwgk_excel.workflow.acts.reopening import reopen
from zwgk_excel.workflow.acts.undoing import undo
from zwgk_excel.workflow.assessment.adjusting import adjust
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.decisions.extend_and_waive import extend, waive
from zwgk_excel.workflow.decisions.overrides import merge
from zwgk_excel.workflow.decisions.receipt_acts import correct_time, withdraw
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.escalation.rectifying import note, open_due_rectifications
from zwgk_excel.workflow.issuing.issued_months import TablesChangedError, amend, issue
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.responsibilities import (
    TablePlan,
    carry_out,
    plan_end,
    plan_merger,
    plan_reassignment,
    plan_renaming,
)

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
    "publish_within_workdays = 3\n",
    '[[ladder.rules]]\ncode = "overdue"\nstep = "supervise"\ncounts = ["missing"]\n',
    'shift = "next_workday"\n',
    "[calendar]\noff = [2026-01-14, 2026-02-25, 2026-03-25]\n",
    "",
)
OWNERS = ("市政府办", "市财政局", "市人社局、市财政局", "各部门", "各乡镇(街道)")
NOT_UNDONE = {ActKind.ISSUE, ActKind.CANCEL_ISSUE, ActKind.RECEIVE}
DEEDS = ("extend", "waive", "merge", "assign", "time", "withdraw", "adjust", "rectify", "note", "amend")
CHANGES = ("rename", "merge", "end", "reassign")


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
        self.closed: dict[Month, int] = {}
        """Month → the act of its closing."""
        self.figures: dict[int, dict[str, Any]] = {}
        """The act of a closing → every figure of the month then."""
        self.quarters: dict[tuple[int, ...], dict[str, Any]] = {}
        """The acts that closed the three months → every figure of the quarter then."""
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
        before = self.standings()
        self.edit_it(number, what, key, pick)
        rows, scores = self.standings()
        assert differences(before[0], rows) == [], what
        if what != "policy":  # the rules of months that are not closed are those of today
            assert scores == before[1], what

    def standings(self) -> tuple[dict[str, Any], list[Any]]:
        """Where every issued month stands."""
        with self.desk.open() as office:
            return standings(office, self.desk.now.date())

    def edit_it(self, number: int, what: str, key: str, pick: st.DataObject) -> None:
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

    @rule(pick=st.data(), state=st.sampled_from(["items", "nil", "bad"]))
    def report(self, pick: st.DataObject, state: str) -> None:
        with self.desk.open() as office:
            open_ = [each for each in office.obligations() if each.cycle not in self.closed]
            if open_:
                task = pick.draw(st.sampled_from(open_))
                self.count += 1
                office.ledger.add_receipts([receipt(task, state, self.count, self.desk.now)], "inbox")

    @precondition(lambda self: self.owed.keys() - self.closed.keys())
    @rule(pick=st.data(), what=st.sampled_from(DEEDS), undone=st.sampled_from(["no", "once", "twice"]))
    def act(self, pick: st.DataObject, what: str, undone: str) -> None:
        """Do something that is an act; undone it leaves nothing, and undone twice all that it did."""
        today = self.desk.now.date()
        with self.desk.open() as office:
            before, acts = everything(office, today), len(office.ledger.acts())
            with suppress(UserError):  # answered, later anyway, nothing due: then nothing is done
                self.do(office, what, pick)
            done = office.ledger.acts()[acts:]
            after = everything(office, today)
            if not done:
                assert differences(before, after) == []
            elif len(done) == 1 and undone != "no":
                number = undo(office, done[0].number, who="李强", reason="办错了").undoing.number
                assert differences(before, everything(office, today)) == [], what
                if undone == "twice":
                    undo(office, number, who="李强", reason="没有办错")
                    assert differences(after, everything(office, today)) == [], what
            self.remember(office)

    def do(self, office: Office, what: str, pick: st.DataObject) -> None:
        """One act about a month that is not closed."""
        by = {"who": "王主任", "reason": "同意"}
        today = self.desk.now.date()
        cycle = pick.draw(st.sampled_from(sorted(self.owed.keys() - self.closed.keys())))
        tasks = [each for each in office.obligations() if each.cycle == cycle and each.due]
        if not tasks:
            return
        task = pick.draw(st.sampled_from(tasks))
        match what:
            case "extend":
                extend(office, cycle, task.unit, [task.duty.id], today + timedelta(days=9), **by)
            case "waive":
                waive(office, cycle, task.unit, [task.duty.id], cancel=pick.draw(st.booleans()), **by)
            case "merge":
                merge(office, cycle, task.unit, cancel=pick.draw(st.booleans()), **by)
            case "assign":
                self.assign(office, cycle, task, pick)
            case "rectify":
                open_due_rectifications(office, cycle, [], None, mend_by=None, as_of=today, **by)
            case "time" | "withdraw":
                self.correct(office, what, cycle, pick)
            case "adjust":
                points = Decimal(pick.draw(st.sampled_from(["-2.5", "3"])))
                adjust(office, cycle, task.unit, points, **by)
            case "note":
                self.note(office, pick)
            case _:
                try:
                    issue(office, cycle, on=today, who="王主任")
                except TablesChangedError:
                    amend(office, cycle, on=today, who="王主任", reason="调整")

    def assign(self, office: Office, cycle: Month, task: Obligation, pick: st.DataObject) -> None:
        """Give a return of the month to the unit of a task."""
        given = [each for each in office.ledger.receipts(cycle=cycle) if each.content and each.unit != task.unit]
        if given:
            old = pick.draw(st.sampled_from(given))
            content = receipt(task, "items", 0, old.received_at).content
            new = replace(old, unit=task.unit, content=content, items=1, verdict=Verdict.ACCEPTED, problems=())
            by = "王主任", office.now(), "代报"
            how = ManualOverride(old.file, old.sha256, OverrideKind.ASSIGNED, *by, task.unit, cycle)
            office.ledger.override([(how, new)])

    def correct(self, office: Office, what: str, cycle: Month, pick: st.DataObject) -> None:
        """Correct the time of a return of the month, or withdraw it."""
        if given := [each for each in office.ledger.receipts(cycle=cycle) if each.was_read]:
            chosen = pick.draw(st.sampled_from(given))
            if what == "withdraw":
                withdraw(office, chosen.number, who="王主任", reason="报错了")
            else:
                days = pick.draw(st.integers(1, 40))
                at = chosen.received_at - timedelta(days=days)
                correct_time(office, chosen.number, at, who="王主任", reason="先到纸质件")

    @precondition(lambda self: self.next < FIRST + 18)
    @rule(what=st.sampled_from(CHANGES), pick=st.data())
    def change_responsibilities(self, what: str, pick: st.DataObject) -> None:
        """From the next month on units or owners are others, by an act that writes the tables."""
        before = self.standings()
        names = st.sampled_from([unit["name"] for unit in self.units])
        with self.desk.open() as office, suppress(UserError):  # ended already, the only one of its kind
            match what:
                case "rename":
                    self.count += 1
                    plan = plan_renaming(office, pick.draw(names), f"市改名{self.count}局", self.next)
                case "merge":
                    plan = plan_merger(office, [pick.draw(names)], pick.draw(names), self.next)
                case "end":
                    plan = plan_end(office, pick.draw(names), self.next)
                case _:
                    duty = pick.draw(st.sampled_from([duty["id"] for duty in self.duties]))
                    plan = plan_reassignment(office, duty, [pick.draw(names)], self.next)
            carry_out(office, plan, who="王主任", reason="机构改革")
            self.write_down(plan)
        assert self.standings() == before, what

    def write_down(self, plan: TablePlan) -> None:
        """The tables as the office changed them."""
        for edit in plan.edits:
            key, rows = ("id", self.duties) if edit.table is EditedTable.DUTIES else ("name", self.units)
            row = next((row for row in rows if row[key] == edit.row), None)
            if row is None:
                row = {key: edit.row}
                rows.append(row)
            row[edit.column] = edit.after

    @precondition(lambda self: self.closed)
    @rule(pick=st.data(), again=st.booleans())
    def reopen_a_month(self, pick: st.DataObject, again: bool) -> None:
        """Open a closed month again; undone it is as it was."""
        today = self.desk.now.date()
        with self.desk.open() as office:
            before, cycle = everything(office, today), pick.draw(st.sampled_from(sorted(self.closed)))
            try:
                number = reopen(office, cycle, who="王主任", reason="有一份漏登").effect.undoing.number
            except UserError:  # a later closing counts what was open in it
                assert differences(before, everything(office, today)) == []
            else:
                if again:
                    undo(office, number, who="李强", reason="没有漏登")
                    assert differences(before, everything(office, today)) == [], cycle
            self.remember(office)

    def note(self, office: Office, pick: st.DataObject) -> None:
        """Note something on a rectification."""
        if raised := office.ledger.rectifications():
            number, kind = pick.draw(st.sampled_from(raised)).number, pick.draw(st.sampled_from(list(NoteKind)))
            note(office, number, kind, "电话核实", on=self.desk.now.date(), who="王主任")

    @rule(pick=st.data(), again=st.booleans())
    def undo_any_act(self, pick: st.DataObject, again: bool) -> None:
        """Undo whatever was done, closings too, however long ago: done again all is as it was."""
        today = self.desk.now.date()
        with self.desk.open() as office:
            acts = {each.number: each for each in office.ledger.acts()}
            standing = [
                each for each in acts.values() if not each.undone_by and root_of(each, acts).kind not in NOT_UNDONE
            ]
            if not standing:
                return
            chosen = pick.draw(st.sampled_from(standing))
            before = everything(office, today)
            try:
                number = undo(office, chosen.number, who="李强", reason="办错了").undoing.number
            except UserError:
                assert len(office.ledger.acts()) == len(acts)
            else:
                if again:
                    undo(office, number, who="李强", reason="没有办错")
            if again or len(office.ledger.acts()) == len(acts):
                assert differences(before, everything(office, today)) == [], chosen
            self.remember(office)

    def close_the_oldest_month(self) -> None:
        """Its figures are those that it will always have; a month closed again has others."""
        open_ = sorted(self.owed.keys() - self.closed.keys())
        today = self.desk.now.date()
        if not open_ or today < open_[0].last:
            return
        with self.desk.open() as office:
            close(office, open_[0], as_of=today, who="王主任")
            self.remember(office)

    def remember(self, office: Office) -> None:
        """What is owed and closed by now: amendments, closings and undoings name the months that they change."""
        self.owed = {cycle: owed_in(office, cycle) for cycle in self.owed}
        acts = office.ledger.acts()
        closings = {each.cycle: each.number for each in acts if each.kind is ActKind.CLOSE and not each.undone_by}
        self.closed = {record.cycle: closings[record.cycle] for record in office.ledger.cycles() if record.closed_at}
        today = self.desk.now.date()
        unknown = [cycle for cycle, number in self.closed.items() if number not in self.figures]
        for cycle, figures in figures_of(office, unknown, today).items():
            self.figures[self.closed[cycle]] = figures
        for quarter, figures in quarters_of(office, self.closed, today).items():
            self.quarters.setdefault(tuple(self.closed[quarter.first + number] for number in range(3)), figures)

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
            today = self.desk.now.date()
            for cycle, figures in figures_of(office, self.closed, today).items():
                assert differences(self.figures[self.closed[cycle]], figures) == [], cycle
            for quarter, figures in quarters_of(office, self.closed, today).items():
                closings = tuple(self.closed[quarter.first + number] for number in range(3))
                assert differences(self.quarters[closings], figures) == [], quarter


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
    max_examples=60 if LONG else 4,
    stateful_step_count=60 if LONG else 16,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)
