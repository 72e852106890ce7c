"""A desk whose ribbon is clicked with a workbook open, in the grid or in a real program."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

import zwgk_excel.addin as addin
from tests.calc.engine.front import Front
from tests.workflow.desk import Desk
from zwgk_excel.addin.host import session, workspace_choice
from zwgk_excel.workflow import clock


def desk_at(now: datetime, prepared: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A copy of a workspace in ``folder``, the one used last, at whose time the add-in is clicked too."""
    made = Desk(shutil.copytree(prepared, folder / "工作区"), now)
    monkeypatch.setattr(clock, "now", lambda: made.now)
    monkeypatch.setattr(session, "HOME", folder / "home")
    workspace_choice.remember(made.root)
    return made


def click(front: Front, name: str, *answers: str) -> str:
    """Press a button and answer its questions; its closing words."""
    front.alerts.clear()
    front.answers[:] = answers
    getattr(addin, name)()
    assert front.answers == [], front.alerts
    return front.alerts[-1][0]
