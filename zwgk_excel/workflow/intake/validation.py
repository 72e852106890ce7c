"""Turns a parsed file into a receipt: identity, review rules, verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from zwgk_excel.domain.catalogue.entries import offered
from zwgk_excel.domain.cell_locator import CellLocator
from zwgk_excel.domain.decisions import merged_cycles
from zwgk_excel.domain.effective_receipts import BLANK_REPORT_CODE, NOTHING_DUE_CODE, effective_receipts
from zwgk_excel.domain.file_names import acting_name
from zwgk_excel.domain.identity import is_valid_fault_table
from zwgk_excel.domain.issues import Issue
from zwgk_excel.domain.obligations import Obligation, ReportTask, label, report_tasks
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.prefilled import PrefilledRow, by_task, unconfirmed
from zwgk_excel.domain.problems import CellRef, Problem, merge_equal, most_severe_per_cell, problem, with_severities
from zwgk_excel.domain.returns import FaultAnswer, Item, Receipt, Return, TaskAnswer, Verdict
from zwgk_excel.domain.rules_in_force import RulesInForce
from zwgk_excel.domain.same_items import EarlierItem
from zwgk_excel.domain.senders import HELD_FOR_SENDER, check_claims, check_sender, units_of
from zwgk_excel.domain.site_faults import FaultCase
from zwgk_excel.domain.taken_back import TAKEN_BACK_CODE
from zwgk_excel.domain.task_lookup import TaskLookup
from zwgk_excel.domain.text import clean, shortened
from zwgk_excel.domain.tracking import is_satisfied_by, satisfies
from zwgk_excel.domain.validation import runs, validate
from zwgk_excel.layout.columns import companion_columns, layout
from zwgk_excel.layout.words import word
from zwgk_excel.ledger import WorkbookRecord
from zwgk_excel.workbooks.fault_table.fault_workbook import locked_texts
from zwgk_excel.workbooks.reading.fault_table import ParsedFaultTable
from zwgk_excel.workbooks.reading.read_return import ParsedReturn
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.identification import (
    NO_PROPOSAL,
    Identified,
    IdentityContext,
    Proposal,
    Unidentified,
    identify,
)
from zwgk_excel.workflow.intake.inbox import MailOrigin
from zwgk_excel.workflow.intake.replaced_returns import ReplacedReturns
from zwgk_excel.workflow.office.context import Office

_UNANSWERED = "task_unanswered"
_NOTHING_SAID = frozenset({_UNANSWERED, "task_answered"})
"""Codes that an untouched workbook would get once per task."""
_ASSIGNED_CODE = "identity_assigned"
_EARLIER_CYCLE = "cycle_earlier"
"""The code of a workbook of a month after which another was issued: perhaps the unit took the wrong form."""
_WITHOUT_CONTENT = frozenset({_UNANSWERED, "task_without_items", "nil_without_statement"})
"""Codes of problems with a row that has nothing of its task, which another month's return may have reported."""
_LOCKED_QUOTED = 60
"""Characters of a cell of a 整改链接表 that are quoted."""
_TYPED = frozenset({"text_outside", "sheet_rest"})
"""Codes of problems that quote text typed outside the input cells."""


@dataclass(frozen=True, slots=True)
class ValidatedReceipt:
    """A receipt with its verdict."""

    receipt: Receipt
    proposal: Proposal | None = None
    """Proposed unit and cycle of a quarantined file."""


