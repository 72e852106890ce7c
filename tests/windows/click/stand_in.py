"""A program whose windows are Excel's: xlwings finds it by them, as it finds Excel, and gets COM objects.

``XLMAIN`` holds ``XLDESK``, which holds ``EXCEL7``; the last answers the question for its object with the face of the
tests' grid. A press runs a command line by Windows' own shell and answers the windows that the button opens.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

import pythoncom
import pywintypes
import win32api
import win32com.client
import win32con
import win32event
import win32gui

from tests.addin.grid import GridApp, register
from tests.windows.click.com_objects import Gateway, wrapped
from tests.windows.click.face import Application, Face
from tests.windows.click.recorder import WINDOW
from zwgk_excel.layout.buttons import ribbon_tab

_system: Any = ctypes
"""With what only Windows has of it."""
_GET_OBJECT = 0x003D  # WM_GETOBJECT
_NATIVE_MODEL = -16  # OBJID_NATIVEOM
_DIALOG = "#32770"
"""The class of Windows' own dialogs, of which a message is one."""
_TEXT = 0xFFFF
"""The number of the text in a message."""
_UNLESS_HUNG = 2  # SMTO_ABORTIFHUNG
KEYS = {"ok": win32con.IDOK, "cancel": win32con.IDCANCEL, "yes": win32con.IDYES, "no": win32con.IDNO}
_FOLDERS = 5
"""At most so many folders are open at the end."""
_PATIENCE = 300.0
"""Seconds after which a button that does not end is given up."""


class Window(Face):
    """What Excel's window of a workbook shows."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of a press."""

    code: int
    """With which the command ended."""
    told: tuple[str, ...]
    """Every message and question, in their order."""
    asked: Counter[str]
    """How often the program was asked for each member, by class and name."""
    seconds: float


