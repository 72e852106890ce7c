"""A real mailbox, looked at and left as it was; broken lines taken up again; every failure told apart."""

import socket
import threading
from dataclasses import replace
from datetime import datetime

import pytest

from tests.mail.dovecot import CutLine, Server
from tests.mail.samples import FILE, OCTETS, quoted, with_file
from tests.tools import free_port
from zwgk_excel.mail import imap
from zwgk_excel.mail.imap import ImapLogin, Mailbox
from zwgk_excel.mail.imap_errors import ImapError, ImapStage
from zwgk_excel.workflow import clock

AT = datetime(2026, 11, 20, 23, 59, 30)


def raw(number: int, size: int = 10) -> bytes:
    return f"From: a@example.gov.cn\r\nSubject: {number}\r\n\r\n".encode() + b"x" * size + b"\r\n"


def opened(server: Server, account: ImapLogin, folder: str = "INBOX", **options) -> Mailbox:
    return Mailbox(account, folder, context=server.trusting, **options)


def everything(mailbox: Mailbox, after: int = 0) -> list[imap.RawMail]:
    return [mail for batch in mailbox.mails(mailbox.new(after)) for mail in batch]


def test_mails_with_the_servers_time_and_unread_as_before(imap_server):
    account = imap_server.account()
    sent = [raw(number) for number in range(3)]
    for each in sent:
        imap_server.deliver(account.user, each, AT)
    with opened(imap_server, account) as mailbox:
        found = everything(mailbox)
        assert [each.data for each in found] == sent
        assert {clock.local(each.received_at) for each in found if each.received_at} == {AT}
        assert mailbox.name == f"{account.user}/INBOX"
        assert mailbox.new(found[-1].uid) == []
    assert imap_server.flags(account.user) == ["", "", ""]


def test_only_what_is_new(imap_server):
    account = imap_server.account()
    imap_server.deliver(account.user, raw(1), AT)
    with opened(imap_server, account) as mailbox:
        (last,) = mailbox.new(0)
    imap_server.deliver(account.user, raw(2), AT)
    with opened(imap_server, account) as mailbox:
        assert [each.data for each in everything(mailbox, last)] == [raw(2)]


def test_a_folder_with_a_chinese_name(imap_server):
    account = imap_server.account()
    imap_server.deliver(account.user, raw(1), AT, folder="信息报送 & 其他")
    with opened(imap_server, account, "信息报送 & 其他") as mailbox:
        assert len(everything(mailbox)) == 1


def test_starttls(imap_server):
    with opened(imap_server, imap_server.plain_account()) as mailbox:
        assert mailbox.new(0) == []


def test_batches_are_bounded_and_a_large_mail_comes_alone(imap_server, monkeypatch):
    monkeypatch.setattr(imap, "_BATCH_BYTES", 10_000)
    monkeypatch.setattr(imap, "_BATCH_MAILS", 3)
    account = imap_server.account()
    for number, size in enumerate((10, 10, 10, 10, 20_000, 10)):
        imap_server.deliver(account.user, raw(number, size), AT)
    with opened(imap_server, account) as mailbox:
        batches = [[len(mail.data) > 10_000 for mail in batch] for batch in mailbox.mails(mailbox.new(0))]
    assert batches == [[False] * 3, [False], [True], [False]]


def test_of_a_mail_that_is_too_large_the_headers_come(imap_server, monkeypatch):
    monkeypatch.setattr(imap, "LARGEST", 5_000)
    account = imap_server.account()
    imap_server.deliver(account.user, raw(1, 6_000), AT)
    with opened(imap_server, account) as mailbox:
        (mail,) = everything(mailbox)
    assert (mail.whole, mail.size > 6_000) == (False, True)
    assert mail.data == b"From: a@example.gov.cn\r\nSubject: 1\r\n\r\n"


def test_a_mail_that_is_deleted_meanwhile_is_left_out(imap_server):
    account = imap_server.account()
    for number in (1, 2):
        imap_server.deliver(account.user, raw(number), AT)
    with opened(imap_server, account) as mailbox:
        uids = mailbox.new(0)
        imap_server.mails(account.user)[1].unlink()
        assert [each.data for batch in mailbox.mails(uids) for each in batch if each.data] == [raw(1)]


def test_a_new_numbering_is_seen(imap_server):
    account = imap_server.account()
    imap_server.deliver(account.user, raw(1), AT)
    with opened(imap_server, account) as mailbox:
        before = mailbox.uidvalidity
    imap_server.renumber(account.user)
    with opened(imap_server, account) as mailbox:
        assert mailbox.uidvalidity != before


