"""``zwgk send``: mails each unit its report workbook, once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from zwgk_excel.domain.acts import ActKind, root_of
from zwgk_excel.domain.correspondence import HANDED_OVER, WORKBOOK_KINDS, LetterKind, LetterState, OutgoingMessage
from zwgk_excel.domain.duties import DutyOfficer, Unit
from zwgk_excel.domain.obligations import Obligation, ReportTask, tasks_by_unit
from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.manuals import REPORT, REPORT_FILE, manual_bytes
from zwgk_excel.layout.words import word
from zwgk_excel.ledger import WorkbookRecord
from zwgk_excel.mail.compose import MailAttachment, OutgoingMail
from zwgk_excel.mail.transport import TransportFault
from zwgk_excel.workflow.catalogue import never_filled, office_coverage
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.issuing.generation import is_outdated, lapsed_by_unit, listed_rows
from zwgk_excel.workflow.mailing.delivery import (
    DeliveryMethod,
    DeliveryRun,
    PreparedMail,
    deliver_all,
    letter_id,
    mail_of,
    mark_interrupted,
    next_key,
    record_state,
    sender_of,
    subject_of,
)
from zwgk_excel.workflow.mailing.templates import workbook_text
from zwgk_excel.workflow.office.context import Office, Progress, find_unit, no_progress
from zwgk_excel.workflow.tracking.feedback import feedback_due
from zwgk_excel.workflow.tracking.statuses import office_statuses, require_issued


class SendAction(StrEnum):
    """The action for a unit; labels in ``lists.toml`` [send_action]."""

    SEND = "send"
    CORRECT = "correct"
    RESEND = "resend"
    SENT = "sent"
    """It has the workbook as it is now."""
    CHANGED = "changed"
    """It has one, and there is a newer."""
    UNCERTAIN = "uncertain"
    """It is unknown whether the mail arrived: a person decides."""
    NO_ADDRESS = "no_address"
    NO_WORKBOOK = "no_workbook"
    ALTERED = "altered"
    """The file is not the one that was generated."""
    OUTDATED = "outdated"
    """An amendment was undone, and the file is still the amended one."""
    IDLE = "idle"
    """A workbook was generated, and nothing is owed any more."""


MAILED_ACTIONS = frozenset({SendAction.SEND, SendAction.CORRECT, SendAction.RESEND})
"""What sends a mail."""
ATTENTION_ACTIONS = frozenset(
    {
        SendAction.CHANGED,
        SendAction.UNCERTAIN,
        SendAction.NO_ADDRESS,
        SendAction.NO_WORKBOOK,
        SendAction.ALTERED,
        SendAction.OUTDATED,
    }
)
"""Actions that need a person's attention."""


@dataclass(frozen=True, slots=True)
class UnitSending:
    """The action for one unit, and its recipients."""

    unit: str
    action: SendAction
    to: tuple[str, ...]
    copies: tuple[str, ...]
    record: WorkbookRecord | None
    listed: tuple[ReportTask, ...]
    lapsed: tuple[Obligation, ...]
    """What it is asked for no more from this cycle on."""
    letters: tuple[OutgoingMessage, ...]
    """Its earlier letters of the cycle with a workbook, the oldest first."""
    detail: str = ""
    manual: str = ""
    """The file name of 填报手册 where it goes along; empty where it does not."""

    @property
    def file(self) -> str:
        """The workbook, relative to the workspace; empty for none."""
        return self.record.file if self.record else ""


@dataclass(frozen=True, slots=True)
class SendRun:
    """The result of ``send``."""

    sendings: tuple[UnitSending, ...]
    delivery_run: DeliveryRun


def planned_sendings(
    office: Office, cycle: Month, *, units: Sequence[str] = (), correction: bool = False, resend: Sequence[str] = ()
) -> tuple[UnitSending, ...]:
    """What :func:`send` would do, in roster order; nothing is changed.

    Raises UserError for an unknown unit, and a cycle that was not issued or is closed.
    """
    require_issued(office, cycle)
    if any(record.cycle == cycle and record.closed_at for record in office.ledger.cycles()):
        raise UserError(f"{cycle} 已结账，不再下发报送表；未报的任务会列入以后月份的补报。")
    again = {find_unit(office, each) for each in resend}
    wanted = {find_unit(office, each) for each in units} | again
    tasks, lapsed = office.listing_and_lapsed(cycle, office.now().date())
    listed = tasks_by_unit(tasks)
    records, letters = office.ledger.workbooks(cycle), _letters(office, cycle)
    order = [unit.name for unit in office.roster]
    names = dict.fromkeys(name for name in (*order, *records) if name in listed or name in records)
    chosen = correction, frozenset(again), _unamended(office, cycle), _have_manual(office, cycle)
    left = lapsed_by_unit(office, cycle, lapsed)
    given = _SendContext(office, cycle, listed, left, records, letters, *chosen)
    return tuple(given.sending(name) for name in names if not wanted or name in wanted)


