"""The office's jobs in the Task Scheduler, by its own ``schtasks``."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.tools import on_windows, under_wine
from tests.workflow.desk import new_desk
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.scheduling import installing
from zwgk_excel.workflow.scheduling.windows import FOLDER

pytestmark = on_windows


def by_schtasks(command: Sequence[str], _: bytes = b"") -> tuple[int, bytes]:
    """Without pipes: wine starts the service with those of who asks first, who then waits for their end."""
    nothing = subprocess.DEVNULL
    done = subprocess.run(command, stdin=nothing, stdout=nothing, stderr=nothing, timeout=60, check=False)
    return done.returncode, b""


def is_registered(label: str) -> bool:
    """Whether the Task Scheduler knows it: wine, whose query answers yes to everything, where it keeps its tasks."""
    if under_wine():
        return Path(os.environ["SYSTEMROOT"], "System32", "Tasks", FOLDER, label).is_file()
    return by_schtasks(["schtasks", "/query", "/tn", f"{FOLDER}\\{label}"])[0] == 0


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with its two jobs, in a folder with blanks and 汉字."""
    home = tmp_path / "张 三"
    home.mkdir()
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setattr(installing, "_run", by_schtasks)
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