class ReturnValidator:
    """Validates the files of one run; lookups shared by all files are cached."""

    def __init__(self, office: Office, replaced: ReplacedReturns | None = None) -> None:
        """``replaced`` tells what mailed returns would replace; without it nobody asks."""
        self._replaced = replaced
        issued = {record.cycle: record.issued_on for record in office.ledger.cycles() if record.issued_on}
        units = {
            month: frozenset(u.name for u in each.units if u.valid_in(month))
            for month, each in office.issues.issues().items()
        }
        self.registry = IdentityContext(office.ledger.key, office.roster, issued, units, self._oldest_schema)
        self._office = office
        self._rules, self._closed = office.rules, office.closed_rules()
        self._tasks: dict[Month, _CycleTasks] = {}
        self._merged = merged_cycles(office.ledger.mergings())
        self._replaced_issues = office.ledger.replaced_issues()
        self._workbooks: dict[Month, dict[str, WorkbookRecord]] = {}

    def validate(
        self, receipt: Receipt, reading: ParsedReturn | Problem, origin: MailOrigin | None = None
    ) -> ValidatedReceipt:
        """The receipt of a file from its parsed content, or from the problem that prevented parsing.

        A file mailed by an unknown sender, or by one that is unclear or failed the server's checks, is quarantined
        whatever its signature; one that takes back what another sender reported as well.
        """
        if isinstance(reading, Problem):
            return ValidatedReceipt(self.without_content(receipt, [*self._of_sender(receipt, origin), reading]))
        if reading.faults is not None:
            return self._of_faults(receipt, reading.faults, origin)
        found = self._identified(receipt, reading, origin)
        if isinstance(found, Unidentified):
            problems = [*self._of_sender(receipt, origin), found.problem, *reading.content.problems]
            return ValidatedReceipt(self.without_content(receipt, problems), found.proposal)
        told = self._of_sender(receipt, origin, found.unit)
        if any(each.code in HELD_FOR_SENDER for each in told):
            problems = [*told, *found.problems, *reading.content.problems]
            return ValidatedReceipt(self.without_content(receipt, problems), Proposal(found.unit, found.cycle))
        accepted = self.accept(receipt, reading, replace(found, problems=(*told, *found.problems)))
        if self._replaced:
            is_void = partial(self._is_void, accepted)
            if origin and (taking := self._replaced.taken_back_by(accepted, origin, is_void, own=not told)):
                problems = [taking, *told, *found.problems, *reading.content.problems]
                return ValidatedReceipt(self.without_content(receipt, problems), Proposal(found.unit, found.cycle))
            accepted = self._told_of_taking_back(accepted, reading)
            self._replaced.note(accepted, origin)
        return ValidatedReceipt(accepted)

    def _of_faults(self, receipt: Receipt, table: ParsedFaultTable, origin: MailOrigin | None) -> ValidatedReceipt:
        """The receipt of a 整改链接表: quarantined where it is not one that went out, or for its sender."""
        identity = table.identity
        unit = identity.unit if identity else ""
        told = self._of_sender(receipt, origin, unit)
        if refused := self._refused_table(table):
            return ValidatedReceipt(self.without_content(receipt, [*told, refused, *table.problems]))
        assert identity is not None
        if any(each.code in HELD_FOR_SENDER for each in told):
            held = self.without_content(receipt, [*told, *table.problems])
            return ValidatedReceipt(held, Proposal(unit, identity.cycle))
        return ValidatedReceipt(self._accept_faults(receipt, table, told))

    def _refused_table(self, table: ParsedFaultTable) -> Problem | None:
        """Why a 整改链接表 is none that went out and is in force; None where it is."""
        identity = table.identity
        if identity is None or not is_valid_fault_table(table.signature, self.registry.key, identity):
            return problem("fault_table_forged", table.place)
        asked = {each.number for each in self._fault_cases if each.table == identity.table and not each.withdrawn}
        if not asked.issuperset(int(each.number) for each in identity.faults):
            return problem("fault_table_unasked", table.place, value=f"{identity.unit} {identity.issued_on}")
        return None

    def _accept_faults(self, receipt: Receipt, table: ParsedFaultTable, told: Sequence[Problem]) -> Receipt:
        assert table.identity is not None
        cases = {each.number: each for each in self._fault_cases}
        blank = [] if table.answers or table.problems else [problem("fault_table_blank", table.place)]
        altered = {each.number: list(_altered(table, cases[each.number])) for each in table.answers}
        answers = tuple(each for each in table.answers if not altered[each.number])
        found = [*(told for several in altered.values() for told in several)]
        found += (_settled_before(table, each) for each in answers if _is_settled(cases[each.number], each))
        problems = self._apply_severities([*_of_name(receipt), *told, *table.problems, *found, *blank])
        identity = table.identity
        return replace(
            receipt,
            verdict=_verdict(problems),
            unit=identity.unit,
            cycle=identity.cycle,
            problems=problems,
            fault_answers=answers,
        )

    @cached_property
    def _fault_cases(self) -> tuple[FaultCase, ...]:
        return self._office.ledger.fault_cases()

    def _told_of_taking_back(self, receipt: Receipt, reading: ParsedReturn) -> Receipt:
        """The receipt with a problem for each task that was reported before and of which it has nothing any more."""
        assert self._replaced is not None
        assert receipt.content is not None
        answers = {each.obligation: each for each in receipt.content.answers}
        told: list[Problem] = []
        for taken in self._replaced.emptied_by(receipt, partial(self._is_void, receipt)):
            answer = answers.get(taken.obligation, TaskAnswer(taken.obligation))
            place = reading.locator.place("tasks", "status", answer.row, answer.sheet)
            now = f"改为“{word('answer', taken.after)}”" if taken.after else "没有填报"
            task = self._tasks_of(receipt).by_key.get(taken.obligation)
            values = {"value": task.label if task else taken.obligation.partition("/")[0], "now": now}
            told.append(problem(TAKEN_BACK_CODE, place, obligation=taken.obligation, **values))
        if not told:
            return receipt
        problems = self._apply_severities([*told, *receipt.problems], receipt.cycle)
        return replace(receipt, problems=problems, verdict=_verdict(problems))

    def _is_void(self, receipt: Receipt, key: str) -> bool:
        """Whether a nil report of an obligation before a receipt counted for nothing.

        It was refused, or the return for another month answers the task.
        """
        assert receipt.cycle is not None
        task = self._tasks_of(receipt).by_key.get(key)
        if task is None:
            return False
        who = Identified(receipt.unit, receipt.cycle)
        return not task.obligation.duty.nil or self._reported(task.obligation, receipt, who) is not None

    def _tasks_of(self, receipt: Receipt) -> TaskLookup:
        assert receipt.cycle is not None
        return self.tasks(receipt.unit, receipt.cycle)

    def is_held(self, origin: MailOrigin | None) -> bool:
        """Whether a file waits for the sake of its sender, whatever is in it."""
        return any(each.code in HELD_FOR_SENDER for each in self._of_sender(None, origin))

    def _identified(
        self, receipt: Receipt, reading: ParsedReturn, origin: MailOrigin | None
    ) -> Identified | Unidentified:
        answers = Proposal(origin.unit, origin.cycle) if origin else NO_PROPOSAL
        of_sender = units_of(self._office.roster, origin.sender) if origin else ()
        sender = Proposal(of_sender[0]) if len(of_sender) == 1 else NO_PROPOSAL
        on = receipt.received_at.date()
        return identify(self.registry, reading, receipt.name, received_on=on, answers=answers, sender=sender)

    def _of_sender(self, receipt: Receipt | None, origin: MailOrigin | None, unit: str = "") -> tuple[Problem, ...]:
        """The problems with the sender of a mailed file; empty for other files."""
        if origin is None:
            return ()
        place = CellRef(receipt.name if receipt else "")
        own = self._office.workspace.settings.own_addresses
        roster, claimed = self._office.roster, origin.claimed
        claims = check_claims(roster, claimed, origin.proof, place, office=own, results=origin.results)
        found = check_sender(roster, origin.sender, unit, place, office=own)
        return (*claims, found) if found else tuple(claims)

    def accept(self, receipt: Receipt, reading: ParsedReturn, who: Identified) -> Receipt:
        """The receipt of a return with known unit and cycle: content validated, verdict set.

        Raises UserError for a 整改链接表 of another unit or month, and for one that is not in force.
        """
        if reading.faults is not None:
            return self._assigned_faults(receipt, reading.faults, who)
        rules = self._rules_of(who.cycle)
        policy = replace(
            self._office.workspace.settings.policy,
            severities=rules.severities,
            publish_within_workdays=rules.publish_within,
        )
        items, left = unconfirmed(reading.content.items, self._prefilled(who))
        content = validate(
            replace(reading.content, items=items, unit=who.unit, cycle=who.cycle),
            self.tasks(who.unit, who.cycle),
            reading.locator,
            required=reading.required,
            elsewhere=self._elsewhere(receipt, who) if items else (),
            companions=[each for each in companion_columns() if each.key in reading.companions],
            asked=who.asked,
            asks_entries=reading.asks_entries,
            received_on=receipt.received_at.date(),
            policy=policy,
            workdays=rules.workdays,
        )
        found: Sequence[Problem] = [self._settled(each, receipt, who) for each in content.problems]
        if _untouched(content):
            silent = [each for each in found if each.code not in _NOTHING_SAID]
            code = BLANK_REPORT_CODE if any(each.code == _UNANSWERED for each in found) else NOTHING_DUE_CODE
            found = [problem(code, CellRef(receipt.name)), *silent]
        told = who.problems
        if any(each.code == _EARLIER_CYCLE for each in told) and self._left_open(receipt, who):
            # Late, but on the right form.
            told = tuple(each for each in told if each.code != _EARLIER_CYCLE)
        told = (*told, *_left_unconfirmed(left, reading.locator, self.tasks(who.unit, who.cycle)))
        problems = self._apply_severities([*_of_name(receipt), *told, *found], who.cycle)
        return replace(
            receipt,
            verdict=_verdict(problems),
            unit=who.unit,
            cycle=who.cycle,
            items=len(content.items),
            problems=problems,
            content=replace(content, problems=()),
        )

    def _assigned_faults(self, receipt: Receipt, table: ParsedFaultTable, who: Identified) -> Receipt:
        if refused := self._refused_table(table):
            raise UserError(f"不能认定：{refused}")
        identity = table.identity
        if identity is None or (identity.unit, identity.cycle) != (who.unit, who.cycle):
            raise UserError(f"“{receipt.name}”是别的单位或月份的整改链接表，不能认定为{who.unit} {who.cycle}。")
        return self._accept_faults(receipt, table, who.problems)

    def _left_open(self, receipt: Receipt, who: Identified) -> bool:
        """Whether no return before this one reported some task with a date of the month that this one is for."""
        listed = self.tasks(who.unit, who.cycle).listed
        owed = (each.obligation for each in listed if not each.backlog and each.obligation.mandatory)
        stored = self._office.ledger.receipts(unit=who.unit, cycle=who.cycle)
        fresh = self._replaced.unrecorded(who.unit) if self._replaced else []
        read = (each for each in (*stored, *fresh) if each.was_read and each.cycle == who.cycle)
        before = [each for each in read if each.order < receipt.order]
        return any(each.dated and not any(is_satisfied_by(each, came) for came in before) for each in owed)

    def validate_again(self, receipt: Receipt, reading: ParsedReturn) -> Receipt:
        """A return with the unit and cycle that it has, as received at the time that it has now.

        What was said of its sender, and by whom it was assigned, stays.
        """
        if reading.faults is not None:
            return receipt  # nothing in it depends on when it came
        stays = tuple(each for each in receipt.problems if _is_of_arrival(each))
        assigned = any(each.code == _ASSIGNED_CODE for each in stays)
        known = Identified(receipt.unit, receipt.cycle) if assigned and receipt.cycle else None
        found = known or self._identified(receipt, reading, None)
        if isinstance(found, Unidentified) or (found.unit, found.cycle) != (receipt.unit, receipt.cycle):
            return receipt  # the roster is another one by now: whose it was is on record
        return self.accept(receipt, reading, replace(found, problems=(*stays, *found.problems)))

    def without_content(
        self, receipt: Receipt, problems: Iterable[Problem], verdict: Verdict = Verdict.QUARANTINED
    ) -> Receipt:
        """A receipt with the given verdict and problems, without content (quarantined, duplicate, archive)."""
        return replace(receipt, verdict=verdict, problems=self._apply_severities([*_of_name(receipt), *problems]))

    def _settled(self, each: Problem, receipt: Receipt, who: Identified) -> Problem:
        """A problem; a note in place of one with a row without content, where another month's return reported the task.

        Such a task was still open when the workbook went out, and was reported before it came back.
        """
        task = self.tasks(who.unit, who.cycle).by_key.get(each.obligation) if each.code in _WITHOUT_CONTENT else None
        first = self._reported(task.obligation, receipt, who) if task else None
        if task is None or first is None:
            return each
        values = {"value": task.label, "received": f"{first.received_at:%Y-%m-%d %H:%M}"}
        return problem("task_answered", each.place, obligation=each.obligation, **values)

    def _reported(self, obligation: Obligation, receipt: Receipt, who: Identified) -> Receipt | None:
        """The first return for another cycle, no newer than a receipt, that satisfies an obligation."""
        units = dict.fromkeys((obligation.unit, who.unit))
        stored = [each for unit in units for each in self._office.ledger.receipts(unit=unit)]
        fresh = [each for unit in units for each in (self._replaced.unrecorded(unit) if self._replaced else ())]
        earlier = (each for each in (*stored, *fresh) if each.cycle != who.cycle and each.order <= receipt.order)
        return next((each for each in earlier if each.content and satisfies(each.content, obligation)), None)

    def _elsewhere(self, receipt: Receipt, who: Identified) -> list[EarlierItem]:
        """The valid items of returns for other cycles that count and are no newer than a receipt, oldest first."""
        found: list[EarlierItem] = []
        lookup = self.tasks(who.unit, who.cycle)
        for unit in dict.fromkeys((who.unit, *(each.obligation.unit for each in lookup.listed))):
            for cycle, history in self._earlier(unit, receipt, who.cycle).items():
                for each in effective_receipts(history, merged=(unit, cycle) in self._merged):
                    items = each.content.items if each.content else ()
                    found += [EarlierItem(item, _where(each, item)) for item in items if item.valid]
        return found

    def _earlier(self, unit: str, receipt: Receipt, cycle: Month) -> dict[Month | None, list[Receipt]]:
        """Cycle → the returns of a unit for it, but for one cycle, that came before a receipt, oldest first."""
        stored = self._office.ledger.receipts(unit=unit)
        fresh = self._replaced.unrecorded(unit) if self._replaced else []
        read = {(each.file, each.sha256): each for each in (*stored, *fresh)}
        found: dict[Month | None, list[Receipt]] = defaultdict(list)
        for each in sorted(read.values(), key=lambda each: each.order):
            if each.was_read and each.cycle != cycle and each.order <= receipt.order:
                found[each.cycle].append(each)
        return found

    def _oldest_schema(self, cycle: Month, unit: str) -> int | None:
        record = self._workbook(cycle, unit)
        return record.oldest_schema if record else None

    def _prefilled(self, who: Identified) -> tuple[PrefilledRow, ...]:
        """The rows that the unit's workbook went out with."""
        record = self._workbook(who.cycle, who.unit)
        return record.prefilled if record else ()

    def _workbook(self, cycle: Month, unit: str) -> WorkbookRecord | None:
        if cycle not in self._workbooks:
            self._workbooks[cycle] = self._office.ledger.workbooks(cycle)
        return self._workbooks[cycle].get(unit)

    def tasks(self, unit: str, cycle: Month) -> TaskLookup:
        """The obligations a unit may answer: those of the cycle, of every other issued cycle, and those revoked."""
        if cycle not in self._tasks:
            self._tasks[cycle] = _CycleTasks(self._office, cycle, self._replaced_issues)
        return self._tasks[cycle].of(unit)

    def _apply_severities(self, problems: Iterable[Problem], cycle: Month | None = None) -> tuple[Problem, ...]:
        """The problems with the office's severities for a month, one for each cell, equal ones merged."""
        weighed = with_severities(problems, self._rules_of(cycle).severities)
        return tuple(merge_equal(most_severe_per_cell(weighed)))

    def _rules_of(self, cycle: Month | None) -> RulesInForce:
        """The rules that a month was closed with, else those of today."""
        return self._closed.get(cycle, self._rules) if cycle else self._rules


