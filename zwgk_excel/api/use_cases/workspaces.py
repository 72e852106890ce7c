"""A workspace: made, opened, demonstrated."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from zwgk_excel.api.use_cases.arguments import AnyPath, silent
from zwgk_excel.domain.acts import ActSource

if TYPE_CHECKING:
    from zwgk_excel.workflow.office.context import Office, Progress
    from zwgk_excel.workflow.office.workspace import Workspace
    from zwgk_excel.workflow.setup.demo import DemoResult


def init_workspace(folder: AnyPath, *, ledger_url: str = "") -> Workspace:
    """Make a workspace in ``folder``; an existing one gets what is missing, nothing is overwritten."""
    from zwgk_excel.workflow.setup.workspace_setup import init_workspace as run

    return run(Path(folder), ledger_url=ledger_url)


def open_office(
    folder: AnyPath = ".", *, now: Callable[[], datetime] | None = None, strict: bool = True
) -> AbstractContextManager[Office]:
    """The office of a workspace, a context manager; ``now`` is its clock (China's time, without a zone).

    ``strict`` refuses a duty table or roster with errors; without it they are in ``office.problems``. Raises UserError.
    """
    from zwgk_excel.workflow import clock
    from zwgk_excel.workflow.office.context import open_office as run

    return run(Path(folder), now=now or clock.now, strict=strict, source=ActSource.API)


def demo(folder: AnyPath, *, progress: Progress = silent) -> DemoResult:
    """Run a whole demonstration month in a new folder, without network."""
    from zwgk_excel.workflow.setup.demo import run_demo as run

    return run(Path(folder), progress=progress)
