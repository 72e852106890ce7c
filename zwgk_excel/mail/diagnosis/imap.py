"""Diagnosis of an IMAP server: log in, open the folder read-only, log out.

With imaplib, because the diagnosis needs the server's responses as bytes: IMAPClient, which fetches, drops non-ASCII
characters from them, and Chinese servers respond in Chinese.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from zwgk_excel.layout.checkup import DiagnosticResult
from zwgk_excel.mail.authentication import TRACE, servers_named
from zwgk_excel.mail.diagnosis.account import MailAccount
from zwgk_excel.mail.diagnosis.clock import clock_check
from zwgk_excel.mail.diagnosis.failures import Attempt, explain_connection, explain_login
from zwgk_excel.mail.headers import header_fields
from zwgk_excel.mail.servers import CLIENT_IDENTITY, MailServer, StarttlsMissingError, host_fault

_FOLDER = re.compile(rb'\([^)]*\) (?:"(?:[^"\\]|\\.)*"|NIL) (?P<name>.+)', re.DOTALL)
_QUOTA = re.compile(rb"STORAGE (\d{1,18}) (\d{1,18})")
_FULL = 0.9
_SHOWN_FOLDERS = 12


class ImapSession:
    """An open connection to an IMAP server, encrypted as set.

    Raises what imaplib and ssl raise, and StarttlsMissingError.
    """

    def __init__(self, server: MailServer, trusted: ssl.SSLContext, timeout: float) -> None:
        place: dict[str, Any] = {"host": server.host, "port": server.port, "timeout": timeout}
        encrypted = server.security == "tls"
        self._imap = imaplib.IMAP4_SSL(**place, ssl_context=trusted) if encrypted else imaplib.IMAP4(**place)
        if server.security == "starttls":
            if "STARTTLS" not in self._imap.capabilities:
                self._imap.shutdown()
                raise StarttlsMissingError
            self._imap.starttls(trusted)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Everything was said by now; a server that hangs up first changes nothing.
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self._imap.logout()

    @property
    def line(self) -> socket.socket:
        """The socket, an SSLSocket where the connection is encrypted."""
        return self._imap.socket()

    def steps(self, account: MailAccount, attempt: Attempt) -> Iterator[DiagnosticResult]:
        """Log in, open the folder, check the time of its newest mail and the quota."""
        try:
            self._imap.login(account.user, account.password)
        except (OSError, imaplib.IMAP4.error) as error:
            yield explain_login(error, attempt)
            return
        yield attempt.check("login_ok")
        try:
            yield from self._look(account, attempt)
        except (OSError, imaplib.IMAP4.error) as error:
            yield explain_connection(error, attempt)

    def _look(self, account: MailAccount, attempt: Attempt) -> Iterator[DiagnosticResult]:
        folder = account.folder
        offered = _bytes(self._imap.capability()[1]).upper().split()
        if b"ID" in offered:
            self._imap.xatom("ID", CLIENT_IDENTITY)
        name = quoted(folder)
        state, answer = self._imap.select(name, readonly=True)
        if state != "OK":
            yield self._refused(folder, attempt.words(_bytes(answer)), attempt)
            return
        count = int(_bytes(answer) or 0)
        yield attempt.check("folder_ok", folder=folder, count=count)
        yield from clock_check(self._newest(count), attempt, exact=False)
        yield from self._authentication(count, account.authentication_server, attempt)
        if b"QUOTA" in offered:
            yield from self._space(name, attempt)

    def _refused(self, folder: str, said: str, attempt: Attempt) -> DiagnosticResult:
        if "unsafe login" in said.lower():
            return attempt.check("folder_unsafe", answer=said)
        folders = self._folders()
        if folder.upper() == "INBOX" or folder in folders:
            return attempt.check("folder_refused", folder=folder, answer=said)
        shown = "、".join(attempt.words(each) for each in folders[:_SHOWN_FOLDERS])
        return attempt.check("folder_missing", folder=folder, folders=shown or "（没有）")

    def _folders(self) -> list[str]:
        _, lines = self._imap.list()
        return [name for line in lines if line and (name := _folder_name(line))]

    def _newest(self, count: int) -> datetime | None:
        if not count:
            return None
        _, answer = self._imap.fetch(str(count), "(INTERNALDATE)")
        found = imaplib.Internaldate2tuple(_bytes(answer))
        return datetime.fromtimestamp(time.mktime(found), UTC) if found else None

    def _authentication(self, count: int, server: str, attempt: Attempt) -> Iterator[DiagnosticResult]:
        """Whether the newest mail has Authentication-Results of the server that the settings name, or whose it has."""
        if not count:
            return
        _, answer = self._imap.fetch(str(count), "(BODY.PEEK[HEADER.FIELDS (AUTHENTICATION-RESULTS)])")
        data = answer[0][1] if answer and isinstance(answer[0], tuple) else b""
        named = servers_named(header_fields(data, TRACE))
        shown = "、".join(each for each in named if not host_fault(each)) or "没有"
        if server:
            code = "authentication_ok" if server.lower() in named else "authentication_absent"
            yield attempt.check(code, server=server, named=shown)
        elif named and not host_fault(named[0]):
            yield attempt.check("authentication_named", named=shown, first=named[0])

    def _space(self, name: str, attempt: Attempt) -> Iterator[DiagnosticResult]:
        _, answer = self._imap.getquotaroot(name)
        for used, limit in _QUOTA.findall(_bytes(answer[-1:])):
            full = int(used) >= _FULL * int(limit) > 0
            yield attempt.check("quota_full" if full else "quota_ok", used=_size(used), limit=_size(limit))


def quoted(folder: str) -> str:
    """A folder's name as the protocol writes it: modified UTF-7 (RFC 3501, 5.1.3) in quotes."""
    from imapclient.imap_utf7 import encode

    text = bytes(encode(folder)).decode("ascii")
    return '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"'))


def _folder_name(line: Any) -> str:
    from imapclient.imap_utf7 import decode

    if isinstance(line, tuple):  # a name that was sent as a literal
        raw = line[1]
    else:
        found = _FOLDER.match(line)
        raw = found["name"].strip().strip(b'"') if found else b""
    try:
        return str(decode(raw))
    except ValueError:
        return ""


def _bytes(answer: Any) -> bytes:
    """The first element of a response."""
    if isinstance(answer, list | tuple):
        return _bytes(answer[0]) if answer else b""
    return answer if isinstance(answer, bytes) else b""


def _size(kibibytes: bytes) -> str:
    return f"{int(kibibytes) / 2**10:.0f} MB" if int(kibibytes) < 2**20 else f"{int(kibibytes) / 2**20:.1f} GB"
