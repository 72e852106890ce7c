"""A LibreOffice with windows on a virtual screen, the extension installed: buttons are found by their labels."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.calc.office import RESTART_ME
from tests.desktop.screen import PATIENCE, Screen, wait_for
from tests.tools import ROOT, require
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.workflow.setup.libreoffice_build import IDENTIFIER
from zwgk_excel.workflow.setup.libreoffice_install import LibreOfficeEnvironment

WAITING = {"tell", "ask", "ask_text", "choose", "choose_folder"}
"""The verbs that open a window."""
_KEYS_HEEDED = 10.0
"""Seconds after which keys that did nothing are pressed once more."""
_MOST_WINDOWS = 10
"""So many windows at most does one button open that is always answered with no."""


def environment_in(folder: Path, interpreter: Path) -> LibreOfficeEnvironment:
    """LibreOffice's own, but everything that is installed lies in ``folder``: nothing of the computer's is touched."""
    soffice, _ = require("soffice", "uno")
    options = [f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    if os.geteuid() == 0:
        shared = (folder / "shared").as_uri()
        options += ["--shared", f"-env:UNO_SHARED_PACKAGES={shared}", f"-env:UNO_SHARED_PACKAGES_CACHE={shared}"]
    return LibreOfficeEnvironment(Path(soffice).resolve().parent, folder / "home", interpreter, tuple(options))


def recorded_interpreter(folder: Path, before: str = "") -> Path:
    """A Python whose conversation is in ``folder``'s ``log``; ``before`` is done in it before the button."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "python"
    line = [sys.executable, str(ROOT / "tests/desktop/recorded.py"), str(folder / "log"), sys.executable]
    if before:
        run = "runpy.run_module('zwgk_excel.addin', run_name='__main__')"
        line += ["-X", "utf8", "-c", f"{before}\nimport runpy, sys; sys.argv[1:] = sys.argv[-1:]; {run}"]
    # Where LibreOffice's clock is faked, ours is not: workers wait by it.
    run = f'PYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.join(line)} "$@"'
    script.write_text(f"#!/bin/sh\nunset LD_PRELOAD\n{run}\n")
    script.chmod(0o755)
    return script


