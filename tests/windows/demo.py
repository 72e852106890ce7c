"""``zwgk demo`` with nothing in it that differs from one run to the next: the day, and the key that signs.

    python -m tests.windows.demo FOLDER

A whole month by the same wheel on two systems, to compare what they write.
"""

from __future__ import annotations

import hashlib
import sys
from datetime import datetime, time
from pathlib import Path

import pytest

from tests.windows.workbooks import PLACE
from zwgk_excel.cli.main import run
from zwgk_excel.ledger import migrations
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.setup.demo import DEMO_AS_OF

ELSEWHERE = PLACE / "demo"
"""The demo of the system that has wine."""
_OWN = ("zwgk.id", "zwgk.db")
"""Which copy of a workspace it is, which is drawn by lot; the database, in whose head SQLite writes its version."""


class _Key:
    """In the place of ``secrets``."""

    @staticmethod
    def token_hex(size: int) -> str:
        """The same for each size."""
        return hashlib.sha256(b"demo").hexdigest()[: 2 * size]


def play(folder: Path) -> int:
    """Play the month into a new folder; the exit code of the command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: datetime.combine(DEMO_AS_OF, time(15)))
        patch.setattr(migrations, "secrets", _Key)
        return run(["demo", str(folder)])


def files(folder: Path) -> dict[str, bytes]:
    """Every file that the month leaves, by its place."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(_OWN))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(found)}


if __name__ == "__main__":
    sys.exit(play(Path(sys.argv[1])))
