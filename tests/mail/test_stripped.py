"""Somebody in the middle who takes the encryption away: nothing secret is said in clear, nothing is taken from him."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

import pytest

from tests.mail.account import HOST
from tests.mail.faulty import Faulty
from zwgk_excel.mail.imap import ImapLogin, connect
from zwgk_excel.mail.imap_errors import ImapError
from zwgk_excel.mail.smtp_line import SmtpSettings
from zwgk_excel.mail.smtp_line import connect as smtp_connect
from zwgk_excel.mail.transport import TransportFault

SECRET = "s3cr3t-密码"


def answering(greeting: bytes, answer: Callable[[bytes], bytes], heard: list[bytes]) -> Callable[[socket.socket], None]:
    """A talk that greets, notes each line that comes, and answers it."""

    def talk(line: socket.socket) -> None:
        line.settimeout(10)
        line.sendall(greeting)
        for said in line.makefile("rb"):
            heard.append(said)
            line.sendall(answer(said))

    return talk


def tag(said: bytes) -> bytes:
    return said.split(b" ", 1)[0]


def stripped(said: bytes) -> bytes:
    """A server without STARTTLS that is glad of any login."""
    listed = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" if b"CAPABILITY" in said else b""
    return listed + tag(said) + b" OK done\r\n"


def refused(said: bytes) -> bytes:
    """A server that has STARTTLS and says no to it."""
    if b"STARTTLS" in said:
        return tag(said) + b" NO not today\r\n"
    listed = b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n" if b"CAPABILITY" in said else b""
    return listed + tag(said) + b" OK done\r\n"


@pytest.mark.parametrize(
    ("greeting", "answer"),
    [
        (b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n", stripped),
        (b"* OK ready\r\n", refused),
        (b"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome back\r\n", stripped),
        (b"* PREAUTH welcome back\r\n", refused),
    ],
    ids=["no STARTTLS", "STARTTLS refused", "PREAUTH", "PREAUTH and refused"],
)
def test_a_mailbox_is_not_opened_in_clear(greeting, answer):
    heard: list[bytes] = []
    with Faulty(answering(greeting, answer, heard)) as server:
        login = ImapLogin(HOST, server.port, "starttls", "zwgk@example.gov.cn", SECRET)
        with pytest.raises(ImapError):
            connect(login, context=ssl.create_default_context(), timeout=5)
    commands = {line.split()[1].upper() for line in heard if len(line.split()) > 1}
    assert commands <= {b"CAPABILITY", b"STARTTLS", b"LOGOUT", b"ID"}
    assert b"s3cr3t" not in b"".join(heard)


@pytest.mark.parametrize(
    "features", [b"250-mx\r\n250 AUTH PLAIN LOGIN\r\n", b"250-mx\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n"]
)
def test_no_mail_is_sent_in_clear(features):
    heard: list[bytes] = []

    def answer(said: bytes) -> bytes:
        word = said[:4].upper()
        return features if word in (b"EHLO", b"HELO") else b"454 not today\r\n" if word == b"STAR" else b"250 ok\r\n"

    with Faulty(answering(b"220 mx\r\n", answer, heard)) as server:
        settings = SmtpSettings(HOST, server.port, "starttls", "zwgk@example.gov.cn", SECRET, 0, timeout=5)
        with pytest.raises(TransportFault):
            smtp_connect(settings, wait=lambda seconds: None)
    assert not [line for line in heard if line[:4].upper() in (b"AUTH", b"MAIL", b"DATA", b"RCPT")]
