"""What happens on Windows: ``prepare`` installs the add-in for a user of its own, ``play`` presses the buttons.

    python -m tests.windows.click.wine prepare|play FOLDER

``FOLDER`` takes the user's profile, the workspaces, and as JSON what the other side needs to know.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

COMPUTER, LINES, REPORT = "computer.json", "lines.json", "report.json"


def prepare(folder: Path) -> None:
    """Install the add-in as its user would, and tell what the VBA will ask of the computer."""
    from zwgk_excel.cli.main import run

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


def play(folder: Path) -> None:
    """Press every button by the way of a click, then straight, and write down both."""
    _profile(folder)
    lines = json.loads((folder / LINES).read_text(encoding="utf-8"))
    found = [*_clicked(folder / "一", lines)]
    for each, other in zip(found, _straight(folder / "二"), strict=True):
        each["same_words"] = each["told"] == other["told"]
        each["same_workbooks"] = each["open"] == other["open"]
        each["differs"] = "" if each["same_workbooks"] else _difference(each.pop("open"), other["open"])
        each["straight"] = other["told"]
        each.pop("open", None)
    (folder / REPORT).write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


def _clicked(folder: Path, lines: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    from tests.windows.click import presses
    from tests.windows.click.com_objects import Gateway
    from tests.windows.click.stand_in import StandIn

    program, place = StandIn(), presses.new_place(folder)
    for each in presses.PRESSES:
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


def _straight(folder: Path) -> Iterator[dict[str, Any]]:
    import time

    import zwgk_excel.addin as addin
    from tests.addin.grid import register
    from tests.windows.click import presses
    from zwgk_excel.addin.host import session

    grid, place = register(), presses.new_place(folder)
    grid.books.add()
    import xlwings as xw

    xw.books.active.set_mock_caller()
    session.HOME = folder / ".zwgk"
    for each in presses.PRESSES:
        each.before(place)
        grid.alerts.clear()
        grid.answers[:] = each.answers(place)
        started = time.perf_counter()
        getattr(addin, each.button)()
        seconds = time.perf_counter() - started
        assert grid.answers == [], (each.button, grid.answers, grid.alerts)
        told = presses.plain([text for text, _ in grid.alerts], place)
        yield {"told": told, "open": presses.everything_open(place), "seconds": round(seconds, 2)}


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
    {"prepare": prepare, "play": play}[sys.argv[1]](Path(sys.argv[2]))
