"""SMTP against a real server that does to us what servers do."""

import socket
import threading
from datetime import datetime

import pytest

from tests.mail.account import HOST, PASSWORD, USER
from tests.mail.smtp_server import Fault, SmtpServer
from tests.tools import free_port
from zwgk_excel.mail.compose import MailAttachment, OutgoingMail
from zwgk_excel.mail.servers import ssl_context
from zwgk_excel.mail.smtp import SmtpTransport
from zwgk_excel.mail.smtp_line import PAUSES, SmtpSettings
from zwgk_excel.mail.transport import DeliveryStatus, TransportFault

TO, OTHER, COPY = "jiaoyu@example.gov.cn", "second@example.gov.cn", "copy@example.gov.cn"


def mail(number=1, **values):
    """A mail to two officers with a copy."""
    given = {"to": (TO, OTHER), "copies": (COPY,), "plain": "第一行\n.\n..点\n", "html": "<p>一</p>"} | values
    name = f"<{number}@example.gov.cn>"
    return OutgoingMail(USER, "办公室", subject="报送表", message_id=name, at=datetime(2026, 11, 2), **given)


class Steps:
    """Remembers what would be written down."""

    def __init__(self):
        self.told = []

    def handing_over(self):
        self.told.append("handing over")

    def not_taken(self):
        self.told.append("not taken")


@pytest.fixture
def waits():
    return []


@pytest.fixture
def post_to(waits):
    """A post for a server; what it would wait is noted, not waited."""
    posts = []

    def made(server, **values):
        given = {"security": server.security, "user": USER, "password": PASSWORD, "per_minute": 0, "timeout": 5.0}
        host = given.pop("host", HOST) if "host" not in values else values.pop("host")
        posts.append(SmtpTransport(SmtpSettings(host=host, port=server.port, **given | values), wait=waits.append))
        return posts[-1]

    yield made
    for each in posts:
        each.close()


@pytest.fixture
def server():
    with SmtpServer() as running:
        yield running


@pytest.fixture(scope="module")
def certificate(authority):
    return authority.certificate("smtp")


@pytest.fixture(scope="module")
def trusted(authority):
    return ssl_context(authority.file)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_encrypted_logged_in_and_over_one_line(post_to, certificate, trusted, security):
    with SmtpServer(security, certificate) as server:
        post = post_to(server, trusted=trusted)
        fates = [post.deliver(mail(number), "", Steps()).status for number in range(3)]
        assert fates == [DeliveryStatus.TAKEN] * 3
        assert (server.lines, server.logins) == (1, 1)
        assert server.mails[0].recipients == (TO, OTHER, COPY)
        parts = [part for part in server.mails[0].mail.walk() if not part.is_multipart()]
        assert parts[0].get_content() == "第一行\n.\n..点\n"


def test_a_big_workbook_arrives_whole(post_to, server):
    data = bytes(range(256)) * 4096 * 8
    whole = mail(attachments=(MailAttachment("表.xlsx", data),))
    assert post_to(server, timeout=60.0).deliver(whole, "", Steps()).status is DeliveryStatus.TAKEN
    (part,) = server.mails[0].mail.iter_attachments()
    assert part.get_content() == data


@pytest.mark.parametrize(
    ("faults", "told"),
    [
        ([Fault("MAIL", "451 later")], ["handing over"]),
        ([Fault("MAIL")], ["handing over"]),
        ([Fault("RCPT", "450 greylisted")], ["handing over"]),
        ([Fault("RCPT")], ["handing over"]),
        ([Fault("DATA", "451 later")], ["handing over"]),
        ([Fault("DATA")], ["handing over"]),
        ([Fault("DOT", "452 no room just now")], ["handing over", "not taken", "handing over"]),
        ([Fault("MAIL", "421 too many"), Fault("DATA"), Fault("RCPT", "450 grey")], ["handing over"]),
    ],
)
def test_what_fails_for_the_moment_is_tried_again_and_arrives_once(post_to, server, waits, faults, told):
    server.faults = list(faults)
    steps = Steps()
    assert post_to(server).deliver(mail(), "", steps).status is DeliveryStatus.TAKEN
    assert len(server.mails) == 1
    assert steps.told == told
    assert waits == list(PAUSES[: len(faults)])


def test_it_is_not_tried_for_ever(post_to, server, waits):
    server.faults = [Fault("MAIL", "451 try later")] * 9
    steps = Steps()
    delivery = post_to(server).deliver(mail(), "", steps)
    assert (delivery.status, delivery.detail) == (DeliveryStatus.NOT_NOW, "451 try later")
    assert (server.mails, steps.told, waits) == ([], [], list(PAUSES))


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_refusal_for_good_is_told_in_the_servers_words_and_the_next_mail_goes(post_to, server, waits, at):
    server.faults = [Fault(at, "550 User not found")]
    post = post_to(server)
    refused = post.deliver(mail(1), "", Steps())
    assert refused.status is DeliveryStatus.REFUSED
    assert "550 User not found" in refused.detail
    assert post.deliver(mail(2), "", Steps()).status is DeliveryStatus.TAKEN
    assert [each.mail["Message-ID"] for each in server.mails] == ["<2@example.gov.cn>"]
    assert waits == []


