"""The same presses in a real Excel on Windows: its own VBA runs, its own windows ask, and this answers them.

Nobody has run it in Excel yet. With the stand-in in its place (``python -m tests.windows.click --excel`` under wine)
messages are answered and all is compared; Excel's window for a line of text and Office's for a folder do not appear
there, which are answered by keys here, as a person would. It touches a workspace of its own in a temporary folder;
which workspace was used last is put back.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import pythoncom
import win32api
import win32com.client
import win32con
import win32gui
import win32process

from tests.windows.click import presses
from tests.windows.click.stand_in import KEYS, open_message
from zwgk_excel.addin.host import session
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.workbooks.xlam.addin_package import FILE_NAME
from zwgk_excel.workflow.setup.addin_paths import addin_paths, this_computer

PATIENCE = 900.0
"""Seconds after which a button is given up that neither ends nor asks, and Excel with it."""
_INPUT, _FOLDER = "bosa_sdm_XL9", "#32770"
"""The classes of Excel's window for a line of text, and of Office's for a folder."""


class Excel(Protocol):
    """A program whose buttons are pressed: Excel, or what stands for it."""

    name: str
    """What the report calls it."""
    main: int
    """Its window."""

    def press(self, button: str, answers: list[str]) -> int:
        """Press a button, and return the code that it ends with, 0 where all is well."""
        ...


class RealExcel:
    """Excel itself, with the installed add-in, which it does not load by itself where a program starts it."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self.main = int(application.Hwnd)
        self.name = f"Excel {application.Version}（{application.Build}），{application.OperatingSystem}"

    def press(self, button: str, answers: list[str]) -> int:
        """Call the callback of the ribbon; Excel's error where it ends with one."""
        nothing = win32com.client.VARIANT(pythoncom.VT_DISPATCH, None)
        try:
            self._application.Run(f"{FILE_NAME}!ZwgkRibbon.On{ribbon_tab().buttons[button].name}", nothing)
        except pythoncom.com_error as error:
            return int(error.hresult)
        return 0


class Answers(threading.Thread):
    """Answers every window that a button opens, in their order; 确定 where no answer is left.

    ``answers`` are taken away as they are given. A program that shows nothing new for ``patience`` seconds is ended.
    """

    def __init__(self, main: int, answers: list[str], patience: float = PATIENCE) -> None:
        super().__init__(daemon=True)
        self.told: list[str] = []
        self._main, self._answers, self._ended = main, answers, threading.Event()
        self._patience, self._since = patience, time.monotonic()

    def run(self) -> None:
        pythoncom.CoInitialize()
        self._keys = win32com.client.Dispatch("WScript.Shell")
        while not self._ended.wait(0.2):
            try:
                self._look()
            except win32gui.error:  # a window that has just been closed
                continue
            except pythoncom.com_error as error:
                self._give_up(f"没有按成键（{error!r}）")
            if time.monotonic() - self._since > self._patience:
                self._give_up(f"{self._patience:.0f} 秒没有动静")

    def _give_up(self, reason: str) -> None:
        windows = "；".join(open_windows(self._main))
        self.told.append(f"{reason}，已强行结束 Excel。开着的窗口：{windows}")
        end_program(self._main)
        self._ended.set()

    def end(self) -> list[str]:
        """Stop; everything that was told or asked in messages."""
        self._ended.set()
        self.join()
        return self.told

    def _next(self) -> str:
        self._since = time.monotonic()
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
    """Office's window for a folder, which belongs to Excel and is no message of ours; 0 for none.

    A message that is being made has no title yet, and is not to be seen.
    """
    box = win32gui.FindWindow(_FOLDER, None)
    ours = box and win32gui.IsWindowVisible(box) and win32gui.GetWindow(box, win32con.GW_OWNER) == main
    return box if ours and win32gui.GetWindowText(box) not in ("", ribbon_tab().label) else 0


def _until_closed(window: int) -> None:
    until = time.monotonic() + 30
    while win32gui.IsWindow(window) and time.monotonic() < until:
        time.sleep(0.1)


def open_windows(main: int) -> list[str]:
    """Title and class of every visible window of the program that a window belongs to."""
    found: list[str] = []
    _, program = win32process.GetWindowThreadProcessId(main)

    def look(window: int, _: None) -> bool:
        if win32gui.IsWindowVisible(window) and win32process.GetWindowThreadProcessId(window)[1] == program:
            found.append(f"“{win32gui.GetWindowText(window)}”({win32gui.GetClassName(window)})")
        return True

    win32gui.EnumWindows(look, None)
    return found


def end_program(main: int) -> None:
    """End the program that a window belongs to, which we have started."""
    _, program = win32process.GetWindowThreadProcessId(main)
    handle = win32api.OpenProcess(win32con.PROCESS_TERMINATE, False, program)
    win32api.TerminateProcess(handle, 1)


@contextmanager
def _excel() -> Iterator[RealExcel]:
    addin = addin_paths(this_computer()).addin
    if not addin.is_file():
        sys.exit(f"没有“{addin}”：请先运行 zwgk addin install。")
    application = win32com.client.DispatchEx("Excel.Application")
    application.Visible = True
    try:
        application.Workbooks.Open(str(addin))
        application.Workbooks.Add()
        yield RealExcel(application)
    finally:
        with suppress(pythoncom.com_error):  # where it was ended because it hung
            application.DisplayAlerts = False
            application.Quit()


@contextmanager
def _last_workspace_kept() -> Iterator[None]:
    note = session.HOME / "workspace.txt"
    before = note.read_bytes() if note.is_file() else None
    try:
        yield
    finally:
        if before is None:
            note.unlink(missing_ok=True)
        else:
            note.write_bytes(before)


def press_all(folder: Path, first: int) -> tuple[str, list[dict[str, Any]]]:
    """Press the first so many buttons in Excel; what it calls itself, and a press each as ``report.lines`` wants it.

    Needs ``zwgk addin install``; ends with a sentence where that was not done.
    """
    with _last_workspace_kept(), _excel() as excel:
        return excel.name, press_in(excel, folder, first)


def press_in(excel: Excel, folder: Path, first: int) -> list[dict[str, Any]]:
    """The same in a program that is running, in a new workspace in ``folder``."""
    place = presses.new_place(folder)
    return [_pressed(excel, place, each) for each in presses.PRESSES[:first]]


def _pressed(excel: Excel, place: presses.Place, press: presses.Press) -> dict[str, Any]:
    started = time.perf_counter()
    try:
        press.before(place)
        given = list(press.answers(place))
    except Exception as error:  # a fault of the test, or what a press before it left undone: the others go on
        code, told = -1, [f"按之前要做的事没有做成：{error!r}"]
    else:
        answers = Answers(excel.main, given)
        answers.start()
        code = excel.press(press.button, given)
        told = [*answers.end(), *([f"没有问到：{given}"] if given else [])]
    print(f"{press.button}: {code}, {time.perf_counter() - started:.1f} s", flush=True)
    return {
        "button": press.button,
        "members": "",
        "lacking": [],
        "open": presses.saved(place),
        "code": code,
        "told": presses.plain(told, place),
        "says": press.says,
        "seconds": round(time.perf_counter() - started, 2),
    }
