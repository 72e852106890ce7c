"""The same presses in a real Excel on Windows: its own VBA runs, its own windows ask, and this answers them.

Nobody has run it yet: where the stand-in is used, Excel's window for a line of text and Office's for a folder do not
appear, and here they are answered by keys, as a person would. It touches a workspace of its own in a temporary folder;
which workspace was used last is put back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pythoncom
import win32com.client
import win32con
import win32gui

from tests.windows.click import presses
from tests.windows.click.stand_in import KEYS, open_message
from zwgk_excel.addin.host import session
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.workbooks.xlam.addin_package import FILE_NAME
from zwgk_excel.workflow.setup.addin_paths import addin_paths, this_computer

_INPUT, _FOLDER = "bosa_sdm_XL9", "#32770"
"""The classes of Excel's window for a line of text, and of Office's for a folder."""


class Answers(threading.Thread):
    """Answers every window that a button opens, in their order; 确定 where no answer is left."""

    def __init__(self, main: int, answers: list[str]) -> None:
        super().__init__(daemon=True)
        self.told: list[str] = []
        self._main, self._answers, self._ended = main, answers, threading.Event()

    def run(self) -> None:
        pythoncom.CoInitialize()
        self._keys = win32com.client.Dispatch("WScript.Shell")
        while not self._ended.wait(0.2):
            try:
                self._look()
            except win32gui.error:  # a window that has just been closed
                continue

    def end(self) -> list[str]:
        """Stop; everything that was told or asked in messages."""
        self._ended.set()
        self.join()
        return self.told

    def _next(self) -> str:
        return self._answers.pop(0) if self._answers else "ok"

    def _look(self) -> None:
        box, text = open_message(self._main)
        if box and text:
            self.told.append(text)
            win32gui.PostMessage(box, win32con.WM_COMMAND, KEYS[self._next()], 0)
            _until_closed(box)
        elif asking := win32gui.FindWindow(_INPUT, ribbon_tab().label):
            self._type(asking)
        elif folder := _folder_window(self._main):
            self._type(folder)

    def _type(self, window: int) -> None:
        """Type the answer into the window that is open; ``ok`` leaves what stands there."""
        answer = self._next()
        win32gui.SetForegroundWindow(window)
        if answer not in KEYS:
            self._keys.SendKeys("^a" + "".join(f"{{{sign}}}" if sign in "+^%~(){}[]" else sign for sign in answer))
        self._keys.SendKeys("{ESC}" if answer == "cancel" else "{ENTER}")
        _until_closed(window)


def _folder_window(main: int) -> int:
    """Office's window for a folder, which belongs to Excel and is no message of ours; 0 for none."""
    box = win32gui.FindWindow(_FOLDER, None)
    ours = box and win32gui.GetWindow(box, win32con.GW_OWNER) == main
    return box if ours and win32gui.GetWindowText(box) != ribbon_tab().label else 0


def _until_closed(window: int) -> None:
    until = time.monotonic() + 30
    while win32gui.IsWindow(window) and time.monotonic() < until:
        time.sleep(0.1)


@contextmanager
def _excel() -> Iterator[Any]:
    """Excel with the installed add-in, which it does not load by itself where a program starts it."""
    excel = win32com.client.DispatchEx("Excel.Application")
    excel.Visible = True
    try:
        excel.Workbooks.Open(str(addin_paths(this_computer()).addin))
        excel.Workbooks.Add()
        yield excel
    finally:
        excel.DisplayAlerts = False
        excel.Quit()


@contextmanager
def _last_workspace_kept() -> Iterator[None]:
    note = session.HOME / "workspace.txt"
    before = note.read_bytes() if note.is_file() else None
    try:
        yield
    finally:
        if before is not None:
            note.write_bytes(before)


def press_all(folder: Path) -> list[dict[str, Any]]:
    """Press every button in Excel; a press each as ``report.lines`` wants it. Needs ``zwgk addin install``."""
    with _last_workspace_kept(), _excel() as excel:
        place = presses.new_place(folder)
        return [_pressed(excel, place, each) for each in presses.PRESSES]


def _pressed(excel: Any, place: presses.Place, press: presses.Press) -> dict[str, Any]:
    press.before(place)
    answers = Answers(excel.Hwnd, list(press.answers(place)))
    answers.start()
    nothing = win32com.client.VARIANT(pythoncom.VT_DISPATCH, None)
    started = time.perf_counter()
    try:
        excel.Run(f"{FILE_NAME}!ZwgkRibbon.On{ribbon_tab().buttons[press.button].name}", nothing)
        code = 0
    except pythoncom.com_error as error:
        code = error.hresult
    return {
        "button": press.button,
        "members": "",
        "lacking": [],
        "open": presses.saved(place),
        "code": code,
        "told": presses.plain(answers.end(), place),
        "says": press.says,
        "seconds": round(time.perf_counter() - started, 2),
    }
