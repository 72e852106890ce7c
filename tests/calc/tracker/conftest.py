"""A workspace with a tracker, whose ribbon is clicked."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.workflow.desk import CYCLE, Desk, new_desk
from zwgk_excel.addin import session
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.issuing.generation import generate


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A workspace whose November workbooks went out, with a tracker, on 3 December."""
    made = new_desk(tmp_path)
    with made.open() as office:
        generate(office, CYCLE, as_of=made.now.date())
    made.now = datetime(2026, 12, 3, 9)
    monkeypatch.setattr(clock, "now", lambda: made.now)
    monkeypatch.setattr(session, "HOME", tmp_path / "home")
    with made.open() as office:
        consolidate(office, as_of=None, who="科员")
    return made
