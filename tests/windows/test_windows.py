"""Windows' own message box and its own way to open a file, where there is no program to ask."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import pytest

from tests.tools import on_windows
from zwgk_excel.addin.host import system_windows
from zwgk_excel.addin.host.session import Session
from zwgk_excel.addin.host.system_windows import SystemWindows

pytestmark = on_windows


def test_a_message_is_a_box_in_which_a_strangers_words_do_nothing(monkeypatch: pytest.MonkeyPatch):
    told: list[tuple[object, ...]] = []

    def answered(*given: object) -> int:
        told.append(given)
        return 1

    user = ctypes.windll.user32  # type: ignore[attr-defined,unused-ignore]
    monkeypatch.setattr(user, "MessageBoxW", answered)
    Session(SystemWindows()).tell("没有完成：\n表\u202excod.exe")
    ((window, text, title, icon),) = told
    assert (window, title, icon) == (None, "政务公开", 0x40)
    assert str(text).startswith("没有完成：\n")
    assert "\u202e" not in str(text)


def test_a_file_is_opened_as_by_a_double_click(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    opened: list[Path] = []
    monkeypatch.setattr(os, "startfile", opened.append, raising=False)
    system_windows.open_path(tmp_path / "通报 & 1.docx")
    assert opened == [tmp_path / "通报 & 1.docx"]
