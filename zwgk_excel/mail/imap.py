"""Read-only access to an IMAP folder: new UIDs, and mails in batches of at most 8 MB or 100 mails."""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from zwgk_excel.mail.imap_errors import (
    ImapError,
    ImapStage,
    connection_error,
    login_reason,
    lost_connection_error,
    said,
)
from zwgk_excel.mail.servers import is_loopback, ssl_context, usual_port
from zwgk_excel.version import __version__

if TYPE_CHECKING:
    from imapclient import IMAPClient

LARGEST = 100 << 20
"""Bytes of a mail that is fetched whole, with room for an attachment of 70 MB; of a larger one the headers alone."""

_BATCH_BYTES, _BATCH_MAILS = 8 << 20, 100
"""Limits of a batch; a larger mail is a batch of its own."""
_UID_WINDOW = 50_000
"""UIDs searched at a time: a server writes its answer into one line, and the client reads none of a megabyte."""
_PAUSES = (1.0, 4.0, 15.0)
"""Seconds before each attempt to take up a broken line again."""
_FOLDERS_NAMED = 10
_log = logging.getLogger(__name__)
# What the library says of odd answers is for a log where there is one, and not for the terminal.
logging.getLogger("imapclient").addHandler(logging.NullHandler())
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ImapLogin:
    """Server, security and login of a mailbox."""

    host: str
    port: int
    """0 for the usual one."""
    security: Literal["tls", "starttls", "none"]
    user: str
    password: str = field(repr=False)

    @property
    def at(self) -> tuple[str, int]:
        """Host and port."""
        return self.host, self.port or usual_port("imap", self.security)


@dataclass(frozen=True, slots=True)
class RawMail:
    """One mail as the server has it."""

    uid: int
    received_at: datetime | None
    """The server's time of receipt (INTERNALDATE), with its zone; None where it gives none."""
    size: int
    """Bytes, by the server."""
    data: bytes = field(repr=False)
    whole: bool
    """False where the headers alone were fetched, because it is too large."""


def connect(account: ImapLogin, *, context: ssl.SSLContext | None = None, timeout: float = 60) -> IMAPClient:
    """Connect and log in; ``timeout`` is the limit in seconds for each response.

    Raises ImapError with the stage at which it failed. Certificates are checked against the system's, or ``context``.
    """
    client = _connection(account, context or ssl_context(), timeout)
    try:
        _log_in(client, account)
        _send_client_id(client)
    except BaseException:
        _log_out(client)
        raise
    return client