def send(
    office: Office,
    cycle: Month,
    way: DeliveryMethod,
    *,
    units: Sequence[str] = (),
    correction: bool = False,
    resend: Sequence[str] = (),
    progress: Progress = no_progress,
) -> SendRun:
    """Mail their workbooks to the units that do not have them yet.

    ``correction`` also mails a workbook that has changed since, marked so; ``resend`` names units that get theirs once
    more. Repeated after any interruption, no unit gets it twice and none is left out: letters that a killed run was
    handing over are uncertain until a person decides. Raises UserError as :func:`planned_sendings` does, where the
    office has no address, and for a template that cannot be rendered; then nothing was sent.
    """
    sender_of(office.workspace.settings)
    with office.ledger.exclusive():
        mark_interrupted(office)
        rows = planned_sendings(office, cycle, units=units, correction=correction, resend=resend)
        going, today = [row for row in rows if row.action in MAILED_ACTIONS], office.now().date()
        found = office_statuses(office, today) if going else None
        waiting = feedback_due(office, found.consultations, today) if found else {}
        never = never_filled(office_coverage(office, found), cycle) if found else {}
        drafts = [_draft(office, cycle, row, waiting.get(row.unit, ""), never.get(row.unit, "")) for row in going]
        return SendRun(rows, deliver_all(office, drafts, way, office.workspace.outbox(cycle), progress))


def _have_manual(office: Office, cycle: Month) -> Container[str]:
    """The units that are not sent 填报手册 with the workbook of a month: it went with an earlier one."""
    when = office.workspace.settings.mail.manual
    if when == "never":
        return {each.name for each in office.units()} | set(office.ledger.workbooks(cycle))
    letters = (each for each in office.ledger.letters() if _has_workbook(each))
    return {each.unit for each in letters if when == "first" or (each.cycle and each.cycle.year == cycle.year)}


def _has_workbook(letter: OutgoingMessage) -> bool:
    return letter.kind in WORKBOOK_KINDS and letter.state in HANDED_OVER


def missing_sender(office: Office) -> str:
    """Why nothing can be sent yet: the sentence that :func:`send` ends with; empty where the office has an address."""
    try:
        sender_of(office.workspace.settings)
    except UserError as missing:
        return str(missing)
    return ""


def mark_sent(office: Office, cycle: Month, unit: str, *, who: str) -> OutgoingMessage:
    """Record that a unit has its workbook: a person confirmed it, or gave it to the unit in another way.

    Raises UserError for an unknown unit, one without a workbook, and one that is recorded as having it.
    """
    sender_of(office.workspace.settings)
    with office.ledger.exclusive():
        mark_interrupted(office)
        (row,) = planned_sendings(office, cycle, units=[unit]) or (None,)
        if row is None or row.record is None:
            raise UserError(f"“{unit}”在 {cycle} 没有生成过报送表；请先运行 zwgk generate {cycle}。")
        if row.action in {SendAction.SENT, SendAction.CHANGED}:
            raise UserError(f"“{row.unit}” {cycle} 的报送表已发过，不必再标记；要再发一次请用 --resend。")
        letter = row.letters[-1] if row.action is SendAction.UNCERTAIN else _draft(office, cycle, row).letter
        if letter.state is LetterState.PREPARED:
            office.ledger.prepare_letter(letter)
        return record_state(office, letter, LetterState.SENT, f"由{who}确认已发到该单位")


