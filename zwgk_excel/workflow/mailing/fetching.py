"""``zwgk fetch`` (收取): parses every new mail of the mailbox and imports its files.

A mail is recorded after its files have their receipts. After a killed run the mail is fetched again and its files are
found in the same paths. The mailbox itself is never changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Protocol

from zwgk_excel.domain.clocks import clock_behind
from zwgk_excel.domain.correspondence import IncomingMessage
from zwgk_excel.domain.problems import Problem
from zwgk_excel.mail.imap import ImapLogin, Mailbox, RawMail
from zwgk_excel.mail.imap_errors import ImapError
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import IntakeResult, import_arrivals
from zwgk_excel.workflow.mailing.acknowledging import send_acknowledgements
from zwgk_excel.workflow.mailing.delivery import DeliveryRun, delivery_method
from zwgk_excel.workflow.mailing.incoming import (
    IncomingContext,
    MailImport,
    classify_mail,
    match_unit,
    save_attachments,
)
from zwgk_excel.workflow.office.context import Office, Progress, no_progress
from zwgk_excel.workflow.office.partial_files import remove_partial
from zwgk_excel.workflow.office.passwords import office_passwords, password_of
from zwgk_excel.workflow.office.server_logins import mail_login
from zwgk_excel.workflow.office.workspace import trusted_certificates
from zwgk_excel.workflow.workers.readers import ReaderPool


class MailboxFolder(Protocol):
    """A mailbox folder as ``fetch_from`` uses it, such as :class:`zwgk_excel.mail.imap.Mailbox`."""

    uidvalidity: int
    """Which numbering its UIDs belong to."""

    @property
    def name(self) -> str:
        """The mailbox's name in the ledger."""

    def new(self, after: int) -> list[int]:
        """The UIDs above ``after``, lowest first."""

    def mails(self, uids: Sequence[int]) -> Iterator[list[RawMail]]:
        """The mails with these UIDs, in batches of bounded size."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The result of a run."""

    messages: tuple[IncomingMessage, ...]
    """The mails that were new, in the mailbox's order."""
    taken: IntakeResult
    """The receipts of their files."""
    problems: tuple[Problem, ...]
    """Problems with mails themselves: bounces, links instead of files, mails that could not be fetched."""
    known: int
    """Mails that were known already under another number."""
    fault: str = ""
    """Why the run ended before its end, in one sentence; empty where it did not."""
    acknowledgements: DeliveryRun = field(default_factory=DeliveryRun)
    """The receipt mails that were tried ([mail] answers); none where the office wants none."""


def fetch(office: Office, *, progress: Progress = no_progress, readers: ReaderPool | None = None) -> Fetched:
    """Import the new mails of the office's mailbox ([mail.imap]); see :func:`fetch_from`.

    Raises UserError where no server is set, or it cannot be used.
    """
    account, context = _account(office), trusted_certificates(office.workspace)
    try:
        mailbox = Mailbox(account, office.workspace.settings.mail.folder, context=context)
    except ImapError as error:
        raise UserError(str(error)) from error
    with mailbox:
        fetched = fetch_from(office, mailbox, progress=progress, readers=readers)
    return replace(fetched, acknowledgements=_answered(office, progress))


def _answered(office: Office, progress: Progress) -> DeliveryRun:
    """The receipt mails for what this run and those of the last days took in, where the office wants them.

    What keeps them from being sent is told in ``fault``; the files have their receipts, and the next run tries again.
    """
    settings = office.workspace.settings
    if not settings.mail.answers:
        return DeliveryRun()
    try:
        return send_acknowledgements(office, office.ledger.messages(), delivery_method(settings), progress=progress)
    except UserError as error:
        return DeliveryRun(fault=str(error))


