"""What a person sees who types something wrong: exit 2, one Chinese sentence, no traceback."""

import re
import subprocess
import sys

import pytest

from zwgk_excel.cli.main import COMMANDS, run


def said(capsys, *arguments):
    """The exit code and what went to the error stream."""
    code = run(list(arguments))
    return code, capsys.readouterr().err.strip()


def wrong(capsys, *arguments):
    code, sentence = said(capsys, *arguments)
    assert code == 2
    assert re.search(r"[\u4e00-\u9fff]", sentence)
    assert "Traceback" not in sentence
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("command", [name for name, _, _ in COMMANDS])
def test_every_command_explains_itself_in_chinese(capsys, command):
    assert run([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "用法：zwgk" in shown
    assert "显示本帮助。" in shown
    assert not re.search(r"\b(Usage|Options|Arguments|required|default|Show this)\b", shown)
    assert not re.search(r"<\w+|… *│$", shown, re.M)  # no types of Python, and nothing cut off


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["plann", "2026-11"], "plann"),
        (["plan"], "月份"),
        (["plan", "2026-11", "--foo"], "--foo"),
        (["plan", "2026-11", "-w"], "-w"),
        (["plan", "2026-11", "more"], "more"),
        (["plan", "2026-13"], "2026-13"),
        (["status", "2026-11", "--as-of", "yesterday"], "yesterday"),
        (["receive", "a.xlsx", "--received-at", "noon"], "noon"),
        (["extend", "2026-11", "--unit", "市教育局"], "--until"),
    ],
)
def test_wrong_usage(capsys, tmp_path, monkeypatch, arguments, named):
    monkeypatch.chdir(tmp_path)
    assert named in wrong(capsys, *arguments)


def test_not_a_workspace(capsys, tmp_path):
    assert "zwgk init" in wrong(capsys, "plan", "2026-11", "-w", str(tmp_path))


def test_the_program_as_a_process():
    """Nothing but the sentence is written, whatever the terminal's encoding."""
    command = [sys.executable, "-m", "zwgk_excel", "plan", "2026-13"]
    done = subprocess.run(command, check=False, capture_output=True, env={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stdout) == (2, b"")
    assert "2026-13" in done.stderr.decode("utf-8")
