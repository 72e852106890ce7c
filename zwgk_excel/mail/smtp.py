"""SMTP delivery over one connection per run.

A server accepts a mail only after the line with a single dot that ends it. Errors before that line are retried; an
error after it without a response leaves it unknown whether the mail was accepted.
"""

from __future__ import annotations

import re
import smtplib
import time
from collections.abc import Callable, Mapping

from zwgk_excel.mail.compose import OutgoingMail, address, build_message
from zwgk_excel.mail.smtp_line import PAUSES, SmtpSettings, connect, reason_of, response_text
from zwgk_excel.mail.transport import DeliveryLog, DeliveryResult, DeliveryStatus, TransportFault

_CHUNK = 1 << 16
_LONGEST_DETAIL = 300
_GONE = 421
"""The server announces that it closes the connection."""
_DOTS = re.compile(rb"(?m)^\.")


class SmtpTransport:
    """Sends over one connection, opened with the first mail and reopened when it is lost."""

    def __init__(
        self,
        server: SmtpSettings,
        *,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server, self._wait, self._clock = server, wait, clock
        self._line: smtplib.SMTP | None = None
        self._next = clock()
        """When the next mail may go, by ``clock``."""

    def deliver(self, mail: OutgoingMail, name: str, record: DeliveryLog) -> DeliveryResult:
        """Send a mail; temporary failures are retried after a pause.

        Raises TransportFault when the server cannot be reached, has a wrong certificate, or refuses the login.
        """
        data = build_message(mail)
        delivery = DeliveryResult(DeliveryStatus.NOT_NOW)
        for pause in (0.0, *PAUSES):
            if pause:
                self._wait(pause)
            delivery = self._attempt(mail, data, record)
            if delivery.status is not DeliveryStatus.NOT_NOW:
                break
        return delivery

    def close(self) -> None:
        """Send QUIT and close; does not raise."""
        line, self._line = self._line, None
        if line is not None:
            try:
                line.quit()
            except OSError:
                line.close()

    # --- one attempt ---------------------------------------------------------------------------

    def _attempt(self, mail: OutgoingMail, data: bytes, record: DeliveryLog) -> DeliveryResult:
        try:
            line = self._open()
            self._keep_pace()
            refused = _send_envelope(line, mail)
            if isinstance(refused, DeliveryResult):
                self._forget(line, refused)
                return refused
            _send_data(line, data)
        except TransportFault:
            raise
        except smtplib.SMTPResponseException as error:  # an OSError as well
            self._drop()
            return _delivery_of(error.smtp_code, error.smtp_error)
        except OSError as error:
            self._drop()
            return DeliveryResult(DeliveryStatus.NOT_NOW, reason_of(error))
        except BaseException:
            self._drop()
            raise
        return self._hand_over(line, record, refused)

    def _hand_over(self, line: smtplib.SMTP, record: DeliveryLog, refused: Mapping[str, str]) -> DeliveryResult:
        """Send the final dot and read the response."""
        try:
            record.handing_over()
        except BaseException:
            self._drop()
            raise
        try:
            line.send(b".\r\n")
            code, said = line.getreply()
        except OSError as error:
            self._drop()
            return DeliveryResult(DeliveryStatus.UNKNOWN, reason_of(error))
        if code // 100 == 2:
            return DeliveryResult(DeliveryStatus.TAKEN, response_text(code, said), refused)
        record.not_taken()
        self._drop()
        return _delivery_of(code, said)

    def _forget(self, line: smtplib.SMTP, delivery: DeliveryResult) -> None:
        """Send RSET; close the connection where that fails."""
        try:
            code, _ = line.rset()
        except OSError:
            code = _GONE
        if code // 100 != 2 or delivery.detail.startswith(str(_GONE)):
            self._drop()

    def _drop(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _keep_pace(self) -> None:
        now = self._clock()
        if now < self._next:
            self._wait(self._next - now)
        gap = 60.0 / self._server.per_minute if self._server.per_minute else 0.0
        self._next = max(now, self._next) + gap

    # --- the line ------------------------------------------------------------------------------

    def _open(self) -> smtplib.SMTP:
        if self._line is None:
            self._line = connect(self._server, wait=self._wait)
        return self._line


# --- one mail on the line ----------------------------------------------------------------------


def _send_envelope(line: smtplib.SMTP, mail: OutgoingMail) -> DeliveryResult | dict[str, str]:
    """Send sender and recipients; returns the final result, or the refused addresses with their reasons.

    At least one recipient besides the copies must be accepted.
    """
    code, said = line.mail(address(mail.sender))
    if code // 100 != 2:
        return _delivery_of(code, said)
    answers = {each: line.rcpt(each) for each in dict.fromkeys((*mail.to, *mail.copies))}
    refused = {each: response_text(*answer) for each, answer in answers.items() if answer[0] // 100 != 2}
    if all(each in refused for each in mail.to):
        worst = next((a for each in mail.to if (a := answers[each])[0] // 100 == 4), answers[mail.to[0]])
        whole = "；".join(f"{each}：{refused[each]}" for each in mail.to)
        return DeliveryResult(_delivery_of(*worst).status, whole[:_LONGEST_DETAIL], refused)
    return refused


def _send_data(line: smtplib.SMTP, data: bytes) -> None:
    """Send DATA and the mail without the final dot."""
    code, said = line.docmd("DATA")
    if code != 354:
        raise smtplib.SMTPDataError(code, said)
    stuffed = _DOTS.sub(b"..", data)
    if not stuffed.endswith(b"\r\n"):
        stuffed += b"\r\n"
    for start in range(0, len(stuffed), _CHUNK):
        line.send(stuffed[start : start + _CHUNK])


def _delivery_of(code: int, said: bytes | str) -> DeliveryResult:
    """5xx is a permanent failure; every other code that is no success may be retried."""
    return DeliveryResult(
        DeliveryStatus.REFUSED if code // 100 == 5 else DeliveryStatus.NOT_NOW, response_text(code, said)
    )
