"""A ledger of its own for every test: in a file, and where the test does not speak of the file, in PostgreSQL too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.ledger.samples import now
from tests.postgres import Server
from zwgk_excel.ledger import Ledger, open_ledger, url_of
from zwgk_excel.ledger.engine import connect, writing


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for ``path`` is about the file; all others hold for both back ends.

    Nobody gives a parameter the name of a fixture here: what a test compares would become the place of its ledger.
    """
    given = {name for mark in metafunc.definition.iter_markers("parametrize") for name in argument_names(mark.args[0])}
    if taken := given & {"backend", "path", "place", "ledger"}:
        raise pytest.UsageError(f"{metafunc.definition.nodeid}: {', '.join(taken)} is where its ledger is")
    if "backend" in metafunc.fixturenames:
        backends = ["sqlite"] if "path" in metafunc.fixturenames else ["sqlite", "postgresql"]
        metafunc.parametrize("backend", backends)


def argument_names(names: str | Sequence[str]) -> list[str]:
    """What ``parametrize`` is given as the names of its arguments, one by one."""
    return [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger of this test is, if it is a file."""
    return tmp_path / "zwgk.db"


@pytest.fixture
def place(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Path | str:
    """Where the ledger of this test is: a path or a URL."""
    if backend == "sqlite":
        return tmp_path / "zwgk.db"
    server: Server = request.getfixturevalue("postgresql")
    return server.new_url()


@pytest.fixture
def ledger(place: Path | str) -> Iterator[Ledger]:
    """A new ledger that waits a fifth of a second for others."""
    with open_ledger(place, create=True, now=now, timeout=0.2) as opened:
        yield opened


@pytest.fixture
def new_ledger(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], Ledger]:
    """A way to get one new ledger after another."""
    numbers = count(1)

    def opened() -> Ledger:
        if backend == "sqlite":
            return open_ledger(tmp_path / f"{next(numbers)}.db", create=True, now=now)
        server: Server = request.getfixturevalue("postgresql")
        return open_ledger(server.new_url(), create=True, now=now)

    return opened


@pytest.fixture
def query(place: Path | str) -> Callable[[str], list[tuple[Any, ...]]]:
    """Ask the database itself, past the program; times as text."""

    def ask(sql: str) -> list[tuple[Any, ...]]:
        engine = connect(url_of(place), 5)
        try:
            with engine.connect() as connection:
                return [tuple(map(_plain, row)) for row in connection.execute(text(sql))]
        finally:
            engine.dispose()

    return ask


@pytest.fixture
def execute(place: Path | str) -> Callable[[str], None]:
    """Change the database itself, past the program."""

    def change(sql: str) -> None:
        engine = connect(url_of(place), 5)
        try:
            with writing(engine) as connection:
                connection.execute(text(sql))
        finally:
            engine.dispose()

    return change


def _plain(value: Any) -> Any:
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value


@pytest.fixture
def count_rows(query: Callable[[str], list[tuple[Any, ...]]]) -> Callable[[str], int]:
    """How many rows a table has."""
    return lambda table: int(query(f"SELECT count(*) FROM {table}")[0][0])
