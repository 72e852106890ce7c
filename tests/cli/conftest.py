import json

import pytest

from tests.clock import in_december
from tests.workflow.desk import Desk, copied_desk
from zwgk_excel.cli.main import run


@pytest.fixture
def desk(tmp_path) -> Desk:
    """A workspace with the small tables, nothing sent yet."""
    return copied_desk(tmp_path)


@pytest.fixture
def zwgk(desk, capsys):
    """Run a command in the workspace: its exit code and its output, parsed where it is JSON."""

    def call(*arguments):
        code = run([*arguments, "-w", str(desk.root)])
        out = capsys.readouterr().out
        return code, json.loads(out) if "--json" in arguments else out

    return call


@pytest.fixture
def december(monkeypatch):
    """Returns of November and of the first days of December may have been received by now."""
    in_december(monkeypatch)
