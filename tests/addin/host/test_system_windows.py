"""Messages and files without the program, with what the system has."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

import zwgk_excel.addin as addin
from tests.terminal import HOSTILE, acting
from tests.tools import posix_only
from tests.workflow.desk import new_desk
from zwgk_excel.addin.host import session, system_windows, workspace_choice
from zwgk_excel.addin.host.session import Session
from zwgk_excel.addin.host.system_windows import SystemWindows
from zwgk_excel.workflow.office.trust import withdraw_trust

pytestmark = posix_only("Windows shows a window of its own, which waits for a click: tests/windows/test_windows.py")


def test_a_message_goes_to_the_error_output_where_there_are_no_windows(capsys: pytest.CaptureFixture[str]):
    Session(SystemWindows()).tell("没有完成。")
    assert capsys.readouterr().err == "没有完成。\n"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_strangers_wrote_does_nothing_there(text: str, capsys: pytest.CaptureFixture[str]):
    Session(SystemWindows()).tell(f"没有完成：\n{text}")
    shown = capsys.readouterr().err
    assert shown.startswith("没有完成：\n")
    assert acting(shown) == []


@pytest.mark.parametrize(("platform", "program"), [("linux", "xdg-open"), ("darwin", "open")])
def test_a_file_is_opened_by_the_systems_own_program(
    platform: str, program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A stand-in of that name on the path writes down what it was given; a failure of it is nobody's error."""
    told = tmp_path / "told"
    stand_in = tmp_path / program
    stand_in.write_text(f'#!/bin/sh\nprintf "%s" "$1" > {told}\nexit 3\n')
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(sys, "platform", platform)
    system_windows.open_path(tmp_path / "通报 & 1.docx")
    assert told.read_text() == str(tmp_path / "通报 & 1.docx")


def test_a_system_that_waits_for_the_program_keeps_no_button(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As on desktops for which xdg-open knows no other way than to run the program itself."""
    shown = tmp_path / "shown"
    stand_in = tmp_path / "xdg-open"
    stand_in.write_text(f"#!/bin/sh\necho $$ >{shown}\nexec sleep 60\n")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(system_windows, "OPENING", 0.5)
    system_windows.open_path(tmp_path)
    os.kill(int(shown.read_text()), signal.SIGTERM)  # raises where it was ended with the button


def test_without_consent_nothing_is_consolidated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """There is nowhere to ask for it."""
    monkeypatch.setattr(session, "HOME", tmp_path / "home")
    root = new_desk(tmp_path).root
    workspace_choice.remember(root)
    withdraw_trust(root)
    addin.consolidate()
    assert "还没有在这台电脑上确认过" in capsys.readouterr().err
    assert not (root / "总台账.xlsx").exists()


def test_a_system_without_such_a_program_raises_oserror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Which callers tell in their own words."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OSError, match="xdg-open"):
        system_windows.open_path(tmp_path)
