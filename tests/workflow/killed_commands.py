"""A command killed at its steps, and given again: ``python -m tests.workflow.killed_commands ROOT DAY MOST ARGUMENT…``.

As :mod:`tests.workflow.killed`, of a command of the command line as a person gives it on a day. Between two steps that
leave something behind all are the same: it is killed before and after each of these, at ``MOST`` of them evenly and at
the last ones, or with 0 before every step. One line of JSON for each point, that of a run undisturbed first: how the
runs ended and what the last one said, and everything that is in the workspace and in its ledger in the end.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from tests.workflow import killed
from zwgk_excel.cli import main as command_line
from zwgk_excel.domain.periods import CHINA
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.office.trust import trust_workspace

_COUNTED = "revision"
"""How often the ledger was written: more often where a run was killed."""


def stop_the_clock(day: str) -> None:
    """It is nine o'clock, and stays so."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.fromisoformat(f"{day}T09:00:00").replace(tzinfo=CHINA).astimezone(tz)

    setattr(clock, "datetime", Stopped)  # noqa: B010 - the module does not offer it


def give(root: Path, arguments: Sequence[str], said: Path) -> None:
    """Run the command in the workspace, and end with its exit code; what it says goes into a file."""
    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    code = command_line.run([*arguments, "-w", str(root)])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def give_until(point: int, steps: Path, root: Path, arguments: Sequence[str], said: Path) -> None:
    """The same, killed before a step."""
    killed.die_at(point, steps)
    give(root, arguments, said)


def state(root: Path) -> dict[str, Any]:
    """Every file but the database with what is in it, and every row of the database."""
    files = {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.startswith("zwgk.db")
    }
    with closing(sqlite3.connect(root / "zwgk.db")) as database:
        listed = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        tables = {name: sorted(map(repr, database.execute(f'SELECT * FROM "{name}"'))) for (name,) in listed.fetchall()}
    return {"files": files, **{name: [row for row in rows if _COUNTED not in row] for name, rows in tables.items()}}


def at_point(prepared: str, point: int, arguments: Sequence[str], folder: Path) -> dict[str, Any]:
    """Kill and give again once."""
    copy = Path(shutil.copytree(prepared, folder / "副本"))
    root, steps, said = copy / "工作区", folder / "steps", folder / "said"
    trust_workspace(root)
    given = [each.replace("{root}", str(root)) for each in arguments]
    died = killed.in_child(give_until, point, steps, root, given, said)
    said.write_text("", encoding="utf-8")
    again = killed.in_child(give, root, given, said) if point else 0
    effects = [int(each) for each in steps.with_name("effects").read_text().split()]
    ended = {"died": died, "again": again, "said": said.read_text(encoding="utf-8")}
    ended |= {"point": point, "steps": int(steps.read_bytes()), "effects": effects}
    return ended | {"state": state(root)}


def told(prepared: str, point: int, arguments: Sequence[str]) -> dict[str, Any]:
    """The same in a folder of its own, printed too."""
    with tempfile.TemporaryDirectory() as folder:
        found = at_point(prepared, point, arguments, Path(folder))
    print(json.dumps(found, ensure_ascii=False), flush=True)
    return found


def chosen(effects: Sequence[int], steps: int, most: int) -> list[int]:
    """The points before and after each effect; of too many some, evenly, and the last ones."""
    if not most:
        return list(range(1, steps + 1))
    differing = sorted({point for effect in effects for point in (effect, effect + 1) if point <= steps})
    every = -(-len(differing) // most) or 1
    return sorted({*differing[::every], *differing[-2:]})


def main(prepared: str, day: str, most: str, *arguments: str) -> None:
    """A line for each point."""
    stop_the_clock(day)
    whole = told(prepared, 0, arguments)
    for point in chosen(whole["effects"], whole["steps"], int(most)):
        told(prepared, point, arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
