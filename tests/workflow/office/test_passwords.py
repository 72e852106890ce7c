"""Passwords: from the environment or the keyring, and never anywhere else."""

import io

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from tests.workflow.keyrings import InMemory
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.passwords import mail_account, mail_password, office_passwords, store_password
from zwgk_excel.workflow.office.workspace import open_workspace
from zwgk_excel.workflow.setup.workspace_setup import init_workspace


@pytest.fixture
def use(monkeypatch):
    """Use another keyring, and no password from the environment."""
    for name in ("ZWGK_MAIL_PASSWORD", "ZWGK_PASSWORDS"):
        monkeypatch.delenv(name, raising=False)
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


@pytest.fixture
def desktop(use):
    made = InMemory()
    use(made)
    return made


@pytest.fixture
def workspace(tmp_path):
    made = init_workspace(tmp_path / "工作区")
    text = made.root / "zwgk.toml"
    text.write_text(
        text.read_text(encoding="utf-8").replace('mailbox = ""', 'mailbox = "zwgk@example.gov.cn"'), encoding="utf-8"
    )
    return made.root


@pytest.fixture
def settings(workspace):
    return open_workspace(workspace).settings


def test_the_environment_comes_before_the_keyring(settings, desktop, monkeypatch):
    store_password(mail_account(settings), " abcd \n")
    assert mail_password(settings) == "abcd"
    monkeypatch.setenv("ZWGK_MAIL_PASSWORD", "of-the-environment\n")
    assert mail_password(settings) == "of-the-environment"


@pytest.mark.parametrize("backend", [InMemory, NoKeyring])
def test_no_password_says_how_to_set_one(settings, use, backend):
    use(backend())
    with pytest.raises(UserError, match=r"zwgk@example\.gov\.cn.*zwgk password.*ZWGK_MAIL_PASSWORD"):
        mail_password(settings)


def test_each_login_has_its_own(settings, desktop):
    store_password(mail_account(settings), "one")
    mail = settings.mail.model_copy(update={"user": "other"})
    with pytest.raises(UserError, match="other"):
        mail_password(settings.model_copy(update={"mail": mail}))


def test_full_width_characters_are_the_input_methods(settings, desktop, monkeypatch):
    with pytest.raises(UserError, match="全角"):
        store_password(mail_account(settings), "ａｂｃ１")
    monkeypatch.setenv("ZWGK_MAIL_PASSWORD", "密码")
    with pytest.raises(UserError, match="全角"):
        mail_password(settings)


def test_the_command_reads_a_pipe_and_shows_nothing(workspace, settings, desktop, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("s3cret-value\n"))
    assert run(["password", "-w", str(workspace)]) == 0
    said = capsys.readouterr()
    assert "s3cret" not in said.out + said.err
    assert mail_password(settings) == "s3cret-value"
    assert run(["password", "--delete", "-w", str(workspace)]) == 0
    assert run(["password", "--delete", "-w", str(workspace)]) == 0
    assert "没有" in capsys.readouterr().out
    assert desktop.kept == {}


def test_passwords_of_workbooks_may_be_chinese(workspace, desktop, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("政务2026;abc\n"))
    assert run(["password", "--workbooks", "-w", str(workspace)]) == 0
    assert office_passwords() == ("政务2026", "abc")


@pytest.mark.parametrize(("typed", "words"), [("\n", "空的"), ("abc\n", "ZWGK_MAIL_PASSWORD")])
def test_what_cannot_be_kept_is_told(workspace, use, monkeypatch, capsys, typed, words):
    use(NoKeyring())
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert run(["password", "-w", str(workspace)]) == 2
    assert words in capsys.readouterr().err


def test_no_mailbox_no_password(tmp_path, use, capsys):
    root = init_workspace(tmp_path / "w").root
    assert run(["password", "-w", str(root)]) == 2
    assert "[mail]" in capsys.readouterr().err
