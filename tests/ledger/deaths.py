"""A task on a ledger, killed before each of its statements and commits: what every death leaves behind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.ledger.samples import now
from tests.ledger.worker import DIED
from tests.tools import ROOT
from zwgk_excel.ledger import Ledger, open_ledger


def copies(path: Path, task: str, *values: int) -> tuple[list[Path], Path]:
    """Copies of the ledger at ``path`` in which the task died, a statement later each time; and the one it did well.

    Where there is no ledger at ``path`` the task makes one. Nothing here says how many statements a task has.
    """
    command = [sys.executable, "-m", "tests.ledger.worker", str(path), f"dying_{task}", *map(str, values)]
    told = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    ends = [(int(number), int(code)) for number, code in map(str.split, told.splitlines())]
    assert [code for _, code in ends] == [*[DIED] * (len(ends) - 1), 0]
    assert len(ends) > 3, "a task that writes has a statement, and begins and ends a transaction"
    *died, done = [path.with_name(f"{number}.db") for number, _ in ends]
    return died, done


def deaths(path: Path, task: str, *values: int) -> Iterator[tuple[Path, Ledger]]:
    """Each copy in which the task died, opened again."""
    for died in copies(path, task, *values)[0]:
        with open_ledger(died, create=True, now=now) as left:
            yield died, left