class Desktop:
    """The program with a workbook open; use it as a context manager."""

    def __init__(self, screen: Screen, environment: LibreOfficeEnvironment, log: Path, **variables: str) -> None:
        self.screen, self._log, self._environment = screen, log, environment
        self._pipe = f"zwgk{uuid.uuid4().hex}"
        foreign = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
        self._variables = {name: value for name, value in os.environ.items() if name not in foreign} | {
            "DISPLAY": screen.display,
            "SAL_USE_VCLPLUGIN": "gtk3",  # the plain one hangs at its start
            "NO_AT_BRIDGE": "1",
            "HOME": str(environment.home),
            **variables,
        }

    def open(self, path: Path) -> Self:
        """Start it with a workbook."""
        assert self._environment.program
        options = [each for each in self._environment.options if each.startswith("-env:")]
        line = [str(self._environment.program / "soffice.bin"), "--norestore", "--nologo", "--nofirststartwizard"]
        line += [*options, f"--accept=pipe,name={self._pipe};urp;StarOffice.ComponentContext", str(path)]
        self._process = subprocess.Popen(line, env=self._variables, stderr=subprocess.DEVNULL)
        wait_for(lambda: self._process.poll() is not None or self._connected())
        if self._process.poll() == RESTART_ME:
            return self.open(path)
        wait_for(lambda: self.desktop.getCurrentComponent() is not None and self.buttons())
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What is open leaves a lock beside its file.
        # Where it has ended already, UNO's exception would break what sets a traceback.
        with suppress(Exception):
            for model in [each for each in self.desktop.Components if hasattr(each, "isModified")]:
                model.close(True)
        self._process.kill()
        self._process.wait()

    def _connected(self) -> bool:
        import uno
        from com.sun.star.connection import NoConnectException

        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
        try:
            context = resolver.resolve(f"uno:pipe,name={self._pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            return False
        self.desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        return True

    @property
    def model(self) -> Any:
        """The workbook in front."""
        return self.desktop.getCurrentComponent()

    def focus(self) -> None:
        """Let the keyboard type into the workbook in front."""
        self.desktop.getCurrentFrame().ComponentWindow.setFocus()

    def buttons(self) -> dict[str, tuple[int, int]]:
        """Label → where on the screen its middle is, of every button that the toolbars show, by accessibility."""
        frame = self.desktop.getCurrentFrame()
        bars = [f"private:resource/toolbar/addon_{IDENTIFIER}.{group.key}" for group in ribbon_tab().groups]
        elements = [frame.LayoutManager.getElement(each) for each in bars] if frame else []
        if not elements or None in elements:
            return {}
        shown = self.screen.windows(".* LibreOffice Calc")
        if not shown:
            return {}
        left, top, height = self.screen.place(shown[0])
        # Above LibreOffice's own drawing is GTK's menu. Where things are on the screen, LibreOffice tells now with it,
        # now without it; where they are in each other it knows.
        top += height - frame.ContainerWindow.PosSize.Height
        return {name: (left + x, top + y) for each in elements for name, x, y in _middles(each.RealInterface)}

    def press(
        self, label: str, *answers: str, shown: Callable[[], object] = lambda: None
    ) -> list[dict[str, Any]]:
        """Click a button and answer its windows, those without an answer with no; what it asked and showed, in order.

        ``shown`` is called when a window is there, before it is answered.
        """
        return self.answer(self.click(label), *answers, shown=shown)

    def answer(
        self, since: int, *answers: str, shown: Callable[[], object] = lambda: None
    ) -> list[dict[str, Any]]:
        """The same for a button that was clicked."""
        left, asked = list(answers), self._wait(since, 0)
        while asked[-1] is not None:
            self._answer(asked[-1], left, shown)
            asked = self._wait(since, len(asked))
        assert left == [], asked
        return asked[:-1]

    def click(self, label: str) -> int:
        """Click a button and wait for nothing; how much had been said before."""
        since = len(self._lines())
        self.screen.click(*self.buttons()[label])
        return since

    def kill_when_it_says(self, words: str, since: int) -> None:
        """End the program of a button, as a crash would, once it has said something."""
        said = json.dumps(words)[1:-1].encode()
        wait_for(lambda: any(said in each for each in self._lines()[since:]))
        (started,) = (int(each[2:]) for each in self._lines()[since:] if each.startswith(b"= "))
        os.kill(started, signal.SIGKILL)

    def _wait(self, since: int, done: int) -> list[Any]:
        return wait_for(lambda: self._told(since, done), told=f"{done} of {self._lines()[since:]}")

    def _told(self, since: int, done: int) -> list[Any]:
        """Every question since, and None at its end; nothing where there is none beyond the first ``done``."""
        lines = self._lines()[since:]
        asked: list[Any] = [json.loads(each[2:]) for each in lines if each.startswith(b"> ")]
        if any(each.startswith(b"- ") for each in lines):
            return [*asked, None]
        waiting = [number for number, each in enumerate(asked, 1) if each["verb"] in WAITING and number > done]
        return asked[: waiting[0]] if waiting else []

    def _lines(self) -> list[bytes]:
        return self._log.read_bytes().splitlines() if self._log.exists() else []

    def _answer(self, question: dict[str, Any], left: list[str], shown: Callable[[], object]) -> None:
        """Press the keys that answer the window of a question."""
        title = question["question"] if question["verb"] == "choose_folder" else ribbon_tab().label
        (window, *_) = wait_for(lambda: self.screen.windows(title), told=str(question))
        answer = "ok" if question["verb"] == "tell" else left.pop(0) if left else "cancel"
        keys = {"ok": "Return", "cancel": "Escape", "yes": "alt+y", "no": "alt+n"}
        time.sleep(0.15)  # the window takes keys a moment after it is there
        shown()
        until = time.monotonic() + PATIENCE
        while window in self.screen.windows(title):
            # On a busy computer keys are lost that come before the window has the keyboard.
            assert time.monotonic() < until, question
            self.screen.focus(window)
            if answer in keys:
                self.screen.keys(keys[answer])
            else:
                self.screen.keys("ctrl+a")
                self.screen.type(answer)
                self.screen.keys("Return")
            with suppress(TimeoutError):
                wait_for(lambda: window not in self.screen.windows(title), _KEYS_HEEDED)

    def close_windows(self) -> None:
        """Answer with no whatever a failed test has left open, so that the next finds the program as it expects it."""
        for _ in range(_MOST_WINDOWS):
            if not (left := self.screen.windows(ribbon_tab().label)):
                return
            self.screen.focus(left[0])
            self.screen.keys("Escape")
            time.sleep(1)


def _middles(bar: Any) -> Sequence[tuple[str, int, int]]:
    """The label of each button of a toolbar at the top, and where in the window its middle is."""
    context = bar.getAccessibleContext()
    parts = [context.getAccessibleChild(number) for number in range(context.getAccessibleChildCount())]
    found = []
    for each in (part.getAccessibleContext() for part in parts):
        at = each.getBounds()
        middle = bar.PosSize.X + at.X + at.Width // 2, bar.PosSize.Y + at.Y + at.Height // 2
        found.append((each.getAccessibleName(), *middle))
    return found