def test_a_broken_line_is_taken_up_again_where_it_broke(imap_server, monkeypatch):
    monkeypatch.setattr(imap, "_BATCH_MAILS", 2)
    account = imap_server.account()
    sent = [with_file(OCTETS, quoted(b"%d.xlsx" % number), FILE * 20) for number in range(6)]
    for each in sent:
        imap_server.deliver(account.user, each, AT)
    pauses: list[float] = []
    line = CutLine(imap_server.imaps, 200_000, 9_000, 250_000)
    with (
        line as port,
        opened(imap_server, replace(account, port=port), timeout=10, sleep=pauses.append) as mailbox,
    ):
        assert [each.data for each in everything(mailbox)] == sent
    assert line.connections == 4
    assert pauses
    assert set(pauses) <= set(imap._PAUSES)


def test_a_line_that_stays_broken_is_told(imap_server):
    account = imap_server.account()
    imap_server.deliver(account.user, raw(1, 300_000), AT)
    pauses: list[float] = []
    with CutLine(imap_server.imaps, *[100_000] * 9) as port:
        mailbox = opened(imap_server, replace(account, port=port), timeout=10, sleep=pauses.append)
        with pytest.raises(ImapError) as failed:
            everything(mailbox)
    assert (failed.value.kind, tuple(pauses)) == (ImapStage.LINE, imap._PAUSES)


# --- failures, each told apart -----------------------------------------------------------------


def failure(server: Server, account: ImapLogin, folder: str = "INBOX", **options) -> ImapError:
    with pytest.raises(ImapError) as failed:
        opened(server, account, folder, **options)
    assert account.password not in str(failed.value)
    return failed.value


def test_a_name_that_nobody_has(imap_server):
    account = replace(imap_server.account(), host="imap.nobody.invalid")
    assert failure(imap_server, account).kind is ImapStage.NAME


@pytest.mark.parametrize("host", ["a" * 70 + ".cn", "..", "邮箱。。cn"])
def test_a_name_that_is_none(imap_server, host):
    assert failure(imap_server, replace(imap_server.account(), host=host)).kind is ImapStage.NAME


def test_nobody_listens(imap_server):
    error = failure(imap_server, replace(imap_server.account(), port=free_port()))
    assert (error.kind, error.reason) == (ImapStage.CONNECT, "连接被拒绝")


def test_nobody_answers(imap_server):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        account = replace(imap_server.account(), port=silent.getsockname()[1])
        assert failure(imap_server, account, timeout=0.3).kind is ImapStage.CONNECT


def test_a_certificate_that_nobody_vouches_for(imap_server):
    with pytest.raises(ImapError) as failed:
        Mailbox(imap_server.account(), "INBOX")
    assert failed.value.kind is ImapStage.TLS
    assert "证书不可信" in failed.value.reason


def test_a_certificate_for_another_name(imap_server):
    error = failure(imap_server, replace(imap_server.account(), host="127.0.0.2"))
    assert error.kind in {ImapStage.TLS, ImapStage.CONNECT}


def test_tls_where_the_server_speaks_plainly(imap_server):
    account = replace(imap_server.plain_account(), security="tls")
    assert failure(imap_server, account).kind is ImapStage.TLS


def test_a_password_in_plain_words_goes_to_no_other_machine(imap_server):
    account = replace(imap_server.account(), host="imap.example.gov.cn", security="none")
    assert failure(imap_server, account).kind is ImapStage.TLS


@pytest.mark.parametrize("change", [{"password": "wrong"}, {"user": ""}, {"user": "张某"}, {"password": "口令"}])
def test_a_login_that_is_refused(imap_server, change):
    assert failure(imap_server, replace(imap_server.account(), **change)).kind is ImapStage.LOGIN


def test_a_wrong_password_is_told_in_plain_words_before_the_servers_own(imap_server):
    error = failure(imap_server, replace(imap_server.account(), password="wrong"))
    assert error.reason.startswith("登录名、密码或授权码不正确（服务器回答：[AUTHENTICATIONFAILED] ")
    assert "b'" not in error.reason


def test_what_cannot_be_said_to_a_server_is_no_answer_of_it(imap_server):
    error = failure(imap_server, replace(imap_server.account(), password="口令"))
    assert "不能接受的字符" in error.reason
    assert "口令" not in str(error)
    assert "服务器回答" not in error.reason


def test_a_folder_that_there_is_not_names_those_that_there_are(imap_server):
    account = imap_server.account()
    imap_server.deliver(account.user, raw(1), AT, folder="信息报送")
    error = failure(imap_server, account, "没有")
    assert error.kind is ImapStage.FOLDER
    assert "信息报送" in error.reason


class Scripted:
    """A server that says what it is told to: for what Dovecot never does."""

    def __init__(self, *answers: tuple[bytes, bytes], greeting: bytes = b"* OK ready\r\n") -> None:
        self.answers, self.greeting, self.said = dict(answers), greeting, list[bytes]()
        self._listener = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> ImapLogin:
        threading.Thread(target=self._serve, daemon=True).start()
        return ImapLogin("127.0.0.1", self._listener.getsockname()[1], "none", "a", "b")

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        line, _ = self._listener.accept()
        with line, line.makefile("rwb") as stream:
            stream.write(self.greeting)
            stream.flush()
            for command in stream:
                tag, word, *_ = command.split()
                self.said.append(word)
                answer = self.answers.get(word, b"%s OK done\r\n")
                stream.write(answer.replace(b"%s", tag))
                stream.flush()