class _CycleTasks:
    """Unit → the tasks it may answer in one cycle, cached."""

    def __init__(self, office: Office, cycle: Month, replaced: Iterable[Issue]) -> None:
        current, decisions = office.plan(cycle), office.active_decisions()
        keys = {each.key for each in current}
        self._mine: dict[str, list[ReportTask]] = defaultdict(list)
        issue = office.issues.issue(cycle)
        successor, entries = issue.successor, issue.entries_of
        for each in report_tasks(current, (), successor, cycle, decisions, entries):
            self._mine[each.unit].append(each)
        self._others: dict[str, list[ReportTask]] = defaultdict(list)
        # What an amendment or a cancellation took away, of this month or as 补报 of an earlier one, stands in the
        # workbook that a unit may still send; it counts for nothing.
        self._revoked: dict[str, list[ReportTask]] = defaultdict(list)
        asked_before = (each for issue in replaced for each in issue.obligations)
        for obligations, tasks in ((office.obligations(cycle), self._others), (asked_before, self._revoked)):
            for owed in obligations:
                if owed.key not in keys:
                    keys.add(owed.key)
                    unit = successor(owed.unit)
                    plain = tasks is self._revoked and owed.cycle == cycle and not owed.subject
                    text, choices = label(owed, plain=plain, by=unit), offered(entries(unit, owed.duty.id))
                    tasks[unit].append(ReportTask(owed, unit, text, backlog=True, entries=choices))

    def of(self, unit: str) -> TaskLookup:
        """The tasks of one unit."""
        return TaskLookup(*(tasks.get(unit, []) for tasks in (self._mine, self._others, self._revoked)))