def test_one_recipient_of_several_is_refused(post_to, server):
    server.faults = [Fault("RCPT", "550 gone", only=OTHER)]
    delivery = post_to(server).deliver(mail(), "", Steps())
    assert (delivery.status, dict(delivery.refused)) == (DeliveryStatus.TAKEN, {OTHER: "550 gone"})
    assert server.mails[0].recipients == (TO, COPY)


def test_a_copy_alone_is_no_delivery(post_to, server):
    server.faults = [Fault("RCPT", "550 gone", only=TO)]
    assert post_to(server).deliver(mail(to=(TO,)), "", Steps()).status is DeliveryStatus.REFUSED
    assert server.mails == []


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize("slow", [True, False])
def test_no_answer_after_the_last_dot_leaves_nobody_knowing(post_to, server, waits, taken, slow):
    server.faults = [Fault("DOT", "250 OK" if slow else "", taken, delay=1.5 if slow else 0.0)]
    steps = Steps()
    delivery = post_to(server, timeout=0.5).deliver(mail(), "", steps)
    assert delivery.status is DeliveryStatus.UNKNOWN
    assert steps.told == ["handing over"]
    assert waits == []
    assert len(server.mails) == taken


def test_what_cannot_be_written_down_is_not_handed_over(post_to, server):
    class Full(Steps):
        def handing_over(self):
            raise OSError("disk full")

    post = post_to(server)
    with pytest.raises(OSError, match="disk full"):
        post.deliver(mail(1), "", Full())
    assert post.deliver(mail(2), "", Steps()).status is DeliveryStatus.TAKEN
    assert len(server.mails) == 1


def test_the_pace_is_kept(server):
    now, waits = [0.0], []

    def wait(seconds):
        waits.append(seconds)
        now[0] += seconds

    post = SmtpTransport(SmtpSettings(HOST, server.port, "none", "", "", 30), wait=wait, clock=lambda: now[0])
    for number in range(3):
        post.deliver(mail(number), "", Steps())
    post.close()
    assert waits == [2.0, 2.0]


# --- the line ----------------------------------------------------------------------------------


def refusal(post):
    with pytest.raises(TransportFault) as refused:
        post.deliver(mail(), "", Steps())
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_an_unknown_authority_gets_no_password(post_to, certificate, waits):
    with SmtpServer("starttls", certificate) as server:
        assert "证书不可信" in refusal(post_to(server))
        assert (server.logins, server.mails, waits) == (0, [], [])


def test_a_certificate_for_another_name_gets_no_password(post_to, authority, trusted):
    with SmtpServer("tls", authority.certificate("other", names=["smtp.example.com"])) as server:
        assert "证书不可信" in refusal(post_to(server, trusted=trusted))
        assert server.logins == 0


def test_no_encryption_where_it_was_asked_for(post_to, server, trusted):
    assert "加密" in refusal(post_to(server, security="starttls", trusted=trusted))
    assert "加密" in refusal(post_to(server, security="tls", trusted=trusted))
    assert server.mails == []


def test_a_wrong_password_is_tried_once(post_to, certificate, trusted, waits):
    with SmtpServer("starttls", certificate) as server:
        assert "授权码" in refusal(post_to(server, password="wrong", trusted=trusted))
        # Once for each mechanism that both sides know (PLAIN and LOGIN), and then no more.
        assert (server.logins, waits) == (2, [])


def test_no_password_where_one_is_wanted(post_to, certificate, trusted):
    with SmtpServer("starttls", certificate) as server:
        assert "zwgk password" in refusal(post_to(server, password="", trusted=trusted))


def test_nobody_listens(post_to, server, waits):
    server.port = free_port()
    assert "连接被拒绝" in refusal(post_to(server))
    assert waits == list(PAUSES[:2])


def test_no_such_server(post_to, server):
    assert "host" in refusal(post_to(server, host="smtp.nowhere.invalid", security="tls"))


def test_an_unencrypted_line_goes_nowhere_but_here(post_to, server):
    assert "security" in refusal(post_to(server, host="192.0.2.1"))


def test_a_server_that_says_nothing(post_to, server, waits):
    held: list = []
    with socket.create_server((HOST, 0)) as silent:
        server.port = silent.getsockname()[1]
        threading.Thread(target=lambda: held.extend(silent.accept() for _ in range(3)), daemon=True).start()
        assert "长时间没有应答" in refusal(post_to(server, timeout=0.2))
