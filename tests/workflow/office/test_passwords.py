"""Passwords: from the environment or the keyring, never anywhere else, and for the server that they were given for."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from tests.workflow.keyrings import InMemory
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.keychain import SERVICE
from zwgk_excel.workflow.office.passwords import (
    delete_password,
    find_password,
    office_passwords,
    password_of,
    store_password,
)
from zwgk_excel.workflow.office.server_logins import ServerLogin, ledger_login, mail_login, mail_logins
from zwgk_excel.workflow.office.workspace import open_workspace
from zwgk_excel.workflow.setup.workspace_setup import init_workspace

SERVERS = """
[office]
mailbox = "zwgk@example.gov.cn"
[mail.smtp]
host = "smtp.example.gov.cn"
[mail.imap]
host = "IMAP.example.gov.cn."
port = 1993
"""
DATABASE = "postgresql://zwgk@db.example.gov.cn/zwgk?schema=jinhu"


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch):
    """Use another keyring, and no password from the environment."""
    for name in ("MAIL_PASSWORD", "MAIL_SERVERS", "LEDGER_PASSWORD", "LEDGER_SERVERS", "PASSWORDS"):
        monkeypatch.delenv(f"ZWGK_{name}", raising=False)
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


@pytest.fixture
def desktop(use: Callable[[KeyringBackend], None]) -> InMemory:
    made = InMemory()
    use(made)
    return made


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = init_workspace(tmp_path / "工作区").root
    (made / "zwgk.toml").write_text(SERVERS, encoding="utf-8")
    return made


@pytest.fixture
def smtp(root: Path) -> ServerLogin:
    return mail_login(open_workspace(root), "smtp")


def test_a_login_names_user_host_port_and_workspace(root: Path):
    opened = open_workspace(root)
    smtp, imap = mail_logins(opened)
    assert smtp.account == f"smtp:zwgk@example.gov.cn@smtp.example.gov.cn:465#{opened.id}"
    assert imap.account == f"imap:zwgk@example.gov.cn@imap.example.gov.cn:1993#{opened.id}"
    assert ledger_login(DATABASE, opened.id).account == f"ledger:zwgk@db.example.gov.cn:5432#{opened.id}"
    assert ledger_login(DATABASE).account == "rollup:zwgk@db.example.gov.cn:5432#"


OTHERS: list[dict[str, Any]] = [
    {"host": "smtp.evil.example"},
    {"port": 2465},
    {"user": "other@example.gov.cn"},
    {"workspace": "0" * 32},
    {"protocol": "imap"},
]


@pytest.mark.parametrize("other", OTHERS, ids=lambda change: next(iter(change)))
def test_the_keyring_gives_a_password_to_the_login_that_it_was_stored_for(
    desktop: InMemory, smtp: ServerLogin, other: dict[str, Any]
):
    store_password(smtp, " abcd \n")
    assert password_of(smtp) == "abcd"
    with pytest.raises(UserError, match=r"只交给保存时的那台服务器.*zwgk password"):
        password_of(replace(smtp, **other))


@pytest.mark.parametrize("other", OTHERS[:2], ids=lambda change: next(iter(change)))
def test_the_environment_gives_its_password_to_the_servers_that_it_names(
    desktop: InMemory, smtp: ServerLogin, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any]
):
    store_password(smtp, "of-the-keyring")
    monkeypatch.setenv("ZWGK_MAIL_PASSWORD", "of-the-environment\n")
    assert find_password(smtp) == ("of-the-keyring", "keyring"), "it is said to be for no server"
    monkeypatch.setenv("ZWGK_MAIL_SERVERS", f"imap.example.gov.cn:993 {smtp.server.upper()}")
    assert find_password(smtp) == ("of-the-environment", "ZWGK_MAIL_PASSWORD")
    with pytest.raises(UserError, match=r"ZWGK_MAIL_SERVERS 没有写明 ZWGK_MAIL_PASSWORD 用于这台服务器") as refused:
        password_of(replace(smtp, **other))
    assert f'ZWGK_MAIL_SERVERS="{replace(smtp, **other).server}"' in str(refused.value), "what to write"
    assert "of-the-environment" not in str(refused.value)


def test_the_variables_of_mail_are_not_the_databases(smtp: ServerLogin, use, monkeypatch: pytest.MonkeyPatch):
    use(NoKeyring())
    monkeypatch.setenv("ZWGK_LEDGER_PASSWORD", "of-the-database")
    monkeypatch.setenv("ZWGK_LEDGER_SERVERS", f"{smtp.server} db.example.gov.cn:5432")
    assert find_password(smtp) == ("", "")
    assert find_password(ledger_login(DATABASE)) == ("of-the-database", "ZWGK_LEDGER_PASSWORD")
    elsewhere = DATABASE.replace("db.", "db2.")
    assert find_password(ledger_login(elsewhere)) == ("", "")


@pytest.mark.parametrize("backend", [InMemory, NoKeyring])
def test_no_password_says_how_to_set_one(smtp: ServerLogin, use, backend: type[KeyringBackend]):
    use(backend())
    with pytest.raises(UserError, match=r"zwgk@example\.gov\.cn.*zwgk password.*ZWGK_MAIL_PASSWORD"):
        password_of(smtp)


def test_what_an_earlier_version_kept_for_any_server_is_not_used_but_told(desktop: InMemory, smtp: ServerLogin):
    desktop.set_password(SERVICE, "mail:zwgk@example.gov.cn", "old-one")
    with pytest.raises(UserError, match=r"旧版本保存的密码没有写明用于哪台服务器.*不再使用.*zwgk password"):
        password_of(smtp)
    store_password(smtp, "new-one")
    assert list(desktop.kept.values()) == ["new-one"]


def test_nor_that_of_a_database(desktop: InMemory):
    login = ledger_login(DATABASE, "a" * 32)
    desktop.set_password(SERVICE, "zwgk@db.example.gov.cn/zwgk", "old-one")
    assert find_password(login) == ("", "")
    assert delete_password(login), "an earlier version's goes too"
    assert desktop.kept == {}


def test_full_width_characters_are_the_input_methods(
    smtp: ServerLogin, desktop: InMemory, monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(UserError, match="全角"):
        store_password(smtp, "ａｂｃ１")
    monkeypatch.setenv("ZWGK_MAIL_PASSWORD", "密码")
    monkeypatch.setenv("ZWGK_MAIL_SERVERS", smtp.server)
    with pytest.raises(UserError, match="全角"):
        password_of(smtp)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What comes through a pipe."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_the_command_reads_a_pipe_and_shows_nothing(root: Path, desktop: InMemory, typed, capsys):
    typed("s3cret-value\n")
    assert run(["password", "-w", str(root)]) == 0
    said = capsys.readouterr()
    assert "s3cret" not in said.out + said.err
    assert "smtp.example.gov.cn:465、收信服务器 imap.example.gov.cn:1993" in said.out
    assert [password_of(each) for each in mail_logins(open_workspace(root))] == ["s3cret-value"] * 2
    assert run(["password", "--delete", "-w", str(root)]) == 0
    assert run(["password", "--delete", "-w", str(root)]) == 0
    assert "没有" in capsys.readouterr().out
    assert desktop.kept == {}


def test_a_setting_that_changes_the_server_asks_again(root: Path, desktop: InMemory, typed, capsys):
    typed("s3cret-value\n")
    assert run(["password", "-w", str(root)]) == 0
    text = SERVERS.replace("IMAP.example.gov.cn.", "imap.evil.example")
    (root / "zwgk.toml").write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert run(["fetch", "-w", str(root)]) == 2
    told = capsys.readouterr().err
    assert "还没有“zwgk@example.gov.cn”登录收信服务器 imap.evil.example:1993 的密码" in told
    assert "zwgk password" in told


def test_the_password_of_the_workspaces_database(root: Path, desktop: InMemory, typed, capsys):
    assert run(["password", "--ledger", "-w", str(root)]) == 2
    assert "zwgk.db 是文件" in capsys.readouterr().err
    with (root / "zwgk.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'[ledger]\nurl = "{DATABASE}"\n')
    typed("geheim\n")
    assert run(["password", "--ledger", "-w", str(root)]) == 0
    opened = open_workspace(root)
    assert find_password(ledger_login(DATABASE, opened.id))[0] == "geheim"
    assert find_password(ledger_login(DATABASE))[0] == "", "a rollup has its own"


def test_the_password_of_a_database_of_a_rollup_needs_no_workspace(desktop: InMemory, typed, capsys):
    typed("geheim\n")
    assert run(["password", "--rollup", DATABASE]) == 0
    assert "db.example.gov.cn:5432" in capsys.readouterr().out
    assert find_password(ledger_login(DATABASE))[0] == "geheim"
    assert run(["password", "--rollup", DATABASE, "--delete"]) == 0
    assert desktop.kept == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--rollup", "zwgk.db"], "postgresql://"),
        (["--rollup", "postgresql://a@b/c?host=d"], "参数“host”"),
        (["--rollup", DATABASE, "--ledger"], "只能写一个"),
    ],
)
def test_what_is_no_database_server(arguments: list[str], words: str, capsys):
    assert run(["password", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_passwords_of_workbooks_may_be_chinese(root: Path, desktop: InMemory, typed):
    typed("政务2026;abc\n")
    assert run(["password", "--workbooks", "-w", str(root)]) == 0
    assert office_passwords() == ("政务2026", "abc")
    assert run(["password", "--workbooks", "--delete", "-w", str(root)]) == 0
    assert office_passwords() == ()


@pytest.mark.parametrize(("which", "variable"), [([], "ZWGK_MAIL_PASSWORD"), (["--workbooks"], "ZWGK_PASSWORDS")])
def test_what_cannot_be_kept_is_told(root: Path, use, typed, capsys, which: list[str], variable: str):
    use(NoKeyring())
    for text, words in (("\n", "空的"), ("abc\n", variable)):
        typed(text)
        assert run(["password", *which, "-w", str(root)]) == 2
        assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "words"),
    [("", r"[mail]"), ('[office]\nmailbox = "zwgk@example.gov.cn"\n', "还没有设置邮件服务器")],
)
def test_no_mailbox_or_no_server_no_password(root: Path, use, capsys, settings: str, words: str):
    (root / "zwgk.toml").write_text(settings, encoding="utf-8")
    assert run(["password", "-w", str(root)]) == 2
    assert words in capsys.readouterr().err
