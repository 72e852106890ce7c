"""WPS with the installed add-in, in a real Chromium, whose buttons start the real service and its processes."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.addin.wps.browser import Browser
from tests.addin.wps.wps_double import Wps, press_first
from tests.tools import ROOT, require
from tests.workflow.desk import Desk
from zwgk_excel.workflow.office.trust import VARIABLE
from zwgk_excel.workflow.setup.addin_paths import Environment, this_computer
from zwgk_excel.workflow.wps.note import note_path, read_note, write_note
from zwgk_excel.workflow.wps.registration import install

NOW = datetime(2026, 12, 15, 9)
_CLOCK = f"""
# Run by Python before anything else: for the processes of these tests it is always the same minute.
from datetime import datetime
from zwgk_excel.workflow import clock

class Standing(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.fromisoformat("{NOW.isoformat()}+08:00").astimezone(tz)

clock.datetime = Standing
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of what WPS starts, with a program that opens files and only notes them."""
    made = tmp_path_factory.mktemp("home")
    (made / "clock").mkdir()
    (made / "clock" / "sitecustomize.py").write_text(_CLOCK, encoding="utf-8")
    opener = made / "programs" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\necho "$1" >>"{made}/opened.txt"\n', encoding="utf-8")
    opener.chmod(0o755)
    return made


@pytest.fixture(scope="module")
def environment(home: Path) -> Mapping[str, str]:
    """Of the processes that WPS starts, and of the commands that are compared with its buttons."""
    return os.environ | {
        "HOME": str(home),
        "PATH": f"{home / 'programs'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join((str(home / "clock"), str(ROOT))),
        "ZWGK_WHO": "王主任",
    }


@pytest.fixture(scope="module")
def desk(issued: Path, home: Path) -> Desk:
    """A workspace whose November went out, with its tracker; the one that was used last."""
    made = Desk(shutil.copytree(issued, home / "工作区"), NOW)
    (home / ".zwgk").mkdir()
    (home / ".zwgk" / "workspace.txt").write_text(str(made.root), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def started(desk: Desk, home: Path, environment: Mapping[str, str]) -> Iterator[Wps]:
    """WPS with the add-in as install leaves it. The service that it starts ends with it."""
    (chromium,) = require("chromium")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, os.environ[VARIABLE])
        computer = Environment("linux", home, home, this_computer().interpreter, "ascii", lambda: False)
        boxes: list[str] = []
        with (
            Browser(chromium, home / "profile", boxes.append) as browser,
            Wps(install(computer).folder, environment, shown=boxes) as made,
        ):
            made.open_in(browser)
            yield made
        end_service()


@pytest.fixture
def wps(started: Wps) -> Iterator[Wps]:
    """The same with nothing open, whose user agrees to everything."""
    yield started
    started.answer, started.folder = (lambda page, _: press_first(page)), None
    started.fails.clear()
    started.meanwhile.clear()
    for number in list(started.books):
        started.close(number, False)


def end_service() -> None:
    """Let the service that runs find another one's note, upon which it ends."""
    if note := read_note():
        write_note(replace(note, token="another", beat=time.time()))
        time.sleep(3)
        note_path().unlink(missing_ok=True)