CAPABLE = b"CAPABILITY", b"* CAPABILITY IMAP4rev1 ID\r\n%s OK done\r\n"


def test_the_client_says_who_it_is_before_it_opens_a_folder():
    """NetEase: without it the folder is refused as an “Unsafe Login”."""
    server = Scripted(
        CAPABLE,
        (b"ID", b'* ID ("name" "Coremail")\r\n%s OK done\r\n'),
        (b"EXAMINE", b"* 0 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 1] x\r\n%s OK [READ-ONLY] done\r\n"),
    )
    with server as account, Mailbox(account, "INBOX") as mailbox:
        assert mailbox.new(0) == []
    assert [word for word in server.said if word != b"CAPABILITY"] == [b"LOGIN", b"ID", b"EXAMINE", b"LOGOUT"]


def test_a_server_that_refuses_to_be_told_is_used_all_the_same():
    server = Scripted(CAPABLE, (b"ID", b"%s BAD what?\r\n"), (b"EXAMINE", b"* OK [UIDVALIDITY 9] x\r\n%s OK done\r\n"))
    with server as account, Mailbox(account, "INBOX") as mailbox:
        assert mailbox.uidvalidity == 9


def test_a_server_that_does_not_say_its_next_number_is_searched_whole():
    """``n:*`` means the last mail where there is none from n on: RFC 9051, sequence-set."""
    server = Scripted(
        CAPABLE, (b"EXAMINE", b"* OK [UIDVALIDITY 1] x\r\n%s OK done\r\n"), (b"UID", b"* SEARCH 4 9\r\n%s OK done\r\n")
    )
    with server as account, Mailbox(account, "INBOX") as mailbox:
        assert mailbox.new(4) == [9]


@pytest.mark.parametrize("greeting", [b"220 smtp.example.gov.cn ESMTP\r\n", b"* BYE full\r\n", b"\0\r\n"])
def test_a_server_of_another_kind(greeting):
    with Scripted(greeting=greeting) as account, pytest.raises(ImapError) as failed:
        Mailbox(account, "INBOX")
    assert failed.value.kind is ImapStage.PROTOCOL


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("[AUTHENTICATIONFAILED] Invalid credentials (Failure)", "登录名、密码或授权码不正确"),
        ("LOGIN Login error password error", "登录名、密码或授权码不正确"),
        ("Login fail. Account is abnormal, service is not open, password is incorrect", "登录名、密码或授权码不正确"),
        ("[AUTHENTICATIONFAILED] IMAP access is disabled for this mailbox", "邮箱没有开通 IMAP 服务"),
        ("您没有权限使用 IMAP 服务", "邮箱没有开通 IMAP 服务"),
        ("[AUTHORIZATIONFAILED] no such authorization-ID", "邮箱没有开通 IMAP 服务"),
        ("[LIMIT] Login rate exceeded", "登录过于频繁"),
        ("[ALERT] Too many simultaneous connections. (Failure)", "登录过于频繁"),
        ("[AUTHENTICATIONFAILED] account locked", "登录过于频繁"),
        ("[UNAVAILABLE] Temporary authentication failure", "服务器暂时不能核对密码"),
        ("[EXPIRED] That password is no longer valid", "密码或授权码已过期"),
        ("[PRIVACYREQUIRED] Plaintext authentication disallowed", "服务器要求先加密"),
        ("[CONTACTADMIN] see us", "邮箱要由管理员处理"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_why_a_server_lets_nobody_in(answer: str, reason: str, encoding: str):
    refused = (b"LOGIN", b"%s NO " + answer.encode(encoding) + b"\r\n")
    with Scripted(CAPABLE, refused) as account, pytest.raises(ImapError) as failed:
        Mailbox(replace(account, password="secret-word"), "INBOX")
    assert failed.value.kind is ImapStage.LOGIN
    assert failed.value.reason.startswith(reason)
    assert f"（服务器回答：{answer}）" in failed.value.reason


def test_a_hostile_answer_is_short_and_plain_and_does_not_tell_the_password():
    odd = b"%s NO \x1b[2J\x07 secret-word \xe2\x80\xae" + b"x" * 5000 + b"\r\n"
    with Scripted(CAPABLE, (b"LOGIN", odd)) as account, pytest.raises(ImapError) as failed:
        Mailbox(replace(account, password="secret-word"), "INBOX")
    assert str(failed.value).isprintable()
    assert len(str(failed.value)) < 400
    assert "secret-word" not in str(failed.value)
    assert "***" in str(failed.value)
