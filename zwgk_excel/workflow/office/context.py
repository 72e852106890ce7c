"""The office: workspace, ledger, duty table, roster, policy and calendar, opened together."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum, auto
from functools import partial
from itertools import islice
from pathlib import Path

from zwgk_excel.domain.acts import ActSource
from zwgk_excel.domain.decisions import ActiveDecisions, active_decisions, merged_cycles
from zwgk_excel.domain.duties import Duty, Roster, Unit
from zwgk_excel.domain.effective_receipts import without_settled_problems
from zwgk_excel.domain.issues import Issue, issue_from_tables
from zwgk_excel.domain.lint.tables import ReferenceTables
from zwgk_excel.domain.obligations import Obligation, ReportTask, has_lapsed, provisional_years, report_tasks
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem, with_severities
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.domain.rules_in_force import RulesInForce
from zwgk_excel.domain.scoring_cases import mend_until
from zwgk_excel.domain.text import on_screen
from zwgk_excel.domain.tracking import (
    SATISFIED,
    MendBy,
    ObligationStatus,
    Outcome,
    TrackingResult,
    UnitSubmissions,
    by_unit_and_cycle,
    history_of,
    items_of_several,
    told_by_several,
    track_histories,
)
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.layout import seed
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.rule_change_words import rule_change_told
from zwgk_excel.ledger import Ledger, LedgerError
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.issue_book import IssueBook
from zwgk_excel.workflow.office.known_records import KnownRecords
from zwgk_excel.workflow.office.ledger_access import ledger_fault, open_ledger_with_password
from zwgk_excel.workflow.office.rules import rules_of_closed_months, rules_of_today, rules_to_record
from zwgk_excel.workflow.office.settings import load_workdays
from zwgk_excel.workflow.office.table_files import errors_told, finish_table_edit, read_tables, refuse_errors
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE, Workspace, open_workspace

SHARED_FILES = (SETTINGS_FILE, layout("duty_table").file_name, layout("roster").file_name)
"""What a ledger's figures rest on, by names in the workspace; a database keeps them for those who see only it."""
SCHEDULED = "ZWGK_SCHEDULED"
"""The environment variable that a scheduled run sets for its steps."""
_NEW_OBJECTS = 100_000
"""The garbage collector's first threshold; Python's default of 700 suits programs that make cycles."""
_log = logging.getLogger(__name__)
Progress = Callable[[int, int, str], None]
"""Called with what is done, how many there are, and the name of the one being worked on."""


def no_progress(done: int, total: int, name: str) -> None:
    """A progress callback that shows nothing."""


