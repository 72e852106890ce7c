"""Translates errors of a connection to a mail server into results with advice."""

from __future__ import annotations

import imaplib
import smtplib
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zwgk_excel.domain.system_errors import system_reason
from zwgk_excel.domain.text import one_line
from zwgk_excel.layout.checkup import DiagnosticResult, check
from zwgk_excel.mail.charsets import decoded
from zwgk_excel.mail.encryption_faults import NOT_TLS, certificate_fault, tls_fault
from zwgk_excel.mail.refusals import Refusal, refusal_in_words
from zwgk_excel.mail.servers import MailServer, StarttlsMissingError, usual_port

# X509_V_ERR_… of OpenSSL's x509_vfy.h.
_CERTIFICATES = {
    9: "tls_not_yet",
    10: "tls_expired",
    18: "tls_self_signed",
    19: "tls_untrusted",
    20: "tls_untrusted",
    21: "tls_untrusted",
    62: "tls_name",
    64: "tls_name",
}
_LONGEST = 160

LINE_ERRORS = (OSError, smtplib.SMTPException, imaplib.IMAP4.error, StarttlsMissingError)
"""What the line to a server may raise."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The parameters of an attempted connection, for the texts of failures."""

    server: MailServer
    timeout: float
    """Seconds that every single answer is waited for."""
    now: datetime
    """The computer's time in China, without a zone."""
    secret: str = ""
    """What must never be shown, whatever a server answers."""

    def check(self, code: str, **values: Any) -> DiagnosticResult:
        """A result for this server."""
        server = self.server
        known = {
            "host": server.host,
            "port": server.port,
            "protocol": server.protocol.upper(),
            "usual": usual_port(server.protocol, server.security),
            "encrypted": usual_port(server.protocol, "tls"),
            "seconds": f"{self.timeout:g}",
            "now": f"{self.now:%Y-%m-%d %H:%M}",
        }
        return check(server.protocol, code, **{**known, **values})

    def words(self, answer: bytes | str) -> str:
        """A server's response as one line, without secrets and control characters."""
        text = answer if isinstance(answer, str) else decoded(answer)
        hidden = text.replace(self.secret, "***") if self.secret else text
        return one_line(hidden)[:_LONGEST] or "（没有说明）"


def explain_name(error: Exception, attempt: Attempt) -> DiagnosticResult:
    """The result for a failed DNS lookup."""
    again = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
    return attempt.check("name_no_answer" if again else "name_unknown")


def explain_port(error: OSError, attempt: Attempt) -> DiagnosticResult:
    """The result for a server that could not be reached."""
    if isinstance(error, TimeoutError):
        return attempt.check("port_silent")
    if isinstance(error, ConnectionRefusedError):
        return attempt.check("port_refused")
    return attempt.check("port_unreachable", reason=system_reason(error))


def explain_connection(error: Exception, attempt: Attempt) -> DiagnosticResult:
    """The result for a reached server that did not respond as expected: encryption, silence, another protocol."""
    match error:
        case ssl.SSLError():
            return _explain_encryption(error, attempt)
        case StarttlsMissingError() | smtplib.SMTPNotSupportedError():
            return attempt.check("tls_missing")
        case smtplib.SMTPResponseException():
            code = "answer_refused" if error.smtp_code > 0 else "answer_odd"
            return attempt.check(code, answer=attempt.words(error.smtp_error))
    # smtplib tells silence as a line that was dropped.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return attempt.check("answer_silent")
    if isinstance(error, imaplib.IMAP4.error) and "EOF" not in str(error):
        code = "answer_refused" if "BYE" in str(error).upper() else "answer_odd"
        return attempt.check(code, answer=attempt.words(str(error)))
    return attempt.check("answer_dropped")


def explain_login(error: Exception, attempt: Attempt) -> DiagnosticResult:
    """The result for a refused login."""
    match error:
        case smtplib.SMTPNotSupportedError():
            return attempt.check("login_unoffered")
        case smtplib.SMTPResponseException():
            answer, code = error.smtp_error, error.smtp_code
        case imaplib.IMAP4.error() if not isinstance(error, imaplib.IMAP4.abort):
            answer, code = error.args[0] if error.args else b"", 0
        case _:
            return explain_connection(error, attempt)
    said = attempt.words(answer if isinstance(answer, bytes) else str(answer))
    return attempt.check(_login_code(said, code), answer=said)


def _login_code(answer: str, code: int) -> str:
    told = refusal_in_words(answer)
    if 400 <= code < 500:  # "try again later" (RFC 5321, 4.2.1), whatever else is said; both at once tell nothing
        told = None if told is Refusal.DISABLED else Refusal.BLOCKED
    # Some servers have one answer for everything that may be wrong; then it is most likely the password.
    if told is None:
        return "login_refused"
    return "login_blocked" if told is Refusal.BLOCKED else "login_disabled"


def _explain_encryption(error: ssl.SSLError, attempt: Attempt) -> DiagnosticResult:
    if isinstance(error, ssl.SSLCertVerificationError):
        code = _CERTIFICATES.get(error.verify_code, "tls_certificate")
        return attempt.check(code, reason=certificate_fault(error))
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return attempt.check("tls_dropped")
    if error.reason in NOT_TLS:
        return attempt.check("tls_plain")
    return attempt.check("tls_old", reason=tls_fault(error))
