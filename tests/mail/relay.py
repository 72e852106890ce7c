"""A real SMTP server on loopback: aiosmtpd, which wants STARTTLS and a login, and hands over to whom it is told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.mail.account import HOST, PASSWORD, USER
from tests.mail.authority import Certificate
from tests.tools import free_port


class Relay(AbstractContextManager["Relay"]):
    """An SMTP server that wants STARTTLS and a login, and hands over to ``deliver(sender, recipients, content)``.

    ``answers`` are faults on demand, such as ``{"a@example.cn": "550 no such user"}`` for a recipient or a sender;
    ``login`` is what a wrong password is told; ``accepted`` counts what was handed over.
    """

    def __init__(self, certificate: Certificate, deliver: Callable[[str, list[str], bytes], None]) -> None:
        self.port = free_port()
        self.answers: dict[str, str] = {}
        self.login = ""
        self.accepted: list[tuple[str, tuple[str, ...]]] = []
        self._deliver = deliver
        self._controller = Controller(
            self,
            hostname=HOST,
            port=self.port,
            authenticator=self._authenticate,
            auth_required=True,
            auth_require_tls=True,
            tls_context=certificate.context(),
            require_starttls=True,
            data_size_limit=50 * 2**20,
        )

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    def _authenticate(self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        if isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode()):
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False, message=self.login or "535 5.7.8 authentication failed")

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """aiosmtpd's hook: a sender is named."""
        envelope.mail_from = address
        return self.answers.get(address, "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """aiosmtpd's hook: a recipient is named."""
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        """aiosmtpd's hook: a mail is there."""
        self._deliver(envelope.mail_from, envelope.rcpt_tos, envelope.content)
        self.accepted.append((envelope.mail_from, tuple(envelope.rcpt_tos)))
        return "250 OK"
