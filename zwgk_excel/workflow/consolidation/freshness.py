"""Whether consolidating would change anything.

Compares a fingerprint of the inputs with the one stored at the last consolidation.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.resources import read_text
from zwgk_excel.ledger import damage_told
from zwgk_excel.version import __version__
from zwgk_excel.workflow.intake.inbox import InboxListing
from zwgk_excel.workflow.intake.waiting import not_registered
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE

_NOTE = "tracker"
_HASHED = 1 << 30
"""Bytes; no table and no tracker has so many."""


def note_freshness(office: Office, as_of: date | None, *, problems: bool) -> None:
    """Store the fingerprint of the inputs of the tracker just written, and whether it has problems."""
    office.ledger.set_note(_NOTE, json.dumps({"made_of": _inputs_fingerprint(office, as_of), "problems": problems}))


def forget_freshness(office: Office) -> None:
    """Let the next consolidation look at everything again."""
    office.ledger.set_note(_NOTE, "")


@dataclass(frozen=True, slots=True)
class FreshnessCheck:
    """Result of the freshness check."""

    problems: bool | None
    """Whether the tracker had problems when it was made, if making it anew would give the same; None when it would not,
    or that is unknown."""
    found: InboxListing | None = None
    """What is new in 收件箱; None where that was not checked."""


def check_freshness(office: Office, as_of: date | None) -> FreshnessCheck:
    """Whether consolidating would change anything, and what is new in 收件箱.

    It would after a new file in 收件箱, an input in the tracker, a decision, a mail, another day, changed tables,
    settings or columns, or another version of this program.
    """
    with damage_told():
        noted = json.loads(office.ledger.get_note(_NOTE) or "{}")
        made_of, problems = (noted["made_of"], bool(noted["problems"])) if noted else ("", False)
    if made_of != _inputs_fingerprint(office, as_of):
        return FreshnessCheck(None)
    arrivals, unread = found = not_registered(office)
    return FreshnessCheck(None if arrivals or unread else problems, found)


def _inputs_fingerprint(office: Office, as_of: date | None) -> str:
    workspace = office.workspace
    day = as_of or office.now().date()
    parts = [__version__, _calendar_version(), str(office.ledger.revision), str(day), str(as_of is None)]
    # A column or a word that was changed in the templates is shown at once.
    parts += [repr(layout("tracker").sheets), read_text("lists.toml")]
    files = (workspace.tracker, workspace.duty_table, workspace.roster, workspace.root / SETTINGS_FILE)
    return hashlib.sha256("\n".join([*parts, *_hashes(files)]).encode()).hexdigest()


def _hashes(paths: Iterable[Path]) -> list[str]:
    return [_hash(path) if path.is_file() else "" for path in paths]


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        # Whoever reads a file of such a size says that it is too large; to hash it would take hours.
        return str(size) if size > _HASHED else hashlib.file_digest(file, "sha256").hexdigest()


def _calendar_version() -> str:
    # Another edition knows other days off.
    try:
        return version("chinesecalendar")
    except PackageNotFoundError:
        return ""