def addresses(
    office: Office, unit: Unit | None, officers: Iterable[DutyOfficer] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(Addresses of a unit, addresses for copies), each address once.

    ``officers`` are those of the duties that the mail is about: a copy goes to them, and the mail itself to the unit.
    """
    to, own = (tuple(dict.fromkeys(unit.mails)), unit.copies) if unit else ((), ())
    theirs = [mail for each in officers for mail in each.mails]
    ours = office.workspace.settings.mail.copies
    return to, tuple(each for each in dict.fromkeys((*own, *theirs, *ours)) if each not in to)


@dataclass(frozen=True, slots=True)
class _SendContext:
    """The data of a cycle from which actions are decided."""

    office: Office
    cycle: Month
    listed: Mapping[str, tuple[ReportTask, ...]]
    lapsed: Callable[[str], tuple[Obligation, ...]]
    records: Mapping[str, WorkbookRecord]
    letters: Mapping[str, tuple[OutgoingMessage, ...]]
    correction: bool
    again: frozenset[str]
    unamended: frozenset[str]
    """Units of an amendment that was undone, or done again by undoing that."""
    have_manual: Container[str]

    def sending(self, unit: str) -> UnitSending:
        """The action for a unit."""
        roster, asked = self.office.roster, {each.obligation.duty.id for each in self.listed.get(unit, ())}
        officers = roster.officers_of(unit, asked, self.cycle)
        to, copies = addresses(self.office, roster.unit(unit, self.cycle), officers)
        record, letters = self.records.get(unit), self.letters.get(unit, ())
        action = self._action(unit, record, letters)
        if action in MAILED_ACTIONS:
            action = self._hindrance(unit, record, to) or action
        detail = _detail(action, letters, self.cycle)
        listed, lapsed = self.listed.get(unit, ()), self.lapsed(unit)
        manual = REPORT_FILE if action in MAILED_ACTIONS and unit not in self.have_manual else ""
        return UnitSending(unit, action, to, copies, record, listed, lapsed, letters, detail, manual)

    def _action(self, unit: str, record: WorkbookRecord | None, letters: Sequence[OutgoingMessage]) -> SendAction:
        gone = [each for each in letters if each.state in HANDED_OVER]
        if record is None:
            return SendAction.NO_WORKBOOK
        if unit in self.again:
            return SendAction.RESEND
        if not gone:
            return SendAction.SEND if unit in self.listed else SendAction.IDLE
        if gone[-1].state is not LetterState.SENT:
            return SendAction.UNCERTAIN
        if gone[-1].sha256 == record.sha256:
            return SendAction.SENT
        if unit not in self.listed:
            return SendAction.IDLE
        return SendAction.CORRECT if self.correction else SendAction.CHANGED

    def _hindrance(self, unit: str, record: WorkbookRecord | None, to: Sequence[str]) -> SendAction | None:
        if record is None or _content(self.office, record) is None:
            return SendAction.ALTERED
        listed, lapsed = self.listed.get(unit, ()), self.lapsed(unit)
        if unit in self.unamended and is_outdated(self.office, record, listed, lapsed):
            return SendAction.OUTDATED
        return None if to else SendAction.NO_ADDRESS


def _unamended(office: Office, cycle: Month) -> frozenset[str]:
    acts = {each.number: each for each in office.ledger.acts()}
    undone = (each for each in acts.values() if each.undoes and each.cycle == cycle)
    return frozenset(name for each in undone if root_of(each, acts).kind is ActKind.AMEND for name in each.units)


def _detail(action: SendAction, letters: Sequence[OutgoingMessage], cycle: Month) -> str:
    match action:
        case SendAction.SEND if letters and letters[-1].state is LetterState.REFUSED:
            return f"上次{word('letter_state', LetterState.REFUSED)}：{letters[-1].detail}"
        case SendAction.SENT | SendAction.CHANGED | SendAction.UNCERTAIN:
            last = [each for each in letters if each.state in HANDED_OVER][-1]
            return f"{last.at:%m-%d %H:%M} {last.detail}".strip()
        case SendAction.ALTERED:
            return "文件不在，或与生成时不同；请重新运行 zwgk generate"
        case SendAction.OUTDATED:
            return f"更正下发已撤销（或恢复），报送表还没有随之重做；请先运行 zwgk generate {cycle} --as-issued"
    return ""


def _content(office: Office, record: WorkbookRecord) -> bytes | None:
    """The workbook's bytes; None where the file is missing or differs from the generated one."""
    try:
        data = (office.workspace.root / record.file).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"无法读取“{Path(record.file).name}”：{reason_of(error)}；请关闭打开它的程序后再试。") from None
    return data if hashlib.sha256(data).hexdigest() == record.sha256 else None


def _draft(office: Office, cycle: Month, row: UnitSending, feedback: str = "", unfilled: str = "") -> PreparedMail:
    record = row.record
    assert record is not None
    had = [each for each in row.letters if each.state is LetterState.SENT]
    correction = any(each.sha256 != record.sha256 for each in had)
    kind = LetterKind.CORRECTION if correction else LetterKind.ISSUE
    key = next_key(f"{kind}/{cycle}/{row.unit}", row.letters)
    text = workbook_text(
        office,
        row.unit,
        cycle,
        row.listed,
        lapsed=row.lapsed,
        correction=correction,
        feedback=feedback,
        unfilled=unfilled,
        manual=row.manual,
        prefilled=len(listed_rows(record.prefilled, row.listed)),
    )
    letter = OutgoingMessage(
        key,
        kind,
        row.unit,
        cycle,
        row.to,
        row.copies,
        subject_of(text),
        letter_id(office, key),
        LetterState.PREPARED,
        office.now(),
        sha256=record.sha256,
    )
    path = Path(record.file)

    def write() -> OutgoingMail:
        data = _content(office, record)
        if data is None:
            raise TransportFault(f"“{path.name}”在发送时被改动；请重新运行 zwgk generate {cycle}，已发出的不会重发。")
        beside = [MailAttachment(row.manual, manual_bytes(REPORT))] if row.manual else []
        return mail_of(office, letter, text, attachments=[MailAttachment(path.name, data), *beside])

    number = key.rpartition("/")[2]
    suffix = "" if number == "1" else f"_{word('letter_kind', kind)}{number}"
    return PreparedMail(letter, f"{path.stem}{suffix}", write)


def _letters(office: Office, cycle: Month) -> dict[str, tuple[OutgoingMessage, ...]]:
    units: dict[str, list[OutgoingMessage]] = {}
    for each in office.ledger.letters(cycle=cycle):
        if each.kind in WORKBOOK_KINDS:
            units.setdefault(each.unit, []).append(each)
    return {unit: tuple(letters) for unit, letters in units.items()}
