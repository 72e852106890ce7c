"""What happens on Windows: ``prepare`` installs the add-in for a user of its own, ``play`` presses the buttons, and
``excel`` presses them as in a real Excel, with the stand-in in its place.

    python -m tests.windows.click.wine prepare|play|excel FOLDER [PRESSES]

``FOLDER`` takes the user's profile, the workspaces, and as JSON what the other side needs to know.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlwings as xw

import zwgk_excel.addin as addin
from tests.addin.grid import register
from tests.windows.click import presses
from zwgk_excel.addin.host import session
from zwgk_excel.cli.main import run
from zwgk_excel.domain.periods import Month

COMPUTER, LINES, TIMES, REPORT = "computer.json", "lines.json", "times.json", "report.json"


def prepare(folder: Path) -> None:
    """Install the add-in as its user would, and tell what the VBA will ask of the computer."""
    told = _profile(folder)
    if code := run(["addin", "install"]):
        sys.exit(code)
    (folder / COMPUTER).write_text(json.dumps(told), encoding="utf-8")


def _profile(folder: Path) -> Mapping[str, str]:
    """Be a user whose folders lie in ``folder``; the part of the environment that the VBA asks for."""
    home = folder / "office user"
    told = {"USERPROFILE": str(home), "Temp": str(home / "Temp"), "ComSpec": os.environ["ComSpec"]}  # noqa: SIM112
    roaming = home / "AppData" / "Roaming"
    for path in (home / "Temp", roaming):
        path.mkdir(parents=True, exist_ok=True)
    os.environ.update(told, APPDATA=str(roaming), ZWGK_CONFIG_DIR=str(home / "zwgk"))
    os.environ.pop("ZWGK_WHO", None)
    return told


def compared(
    found: Sequence[dict[str, Any]], straight: Iterable[Mapping[str, Any]], words: str, what: str
) -> list[dict[str, Any]]:
    """Each press beside the same one that went straight: whether they said the same ``words`` and left the same
    ``what``."""
    for each, other in zip(found, straight, strict=True):
        each["same_words"] = each["told"] == other[words]
        each["same_workbooks"] = each["open"] == other[what]
        each["differs"] = "" if each["same_workbooks"] else _difference(each["open"], other[what])
        each["straight"] = other[words]
        del each["open"]
    return list(found)


def play(folder: Path, first: int) -> None:
    """Press the first so many presses by the way of a click, then straight, and write down both."""
    _profile(folder)
    lines = json.loads((folder / LINES).read_text(encoding="utf-8"))
    month = presses.new_place(folder / "一").month
    shutil.copytree(folder / "一", folder / "二")  # the same keys, or the same workbooks would have other sums
    found = [*_clicked(folder / "一", month, lines, first)]
    told = compared(found, straight(folder / "二", month, first), "told", "open")
    times = json.loads((folder / TIMES).read_text(encoding="utf-8"))
    report = {"presses": told, "milliseconds": times}
    (folder / REPORT).write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")


def as_excel(folder: Path, first: int) -> None:
    """Press as :mod:`tests.windows.click.real_excel` does in Excel, and write down the same."""
    from tests.windows.click import real_excel
    from tests.windows.click.stand_in import StandIn, StandInExcel

    _profile(folder)
    lines = json.loads((folder / LINES).read_text(encoding="utf-8"))
    program = StandIn()
    clicked, other = folder / "三", folder / "四"
    found = real_excel.press_in(StandInExcel(program, lines), clicked, first)
    program.close_folders()
    told = compared(found, straight(other, presses.new_place(other).month, first), "messages", "saved")
    (folder / REPORT).write_text(json.dumps({"presses": told}, ensure_ascii=False, indent=1), encoding="utf-8")


def _clicked(folder: Path, month: Month, lines: Mapping[str, str], first: int) -> Iterator[dict[str, Any]]:
    from tests.windows.click.com_objects import Gateway
    from tests.windows.click.stand_in import StandIn

    program, place = StandIn(), presses.place_in(folder, month)
    for each in presses.PRESSES[:first]:
        each.before(place)
        Gateway.lacking.clear()
        done = program.press(lines[each.button], *each.answers(place))
        yield {
            "button": each.button,
            "code": done.code,
            "told": presses.plain(list(done.told), place),
            "says": each.says,
            "lacking": sorted({*Gateway.lacking}),
            "members": done.asked.total(),
            "often": dict(done.asked.most_common(12)),
            "seconds": round(done.seconds, 2),
            "open": presses.everything_open(place),
        }
        print(f"{each.button}: {done.asked.total()} members, {done.seconds:.1f} s", flush=True)
    program.close_folders()
    program.press(f'{sys.executable} -m tests.windows.click.marshalling {program.main} "{folder.parent / TIMES}"')


def straight(folder: Path, month: Month, first: int) -> Iterator[dict[str, Any]]:
    """The first so many presses as calls of the functions, on the grid.

    Of each its words, those of its messages alone, the open workbooks, the saved tracker, and seconds.
    """
    grid, place = register(), presses.place_in(folder, month)
    grid.books.add()
    xw.books.active.set_mock_caller()
    session.HOME = folder / ".zwgk"
    for each in presses.PRESSES[:first]:
        each.before(place)
        grid.alerts.clear()
        grid.messages.clear()
        grid.answers[:] = each.answers(place)
        started = time.perf_counter()
        getattr(addin, each.button)()
        seconds = time.perf_counter() - started
        assert grid.answers == [], (each.button, grid.answers, grid.alerts)
        yield {
            "told": presses.plain([text for text, _ in grid.alerts], place),
            "messages": presses.plain(grid.messages, place),
            "open": presses.everything_open(place),
            "saved": presses.saved(place),
            "seconds": round(seconds, 2),
        }


def _difference(one: Any, other: Any, where: str = "") -> str:
    """The first place at which two things differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            if one.get(key) != other.get(key):
                return _difference(one.get(key), other.get(key), f"{where}/{key}")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (this, that) in enumerate(zip(one, other, strict=True)):
            if this != that:
                return _difference(this, that, f"{where}/{number}")
    return f"{where}: {str(one)[:200]} and {str(other)[:200]}"


if __name__ == "__main__":
    what, place, *number = sys.argv[1:]
    if what == "prepare":
        prepare(Path(place))
    else:
        {"play": play, "excel": as_excel}[what](Path(place), int(number[0]) if number else len(presses.PRESSES))
