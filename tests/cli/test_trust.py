"""Consent to a workspace: asked for at a terminal, refused without one, given by ``zwgk trust``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import ROOT
from tests.workflow.desk import new_desk
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.office.trust import is_trusted

COMMANDS = (
    ["status", "2026-11", "--json"],
    ["check"],
    ["consolidate"],
    ["fetch"],
    ["send", "2026-11", "--yes"],
    ["password"],
    ["schedule", "show"],
    ["schedule", "install", "--print"],
    ["schedule", "run", "daily"],
    ["send", "--texts"],
)
SERVERS = '[mail.imap]\nhost = "imap.example.gov.cn"\n[ledger]\nurl = "postgresql://zwgk@db.example.gov.cn/zwgk"\n'


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """A workspace that was not made here, with the office's own path nowhere near it."""
    return Path(shutil.copytree(new_desk(tmp_path / "别处").root, tmp_path / "解压"))


def listed(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("way", ["current", "named"])
def test_a_command_in_a_strange_workspace_does_nothing_but_say_so(
    strange: Path, monkeypatch: pytest.MonkeyPatch, capsys, arguments: list[str], way: str
):
    before = listed(strange)
    if way == "current":
        monkeypatch.chdir(strange)
    assert run([*arguments, *(["-w", str(strange)] if way == "named" else [])]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert str(strange) in said.err
    assert "zwgk trust -w" in said.err
    assert (listed(strange), is_trusted(strange)) == (before, False)


def test_init_makes_it_ones_own_no_more_than_that(strange: Path, capsys):
    assert run(["init", str(strange)]) == 2
    assert "zwgk trust" in capsys.readouterr().err


def test_the_command_shows_what_is_consented_to_and_remembers_it(strange: Path, capsys):
    (strange / "zwgk.toml").write_text(SERVERS, encoding="utf-8")
    assert run(["trust", "-w", str(strange)]) == 0
    said = capsys.readouterr().out
    for shown in (str(strange), "imap.example.gov.cn:993", "zwgk@db.example.gov.cn/zwgk"):
        assert shown in said
    assert is_trusted(strange)
    assert run(["trust", "--withdraw", "-w", str(strange)]) == 0
    assert not is_trusted(strange)
    assert run(["trust", "--withdraw", "-w", str(strange)]) == 0
    assert "没有确认过" in capsys.readouterr().out


@pytest.mark.parametrize("settings", ["[office", '[mail.smtp]\nhost = "a b"\n'])
def test_settings_that_nobody_can_read_are_not_consented_to(strange: Path, capsys, settings: str):
    (strange / "zwgk.toml").write_text(settings, encoding="utf-8")
    assert run(["trust", "-w", str(strange)]) == 2
    assert "zwgk.toml" in capsys.readouterr().err
    assert not is_trusted(strange)


def test_nor_is_what_lies_in_a_workspace_or_is_none(strange: Path, tmp_path: Path, capsys):
    inner = Path(shutil.copytree(strange, new_desk(tmp_path / "办公室").root / "收件箱" / "里面"))
    assert run(["trust", "-w", str(inner)]) == 2
    assert run(["trust", "-w", str(tmp_path)]) == 2
    assert "不是工作区" in capsys.readouterr().err
    assert not is_trusted(inner)


def at_a_terminal(typed: str, *arguments: str) -> tuple[int, str, str]:
    """A command with a terminal for input and errors; its exit code, output and what stands on the terminal."""
    ours, its = pytest.importorskip("pty").openpty()
    os.write(ours, typed.encode())
    command = [sys.executable, "-P", "-m", "zwgk_excel", *arguments]
    done = subprocess.run(command, stdin=its, stdout=subprocess.PIPE, stderr=its, cwd=ROOT, check=False, timeout=60)
    os.close(its)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 65536)
        except OSError:  # the other end is closed and everything is read
            break
    os.close(ours)
    return done.returncode, done.stdout.decode(), shown.decode()


@pytest.mark.parametrize("answer", ["\n", "n\n", "不\n"])
def test_at_a_terminal_the_user_is_asked_and_may_decline(strange: Path, answer: str):
    code, out, shown = at_a_terminal(answer, "status", "2026-11", "-w", str(strange))
    assert (code, out) == (2, "")
    assert "还没有在这台电脑上确认过" in shown
    assert not is_trusted(strange)


def test_with_the_users_consent_the_command_goes_on_and_nobody_is_asked_again(strange: Path):
    code, out, shown = at_a_terminal("y\n", "plan", "2026-11", "-w", str(strange), "--json")
    assert code == 0, shown
    assert '"D02"' in out
    assert str(strange) in shown
    code, _, shown = at_a_terminal("", "plan", "2026-11", "-w", str(strange), "--json")
    assert (code, shown) == (0, "")


def test_the_doctor_tells_of_it_and_looks_no_further(strange: Path, capsys):
    (strange / "zwgk.toml").write_text(SERVERS, encoding="utf-8")
    assert run(["doctor", "-w", str(strange)]) == 1
    said = capsys.readouterr().out.replace("\n", "")
    assert "还没有在这台电脑上确认过" in said
    assert "imap.example.gov.cn" not in said
    assert run(["trust", "-w", str(strange)]) == 0
    assert run(["doctor", "--no-mail", "-w", str(strange), "--json"]) == 1
    assert '"trust_ok"' in capsys.readouterr().out
