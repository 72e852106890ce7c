"""A run that ends without a word at its n-th step: ``python -m tests.workflow.killed ROOT TASK POINT…``.

ROOT holds a prepared 工作区, and for ``receive`` a folder 附件. For every POINT it is copied, the task is killed
just before its POINT-th step (a statement, a commit, something written to the disk or said to a mail server; 0 for
never), and run again undisturbed. One line of JSON says how many steps were made, which of them was the last to put a
written file in its place, and what is there in the end.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import smtplib
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from tests.workflow.mailbox import FolderMailbox
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.intake import intake_run
from zwgk_excel.workflow.intake import receiving as intake
from zwgk_excel.workflow.mailing.fetching import fetch_from
from zwgk_excel.workflow.office.context import Office, open_office
from zwgk_excel.workflow.office.trust import trust_workspace

DIED = 9
NOW = datetime(2026, 12, 3, 9)
AT = datetime(2026, 11, 20, 10, 30)


def receive(office: Office) -> None:
    """Take the attachments in at a told time."""
    intake.receive(office, [office.workspace.root.parent / "附件"], received_at=AT)


def take_all(office: Office) -> None:
    """Take in what lies in 收件箱 and in the tracker, and write the tracker."""
    consolidate(office, as_of=NOW.date(), who="科员")


def fetch(office: Office) -> None:
    """Take in the mails that lie in a folder, two at a time."""
    fetch_from(office, FolderMailbox(office.workspace.root.parent / "邮箱", batch=2))


TASKS: dict[str, Callable[[Office], None]] = {"receive": receive, "consolidate": take_all, "fetch": fetch}


def run(root: Path, task: str) -> None:
    """One undisturbed run, recording two files at a time."""
    intake_run._FILES = 2
    with open_office(root, now=lambda: NOW) as office:
        TASKS[task](office)


def dying(root: Path, task: str, point: int, steps: Path) -> None:
    """A run that is killed before its ``point``-th step; the steps made are counted in a file."""
    die_at(point, steps)
    run(root, task)


def die_at(point: int, steps: Path) -> None:
    """Let this process end before its ``point``-th step from now on; the steps made are counted in a file.

    Those that leave something behind (a commit of what was written, a file) stand in a file ``effects`` beside it.
    """
    seen = 0
    written = False
    effects = steps.with_name("effects")
    effects.write_bytes(b"")

    def step(*_: object, effect: bool = False) -> None:
        nonlocal seen
        seen += 1
        steps.write_bytes(str(seen).encode())
        if effect:
            with effects.open("ab") as stream:
                stream.write(f"{seen} ".encode())
        if seen == point:
            os._exit(DIED)

    def statement(*arguments: Any) -> None:
        nonlocal written
        written = written or not arguments[2].lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN"))
        step()

    def commit(*_: object) -> None:
        nonlocal written
        step(effect=written)
        written = False

    def before(function: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any, **options: Any) -> Any:
            step(effect=True)
            if function is replacing:
                steps.with_name("replacing").write_bytes(str(seen).encode())
            return function(*arguments, **options)

        return stepping

    replacing = os.replace
    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", commit)
    for name in ("replace", "fsync", "utime", "mkdir", "unlink"):
        setattr(os, name, before(getattr(os, name)))
    tempfile.mkstemp = before(tempfile.mkstemp)
    for name in ("send", "getreply"):
        setattr(smtplib.SMTP, name, before(getattr(smtplib.SMTP, name)))


def spread(steps: int, count: int) -> set[int]:
    """So many of a run's steps, from the first to the last, evenly."""
    return {1 + (steps - 1) * number // (count - 1) for number in range(count)}


def in_child(work: Callable[..., None], *arguments: object) -> int:
    """Run something in a process of its own, forked before anything has threads; its exit code."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work(*arguments)
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def state(root: Path) -> dict[str, Any]:
    """Everything that is there: the ledger's content, and every file but the database itself."""
    files = {
        path.relative_to(root).as_posix(): [hashlib.sha256(path.read_bytes()).hexdigest(), _stamp(path, root)]
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.startswith("zwgk.db")
    }
    with open_office(root, now=lambda: NOW) as office:
        ledger = office.ledger
        held = {
            "receipts": [asdict(each) for each in ledger.receipts()],
            "decisions": [asdict(each) for each in ledger.decisions()],
            "messages": [asdict(each) for each in ledger.messages()],
        }
    return {"files": files, **held}


def _stamp(path: Path, root: Path) -> int:
    """When a file of 收件箱 is from: that decides its receipt time."""
    return int(path.stat().st_mtime) if path.is_relative_to(root / "收件箱") else 0


def main(prepared: str, task: str, *points: str) -> None:
    """Kill and recover at every point, a line for each."""
    for point in map(int, points):
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(shutil.copytree(prepared, Path(folder) / "副本"))
            root, steps = copy / "工作区", Path(folder) / "steps"
            trust_workspace(root)
            died = in_child(dying, root, task, point, steps)
            left = sorted(each.relative_to(root).as_posix() for each in root.rglob(".zwgk-*"))
            again = in_child(run, root, task) if point else 0
            codes = {"died": died, "again": again, "steps": int(steps.read_bytes()), "left": left}
            last = steps.with_name("replacing")
            codes["replacing"] = int(last.read_bytes()) if last.exists() else 0
            out = copy / "state"
            in_child(lambda root, out: out.write_text(json.dumps(state(root), default=str, sort_keys=True)), root, out)
            print(json.dumps(codes | {"state": json.loads(out.read_text())}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
