"""Who logs in, and what an open line to a server is."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from zwgk_excel.layout.checkup import DiagnosticResult
from zwgk_excel.mail.diagnosis.failures import Attempt


@dataclass(frozen=True, slots=True)
class MailAccount:
    """Who logs in: ``address`` is what mails come from, ``folder`` what replies arrive in."""

    address: str
    user: str
    password: str
    folder: str


class ServerProbe(AbstractContextManager[Any], Protocol):
    """An open line to a server; leaving it says goodbye."""

    @property
    def line(self) -> socket.socket:
        """The socket, an SSLSocket where it is encrypted."""
        ...

    def steps(self, account: MailAccount, attempt: Attempt) -> Iterator[DiagnosticResult]:
        """Log in and look around; ends with the first step that fails."""
        ...
