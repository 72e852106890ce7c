"""The office's jobs in the Task Scheduler, by its own ``schtasks``."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.tools import on_windows
from tests.workflow.desk import new_desk
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.scheduling.windows import FOLDER

pytestmark = on_windows


def is_registered(label: str) -> bool:
    """Whether the Task Scheduler knows it."""
    query = ["schtasks", "/query", "/tn", f"{FOLDER}\\{label}"]
    return subprocess.run(query, capture_output=True, check=False).returncode == 0


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with its two jobs, in a folder with blanks and 汉字."""
    home = tmp_path / "张 三"
    home.mkdir()
    monkeypatch.setenv("USERPROFILE", str(home))
    return new_desk(home / "政务公开 & 甲").root


def test_what_is_registered_is_known_shown_and_removed(office: Path, capsys: pytest.CaptureFixture[str]):
    place = ["-w", str(office)]
    assert run(["schedule", "install", *place]) == 0, capsys.readouterr()
    labels = [path.stem for path in (Path.home() / ".zwgk" / "schedule").glob("*.xml")]
    assert [is_registered(label) for label in labels] == [True, True]
    assert run(["schedule", "install", *place]) == 0  # over itself
    assert run(["schedule", "show", *place]) == 0
    assert run(["schedule", "remove", *place]) == 0
    assert [is_registered(label) for label in labels] == [False, False]
    assert run(["schedule", "show", *place]) == 1