class Mailbox:
    """A folder opened read-only; a context manager that logs out.

    A lost connection is reopened a few times, after growing pauses, and the work continues at the mail where it was
    lost. Methods raise ImapError.
    """

    def __init__(
        self,
        account: ImapLogin,
        folder: str,
        *,
        context: ssl.SSLContext | None = None,
        timeout: float = 60,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.account, self.folder = account, folder
        self._context, self._timeout, self._sleep = context, timeout, sleep
        self.uidvalidity, self._uid_next, self._client = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _log_out(self._client)

    @property
    def name(self) -> str:
        """The mailbox's name in the ledger: ``zwgk@example.gov.cn/INBOX``."""
        return f"{self.account.user}/{self.folder}"

    def new(self, after: int) -> list[int]:
        """The UIDs above ``after``, lowest first."""
        if not self._uid_next:
            return sorted(uid for uid in self._search(f"{after + 1}:*") if uid > after)
        found: list[int] = []
        for first in range(after + 1, self._uid_next, _UID_WINDOW):
            found += self._search(f"{first}:{min(first + _UID_WINDOW, self._uid_next) - 1}")
        return sorted(uid for uid in found if uid > after)

    def mails(self, uids: Sequence[int]) -> Iterator[list[RawMail]]:
        """The mails with these UIDs, in batches; one deleted meanwhile is left out."""
        for start in range(0, len(uids), 500):
            listed = self._fetch(uids[start : start + 500], ["RFC822.SIZE"])
            sizes = {uid: int(values[b"RFC822.SIZE"]) for uid, values in listed.items()}
            for batch in _batches(sizes):
                yield self._batch(batch, sizes)

    def _batch(self, uids: Sequence[int], sizes: dict[int, int]) -> list[RawMail]:
        whole = sizes[uids[0]] <= LARGEST
        wanted = "BODY.PEEK[]" if whole else "BODY.PEEK[HEADER]"
        found = self._fetch(uids, ["INTERNALDATE", wanted])
        key = wanted.replace(".PEEK", "").encode()
        return [
            RawMail(uid, found[uid].get(b"INTERNALDATE"), sizes[uid], found[uid].get(key) or b"", whole)
            for uid in uids
            if uid in found
        ]

    def _search(self, uids: str) -> list[int]:
        return [int(uid) for uid in self._steady(lambda client: client.search(["UID", uids]))]

    def _fetch(self, uids: Sequence[int], items: list[str]) -> dict[int, dict[bytes, Any]]:
        found: dict[int, dict[bytes, Any]] = self._steady(lambda client: client.fetch(uids, items))
        return found

    def _steady(self, work: Callable[[IMAPClient], T]) -> T:
        """Run ``work``; on a lost connection reconnect and retry, after the pauses in seconds of ``_PAUSES``."""
        host, port = self.account.at
        for pause in (*_PAUSES, None):
            try:
                return _translated(host, port, ImapStage.PROTOCOL, work, self._client)
            except ImapError as error:
                if pause is None or not error.passing:
                    raise
                _log.info("%s; again in %g s", error, pause)
                self._reconnect(pause)
        raise AssertionError("the last attempt returns or raises")

    def _reconnect(self, pause: float) -> None:
        """Wait ``pause`` seconds and reconnect; where that fails, the next attempt fails on the old connection."""
        self._sleep(pause)
        _log_out(self._client)
        try:
            uidvalidity, self._uid_next, self._client = self._open()
        except ImapError as error:
            if not error.passing:
                raise
            return
        if uidvalidity != self.uidvalidity:
            raise ImapError(ImapStage.FOLDER, *self.account.at, "邮箱刚刚重新编号（UIDVALIDITY），请再运行一次")

    def _open(self) -> tuple[int, int, IMAPClient]:
        client = connect(self.account, context=self._context, timeout=self._timeout)
        try:
            selected = _translated(*self.account.at, ImapStage.FOLDER, client.select_folder, self.folder, readonly=True)
        except ImapError as error:
            raise self._without_folder(client, error) from None
        return int(selected.get(b"UIDVALIDITY", 0)), int(selected.get(b"UIDNEXT", 0)), client

    def _without_folder(self, client: IMAPClient, error: ImapError) -> ImapError:
        """The error of a folder that cannot be opened, with the names of the existing ones."""
        if error.kind is not ImapStage.FOLDER:
            _log_out(client)
            return error
        try:
            names = [str(name) for _, _, name in client.list_folders()]
        except (OSError, ValueError, client.Error):
            names = []
        _log_out(client)
        more = f"；现有：{'、'.join(names[:_FOLDERS_NAMED])}" if names else ""
        return ImapError(error.kind, error.host, error.port, f"“{self.folder}”（{error.reason}{more}）")


def _batches(sizes: dict[int, int]) -> Iterator[list[int]]:
    batch: list[int] = []
    total = 0
    for uid in sorted(sizes):
        size = sizes[uid]
        if batch and (len(batch) == _BATCH_MAILS or total + size > _BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(uid)
        total += size
    if batch:
        yield batch


def _connection(account: ImapLogin, context: ssl.SSLContext, timeout: float) -> IMAPClient:
    from imapclient import IMAPClient

    host, port = account.at
    if account.security == "none" and not is_loopback(host):
        raise ImapError(ImapStage.TLS, host, port, "不加密的连接只能用于本机的服务器")
    try:
        client = IMAPClient(host, port, ssl=account.security == "tls", ssl_context=context, timeout=timeout)
    except UnicodeError:
        raise ImapError(ImapStage.NAME, host, port, "名称写法不对") from None
    except OSError as error:
        raise connection_error(error, host, port) from error
    except IMAPClient.Error as error:
        raise ImapError(ImapStage.PROTOCOL, host, port, said(error)) from error
    # IMAPClient has imaplib write everything it receives into messages for a log, attachments included.
    client._imap.debug = 0
    client.normalise_times = False
    if account.security == "starttls":
        _encrypt(client, account, context)
    return client


def _encrypt(client: IMAPClient, account: ImapLogin, context: ssl.SSLContext) -> None:
    from imapclient.exceptions import CapabilityError

    host, port = account.at
    try:
        client.starttls(context)
    except OSError as error:
        _log_out(client)
        raise connection_error(error, host, port) from error
    except client.Error as error:
        _log_out(client)
        reason = "对方不支持 STARTTLS" if isinstance(error, CapabilityError) else said(error)
        raise ImapError(ImapStage.TLS, host, port, reason) from error


def _translated(host: str, port: int, kind: ImapStage, work: Callable[..., T], *given: Any, **options: Any) -> T:
    """The result of ``work``; its failures become ImapError, with stage ``kind`` where the server refused."""
    from imapclient import IMAPClient

    try:
        return work(*given, **options)
    except IMAPClient.AbortError as error:
        raise ImapError(ImapStage.LINE, host, port, said(error)) from error
    except IMAPClient.Error as error:
        raise ImapError(kind, host, port, said(error)) from error
    except OSError as error:
        raise lost_connection_error(error, host, port) from error
    except (ValueError, TypeError, KeyError, AssertionError) as error:
        # What the client makes of an answer that is none; a login name outside ASCII ends here too.
        raise ImapError(kind, host, port, said(error)) from error


def _log_in(client: IMAPClient, account: ImapLogin) -> None:
    host, port = account.at
    try:
        _translated(host, port, ImapStage.LOGIN, client.login, account.user, account.password)
    except ImapError as error:
        if error.kind is not ImapStage.LOGIN or error.__cause__ is None:
            raise
        raise ImapError(
            ImapStage.LOGIN, host, port, login_reason(error.__cause__, account.password)
        ) from error.__cause__


def _send_client_id(client: IMAPClient) -> None:
    """Send the ID command (RFC 2971) where the server offers it: NetEase (163, 126) refuses SELECT without it."""
    if not client.has_capability("ID"):
        return
    try:
        client.id_({"name": "zwgk_excel", "vendor": "zwgk_excel", "version": __version__})
    except client.Error as error:
        _log.info("the server offers ID and refuses it: %s", error)


def _log_out(client: IMAPClient) -> None:
    from imapclient import IMAPClient

    try:
        client.logout()
    except (OSError, ValueError, IMAPClient.Error) as error:
        _log.debug("not logged out: %s", error)
        try:
            client.shutdown()
        except (OSError, ValueError) as broken:
            _log.debug("not closed: %s", broken)
