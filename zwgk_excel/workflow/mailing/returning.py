"""``zwgk return`` (退回修改): mails each unit the marked-up copy of its faulty return, once for each return."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from zwgk_excel.domain.correspondence import HANDED_OVER, LetterKind, LetterState, OutgoingMessage
from zwgk_excel.domain.mend_time import MendTime
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.layout.words import word
from zwgk_excel.mail.compose import MailAttachment, OutgoingMail
from zwgk_excel.mail.transport import TransportFault
from zwgk_excel.workbooks.correction.complaints import count
from zwgk_excel.workbooks.correction.correction_workbook import is_list_alone
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.corrections import correctable, markup_path, newest
from zwgk_excel.workflow.intake.mend_times import MendTimes
from zwgk_excel.workflow.intake.receiving import import_new
from zwgk_excel.workflow.mailing.asked_corrections import came_in, counted_problems, remake_markups, start_of
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
from zwgk_excel.workflow.mailing.templates import return_text
from zwgk_excel.workflow.office.context import Office, Progress, find_unit, no_progress
from zwgk_excel.workflow.published.reconciling import with_list_notes
from zwgk_excel.workflow.tracking.statuses import require_issued


class ReturnAction(StrEnum):
    """The action for a unit; labels in ``lists.toml`` [return_action]."""

    SEND = "send"
    RESEND = "resend"
    SENT = "sent"
    """It has the mail about this return."""
    ANSWERED = "answered"
    """The answer to its own mail brought the marked-up copy."""
    UNCERTAIN = "uncertain"
    """It is unknown whether the mail arrived: a person decides."""
    LOOK = "look"
    """The return counts, and has warnings only: it goes back only where that is asked for."""
    NO_ADDRESS = "no_address"


MAILED_RETURNS = frozenset({ReturnAction.SEND, ReturnAction.RESEND})
"""What sends a mail."""
UNSENT_RETURNS = frozenset({ReturnAction.SEND, ReturnAction.NO_ADDRESS})
"""Actions for a return that its unit has no mail about."""
HELD_RETURNS = frozenset({ReturnAction.UNCERTAIN, ReturnAction.NO_ADDRESS})
"""Actions that need a person's attention."""


@dataclass(frozen=True, slots=True)
class UnitReturn:
    """The action for the newest return of one unit, where that has errors or warnings."""

    receipt: Receipt
    action: ReturnAction
    to: tuple[str, ...]
    copies: tuple[str, ...]
    time: MendTime
    """Until when it is to be corrected."""
    letters: tuple[OutgoingMessage, ...]
    """The earlier mails about this return, the oldest first."""
    detail: str = ""

    @property
    def unit(self) -> str:
        """The unit whose return it is."""
        return self.receipt.unit

    @property
    def errors(self) -> int:
        """The number of places that must be corrected."""
        return count(self._counted)[True]

    @property
    def warnings(self) -> int:
        """The number of places to be looked at."""
        return count(self._counted)[False]

    @property
    def _counted(self) -> list[Problem]:
        return [each for each in self.receipt.problems if each.counts]


@dataclass(frozen=True, slots=True)
class ReturnRun:
    """The result of ``send_back``."""

    returns: tuple[UnitReturn, ...]
    delivery_run: DeliveryRun


def planned_returns(
    office: Office, cycle: Month, *, units: Sequence[str] = (), warnings: bool = False, resend: Sequence[str] = ()
) -> tuple[UnitReturn, ...]:
    """What :func:`send_back` would do with the files registered so far, in roster order; nothing is changed.

    Raises UserError for an unknown unit and a cycle that was not issued.
    """
    require_issued(office, cycle)
    again = {find_unit(office, each) for each in resend}
    wanted = {find_unit(office, each) for each in units} | again
    receipts = with_list_notes(
        office, office.unsettled(each for each in office.ledger.receipt_summaries() if each.cycle == cycle)
    )
    faulty = {each.unit: each for each in newest(receipts) if correctable(each)}
    order = [unit.name for unit in office.roster]
    names = [name for name in dict.fromkeys((*order, *faulty)) if name in faulty and (not wanted or name in wanted)]
    found = _planned_all(office, [faulty[name] for name in names], receipts)
    return tuple(_chosen(each, warnings=warnings, again=each.unit in again) for each in found)


def not_sent_back(office: Office, cycles: Collection[Month], as_of: date) -> tuple[UnitReturn, ...]:
    """The returns with errors of these months, come by the end of a day, of which their units have no mail.

    Oldest first. Those whose unit has no address are among them; nothing is changed.
    """
    receipts = office.unsettled(
        each
        for each in office.ledger.receipt_summaries()
        if each.cycle in cycles and each.received_at.date() <= as_of
    )
    faulty = [each for each in newest(receipts) if any(problem.is_error for problem in each.problems)]
    rows = _planned_all(office, sorted(faulty, key=lambda each: each.order), receipts)
    return tuple(each for each in rows if each.action in UNSENT_RETURNS)


def _planned_all(office: Office, faulty: Sequence[Receipt], receipts: Sequence[Receipt]) -> list[UnitReturn]:
    """Those that are to be corrected, planned; ``receipts`` are all of their units and months."""
    if not faulty:
        return []
    times, given = MendTimes(office), _Letters.of(office)
    return [_planned(office, each, given, times.of(each, receipts)) for each in faulty]


