"""Delivers prepared mails exactly once: ledger states before and after each hand-over, for every transport."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from zwgk_excel.domain.correspondence import LetterState, OutgoingMessage
from zwgk_excel.domain.file_names import safe_name
from zwgk_excel.domain.subject_codes import message_id
from zwgk_excel.domain.text import one_line
from zwgk_excel.mail.compose import AutoSubmitted, MailAttachment, OutgoingMail, address, build_message
from zwgk_excel.mail.text import RenderedMail
from zwgk_excel.mail.transport import DeliveryLog, DeliveryResult, DeliveryStatus, Transport, TransportFault
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.context import Office, Progress
from zwgk_excel.workflow.office.passwords import find_password, missing
from zwgk_excel.workflow.office.server_logins import mail_login
from zwgk_excel.workflow.office.settings import Settings
from zwgk_excel.workflow.office.workspace import Workspace, trusted_certificates

_PATIENCE = 3
"""So many temporary refusals in a row end a run."""
_NOT_TO = "未能发给"


class DeliveryMethod(StrEnum):
    """The ways to deliver mails."""

    SMTP = "smtp"
    FILES = "files"
    """As ``.eml`` files in 发件箱."""
    OUTLOOK = "outlook"
    """As drafts of the Outlook of this computer."""


@dataclass(frozen=True, slots=True)
class PreparedMail:
    """A letter ready for delivery."""

    letter: OutgoingMessage
    name: str
    """What its file is called where it becomes one, without an ending."""
    write: Callable[[], OutgoingMail]
    """Makes the mail when its turn comes, so that not all of them are in memory."""


@dataclass(frozen=True, slots=True)
class DeliveryRun:
    """The result of delivering the mails of a run."""

    letters: tuple[OutgoingMessage, ...] = ()
    """Those that were tried, as they are now; PREPARED means that the next run tries again."""
    fault: str = ""
    """Why the run ended before its end, in one sentence; empty where it did not."""


def delivery_method(settings: Settings, *, files: bool = False, outlook: bool = False) -> DeliveryMethod:
    """The method asked for, else SMTP if a server is set, else files."""
    if outlook:
        return DeliveryMethod.OUTLOOK
    return DeliveryMethod.SMTP if settings.mail.smtp.host and not files else DeliveryMethod.FILES


def sender_of(settings: Settings) -> str:
    """The office's address, validated; raises UserError where there is none or it is invalid."""
    if not settings.sender:
        raise UserError("还没有设置发件邮箱；请在 zwgk.toml 的 [office] 中填写 mailbox（或 [mail] 的 address）。")
    try:
        return address(settings.sender)
    except ValueError:
        raise UserError(f"zwgk.toml 中的发件邮箱“{settings.sender}”不是邮箱地址；请改正。") from None


def mark_interrupted(office: Office) -> tuple[OutgoingMessage, ...]:
    """Mark letters in state HANDING_OVER (left by a killed run) as UNCERTAIN and return them.

    The caller holds the run lock.
    """
    found = [each for each in office.ledger.letters() if each.state is LetterState.HANDING_OVER]
    told = "交给服务器时程序中断，不知道是否发出"
    return tuple(record_state(office, each, LetterState.UNCERTAIN, told) for each in found)


def mail_of(
    office: Office,
    letter: OutgoingMessage,
    text: RenderedMail,
    *,
    attachments: Sequence[MailAttachment] = (),
    automatic: AutoSubmitted = AutoSubmitted.NO,
    in_reply_to: str = "",
) -> OutgoingMail:
    """The mail of a letter with its text and attachments."""
    settings = office.workspace.settings
    return OutgoingMail(
        sender=sender_of(settings),
        sender_name=settings.office.name,
        to=letter.to,
        copies=letter.copies,
        subject=letter.subject,
        plain=text.plain,
        html=text.html,
        message_id=letter.message_id,
        at=letter.at,
        attachments=tuple(attachments),
        reply_to=settings.office.mailbox,
        in_reply_to=in_reply_to,
        automatic=automatic,
    )


def next_key(start: str, letters: Sequence[OutgoingMessage]) -> str:
    """The key of the last of some letters where that begins with ``start``, was prepared and never handed over, else
    the next unused one."""
    last = letters[-1] if letters else None
    if last and last.state is LetterState.PREPARED and last.key.startswith(f"{start}/"):
        return last.key
    return f"{start}/{len(letters) + 1}"


def letter_id(office: Office, key: str) -> str:
    """The Message-ID of the letter with this key."""
    return message_id(office.ledger.key, key, sender_of(office.workspace.settings))


def subject_of(text: RenderedMail) -> str:
    """The subject as written in the mail's header."""
    return one_line(text.subject)