@dataclass(frozen=True, slots=True)
class Office:
    """The data that a use case works with."""

    workspace: Workspace
    ledger: Ledger
    duties: tuple[Duty, ...]
    roster: Roster
    workdays: Workdays
    problems: tuple[Problem, ...]
    """What ``zwgk check`` finds in the duty table and the roster by themselves."""
    now: Callable[[], datetime]
    tables: ReferenceTables | None = field(default=None, repr=False)
    """The two tables with the cells that their duties and units stand in; None for another county's office."""
    issues: IssueBook = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "issues", IssueBook(self.ledger, self._issue_from_tables))

    @property
    def tables_fault(self) -> str:
        """The first error of the duty table and the roster; empty where they have none."""
        return errors_told(self.tables) if self.tables else ""

    def _issue_from_tables(self, cycle: Month, others: Mapping[Month, Issue]) -> Issue:
        if fault := self.tables_fault:
            raise UserError(fault)
        policy = self.workspace.settings.policy
        tasks, entries = (self.tables.tasks, self.tables.entries) if self.tables else ((), ())
        return issue_from_tables(cycle, self.duties, self.roster, policy, self.workdays, others, tasks, entries)

    def reload_tables(self) -> None:
        """Read the duty table and the roster again, after this program edited them; raises UserError for errors."""
        tables = read_tables(self.workspace, _unissued(self.ledger))
        refuse_errors(tables)
        values = {"tables": tables, "duties": tables.duties, "roster": tables.roster, "problems": tables.problems}
        for name, value in values.items():
            object.__setattr__(self, name, value)
        self.issues.reload()

    def plan(self, cycle: Month) -> tuple[Obligation, ...]:
        """The obligations of a cycle alone, without older ones: as issued, else by the tables of today."""
        return self.issues.plan(cycle)

    def provisional_years(self, obligations: Iterable[Obligation]) -> tuple[int, ...]:
        """The years without an announced calendar on which dates of obligations rest, moved off days off."""
        return provisional_years(obligations, self.workspace.settings.policy.shift, self.workdays)

    def ahead(self, as_of: date) -> str:
        """That a day is yet to come, as a sentence says it; empty for today and before."""
        today = self.now().date()
        return f"{as_of} 还没有到（今天 {today}）" if as_of > today else ""

    def refuse_ahead(self, as_of: date, what: str) -> None:
        """Raise UserError where a day is yet to come: what is signed, ``what``, tells only what has happened.

        What looks ahead (status, assess, plan) says so instead, by :meth:`ahead`.
        """
        if told := self.ahead(as_of):
            raise UserError(f"{told}，不能按以后的日期{what}。")

    def issued(self) -> tuple[Month, ...]:
        """The issued cycles, oldest first."""
        self.issues.refresh()
        return tuple(self.issues.issues())

    def obligations(self, *more: Month) -> tuple[Obligation, ...]:
        """Every obligation of the cycles issued so far and of ``more``, each once, oldest cycle first."""
        return self.issues.obligations(*more)

    def units(self) -> tuple[Unit, ...]:
        """All units, in roster order and with the kinds that were issued last; then those that have left the roster."""
        issued = {unit.name: unit for unit in self.issues.units(self.issued())}
        return tuple(({unit.name: unit for unit in self.roster} | issued).values())

    def successor(self, name: str, month: Month) -> str:
        """The unit that answers for the tasks of unit ``name`` in ``month``: as issued, else by the roster of today."""
        issue = self.issues.issues().get(month)
        return issue.successor(name) if issue else self.roster.successor(name, month)

    def active_decisions(self) -> dict[str, ActiveDecisions]:
        """Obligation key → decisions in force."""
        return active_decisions(self.ledger.decisions())

    def known_records(self) -> KnownRecords:
        """The decisions and closings of now, for one computation that asks for them several times."""
        return KnownRecords(self.ledger, self.closed_rules)

    def track(
        self,
        obligations: tuple[Obligation, ...],
        as_of: date,
        receipts: Iterable[Receipt],
        known: KnownRecords | None = None,
    ) -> TrackingResult:
        """The statuses of obligations as of a day, from receipts with or without content; the result has none."""
        known = known or self.known_records()
        soon = self.workspace.settings.policy.due_soon_days
        arrived = self._without_settled_problems(self._histories_of(by_unit_and_cycle(receipts, as_of)), known)
        items = self._items_of_several(arrived)
        found = track_histories(
            obligations,
            arrived,
            known.active,
            as_of=as_of,
            due_soon_days=soon,
            items=items,
            mend_by=self._mend_by(known),
        )
        cycles = {each.key: each.cycle for each in obligations}
        problems = self._weighed(found.problems, cycles, known) if found.problems else ()
        return replace(found, problems=problems)

    def unsettled(self, receipts: Iterable[Receipt], known: KnownRecords | None = None) -> tuple[Receipt, ...]:
        """The receipts without the stored problems that the decisions in force have settled.

        Of a closed month only what was decided until then: what its bulletin says of it stays.
        """
        decided = (known or self.known_records()).decided_by_closing
        return tuple(without_settled_problems(each, decided(each.cycle)) for each in receipts)

    def _without_settled_problems(
        self, histories: Iterable[UnitSubmissions], known: KnownRecords
    ) -> tuple[UnitSubmissions, ...]:
        """The same, the effective returns without what decisions have settled."""
        arrived = tuple(histories)
        left = iter(self.unsettled((each for history in arrived for each in history.effective), known))
        return tuple(replace(each, effective=tuple(islice(left, len(each.effective)))) for each in arrived)

    def _mend_by(self, known: KnownRecords) -> MendBy:
        """Until when a correction counts as what it corrects, by the rules of the obligation's month."""
        today = self.rules

        def last_day(obligation: Obligation, day: date) -> date | None:
            rules = known.closed_rules.get(obligation.cycle, today)
            scoring = rules.scoring
            return mend_until(obligation.final, day, scoring, rules.workdays) if scoring.mended_in_time else None

        return last_day

    def _weighed(
        self, problems: Sequence[Problem], cycles: Mapping[str, Month], known: KnownRecords
    ) -> tuple[Problem, ...]:
        """The problems with the severities of their months; ``cycles`` maps obligation keys to months."""
        closed, today = known.closed_rules, self.workspace.settings.policy.severities
        months = (cycles.get(each.obligation) for each in problems)
        rules = (closed.get(month) if month else None for month in months)
        return tuple(
            with_severities([each], rule.severities if rule else today)[0]
            for each, rule in zip(problems, rules, strict=True)
        )

    def _items_of_several(self, arrived: Sequence[UnitSubmissions]) -> dict[str, int]:
        """The numbers of items that figures alone do not tell: of obligations that several receipts report."""
        told = told_by_several(arrived)
        receipts = {receipt.order: receipt for several in told.values() for receipt in several}.values()
        stored = self.ledger.with_content(each for each in receipts if each.content is None)
        return items_of_several(told, (each if each.content is not None else next(stored) for each in receipts))

    def _histories_of(self, arrived: Mapping[tuple[str, Month | None], Sequence[Receipt]]) -> Iterator[UnitSubmissions]:
        merged = merged_cycles(self.ledger.mergings())
        # What got lost from one return to the next is told by their items: these are read one place after the other.
        several = (each for returns in arrived.values() if len(returns) > 1 for each in returns)
        whole = self.ledger.with_content(several)
        for place, returns in arrived.items():
            if len(returns) > 1:
                # Problems as given: their working days may have been counted again.
                stored = zip(returns, islice(whole, len(returns)), strict=True)
                every = [replace(read, problems=given.problems) for given, read in stored]
                yield history_of(every, merged=place in merged).summary()
            else:
                yield history_of(returns, merged=False)

    def closed_rules(self) -> dict[Month, RulesInForce]:
        """Closed month → the rules that it was closed with; none for one that was closed without scores."""
        return rules_of_closed_months(self.ledger, self.rules)

    @property
    def rules(self) -> RulesInForce:
        """The rules of today."""
        return rules_of_today(self.workspace.settings, self.workdays)

    def rules_of(self, month: Month) -> RulesInForce:
        """The rules of a month: those that it was closed with, else those of today."""
        return self.closed_rules().get(month, self.rules)

    def apply_severities(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The problems with the office's severities."""
        return tuple(with_severities(problems, self.workspace.settings.policy.severities))

    def listing(self, cycle: Month, as_of: date) -> tuple[ReportTask, ...]:
        """The tasks of the workbooks of a cycle, with the older obligations still unsatisfied on a day.

        Those that have lapsed by the policy's ``carry_months`` are not among them.
        """
        return self.listing_and_lapsed(cycle, as_of)[0]

    def listing_and_lapsed(self, cycle: Month, as_of: date) -> tuple[tuple[ReportTask, ...], tuple[Obligation, ...]]:
        """The tasks of :meth:`listing`, and the obligations that the workbooks before still listed and these do not."""
        history, decided = self.obligations(cycle), self.active_decisions()
        older = tuple(o for o in history if o.cycle < cycle)
        statuses = self.track(older, as_of, self.ledger.receipt_summaries()).statuses if older else ()
        before = max((month for month in self.issued() if month < cycle), default=cycle - 1)
        unsatisfied: list[Obligation] = []
        lapsed: list[Obligation] = []
        for status in statuses:
            if _owed(status) and not self.has_lapsed(status, cycle):
                unsatisfied.append(status.obligation)
            elif _owed(status) and status.obligation.dated and not self.has_lapsed(status, before):
                lapsed.append(status.obligation)
        issue = self.issues.issue(cycle)
        listed = report_tasks(self.plan(cycle), unsatisfied, issue.successor, cycle, decided, issue.entries_of)
        return listed, tuple(lapsed)

    def has_lapsed(self, status: ObligationStatus, month: Month) -> bool:
        """Whether what is open is not asked for any more in a month (``carry_months``)."""
        carry = self.workspace.settings.policy.carry_months
        return has_lapsed(status.obligation, status.decisions, month, carry)


def store_tables(office: Office) -> None:
    """Store the shared files in a database ledger.

    Does nothing for a SQLite ledger, which is in the same folder as they are, and where the tables cannot be used: the
    last sound ones stay.
    """
    workspace = office.workspace
    if isinstance(workspace.ledger_url, str) and not office.tables_fault:
        for name in SHARED_FILES:
            office.ledger.store_file(name, (workspace.root / name).read_bytes())


def _owed(status: ObligationStatus) -> bool:
    return status.obligation.mandatory and status.outcome not in SATISFIED | {Outcome.WAIVED}


class _Tables(Enum):
    """What is asked of the duty table and the roster when the office is opened."""

    SOUND = auto()
    NOT_NEEDED = auto()
    """Errors are told, and refused only where the tables are needed after all."""
    AS_FOUND = auto()


@contextmanager
def open_office(
    root: Path, *, now: Callable[[], datetime] = clock.now, strict: bool = True, source: ActSource | None = None
) -> Iterator[Office]:
    """Open a workspace; ``strict`` refuses a duty table or roster with errors.

    ``source`` is where its acts are done: by default a command, one of a schedule in a scheduled run.
    Raises UserError where it cannot be opened, UntrustedWorkspaceError where the user has not consented to it.
    """
    with _opened(root, now, source, _Tables.SOUND if strict else _Tables.AS_FOUND) as office:
        yield office


@contextmanager
def open_records(
    root: Path, *, now: Callable[[], datetime] = clock.now, source: ActSource | None = None
) -> Iterator[Office]:
    """Open a workspace for what was issued, which does not depend on the tables: their errors are logged, once.

    Units that the roster does not tell any more have the names and kinds of the last issue. What needs the tables of
    today all the same (a month not issued yet) raises UserError then. Otherwise as :func:`open_office`.
    """
    with _opened(root, now, source, _Tables.NOT_NEEDED) as office:
        yield office


@contextmanager
def _opened(
    root: Path, now: Callable[[], datetime], source: ActSource | None, needed: _Tables
) -> Iterator[Office]:
    workspace = open_workspace(root)
    try:
        with _infrequent_gc(), open_ledger_with_password(workspace.ledger_url, workspace.id, now=now) as ledger:
            ledger.source = source or (ActSource.SCHEDULED if os.environ.get(SCHEDULED) else ActSource.COMMAND)
            _finish_edit(workspace, ledger, strict=needed is _Tables.SOUND)
            tables = _read_tables(workspace, ledger, needed)
            calendar = load_workdays(workspace.settings.calendar)
            ledger.rules = partial(rules_to_record, workspace.settings, calendar)
            office = Office(workspace, ledger, tables.duties, tables.roster, calendar, tables.problems, now, tables)
            if needed is not _Tables.AS_FOUND and not office.tables_fault and office.issues.unrecorded():
                _recover(office)
            try:
                yield office
            finally:
                if ledger.rules_changed:
                    _log.warning("%s", on_screen(rule_change_told(ledger.rules_changed)))
    except LedgerError as error:
        raise ledger_fault(error, workspace.ledger_url, workspace.id) from error


def _read_tables(workspace: Workspace, ledger: Ledger, needed: _Tables) -> ReferenceTables:
    try:
        tables = read_tables(workspace, _unissued(ledger))
    except UserError as error:
        if needed is not _Tables.NOT_NEEDED:
            raise
        reason, _, advice = f"{error}".rstrip("。").partition("；")
        unread = problem("table_unreadable", CellRef(), reason=reason)
        unread = replace(unread, found=reason, action=advice or unread.action)
        tables = ReferenceTables((), Roster((), seed.kind_groups()), (unread,))
    if needed is _Tables.SOUND:
        refuse_errors(tables)
    if needed is _Tables.NOT_NEEDED and (told := errors_told(tables)):
        _log.warning("%s 已下发的月份照记录计算，不受影响；改正以前不能下发新的月份。", told)
        units = (unit for issue in reversed(ledger.issues().values()) for unit in issue.units)
        tables = replace(tables, roster=_with_issued(tables, units))
    return tables


def _unissued(ledger: Ledger) -> Month | None:
    """The month after the newest that is issued; None where none is."""
    newest = max((record.cycle for record in ledger.cycles() if record.issued_on), default=None)
    return newest + 1 if newest else None


def _with_issued(tables: ReferenceTables, issued: Iterable[Unit]) -> Roster:
    """The roster with the units that have an error elsewhere in their row, and those that were issued."""
    known = {unit.name: unit for unit in tables.everyone}
    missing = {unit.name: Unit(unit.name, unit.kind) for unit in issued if unit.name not in known}
    return replace(tables.roster, units=(*tables.everyone, *missing.values()))


def _finish_edit(workspace: Workspace, ledger: Ledger, *, strict: bool) -> None:
    try:
        finish_table_edit(workspace, ledger)
    except UserError as error:
        if strict:
            raise
        _log.warning("%s", error)


def _recover(office: Office) -> None:
    from zwgk_excel.workflow.office.issue_recovery import recover_issues

    recover_issues(office)


@contextmanager
def _infrequent_gc() -> Iterator[None]:
    """Raise the garbage collector's first threshold while the office is open.

    A county has about 100,000 small objects without cycles; collecting took a third of the tracking time.
    """
    usual = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def find_unit(office: Office, text: str) -> str:
    """The proper name of the unit that ``text`` names; raises UserError that suggests the nearest."""
    wanted = text.strip()
    name = office.roster.name_of(wanted) or next((unit.name for unit in office.units() if unit.name == wanted), None)
    if name is None:
        import difflib

        near = difflib.get_close_matches(text, [unit.name for unit in office.roster], 1)
        hint = f"，是不是“{near[0]}”" if near else ""
        raise UserError(f"单位通讯录中没有“{text}”{hint}；请核对单位名称。")
    return name
