"""Whether consolidating would change anything: told by what the tracker was made of, without reading it all again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from zwgk_excel import __version__
from zwgk_excel.domain.problems import Problem
from zwgk_excel.workflow.arrivals import load, new_in_inbox
from zwgk_excel.workflow.office import Office
from zwgk_excel.workflow.workspace import SETTINGS_FILE

_NOTE = "tracker"


def remember(office: Office, as_of: date | None, *, problems: bool) -> None:
    """Note what the tracker that was just written is made of, and whether there was something to look at."""
    office.ledger.remark(_NOTE, json.dumps({"made_of": _made_of(office, as_of), "problems": problems}))


def is_up_to_date(office: Office, as_of: date | None) -> bool | None:
    """Whether there was something to look at when the tracker was made, if making it anew would give the same.

    None when it would not, or nobody knows: a file in 收件箱 that was not taken in, something typed into the tracker, a
    decision, a mail, another day, other tables, other settings or another version of this program.
    """
    noted = json.loads(office.ledger.remarked(_NOTE) or "{}")
    if not noted or noted["made_of"] != _made_of(office, as_of) or _has_new(office):
        return None
    return bool(noted["problems"])


def _made_of(office: Office, as_of: date | None) -> str:
    workspace = office.workspace
    day = as_of or office.now().date()
    parts = [__version__, _calendar_version(), str(office.ledger.revision), str(day), str(as_of is None)]
    files = (workspace.tracker, workspace.duty_table, workspace.roster, workspace.root / SETTINGS_FILE)
    return hashlib.sha256("\n".join([*parts, *_hashes(files)]).encode()).hexdigest()


def _hashes(paths: Iterable[Path]) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "" for path in paths]


def _calendar_version() -> str:
    # Another edition knows other days off.
    try:
        return version("chinesecalendar")
    except PackageNotFoundError:
        return ""


def _has_new(office: Office) -> bool:
    """Whether 收件箱 holds a file whose content is not recorded under its name; every file is read for that."""
    known = office.ledger.known()
    arrivals, unread = new_in_inbox(office)
    loaded = (load(office, each) for each in arrivals)
    return bool(unread) or any(
        isinstance(each, Problem) or (each.receipt.file, each.receipt.sha256) not in known for each in loaded
    )
