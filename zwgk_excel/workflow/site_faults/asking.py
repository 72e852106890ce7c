"""``zwgk fault send``: each unit's faults are put on record by an act and mailed to it as a 整改链接表, once.

The act comes first and the mail follows from the record, so a run that was killed in between is completed by the next
one: what is on record and not mailed is mailed, nothing is asked twice.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from zwgk_excel.domain.correspondence import HANDED_OVER, LetterKind, LetterState, OutgoingMessage
from zwgk_excel.domain.identity import sign_fault_table
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.domain.site_faults import FaultCase, FaultState, SiteFault, new_faults
from zwgk_excel.layout.columns import layout
from zwgk_excel.mail.compose import MailAttachment, OutgoingMail
from zwgk_excel.mail.text import MailTable, PlaceholderValue, RenderedMail
from zwgk_excel.workbooks.fault_table.fault_workbook import FaultTable, fault_table_name, fault_workbook
from zwgk_excel.workbooks.report.cover import day_words
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of, remedy_of
from zwgk_excel.workflow.mailing.asked_corrections import problem_table
from zwgk_excel.workflow.mailing.delivery import (
    DeliveryMethod,
    DeliveryRun,
    PreparedMail,
    deliver_all,
    letter_id,
    mail_of,
    mark_interrupted,
    next_key,
    sender_of,
    subject_of,
)
from zwgk_excel.workflow.mailing.sending import addresses
from zwgk_excel.workflow.mailing.templates import filled
from zwgk_excel.workflow.office.context import Office, Progress, find_unit, no_progress
from zwgk_excel.workflow.site_faults.finding import found_faults
from zwgk_excel.workflow.tracking.site_faults import fault_states
from zwgk_excel.workflow.tracking.statuses import office_statuses, require_issued


class AskAction(StrEnum):
    """The action for a unit's table; labels in ``lists.toml`` [ask_action]."""

    SEND = "send"
    RESEND = "resend"
    MEND = "mend"
    """Something of what it sent back was not taken: it gets the table once more, with what is wrong."""
    SENT = "sent"
    UNCERTAIN = "uncertain"
    """It is unknown whether the mail arrived: a person decides."""
    NO_ADDRESS = "no_address"


MAILED_ASKINGS = frozenset({AskAction.SEND, AskAction.RESEND, AskAction.MEND})
"""What sends a mail."""
_COUNTED = frozenset({Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_PROBLEMS, Verdict.RETURNED})
HELD_ASKINGS = frozenset({AskAction.UNCERTAIN, AskAction.NO_ADDRESS})
"""Actions that need a person's attention."""


@dataclass(frozen=True, slots=True)
class UnitAsking:
    """One table for a unit: what it is asked about, and whether that is on record and mailed."""

    unit: str
    faults: tuple[SiteFault, ...]
    cases: tuple[FaultCase, ...]
    """The same on record; empty before."""
    action: AskAction
    to: tuple[str, ...]
    copies: tuple[str, ...]
    letters: tuple[OutgoingMessage, ...] = ()
    returned: Receipt | None = None
    """The newest table that came back, where something of it was not taken."""

    @property
    def asked(self) -> str:
        """The unit as the record has it: it may have another name since."""
        return self.cases[0].fault.unit if self.cases else self.unit

    @property
    def table(self) -> int:
        """The number of the act that asked; 0 before."""
        return self.cases[0].table if self.cases else 0


@dataclass(frozen=True, slots=True)
class AskRun:
    """The result of :func:`ask`."""

    askings: tuple[UnitAsking, ...]
    """As they were planned."""
    raised: tuple[FaultCase, ...]
    """What was put on record now."""
    delivery_run: DeliveryRun


def planned_askings(
    office: Office,
    cycle: Month,
    *,
    units: Sequence[str] = (),
    resend: Sequence[str] = (),
    as_of: date | None = None,
) -> tuple[UnitAsking, ...]:
    """What :func:`ask` would do with the faults as of a day (today where None), in roster order; nothing is changed.

    Raises UserError for an unknown unit and a cycle that was not issued.
    """
    require_issued(office, cycle)
    again = {find_unit(office, each) for each in resend}
    wanted = {find_unit(office, each) for each in units} | again
    on = as_of or office.now().date()
    statuses = office_statuses(office, on)
    states = fault_states(office, on, statuses.contents)
    month = Month.of(on)

    def owner(unit: str) -> str:
        return office.successor(unit, month)

    fresh: dict[str, list[SiteFault]] = defaultdict(list)
    for each in new_faults(found_faults(office, cycle, statuses), states, owner):
        fresh[each.unit].append(each)
    tables = _open_tables(states, cycle, owner)
    order = [unit.name for unit in office.roster]
    names = [*order, *(name for name in (*tables, *fresh) if name not in order)]
    rows: list[UnitAsking] = []
    for name in dict.fromkeys(names):
        if wanted and name not in wanted:
            continue
        rows += (_of_table(office, cycle, name, cases, again=name in again) for cases in tables.get(name, ()))
        if name in fresh:
            rows.append(_of_faults(office, name, tuple(fresh[name])))
    return tuple(rows)


