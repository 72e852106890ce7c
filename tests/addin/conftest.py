"""A workspace with a tracker, and a grid that stands for the spreadsheet program."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import xlwings as xw

from tests.addin.clicks import desk_at
from tests.addin.grid import GridApp, register
from tests.workflow.desk import CYCLE, Desk, new_desk
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.issuing.generation import generate

NOW = datetime(2026, 12, 3, 9)


@pytest.fixture(scope="session")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose November workbooks went out, with the tracker of 3 December; tests get copies."""
    made = new_desk(tmp_path_factory.mktemp("issued"))
    with made.open() as office:
        generate(office, CYCLE, as_of=made.now.date())
    made.now = NOW
    with made.open() as office:
        consolidate(office, as_of=None, who="科员")
    return made.root


@pytest.fixture
def desk(issued: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A copy of it, on 3 December."""
    return desk_at(NOW, issued, tmp_path, monkeypatch)


@pytest.fixture
def grid() -> Iterator[GridApp]:
    """The app that ``xlwings.apps.active`` is: a grid in memory, with nothing open and nothing said yet."""
    yield register()
    if hasattr(xw.Book, "_mock_caller"):
        del xw.Book._mock_caller