def _where(receipt: Receipt, item: Item) -> str:
    """Where an item was reported: ``回.xlsx 第 4 行（2026-10，D02 政府采购）``."""
    return f" {receipt.name} 第 {item.row} 行（{receipt.cycle}，{item.task}）"


def _left_unconfirmed(left: Sequence[Item], locator: CellLocator, tasks: TaskLookup) -> Iterator[Problem]:
    """One note for each task whose prefilled rows came back as they went out: they count for nothing."""
    for task, items in by_task(left).items():
        place = locator.place("items", "task", items[0].row, items[0].sheet)
        values = {"count": len(items), "rows": runs(each.row for each in items)}
        yield problem("prefilled_unconfirmed", place, obligation=tasks.of_label(task), **values)


def _altered(table: ParsedFaultTable, case: FaultCase) -> Iterator[Problem]:
    """The locked cells of a row of a 整改链接表 that are not as it went out."""
    sheet, shown = layout("site_faults")["faults"], table.shown[case.number]
    for key, was in locked_texts(case.fault).items():
        cell = shown[key]
        if cell.text != clean(was):
            text, sent = (shortened(each, _LOCKED_QUOTED) or "（空）" for each in (cell.text, was))
            heading = sheet.heading(key)
            yield problem("fault_cell_altered", cell.place, value=case.number, heading=heading, text=text, was=sent)