def ask(
    office: Office,
    cycle: Month,
    way: DeliveryMethod,
    *,
    who: str,
    reason: str = "",
    units: Sequence[str] = (),
    resend: Sequence[str] = (),
    progress: Progress = no_progress,
) -> AskRun:
    """Put new faults on record and mail each unit its tables that it does not have yet.

    Repeated after any interruption, no fault is asked about twice and no table is left out; letters that a killed run
    was handing over are uncertain until a person decides (``resend``). A unit without an address is asked nothing.
    Raises UserError as :func:`planned_askings` does, where the office has no address, for a template that cannot be
    rendered and a workbook that cannot be written.
    """
    sender_of(office.workspace.settings)
    with office.ledger.exclusive():
        mark_interrupted(office)
        rows = planned_askings(office, cycle, units=units, resend=resend)
        going = [row for row in rows if row.action in MAILED_ASKINGS]
        raised = [_raised(office, cycle, row, who, reason) for row in going]
        drafts = [_draft(office, cycle, row) for row in raised]
        fresh = tuple(case for row, had in zip(raised, going, strict=True) if not had.cases for case in row.cases)
        return AskRun(rows, fresh, deliver_all(office, drafts, way, office.workspace.outbox(cycle), progress))


def _open_tables(
    states: Iterable[FaultState], cycle: Month, owner: Callable[[str], str]
) -> dict[str, list[tuple[FaultCase, ...]]]:
    """Unit → its tables of a cycle of which something is open, each as all its cases, by number.

    ``owner`` maps the unit that was asked to the one that answers now.
    """
    tables: dict[int, list[FaultState]] = defaultdict(list)
    for each in states:
        if each.case.cycle == cycle:
            tables[each.case.table].append(each)
    found: dict[str, list[tuple[FaultCase, ...]]] = defaultdict(list)
    for mine in tables.values():
        if any(each.is_open for each in mine):
            found[owner(mine[0].case.fault.unit)].append(tuple(each.case for each in mine))
    return found


