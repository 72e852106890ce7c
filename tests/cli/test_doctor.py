"""zwgk doctor against real servers, as a person sees it."""

import json

import pytest

from tests.mail.account import PASSWORD, USER
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.setup.workspace_setup import init_workspace


@pytest.fixture
def zwgk(tmp_path, capsys, monkeypatch, relay, imap_server):
    """doctor in a new workspace: exit code, what is said (or the checks by area and code)."""
    root = init_workspace(tmp_path / "工作区").root
    monkeypatch.setenv("ZWGK_MAIL_PASSWORD", PASSWORD)
    monkeypatch.setenv("ZWGK_MAIL_SERVERS", f"localhost:{relay.port} localhost:{imap_server.imaps}")

    def call(*arguments, settings=""):
        (root / "zwgk.toml").write_text(settings, encoding="utf-8")
        code = run(["doctor", *arguments, "-w", str(root)])
        said = capsys.readouterr()
        if "--json" not in arguments:
            return code, said.out + said.err
        return code, {(each["area"], each["code"]): each for each in json.loads(said.out)["checks"]}

    return call


@pytest.fixture
def settings(authority, imap_server, relay):
    return f"""
[mail]
address = "{USER}"
ca_file = "{authority.file}"
[mail.smtp]
host = "localhost"
port = {relay.port}
security = "starttls"
[mail.imap]
host = "localhost"
port = {imap_server.imaps}
"""


def test_all_is_well(zwgk, settings, relay):
    code, said = zwgk("--mail", settings=settings)
    assert code == 0, said
    assert "没有发现问题" in said
    assert "环境变量 ZWGK_MAIL_PASSWORD" in said
    assert PASSWORD not in said
    assert relay.accepted == []


def test_each_server_has_its_own_fault(zwgk, settings):
    code, found = zwgk("--mail", "--json", settings=settings.replace('security = "starttls"', 'security = "tls"'))
    assert code == 1
    assert found["smtp", "tls_plain"]["state"] == "failed"
    assert ("imap", "folder_ok") in found


def test_no_password_still_tests_the_way_there(zwgk, settings, monkeypatch):
    monkeypatch.delenv("ZWGK_MAIL_PASSWORD")
    code, found = zwgk("--mail", "--json", settings=settings)
    assert code == 1
    assert "zwgk password" in found["mail", "password_missing"]["found"]
    assert ("imap", "tls_ok") in found
    assert ("imap", "login_ok") not in found


def test_a_wrong_password_is_advised_by_the_service(zwgk, settings, monkeypatch):
    monkeypatch.setenv("ZWGK_MAIL_PASSWORD", "wrong-one")
    code, said = zwgk("--mail", settings=settings)
    assert code == 1
    assert "政府邮箱" in said.replace("\n", "")
    assert "授权码" in said
    assert "wrong-one" not in said


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ('[mail.imap]\nhost = "localhost"', ("mail", "sender_missing")),
        ('[office]\nmailbox = "张某的邮箱"\n[mail.imap]\nhost = "localhost"', ("mail", "sender_wrong")),
        (
            '[mail]\naddress = "a@163.com"\nca_file = "no.pem"\n[mail.imap]\nhost = "localhost"',
            ("mail", "authority_wrong"),
        ),
        ('[mail]\naddress = "a@163.com"\n[mail.imap]\nhost = "localhost"\nport = 1', ("smtp", "server_hint")),
        ('[mail]\naddress = "a@a.cn"\n[mail.imap]\nhost = "localhost"\nport = 1', ("smtp", "server_none")),
        ('[mail]\naddress = "a@a.cn"\n[mail.imap]\nhost = "localhost"\nport = 1', ("imap", "port_refused")),
    ],
)
def test_settings_that_are_not_enough(zwgk, settings, where):
    code, found = zwgk("--mail", "--json", settings=settings)
    assert where in found
    assert code == 1


def test_a_file_that_is_no_certificate(zwgk, settings, authority, tmp_path):
    (tmp_path / "ca.pem").write_text("not a certificate")
    _, found = zwgk("--mail", "--json", settings=settings.replace(str(authority.file), str(tmp_path / "ca.pem")))
    assert ("mail", "authority_wrong") in found


def test_without_mail(zwgk):
    _, found = zwgk("--no-mail", "--json")
    assert ("program", "python_ok") in found
    assert not [area for area, _ in found if area in ("mail", "smtp", "imap")]


def test_the_services(zwgk):
    code, said = zwgk("--providers")
    assert code == 0
    assert 'host = "smtp.exmail.qq.com"  port = 465  security = "tls"' in said.replace("\n", "")


def test_a_timeout_that_is_none(zwgk):
    assert zwgk("--timeout", "0")[0] == 2
