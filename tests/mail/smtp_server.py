"""An SMTP server on loopback with faults on demand: aiosmtpd, over TLS or STARTTLS with a login, or plain."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, syntax

from tests.mail.account import HOST, PASSWORD, USER
from tests.mail.authority import Certificate
from tests.tools import free_port


@dataclass(frozen=True)
class Fault:
    """What one mail meets.

    ``at`` is MAIL, RCPT, DATA (when it is announced) or DOT (when it has been said). ``say`` is the answer; without one
    the line drops. ``taken`` at DOT: the mail was kept although the line drops. ``only`` is the one recipient it hits.
    """

    at: str
    say: str = ""
    taken: bool = False
    only: str = ""
    delay: float = 0.0


@dataclass(frozen=True)
class Taken:
    """A mail that the server keeps."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        """The mail, parsed."""
        return email.message_from_bytes(self.content, policy=email.policy.default)


class SmtpServer(AbstractContextManager["SmtpServer"]):
    """``mails`` are those it took; each mail uses up the first of ``faults``; ``lines`` counts connections.

    ``certificate`` is what it shows where its ``security`` is ``tls`` or ``starttls``.
    """

    def __init__(self, security: str = "none", certificate: Certificate | None = None) -> None:
        self.security, self.port = security, free_port()
        self.mails: list[Taken] = []
        self.faults: list[Fault] = []
        self.lines = 0
        self.logins = 0
        self._fault: Fault | None = None
        self._controller = _Controller(self, certificate.context() if certificate else None)

    def __enter__(self) -> Self:
        self._controller.start()
        self.lines = 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    def counts(self) -> dict[str, int]:
        """First recipient → how many mails it has."""
        found: dict[str, int] = {}
        for each in self.mails:
            found[each.recipients[0]] = found.get(each.recipients[0], 0) + 1
        return found

    # --- aiosmtpd's hooks ----------------------------------------------------------------------

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """A mail begins."""
        self._fault = self.faults.pop(0) if self.faults else None
        envelope.mail_from = address
        return await self.met(server, "MAIL") or "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """A recipient is named."""
        if said := await self.met(server, "RCPT", address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """The mail has been said, its dot included."""
        fault = self._fault if self._fault and self._fault.at == "DOT" else None
        if fault is None or fault.taken:
            self.mails.append(Taken(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        return await self.met(server, "DOT") or "250 OK"

    async def met(self, server: Any, at: str, address: str = "") -> str:
        """What the fault of this mail, if it is one of this moment, says; the line is dropped where it says nothing."""
        fault = self._fault
        if fault is None or fault.at != at or fault.only not in {"", address}:
            return ""
        await asyncio.sleep(fault.delay)
        if not fault.say:
            server.transport.abort()
            return "421 gone"
        return fault.say

    def authenticate(self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        """Whether the login is the right one."""
        self.logins += 1
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=right)


class _Session(SMTP):
    """aiosmtpd's server, that may also refuse or drop when a mail is announced."""

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:
        if said := await self.event_handler.met(self, "DATA"):
            await self.push(said)
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    """Starts :class:`_Session` with what the security asks for."""

    def __init__(self, server: SmtpServer, context: ssl.SSLContext | None) -> None:
        self._server, self._context = server, context
        wrapped = context if server.security == "tls" else None
        super().__init__(server, hostname=HOST, port=server.port, ssl_context=wrapped)

    def factory(self) -> SMTP:
        """A session for one line."""
        self._server.lines += 1
        options: dict[str, Any] = {"data_size_limit": 60 << 20, "decode_data": False}
        if self._server.security != "none":
            options |= {"authenticator": self._server.authenticate, "auth_required": True}
        if self._server.security == "starttls":
            options |= {"tls_context": self._context, "require_starttls": True}
        if self._server.security == "tls":
            # It is encrypted from the first byte, which aiosmtpd does not see and warns of.
            options |= {"auth_require_tls": False}
        return _Session(self._server, hostname=HOST, **options)