def deliver_all(
    office: Office, drafts: Sequence[PreparedMail], way: DeliveryMethod, folder: Path, progress: Progress
) -> DeliveryRun:
    """Deliver the mails one after the other; the caller holds the run lock.

    ``folder`` is for ``.eml`` files. Ends early, with the reason in ``fault``, when no mail can be sent or three in a
    row were not accepted.
    """
    done: list[OutgoingMessage] = []
    failures = 0
    try:
        with _open(office.workspace, way, folder) as post:
            for count, draft in enumerate(drafts):
                progress(count, len(drafts), draft.letter.unit)
                done.append(_hand_over(office, post, draft))
                failures = failures + 1 if done[-1].state is LetterState.PREPARED else 0
                if failures >= _PATIENCE:
                    return DeliveryRun(
                        tuple(done), f"服务器连续 {failures} 次暂不接收，其余的没有再试；请稍后再次运行。"
                    )
    except TransportFault as fault:
        return DeliveryRun(tuple(done), str(fault))
    progress(len(drafts), len(drafts), "")
    return DeliveryRun(tuple(done))


@contextmanager
def _open(workspace: Workspace, way: DeliveryMethod, folder: Path) -> Iterator[Transport]:
    post = _post(workspace, way, folder)
    try:
        yield post
    finally:
        post.close()


def _post(workspace: Workspace, way: DeliveryMethod, folder: Path) -> Transport:
    settings = workspace.settings
    match way:
        case DeliveryMethod.FILES:
            return FileTransport(folder)
        case DeliveryMethod.OUTLOOK:
            from zwgk_excel.mail.outlook import open_outlook

            return open_outlook()
        case DeliveryMethod.SMTP:
            from zwgk_excel.mail.smtp import SmtpTransport
            from zwgk_excel.mail.smtp_line import SmtpSettings

            smtp, login = settings.mail.smtp, mail_login(workspace, "smtp")
            password, _ = find_password(login)
            server = SmtpSettings(
                smtp.host,
                smtp.port,
                smtp.security,
                login.user,
                password,
                settings.mail.per_minute,
                trusted_certificates(workspace),
                # A server that wants no login needs none; where one does, the user is told why there is none.
                no_password="" if password else f"{missing(login)}。",
            )
            return SmtpTransport(server)


class FileTransport:
    """Writes each mail as an ``.eml`` file that mail programs open as a draft."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, mail: OutgoingMail, name: str, record: DeliveryLog) -> DeliveryResult:
        """Write the mail as an ``.eml`` file; always TAKEN, may be repeated."""
        path = self._folder / safe_name(f"{name}.eml")
        try:
            write_atomic(path, build_message(mail, draft=True))
        except OSError as error:
            raise TransportFault(f"无法写入“{path.name}”：{reason_of(error)}；排除后再次运行即可。") from error
        return DeliveryResult(DeliveryStatus.TAKEN, path.name)

    def close(self) -> None:
        """Does nothing."""


class _LedgerDeliveryLog:
    """Records the delivery states of one letter in the ledger."""

    def __init__(self, office: Office, letter: OutgoingMessage) -> None:
        self.office, self.letter = office, letter

    def handing_over(self) -> None:
        """Set the letter to HANDING_OVER, immediately before the mail is given to the server."""
        self.to(LetterState.HANDING_OVER)

    def not_taken(self) -> None:
        """Set the letter back to PREPARED: the server did not accept the mail."""
        self.to(LetterState.PREPARED)

    def to(self, state: LetterState, detail: str = "") -> None:
        """Set the letter to ``state`` in the ledger."""
        self.letter = record_state(self.office, self.letter, state, detail)


_STATES = {
    DeliveryStatus.TAKEN: LetterState.SENT,
    DeliveryStatus.REFUSED: LetterState.REFUSED,
    DeliveryStatus.NOT_NOW: LetterState.PREPARED,
    DeliveryStatus.UNKNOWN: LetterState.UNCERTAIN,
}


def _hand_over(office: Office, post: Transport, draft: PreparedMail) -> OutgoingMessage:
    office.ledger.prepare_letter(draft.letter)
    steps = _LedgerDeliveryLog(office, draft.letter)
    delivery = post.deliver(draft.write(), draft.name, steps)
    steps.to(_STATES[delivery.status], _detail(delivery))
    return steps.letter


def _detail(delivery: DeliveryResult) -> str:
    if delivery.status is DeliveryStatus.TAKEN and delivery.refused:
        return "；".join(f"{_NOT_TO} {each}（{why}）" for each, why in delivery.refused.items())
    return delivery.detail


def delivered_to_all(letter: OutgoingMessage) -> bool:
    """Whether a letter was sent to each of its addresses."""
    return letter.state is LetterState.SENT and not letter.detail.startswith(_NOT_TO)


def record_state(office: Office, letter: OutgoingMessage, state: LetterState, detail: str) -> OutgoingMessage:
    """Change the letter's state in the ledger, with the time; returns the changed letter.

    Raises LedgerError where the state in the ledger is not the letter's.
    """
    at = office.now()
    office.ledger.move_letter(letter.key, letter.state, state, at, detail)
    return replace(letter, state=state, at=at, detail=detail)