def fetch_from(
    office: Office, source: MailboxFolder, *, progress: Progress = no_progress, readers: ReaderPool | None = None
) -> Fetched:
    """Import every mail of a mailbox that the ledger does not have; ``readers`` as in ``receive``.

    Files are saved below 收件箱/邮件, a folder for each mail, with the server's time of receipt. Where the mailbox can
    no longer be read ``fault`` is the reason; the next run continues from there. Raises UserError where files cannot be
    written; what was recorded is kept.
    """
    with (
        office.ledger.exclusive(),
        nullcontext(readers) if readers else ReaderPool(passwords=office_passwords()) as used,
    ):
        remove_partial(office)
        run = _Run(office, source, used)
        fault = ""
        try:
            run.take_all(progress)
        except ImapError as error:
            fault = str(error)
        if behind := clock_behind(office.ledger.newest_message(), office.now()):
            run.problems.append(behind)
    return Fetched(tuple(run.messages), _joined(run.intakes), office.apply_severities(run.problems), run.known, fault)


class _Run:
    """The state of an import: known mails, and the results so far."""

    def __init__(self, office: Office, source: MailboxFolder, readers: ReaderPool) -> None:
        self.office, self.source, self.readers = office, source, readers
        self.desk = IncomingContext(office, source.name, source.uidvalidity)
        self.elsewhere = office.ledger.messages_elsewhere(source.name, source.uidvalidity)
        self.messages: list[IncomingMessage] = []
        self.intakes: list[IntakeResult] = []
        self.problems: list[Problem] = []
        self.known = 0

    def take_all(self, progress: Progress) -> None:
        """Import new mails, batch by batch."""
        uids = self.source.new(self.office.ledger.last_uid(self.source.name, self.source.uidvalidity))
        done = 0
        for batch in self.source.mails(uids):
            progress(done, len(uids), "")
            done += len(batch)
            self.take(batch)
        progress(len(uids), len(uids), "")

    def take(self, batch: list[RawMail]) -> None:
        """Save the files of some mails, record their receipts, then the mails; empties ``batch``."""
        ledger = self.office.ledger
        moved, fresh = self._saved(batch)
        arrivals = [arrival for each in fresh for arrival in each.arrivals]
        if arrivals:
            self.intakes.append(import_arrivals(self.office, arrivals, "mail", readers=self.readers))
        units = ledger.units_of(each.file for item in fresh for each in item.message.attachments if each.file)
        messages = [match_unit(self.desk, each, units) for each in fresh]
        ledger.add_messages([*moved, *messages])
        self.messages += messages
        self.problems += [told for each in fresh for told in each.problems]
        self.known += len(moved)

    def _saved(self, batch: list[RawMail]) -> tuple[list[IncomingMessage], list[MailImport]]:
        """(Mails known under another number, the others with their files saved)."""
        moved: list[IncomingMessage] = []
        fresh: list[MailImport] = []
        for parsed in self.readers.mails(each.data for each in tuple(batch)):
            coming = classify_mail(self.desk, batch.pop(0), parsed)
            if self._is_moved(coming.message):
                moved.append(coming.message)
            else:
                fresh.append(save_attachments(self.desk, coming))
        return moved, fresh

    def _is_moved(self, message: IncomingMessage) -> bool:
        """Whether a mail is known under another number; each known one matches once."""
        if not self.elsewhere[message.digest]:
            return False
        self.elsewhere[message.digest] -= 1
        return True


def _joined(intakes: Sequence[IntakeResult]) -> IntakeResult:
    """Several intake results as one; a copy obsolete by a later one is listed as obsolete."""
    solved = dict.fromkeys(path for each in intakes for path in each.solved)
    markups = {file: path for each in intakes for file, path in each.markups.items()}
    return IntakeResult(
        tuple(receipt for each in intakes for receipt in each.receipts),
        {file: proposal for each in intakes for file, proposal in each.proposals.items()},
        markups,
        tuple(path for path in solved if path.is_file()),
        tuple(problem for each in intakes for problem in each.unread),
    )


def _account(office: Office) -> ImapLogin:
    settings = office.workspace.settings
    imap = settings.mail.imap
    if not imap.host:
        raise UserError("还没有设置收信服务器；请在 zwgk.toml 的 [mail.imap] 中填写 host（如 imap.example.gov.cn）。")
    login = mail_login(office.workspace, "imap")
    return ImapLogin(imap.host, imap.port, imap.security, login.user, password_of(login))