def _is_settled(case: FaultCase, answer: FaultAnswer) -> bool:
    """Whether the office accepted what was said before, and this says something else."""
    said = case.answer.answer if case.answer else None
    accepted = bool(case.words) and case.words[-1].accepted
    return accepted and (said is None or replace(said, row=0) != replace(answer, row=0))


def _settled_before(table: ParsedFaultTable, answer: FaultAnswer) -> Problem:
    texts = word("fault_answer", answer.status), answer.url, answer.explanation
    text = shortened(" | ".join(filter(None, texts)), _LOCKED_QUOTED)
    place = table.place.at(table.shown[answer.number]["task"].place.cell)
    return problem("fault_settled", place, value=answer.number, text=text)


def _is_of_arrival(each: Problem) -> bool:
    return each.code in {_ASSIGNED_CODE, TAKEN_BACK_CODE} or each.code.startswith("sender_")


def _of_name(receipt: Receipt) -> Iterable[Problem]:
    """What is to be told about the name that a file was sent under."""
    if acting := acting_name(receipt.name.rpartition("/")[2]):
        yield problem("file_renamed", CellRef(receipt.name), value=acting)


def _untouched(content: Return) -> bool:
    """Whether nothing was filled in: no item, no answer, and no text anywhere else."""
    typed = any(each.code in _TYPED or (each.is_error and each.place.cell) for each in content.problems)
    return content.is_empty and not typed


def _verdict(problems: Iterable[Problem]) -> Verdict:
    """Returned for problems with an error, else accepted."""
    found = list(problems)
    if any(each.is_error for each in found):
        return Verdict.RETURNED
    return Verdict.ACCEPTED_WITH_PROBLEMS if any(each.counts for each in found) else Verdict.ACCEPTED