def send_back(
    office: Office,
    cycle: Month,
    way: DeliveryMethod,
    *,
    units: Sequence[str] = (),
    warnings: bool = False,
    resend: Sequence[str] = (),
    progress: Progress = no_progress,
) -> ReturnRun:
    """Import what is new in 收件箱, then mail the units what they have to correct, with the marked-up copies.

    Without ``warnings`` only returns with errors go back; ``resend`` names units that get theirs once more. A return is
    sent back once, however often this is run. Raises UserError as :func:`planned_returns` does, where the office has no
    address, for a template that cannot be rendered, and when a file in 收件箱 cannot be read, because it may be what
    corrects a return. Then nothing was sent.
    """
    sender_of(office.workspace.settings)
    with office.ledger.exclusive():
        mark_interrupted(office)
        if unread := import_new(office).unread:
            raise UserError(f"{unread[0]}在此之前不退回，以免退回已经改正的。")
        rows = planned_returns(office, cycle, units=units, warnings=warnings, resend=resend)
        going = [row for row in rows if row.action in MAILED_RETURNS]
        remake_markups(office, [row.receipt for row in going])
        drafts = [_draft(office, row) for row in going]
        return ReturnRun(rows, deliver_all(office, drafts, way, return_folder(office, office.now().date()), progress))


def return_folder(office: Office, day: date) -> Path:
    """The folder for the mails of a day as files."""
    return office.workspace.root / "发件箱" / f"{word('letter_kind', LetterKind.RETURN)}_{day}"


@dataclass(frozen=True, slots=True)
class _Letters:
    """What was mailed about returns so far."""

    letters: Mapping[str, Sequence[OutgoingMessage]]
    """Beginning of the key (:func:`start_of`) → the letters, the oldest first."""
    answered: frozenset[str]
    """Files of mails that were answered."""

    @classmethod
    def of(cls, office: Office) -> _Letters:
        """Those of an office."""
        letters: dict[str, list[OutgoingMessage]] = {}
        answers = set()
        for each in office.ledger.letters():
            if each.kind is LetterKind.RETURN:
                letters.setdefault(each.key.rpartition("/")[0], []).append(each)
            elif each.kind is LetterKind.ANSWER and each.state in HANDED_OVER:
                answers.add(each.key)
        messages = office.ledger.messages() if answers else ()
        keys = ((each, "/".join((LetterKind.ANSWER, *map(str, each.identity)))) for each in messages)
        answered = (each for each, key in keys if key in answers)
        return cls(letters, frozenset(file.file for each in answered for file in each.attachments if file.file))


def _planned(office: Office, receipt: Receipt, given: _Letters, time: MendTime) -> UnitReturn:
    """The return with what speaks for or against a mail about it, as if everything was to be sent."""
    month = Month.of(office.now().date())
    unit = office.successor(receipt.unit, month)
    wrong = {each.obligation.partition("/")[0] for each in counted_problems([receipt])} - {""}
    to, copies = addresses(office, office.roster.unit(unit, month), office.roster.officers_of(unit, wrong, month))
    letters = tuple(given.letters.get(start_of(receipt), ()))
    gone = [each for each in letters if each.state in HANDED_OVER]
    answered = any(came_in(receipt, file) for file in given.answered)
    if gone:
        action = ReturnAction.SENT if gone[-1].state is LetterState.SENT else ReturnAction.UNCERTAIN
    elif answered:
        action = ReturnAction.ANSWERED
    else:
        action = ReturnAction.SEND if to else ReturnAction.NO_ADDRESS
    refused = [each for each in letters if each.state is LetterState.REFUSED]
    detail = f"{gone[-1].at:%m-%d %H:%M}" if gone else ""
    if refused and not gone:
        detail = f"上次{word('letter_state', LetterState.REFUSED)}：{refused[-1].detail}"
    return UnitReturn(receipt, action, to, copies, time, letters, detail)


def _chosen(row: UnitReturn, *, warnings: bool, again: bool) -> UnitReturn:
    """The row with the action that its user's choice leads to."""
    if again:
        return replace(row, action=ReturnAction.RESEND if row.to else ReturnAction.NO_ADDRESS)
    unsent = row.action in UNSENT_RETURNS
    return replace(row, action=ReturnAction.LOOK) if unsent and not (row.errors or warnings) else row


def _draft(office: Office, row: UnitReturn) -> PreparedMail:
    receipt, path = row.receipt, markup_path(office, row.receipt)
    key = next_key(start_of(receipt), row.letters)
    try:
        data = path.read_bytes()
    except OSError:
        raise UserError(f"“{path.name}”无法读取；请关闭打开它的程序后再次运行。") from None
    text = return_text(office, receipt, row.time, path.name, listed=is_list_alone(data))
    sha256 = hashlib.sha256(data).hexdigest()
    letter = OutgoingMessage(
        key,
        LetterKind.RETURN,
        receipt.unit,
        receipt.cycle,
        row.to,
        row.copies,
        subject_of(text),
        letter_id(office, key),
        LetterState.PREPARED,
        office.now(),
        sha256=sha256,
    )

    def write() -> OutgoingMail:
        # Read again: not all of them are kept in memory.
        attached = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(attached).hexdigest() != sha256:
            raise TransportFault(f"“{path.name}”在发送时被改动；请再次运行，已发出的不会重发。")
        return mail_of(office, letter, text, attachments=[MailAttachment(path.name, attached)])

    number = key.rpartition("/")[2]
    suffix = "" if number == "1" else f"_{number}"
    return PreparedMail(letter, f"{path.stem}_{receipt.number}{suffix}", write)