class StandIn:
    """The program, with one empty workbook; one for a process."""

    def __init__(self) -> None:
        pythoncom.CoInitialize()
        self.app: GridApp = register()
        self.app.books.add()
        application = Application(self.app)
        self._window = wrapped(Window(application, None))
        self._done: set[int] = set()
        self._answers_messages = True
        self.main = self._windows()
        Application.Hwnd = self.main

    def press(self, line: str, *answers: str) -> Pressed:
        """Run what the VBA of a button gives to the shell, and answer what is asked.

        Raises AssertionError where another number of questions was asked than there are ``answers``, and TimeoutError
        where the button does not end.
        """
        self.app.alerts.clear()
        self.app.answers = list(answers)
        Gateway.asked.clear()
        started = time.perf_counter()
        code = self._run(line.replace(WINDOW, f'--hwnd="{self.main}"'))
        told = tuple(text for text, _ in self.app.alerts)
        assert self.app.answers == [], (self.app.answers, told)
        return Pressed(code, told, Counter(Gateway.asked), time.perf_counter() - started)

    def press_answered(self, line: str, answers: list[str]) -> int:
        """Run a line as :meth:`press` does, and return its code; messages are answered by somebody else, who has the
        same ``answers``."""
        self.app.answers, self._answers_messages = answers, False
        return self._run(line.replace(WINDOW, f'--hwnd="{self.main}"'))

    def _run(self, line: str) -> int:
        ended: list[int] = []

        def shell() -> None:
            pythoncom.CoInitialize()
            ended.append(win32com.client.Dispatch("WScript.Shell").Run(line, 0, True))

        runner = threading.Thread(target=shell, daemon=True)
        runner.start()
        until = time.monotonic() + _PATIENCE
        while runner.is_alive():
            if time.monotonic() > until:
                raise TimeoutError(f"{line}\n{self.app.alerts}")
            win32event.MsgWaitForMultipleObjects([], False, 20, win32con.QS_ALLINPUT)
            win32gui.PumpWaitingMessages()
            if self._answers_messages:
                self._answer()
        return ended[0] if ended else -1

    def _answer(self) -> None:
        """Press the key of the message that is open, once."""
        try:
            box, text = open_message(self.main, self._done)
        except pywintypes.error:  # it has just been closed
            return
        if not box:
            self._done.clear()
        elif text:
            self._done.add(box)
            answer = self.app.alert(text, ribbon_tab().label, "", "", None)
            win32gui.PostMessage(box, win32con.WM_COMMAND, KEYS[answer], 0)

    @staticmethod
    def close_folders() -> None:
        """The windows of folders that buttons have opened."""
        for _ in range(_FOLDERS):
            if folder := win32gui.FindWindow("ExplorerWClass", None):
                win32gui.SendMessage(folder, win32con.WM_CLOSE, 0, 0)

    def _windows(self) -> int:
        main = _window("XLMAIN", 0, {})
        _window("EXCEL7", _window("XLDESK", main, {}), {_GET_OBJECT: self._get_object})
        return main

    def _get_object(self, window: int, message: int, flags: int, wanted: int) -> int:
        if ctypes.c_long(wanted & 0xFFFFFFFF).value != _NATIVE_MODEL:
            return 0
        pointer, kind = ctypes.c_void_p(), _Guid()
        _system.oledll.ole32.CLSIDFromString(str(pythoncom.IID_IDispatch), ctypes.byref(kind))
        give = ctypes.PyDLL(pythoncom.__file__).PyCom_InterfaceFromPyObject
        give.argtypes = (ctypes.py_object, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
        assert give(self._window, ctypes.byref(kind), ctypes.byref(pointer), 0)
        result = _system.WinDLL("oleacc").LresultFromObject
        result.restype, result.argtypes = ctypes.c_ssize_t, (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
        return int(result(ctypes.byref(kind), flags, pointer))


class StandInExcel:
    """The stand-in as :mod:`tests.windows.click.real_excel` presses buttons: its messages are answered from outside."""

    name = "Excel 的替身"

    def __init__(self, program: StandIn, lines: Mapping[str, str]) -> None:
        self._program, self._lines = program, lines
        self.main = program.main

    def press(self, button: str, answers: list[str]) -> int:
        """Press it; the code that it ends with. ``answers`` are taken from by whoever answers the messages too."""
        return self._program.press_answered(self._lines[button], answers)


class _Guid(ctypes.Structure):
    _fields_ = (
        ("a", ctypes.c_ulong),
        ("b", ctypes.c_ushort),
        ("c", ctypes.c_ushort),
        ("d", ctypes.c_ubyte * 8),
    )


def _window(kind: str, parent: int, answers: Any) -> int:
    made = win32gui.WNDCLASS()
    made.lpszClassName, made.hInstance, made.lpfnWndProc = kind, win32api.GetModuleHandle(None), answers
    win32gui.RegisterClass(made)
    style = (win32con.WS_CHILD if parent else win32con.WS_OVERLAPPEDWINDOW) | win32con.WS_VISIBLE
    return int(win32gui.CreateWindow(kind, kind, style, 0, 0, 300, 200, parent, 0, made.hInstance, None))


def open_message(main: int, known: Container[int] = ()) -> tuple[int, str]:
    """The window of a message of ours in whatever process, 0 for none, and its text, empty while it is being made.

    It is the program's own, or nobody's where the button does not reach the program. One of the ``known`` is not asked
    for its text again: it is closing, and its process may wait for an answer of this one meanwhile.
    """
    box = win32gui.FindWindow(_DIALOG, ribbon_tab().label)
    if box and win32gui.GetWindow(box, win32con.GW_OWNER) not in (0, main):
        return 0, ""
    if not box or box in known or not win32gui.IsWindowVisible(box):
        return box, ""
    label = win32gui.GetDlgItem(box, _TEXT)
    room = ctypes.create_unicode_buffer(_asked(label, win32con.WM_GETTEXTLENGTH, 0, None) + 1)
    _asked(label, win32con.WM_GETTEXT, len(room), room)
    return box, room.value.replace("\r\n", "\n")


def _asked(window: int, message: int, size: int, room: Any) -> int:
    """What a window of another process answers; 0 where it does not within a second."""
    answer = ctypes.c_size_t()
    _system.windll.user32.SendMessageTimeoutW(window, message, size, room, _UNLESS_HUNG, 1000, ctypes.byref(answer))
    return answer.value
