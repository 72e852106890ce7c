"""Each way in which a mail server can fail has its own diagnosis; nothing is sent, nothing is changed."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.mail.account import HOST, PASSWORD, USER
from tests.mail.faulty import Faulty, encrypted, hangs_up, imap, says, silent
from tests.mail.relay import Relay
from tests.tools import free_port
from zwgk_excel.layout.checkup import CheckState
from zwgk_excel.mail.diagnosis import MailAccount, diagnose_server
from zwgk_excel.mail.servers import server, ssl_context

ACCOUNT = MailAccount(address=USER, user=USER, password=PASSWORD, folder="INBOX")


def china_now():
    """The time in China now: a run of all tests takes longer than clocks may differ."""
    return (datetime.now(UTC) + timedelta(hours=8)).replace(tzinfo=None)


@pytest.fixture
def ask(authority):
    """The checks of a server on this machine."""

    def asked(protocol, port, security="tls", *, host="localhost", account=ACCOUNT, timeout=5.0, now=None, trusts=True):
        context = ssl_context(authority.file if trusts else None)
        asked_for, today = server(protocol, host, port, security), now or china_now()
        return list(diagnose_server(asked_for, account, context, timeout=timeout, now=today))

    return asked


def codes(checks):
    return [each.code for each in checks]


def last(checks):
    """The check that the diagnosis ended with, which is the only one that failed."""
    assert [each.failed for each in checks] == [False] * (len(checks) - 1) + [True]
    assert checks[-1].action
    return checks[-1]


REACHED = ["name_ok", "port_ok"]


def test_a_good_smtp_server(ask, relay):
    found = ask("smtp", relay.port, "starttls")
    assert codes(found) == [*REACHED, "tls_ok", "login_ok", "from_ok"]
    assert "50 MB" in found[-1].found
    assert relay.accepted == []


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_good_imap_server(ask, imap_server, security):
    port = imap_server.imaps if security == "tls" else imap_server.imap
    account = MailAccount(USER, USER, PASSWORD, "报送")
    found = ask("imap", port, security, account=account)
    assert codes(found) == [*REACHED, "tls_ok", "login_ok", "folder_ok", "quota_ok"]
    assert "报送" in found[-2].found


def test_looking_leaves_mails_unread(ask, imap_server):
    imap_server.hand_over("a@example.cn", [USER], b"Subject: x\r\n\r\nx\r\n")
    before = len(imap_server.mails(USER))
    assert codes(ask("imap", imap_server.imaps))[-2:] == ["folder_ok", "quota_ok"]
    assert len(imap_server.mails(USER)) == before > 0


def test_no_such_name(ask):
    assert last(ask("smtp", 465, host="smtp.nothing.invalid")).code.startswith("name_")
    assert last(ask("imap", 993, host="a" * 70 + ".cn")).code == "name_unknown"


def test_a_closed_port(ask):
    assert last(ask("imap", free_port())).code == "port_refused"


@pytest.mark.parametrize(("protocol", "security"), [("imap", "tls"), ("smtp", "tls")])
def test_tls_spoken_to_a_plain_port(ask, imap_server, relay, protocol, security):
    port = imap_server.imap if protocol == "imap" else relay.port
    assert last(ask(protocol, port, security)).code == "tls_plain"


def test_a_plain_greeting_awaited_from_a_tls_port(ask, imap_server, authority):
    assert last(ask("imap", imap_server.imaps, "starttls", timeout=1)).code == "tls_first"
    with Faulty(encrypted(authority.certificate("first").context(), says(b"220 hello\r\n"))) as smtps:
        assert last(ask("smtp", smtps.port, "starttls", timeout=1)).code == "tls_first"


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        ({"days": (-30, -1)}, "tls_expired"),
        ({"days": (1, 30)}, "tls_not_yet"),
        ({"names": ["mail.example.gov.cn"]}, "tls_name"),
        ({"self_signed": True}, "tls_self_signed"),
    ],
)
@pytest.mark.parametrize("protocol", ["smtp", "imap"])
def test_certificates(ask, authority, protocol, shown, code):
    certificate = authority.certificate(f"{code}-{protocol}", **shown)
    with Faulty(encrypted(certificate.context(), says(b"220 hello\r\n"))) as faulty:
        assert last(ask(protocol, faulty.port)).code == code


def test_certificates_after_starttls(ask, authority):
    with Relay(authority.certificate("late", days=(-9, -1)), lambda *_: None) as relay:
        assert last(ask("smtp", relay.port, "starttls")).code == "tls_expired"


def test_an_authority_of_the_offices_own(ask, imap_server):
    assert last(ask("imap", imap_server.imaps, trusts=False)).code == "tls_untrusted"
    assert last(ask("imap", imap_server.imaps, host=HOST, trusts=False)).code == "tls_untrusted"


def test_a_certificate_about_to_expire(ask, authority):
    with Relay(authority.certificate("soon", days=(-9, 3)), lambda *_: None) as relay:
        found = ask("smtp", relay.port, "starttls")
    assert [each.code for each in found if each.counts] == ["tls_expiring"]


def test_only_outdated_encryption(ask, authority):
    context = authority.certificate("old").context()
    context.set_ciphers("AES256-SHA:@SECLEVEL=0")  # what TLS 1.0 had, and a client of today does not offer
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with Faulty(encrypted(context, says(b"* OK hello\r\n"))) as faulty:
        assert last(ask("imap", faulty.port)).code == "tls_old"


def test_no_starttls_no_login(ask):
    with Faulty(says(b"220 mx\r\n", b"250-mx\r\n250 AUTH PLAIN LOGIN\r\n", b"221 bye\r\n")) as faulty:
        assert last(ask("smtp", faulty.port, "starttls")).code == "tls_missing"
    with Faulty(imap("ID")) as faulty:
        assert last(ask("imap", faulty.port, "starttls")).code == "tls_missing"


@pytest.mark.parametrize("protocol", ["smtp", "imap"])
def test_a_slow_server(ask, protocol):
    with Faulty(silent) as faulty:
        for security in ("tls", "starttls"):
            found = last(ask(protocol, faulty.port, security, timeout=0.3))
            assert found.code == "answer_silent"
            assert "0.3" in found.found


@pytest.mark.parametrize("protocol", ["smtp", "imap"])
def test_a_line_that_drops(ask, protocol):
    with Faulty(hangs_up) as faulty:
        assert last(ask(protocol, faulty.port, "starttls")).code == "answer_dropped"
        assert last(ask(protocol, faulty.port)).code in ("tls_dropped", "answer_dropped")


@pytest.mark.parametrize(
    ("protocol", "greeting", "code"),
    [
        ("smtp", b"554 5.7.1 your address is listed\r\n", "answer_refused"),
        ("smtp", b"421 too busy\r\n", "answer_refused"),
        ("smtp", b"HTTP/1.1 400 Bad Request\r\n", "answer_odd"),
        ("smtp", b"* OK IMAP4 ready\r\n", "answer_odd"),
        ("imap", b"220 mx ESMTP\r\n", "answer_odd"),
        ("imap", "* BYE 服务器维护\r\n".encode("gbk"), "answer_refused"),
    ],
)
def test_greetings(ask, protocol, greeting, code):
    with Faulty(says(greeting, b"", b"")) as faulty:
        assert last(ask(protocol, faulty.port, "starttls", timeout=1)).code == code


def test_a_wrong_password(ask, imap_server, relay):
    account = MailAccount(USER, USER, "wrong", "INBOX")
    assert last(ask("smtp", relay.port, "starttls", account=account)).code == "login_refused"
    assert last(ask("imap", imap_server.imaps, account=account)).code == "login_refused"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("535 Error: authentication failed", "login_refused"),
        ("550 User has no permission", "login_disabled"),
        ("535 5.7.3 SMTP AUTH is disabled for this user", "login_disabled"),
        ("454 4.7.0 Temporary authentication failure", "login_blocked"),
        ("535 Login frequency limited", "login_blocked"),
        ("535 账号登录过于频繁", "login_blocked"),
        # Whatever it was, this server says it all; the password is what can be looked at first.
        ("535 Login fail. Account is abnormal, service is not open, password is incorrect", "login_refused"),
    ],
)
def test_why_a_login_is_refused(ask, relay, answer, code):
    relay.login = answer
    account = MailAccount(USER, USER, "wrong", "INBOX")
    found = last(ask("smtp", relay.port, "starttls", account=account))
    assert found.code == code
    assert answer[4:] in found.found


def test_the_password_is_never_shown(ask, relay):
    relay.login = "535 wrong password: s3cr3t-of-mine"
    account = MailAccount(USER, USER, "s3cr3t-of-mine", "INBOX")
    found = ask("smtp", relay.port, "starttls", account=account)
    assert last(found).code == "login_refused"
    assert "s3cr3t" not in repr(found)


def test_a_sender_that_is_not_ours(ask, relay):
    relay.answers["other@example.gov.cn"] = "553 Mail from must equal authorized user"
    account = MailAccount("other@example.gov.cn", USER, PASSWORD, "INBOX")
    found = last(ask("smtp", relay.port, "starttls", account=account))
    assert found.code == "from_refused"
    assert "must equal" in found.found


def test_a_folder_that_is_not_there_names_those_that_are(ask, imap_server):
    account = MailAccount(USER, USER, PASSWORD, '报送件"\\ a')
    found = last(ask("imap", imap_server.imaps, account=account))
    assert found.code == "folder_missing"
    assert "INBOX" in found.found
    assert "报送" in found.found.partition("现有")[2]


def test_netease_wants_to_know_the_client(ask, authority):
    netease = imap("ID", {"EXAMINE": "EXAMINE Unsafe Login. Please contact us for help"})
    with Faulty(encrypted(authority.certificate("netease").context(), netease)) as faulty:
        assert last(ask("imap", faulty.port)).code == "folder_unsafe"


def test_without_a_password_it_ends_with_encryption(ask, imap_server):
    account = MailAccount(USER, USER, "", "INBOX")
    assert codes(ask("imap", imap_server.imaps, account=account)) == [*REACHED, "tls_ok"]


def test_a_clock_that_is_wrong(ask, imap_server, authority):
    imap_server.hand_over("a@example.cn", [USER], b"Subject: x\r\n\r\nx\r\n")
    assert "clock_slow" in codes(ask("imap", imap_server.imaps, now=china_now() - timedelta(hours=1)))
    assert "clock_slow" not in codes(ask("imap", imap_server.imaps, now=china_now() + timedelta(hours=1)))
    greeting = f"220 mx ready at {datetime.now(UTC):%a, %d %b %Y %H:%M:%S +0000}\r\n".encode()
    with Faulty(encrypted(authority.certificate("clock").context(), says(greeting, b"250 mx\r\n"))) as faulty:
        assert "clock_fast" in codes(ask("smtp", faulty.port, now=china_now() + timedelta(hours=1)))
        assert "clock_fast" not in codes(ask("smtp", faulty.port))


def test_ports_and_encryption_that_do_not_go_together(ask):
    first = ask("smtp", 587, "tls", host="smtp.nothing.invalid")[0]
    assert (first.code, first.state) == ("port_odd", CheckState.WARNING)
    assert "starttls" in first.found


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(protocol=st.sampled_from(["smtp", "imap"]), answers=st.lists(st.binary(max_size=60), min_size=1, max_size=4))
def test_whatever_a_server_says_becomes_a_sentence(ask, protocol, answers):
    lines = [answer.replace(b"\n", b" ") + b"\r\n" for answer in answers]
    with Faulty(says(*lines)) as faulty:
        found = last(ask(protocol, faulty.port, "none", timeout=1))
    assert "\n" not in found.found


@pytest.mark.parametrize(
    ("server", "header", "told"),
    [
        ("", "Authentication-Results: mx.city.gov.cn; spf=none\r\n", "authentication_named"),
        ("", "", None),
        ("", "Authentication-Results: $(x); spf=none\r\n", None),
        ("MX.city.gov.cn", "Authentication-Results: mx.city.gov.cn; spf=none\r\n", "authentication_ok"),
        ("mx.city.gov.cn", "Authentication-Results: other.example; spf=none\r\n", "authentication_absent"),
        ("mx.city.gov.cn", "", "authentication_absent"),
    ],
)
def test_whose_word_about_senders_the_newest_mail_has(ask, imap_server, server, header, told):
    user = imap_server.account().user
    imap_server.hand_over("a@example.cn", [user], f"{header}Subject: x\r\n\r\nx\r\n".encode())
    found = ask("imap", imap_server.imaps, account=MailAccount(user, user, PASSWORD, "INBOX", server))
    codes_ = [each.code for each in found if each.code.startswith("authentication")]
    assert codes_ == ([told] if told else [])
    if told == "authentication_named":
        assert 'authentication_server = "mx.city.gov.cn"' in next(each.action for each in found if each.code == told)


def test_a_clock_that_is_weeks_behind_is_told_in_days(ask, imap_server):
    imap_server.hand_over("a@example.cn", [USER], b"Subject: x\r\n\r\nx\r\n")
    found = ask("imap", imap_server.imaps, now=china_now() - timedelta(days=21))
    (told,) = [each for each in found if each.code == "clock_slow"]
    assert "慢约 21 天" in told.found