def _addressed(office: Office, unit: str, faults: Iterable[SiteFault]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    month = Month.of(office.now().date())
    duties = {each.obligation.partition("/")[0] for each in faults}
    return addresses(office, office.roster.unit(unit, month), office.roster.officers_of(unit, duties, month))


def _of_faults(office: Office, unit: str, faults: tuple[SiteFault, ...]) -> UnitAsking:
    to, copies = _addressed(office, unit, faults)
    return UnitAsking(unit, faults, (), AskAction.SEND if to else AskAction.NO_ADDRESS, to, copies)


def _of_table(
    office: Office, cycle: Month, unit: str, cases: tuple[FaultCase, ...], *, again: bool
) -> UnitAsking:
    faults = tuple(each.fault for each in cases)
    to, copies = _addressed(office, unit, faults)
    asked = cases[0].fault.unit
    start = f"{_start(cycle, asked, cases[0].table)}/"
    letters = tuple(each for each in office.ledger.letters(cycle=cycle) if each.key.startswith(start))
    gone = [each for each in letters if each.state in HANDED_OVER]
    returned = _returned(office, cycle, asked, cases) if gone else None
    mine = _about(cycle, asked, cases[0].table, returned)
    untold = returned is not None and not any(each.key.startswith(f"{mine}/") for each in gone)
    if gone and not again and not (untold and gone[-1].state is LetterState.SENT):
        action = AskAction.SENT if gone[-1].state is LetterState.SENT else AskAction.UNCERTAIN
    elif not to:
        action = AskAction.NO_ADDRESS
    else:
        action = AskAction.MEND if untold else AskAction.RESEND if gone else AskAction.SEND
    return UnitAsking(unit, faults, cases, action, to, copies, letters, returned)


def _returned(office: Office, cycle: Month, unit: str, cases: tuple[FaultCase, ...]) -> Receipt | None:
    """The newest filled table of these cases, where something of it was not taken and is still open; else None.

    One of which nothing was taken does not say which of a unit's tables it is: it may be any.
    """
    numbers = {each.number for each in cases}
    found = [
        each
        for each in office.ledger.receipts(unit=unit, cycle=cycle)
        if each.is_fault_table
        and each.verdict in _COUNTED
        and (not each.fault_answers or not numbers.isdisjoint(answer.number for answer in each.fault_answers))
    ]
    newest = max(found, key=lambda each: each.order, default=None)
    return newest if newest and newest.is_faulty_table else None


def _start(cycle: Month, unit: str, table: int) -> str:
    return f"{LetterKind.FAULTS}/{cycle}/{unit}/{table}"


def _about(cycle: Month, unit: str, table: int, returned: Receipt | None) -> str:
    """The beginning of the keys of mails with a table: of those about one that came back, with its receipt."""
    start = _start(cycle, unit, table)
    return f"{start}/{returned.number}" if returned else start


def _raised(office: Office, cycle: Month, row: UnitAsking, who: str, reason: str) -> UnitAsking:
    """The row with its faults on record."""
    if row.cases:
        return row
    within = office.workspace.settings.policy.mend_site_within_workdays
    mend_by = office.workdays.add(office.now().date(), within)
    return replace(row, cases=office.ledger.raise_faults(row.faults, cycle, mend_by, who=who, reason=reason))


def table_of(office: Office, cycle: Month, cases: Sequence[FaultCase]) -> FaultTable:
    """The signed table of the cases of one act; the same for the same record."""
    first = cases[0]
    plain = FaultTable(
        office.workspace.settings.office.name,
        first.fault.unit,
        cycle,
        first.table,
        first.raised_at.date(),
        first.mend_by,
        tuple(cases),
    )
    return replace(plain, signature=sign_fault_table(office.ledger.key, plain.identity))


def _written(office: Office, cycle: Month, row: UnitAsking) -> tuple[Path, bytes]:
    mine = (each for each in office.ledger.fault_cases() if (each.cycle, each.fault.unit) == (cycle, row.asked))
    first = min(each.table for each in mine) == row.table
    path = office.workspace.outbox(cycle) / fault_table_name(row.asked, cycle, row.table, first=first)
    data = fault_workbook(table_of(office, cycle, row.cases))
    try:
        write_atomic(path, data)
    except OSError as error:
        raise UserError(f"无法写入“{path.name}”（{reason_of(error)}）；{remedy_of(error)}后再次运行。") from None
    return path, data


def _draft(office: Office, cycle: Month, row: UnitAsking) -> PreparedMail:
    path, data = _written(office, cycle, row)
    key = next_key(_about(cycle, row.asked, row.table, row.returned), row.letters)
    text = _text(office, cycle, row, path.name)
    letter = OutgoingMessage(
        key,
        LetterKind.FAULTS,
        row.unit,
        cycle,
        row.to,
        row.copies,
        subject_of(text),
        letter_id(office, key),
        LetterState.PREPARED,
        office.now(),
        sha256=hashlib.sha256(data).hexdigest(),
    )

    def write() -> OutgoingMail:
        attached = fault_workbook(table_of(office, cycle, row.cases))  # made again: not all are kept in memory
        return mail_of(office, letter, text, attachments=[MailAttachment(path.name, attached)])

    number = key.rpartition("/")[2]
    return PreparedMail(letter, path.stem if number == "1" else f"{path.stem}_{number}", write)


def _text(office: Office, cycle: Month, row: UnitAsking, file: str) -> RenderedMail:
    mend = row.returned
    values: dict[str, PlaceholderValue] = {
        "mend_by": day_words(row.cases[0].mend_by),
        "fault_count": str(len(row.cases)),
        "table": file,
        "faults": faults_listed(row.cases),
        "returned": mend.file.rpartition("/")[2] if mend else "",
        "mend": problem_table([mend] if mend else []),
    }
    return filled(office, "mail_faults.txt", row.unit, cycle, values)


def faults_listed(cases: Iterable[FaultCase]) -> MailTable:
    """Faults as a mail lists them: number, task, title, what was found."""
    sheet = layout("site_faults")["faults"]
    headings = tuple(sheet.heading(key) for key in ("number", "task", "title", "found"))
    rows = tuple((str(each.number), each.fault.task, each.fault.title, each.fault.found) for each in cases)
    return MailTable(headings, rows)
