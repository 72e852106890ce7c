"""Acknowledges mails that brought returns (收到 / 需修改): once per mail, to roster addresses only.

Automatic mails get no answer. So nothing is disclosed to outsiders, and no mail loop can arise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from zwgk_excel.domain.correspondence import (
    HANDED_OVER,
    IncomingMessage,
    LetterKind,
    LetterState,
    MessageKind,
    OutgoingMessage,
)
from zwgk_excel.domain.mend_time import MendTime
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.domain.senders import HELD_FOR_SENDER
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.mail.compose import AutoSubmitted, OutgoingMail
from zwgk_excel.mail.text import MailTable, PlaceholderValue, RenderedMail
from zwgk_excel.workbooks.correction.complaints import errors_and_warnings
from zwgk_excel.workflow.intake.corrections import correctable, newest
from zwgk_excel.workflow.intake.mend_times import MendTimes, mend_values
from zwgk_excel.workflow.mailing.asked_corrections import came_in, counted_problems, markups, problem_table
from zwgk_excel.workflow.mailing.delivery import (
    DeliveryMethod,
    DeliveryRun,
    PreparedMail,
    deliver_all,
    letter_id,
    mail_of,
    mark_interrupted,
    sender_of,
    subject_of,
)
from zwgk_excel.workflow.mailing.sending import addresses
from zwgk_excel.workflow.mailing.templates import filled
from zwgk_excel.workflow.office.context import Office, Progress, no_progress

_FRESH = timedelta(days=3)
"""Older mails are not answered, so that switching answers on does not mail the senders of half a year."""


@dataclass(frozen=True, slots=True)
class _Reply:
    """A message to be answered, and the receipts of its files."""

    message: IncomingMessage
    receipts: tuple[Receipt, ...]
    to: str
    key: str

    @property
    def cycle(self) -> Month:
        """The newest cycle among its returns, else the month it was received in."""
        cycles = [each.cycle for each in self.receipts if each.cycle]
        return max(cycles, default=Month.of(self.message.received_at.date()))


def send_acknowledgements(
    office: Office, messages: Sequence[IncomingMessage], way: DeliveryMethod, *, progress: Progress = no_progress
) -> DeliveryRun:
    """Acknowledge the mails whose files have been imported, if [mail] answers is set.

    The recipient is the sender where that is an address of the unit, else the unit's first address. Bounces, automatic
    replies, list mails, our own mails, mails without files, of an unclear sender, or older than three days get none; a
    unit gets at most [mail] answers_per_day. Raises UserError for wrong settings and templates; then nothing was sent.
    """
    settings = office.workspace.settings
    if not settings.mail.answers:
        return DeliveryRun()
    sender_of(settings)
    with office.ledger.exclusive():
        mark_interrupted(office)
        drafts = [_draft(office, reply) for reply in _replies(office, messages)]
        folder = office.workspace.root / "发件箱" / f"回复_{office.now().date()}"
        return deliver_all(office, drafts, way, folder, progress)


def _replies(office: Office, messages: Sequence[IncomingMessage]) -> list[_Reply]:
    letters = office.ledger.letters()
    done = {each.key for each in letters if each.state is not LetterState.PREPARED}
    counts = Counter(each.unit for each in letters if each.kind is LetterKind.ANSWER and _today(each, office))
    receipts = office.unsettled(office.ledger.receipt_summaries()) if messages else ()
    replies: list[_Reply] = []
    for message in sorted(messages, key=lambda each: (each.received_at, each.identity)):
        key = "/".join((LetterKind.ANSWER, *map(str, message.identity)))
        reply = None if key in done else _reply(office, message, receipts, key)
        if reply and counts[message.unit] < office.workspace.settings.mail.answers_per_day:
            counts[message.unit] += 1
            done.add(key)
            replies.append(reply)
    return replies


def _today(letter: OutgoingMessage, office: Office) -> bool:
    return letter.state in HANDED_OVER and letter.at.date() == office.now().date()


def _reply(office: Office, message: IncomingMessage, receipts: Sequence[Receipt], key: str) -> _Reply | None:
    """The reply to a message; None where it gets none (now)."""
    ours = {each.lower() for each in (office.workspace.settings.sender, office.workspace.settings.office.mailbox)}
    age = office.now() - message.received_at
    if message.kind is not MessageKind.REPLY or not message.unit or message.sender in ours or age > _FRESH:
        return None
    files = [each.file for each in message.attachments if each.file]
    came = tuple(each for each in receipts if any(came_in(each, file) for file in files))
    to = _address(office, message)
    if not to or not {each.file for each in came}.issuperset(files):
        return None
    if any(each.code in HELD_FOR_SENDER for receipt in came for each in receipt.problems):
        return None  # the office has to find out first who wrote it
    # What is another unit's is not for this one to read.
    theirs = tuple(each for each in came if each.unit in {"", message.unit})
    return _Reply(message, theirs, to, key) if theirs else None


def _address(office: Office, message: IncomingMessage) -> str:
    unit = office.roster.unit(message.unit, Month.of(message.received_at.date()))
    to, copies = addresses(office, unit, [each for each in office.roster.duty_officers if each.unit == message.unit])
    theirs = {*to, *copies} - set(office.workspace.settings.mail.copies)
    return next((each for each in theirs if each.lower() == message.sender), to[0] if to else "")


def _copies(office: Office, reply: _Reply) -> tuple[str, ...]:
    """The officers of the duties in which something is to be corrected: it is they who can."""
    wrong = {problem.obligation.partition("/")[0] for problem in counted_problems(reply.receipts)} - {""}
    officers = office.roster.officers_of(reply.message.unit, wrong, Month.of(reply.message.received_at.date()))
    mails = dict.fromkeys(mail for each in officers for mail in each.mails)
    return tuple(each for each in mails if each.lower() != reply.to.lower())


def _draft(office: Office, reply: _Reply) -> PreparedMail:
    unit, cycle, key = reply.message.unit, reply.cycle, reply.key
    text = _text(office, reply)
    letter = OutgoingMessage(
        key,
        LetterKind.ANSWER,
        unit,
        cycle,
        (reply.to,),
        _copies(office, reply),
        subject_of(text),
        letter_id(office, key),
        LetterState.PREPARED,
        office.now(),
    )

    def write() -> OutgoingMail:
        return mail_of(
            office,
            letter,
            text,
            attachments=markups(office, _latest(office, reply.receipts)),
            automatic=AutoSubmitted.REPLIED,
            in_reply_to=reply.message.message_id,
        )

    return PreparedMail(letter, f"{unit}_{cycle}_{reply.message.uidvalidity}_{reply.message.uid}", write)


def _text(office: Office, reply: _Reply) -> RenderedMail:
    sheet = layout("tracker")["receipts"]
    places = layout("markup").settings["texts"]["places"]
    headings = (*(sheet.heading(key) for key in ("file", "verdict", "items")), places)
    rows = tuple(
        (_name(each), word("verdict", each.verdict), _held(each), errors_and_warnings(each.problems))
        for each in reply.receipts
    )
    mend, time = problem_table(reply.receipts), _mend_time(office, reply)
    values: dict[str, PlaceholderValue] = {
        "result": word("answer_result", _result(reply.receipts)),
        "received_at": f"{reply.message.received_at:%Y-%m-%d %H:%M}",
        "files": MailTable(headings, rows, tuple(map(_file_line, reply.receipts, rows))),
        "mend": mend,
        **mend_values(time),
        "fine": "" if mend.rows else "没有",
    }
    return filled(office, "mail_answer.txt", reply.message.unit, reply.cycle, values)


def _held(receipt: Receipt) -> str:
    """What a file holds: how many items, of a 整改链接表 how many answers."""
    if not receipt.is_fault_table:
        return str(receipt.items)
    return f"{layout('site_faults')['faults'].heading('status')} {len(receipt.fault_answers)} 条"


def _file_line(receipt: Receipt, row: tuple[str, ...]) -> str:
    """A file in plain text, where no heading says what is counted."""
    name, verdict, held, faults = row
    counted = f"，{layout('markup').settings['texts']['places']} {faults}" if faults else ""
    said = held if receipt.is_fault_table else f"信息 {held} 条"
    return f"{name}：{verdict}，{said}{counted}"


def _result(receipts: Sequence[Receipt]) -> str:
    if any(each.verdict in {Verdict.RETURNED, Verdict.QUARANTINED} and not each.is_set_aside for each in receipts):
        return "mend"
    return "check" if any(correctable(each) for each in receipts) else "received"


def _name(receipt: Receipt) -> str:
    return receipt.file.rpartition("/")[2]


def _mend_time(office: Office, reply: _Reply) -> MendTime:
    """Until when what came with a mail is to be corrected."""
    faulty = [each for each in reply.receipts if each.was_read and correctable(each)]
    if not faulty:
        return MendTime()
    times = MendTimes(office)
    tasks = (task for each in faulty for task in times.of(each, _history(office, each)).tasks)
    return MendTime(tuple(tasks), office.now().date())


def _latest(office: Office, receipts: Sequence[Receipt]) -> list[Receipt]:
    """Those of these returns that are their units' newest: the marked-up copy of an older one would mislead."""
    every = [r for each in receipts if each.unit and each.cycle for r in _history(office, each)]
    latest = {each.file for each in newest(every)}
    return [each for each in receipts if each.file in latest]


def _history(office: Office, receipt: Receipt) -> tuple[Receipt, ...]:
    return office.ledger.receipts(unit=receipt.unit, cycle=receipt.cycle)
