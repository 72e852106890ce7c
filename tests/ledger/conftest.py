"""A ledger in a folder of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.ledger.samples import now
from zwgk_excel.ledger import Ledger, open_ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger of this test is."""
    return tmp_path / "zwgk.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    """A new ledger that waits a fifth of a second for others."""
    with open_ledger(path, create=True, now=now, timeout=0.2) as opened:
        yield opened


@pytest.fixture
def query(path: Path) -> Callable[[str], list[tuple[Any, ...]]]:
    """Ask the file itself, past the program."""

    def ask(sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(sql).fetchall()

    return ask


@pytest.fixture
def count_rows(query: Callable[[str], list[tuple[Any, ...]]]) -> Callable[[str], int]:
    """How many rows a table has."""
    return lambda table: int(query(f"SELECT count(*) FROM {table}")[0][0])
