"""The account of a diagnosis, and the protocol of an open connection to a server."""

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
    """The account: ``address`` is the sender of mails, ``folder`` the folder of replies.

    ``authentication_server`` is whose Authentication-Results count; empty for none.
    """

    address: str
    user: str
    password: str
    folder: str
    authentication_server: str = ""


class ServerProbe(AbstractContextManager[Any], Protocol):
    """An open connection to a mail server; a context manager that logs out."""

    @property
    def line(self) -> socket.socket:
        """The socket, an SSLSocket where the connection is encrypted."""
        ...

    def steps(self, account: MailAccount, attempt: Attempt) -> Iterator[DiagnosticResult]:
        """Log in and check folder or sender; ends with the first step that fails."""
        ...
