"""Diagnosis of a mail server in steps: name, port, encryption, login, folder or sender.

Sends nothing and changes nothing in the mailbox.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

from zwgk_excel.layout.checkup import DiagnosticResult
from zwgk_excel.mail.diagnosis.account import MailAccount, ServerProbe
from zwgk_excel.mail.diagnosis.failures import LINE_ERRORS, Attempt, explain_connection, explain_name, explain_port
from zwgk_excel.mail.diagnosis.imap import ImapSession
from zwgk_excel.mail.diagnosis.smtp import SmtpSession
from zwgk_excel.mail.servers import MailServer, usual_security

__all__ = ["MailAccount", "diagnose_server"]

_EXPIRING_DAYS = 14
_SHOWN_ADDRESSES = 2


def diagnose_server(
    server: MailServer, account: MailAccount, trusted: ssl.SSLContext, *, timeout: float, now: datetime
) -> Iterator[DiagnosticResult]:
    """The results of the steps up to the first that fails, each as soon as it is known.

    ``timeout`` is the limit in seconds for each single response; ``now`` is China's local time without a zone. Without
    a password the last step is encryption.
    """
    attempt = Attempt(server, timeout, now, account.password)
    yield from _settings(attempt)
    steps: tuple[Callable[[Attempt], DiagnosticResult], ...] = (_name, _port)
    for step in steps:
        found = step(attempt)
        yield found
        if found.failed:
            return
    opened = _open(attempt, trusted)
    if isinstance(opened, DiagnosticResult):
        yield opened
        return
    with opened:
        yield _encryption(opened.line, attempt)
        if account.password:
            yield from opened.steps(account, attempt)


def _settings(attempt: Attempt) -> Iterator[DiagnosticResult]:
    server = attempt.server
    usual = usual_security(server.protocol, server.port)
    if usual and server.security != "none" and usual not in ("none", server.security):
        yield attempt.check("port_odd", usual=usual, security=server.security)


def _name(attempt: Attempt) -> DiagnosticResult:
    try:
        found = socket.getaddrinfo(attempt.server.host, attempt.server.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return explain_name(error, attempt)
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    more = "…" if len(addresses) > _SHOWN_ADDRESSES else ""
    return attempt.check("name_ok", addresses="、".join(addresses[:_SHOWN_ADDRESSES]) + more)


def _port(attempt: Attempt) -> DiagnosticResult:
    start = time.monotonic()
    try:
        socket.create_connection((attempt.server.host, attempt.server.port), attempt.timeout).close()
    except OSError as error:
        return explain_port(error, attempt)
    return attempt.check("port_ok", milliseconds=round((time.monotonic() - start) * 1000))


def _open(attempt: Attempt, trusted: ssl.SSLContext) -> ServerProbe | DiagnosticResult:
    kind = SmtpSession if attempt.server.protocol == "smtp" else ImapSession
    opening: Callable[[], ServerProbe] = partial(kind, attempt.server, trusted, attempt.timeout)
    try:
        return opening()
    except LINE_ERRORS as error:
        found = explain_connection(error, attempt)
    silent = found.code in ("answer_silent", "answer_dropped")
    if silent and attempt.server.security != "tls" and _speaks_tls(attempt):
        return attempt.check("tls_first")
    return found


def _speaks_tls(attempt: Attempt) -> bool:
    """Whether the port expects TLS from the first byte; certificates are not checked."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    address = attempt.server.host, attempt.server.port
    try:
        with socket.create_connection(address, attempt.timeout) as line, context.wrap_socket(line):
            return True
    except OSError:
        return False


def _encryption(line: socket.socket, attempt: Attempt) -> DiagnosticResult:
    certificate = line.getpeercert() if isinstance(line, ssl.SSLSocket) else None
    if not isinstance(line, ssl.SSLSocket) or not certificate:
        return attempt.check("tls_off")
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC).replace(tzinfo=None)
    soon = (until - attempt.now).days < _EXPIRING_DAYS
    alternatives = certificate.get("subjectAltName", ())
    names = [str(each[1]) for each in alternatives if isinstance(each, tuple) and each[0] == "DNS"]
    return attempt.check(
        "tls_expiring" if soon else "tls_ok",
        version=line.version(),
        name=attempt.words(names[0] if names else attempt.server.host),
        until=f"{until:%Y-%m-%d}",
    )
