"""Diagnosis of an SMTP server: log in, check that it accepts our sender address, quit."""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self

from zwgk_excel.layout.checkup import DiagnosticResult
from zwgk_excel.mail.diagnosis.account import MailAccount
from zwgk_excel.mail.diagnosis.clock import clock_check
from zwgk_excel.mail.diagnosis.failures import Attempt, explain_connection, explain_login
from zwgk_excel.mail.servers import GREETING_NAME, MailServer

# The date at the end of a greeting, as Exchange and sendmail write it (RFC 5322).
_DATE = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")


class _Greeted:
    """Keeps the greeting of the server, which smtplib discards."""

    greeting = b""

    def connect(self, *arguments: Any, **named: Any) -> tuple[int, bytes]:
        """Connect as smtplib does."""
        code, self.greeting = super().connect(*arguments, **named)  # type: ignore[misc]
        return code, self.greeting


class _Plain(_Greeted, smtplib.SMTP):
    pass


class _Encrypted(_Greeted, smtplib.SMTP_SSL):
    pass


class SmtpSession:
    """An open connection to an SMTP server, encrypted as set. Raises what smtplib and ssl raise."""

    def __init__(self, server: MailServer, trusted: ssl.SSLContext, timeout: float) -> None:
        place: dict[str, Any] = {"host": server.host, "port": server.port}
        manner: dict[str, Any] = {"timeout": timeout, "local_hostname": GREETING_NAME}
        if server.security == "tls":
            self._smtp: smtplib.SMTP = _Encrypted(**place, **manner, context=trusted)
        else:
            self._smtp = _Plain(**place, **manner)
        self._greeting: bytes = getattr(self._smtp, "greeting", b"")
        if server.security == "starttls":
            self._smtp.starttls(context=trusted)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Everything was said by now; a server that hangs up first changes nothing.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self._smtp.quit()
        self._smtp.close()

    @property
    def line(self) -> socket.socket:
        """The socket, an SSLSocket where the connection is encrypted."""
        assert self._smtp.sock is not None
        return self._smtp.sock

    def steps(self, account: MailAccount, attempt: Attempt) -> Iterator[DiagnosticResult]:
        """Log in, then send MAIL FROM without any recipient."""
        yield from clock_check(_greeted_at(self._greeting), attempt, exact=True)
        try:
            self._smtp.login(account.user, account.password)
        except (OSError, smtplib.SMTPException) as error:
            yield explain_login(error, attempt)
            return
        yield attempt.check("login_ok")
        try:
            yield self._sender(account.address, attempt)
        except (OSError, smtplib.SMTPException) as error:
            yield explain_connection(error, attempt)

    def _sender(self, address: str, attempt: Attempt) -> DiagnosticResult:
        code, answer = self._smtp.mail(address)
        self._smtp.rset()
        if code >= 400:
            return attempt.check("from_refused", address=address, answer=attempt.words(answer))
        limit = self._smtp.esmtp_features.get("size", "")
        size = f"，每封不超过 {int(limit) / 2**20:.0f} MB" if limit.isdecimal() and int(limit[:18]) else ""
        return attempt.check("from_ok", address=address, size=size)


def _greeted_at(greeting: bytes) -> datetime | None:
    found = _DATE.search(greeting.decode("ascii", errors="replace"))
    try:
        return parsedate_to_datetime(found[0]) if found else None
    except ValueError:
        return None
