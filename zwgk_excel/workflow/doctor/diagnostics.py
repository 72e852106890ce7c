"""``zwgk doctor``: runs all checks in order, from Python to the mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from zwgk_excel.layout.checkup import DiagnosticResult, check
from zwgk_excel.workflow.doctor import program
from zwgk_excel.workflow.doctor.excel_policy import macros
from zwgk_excel.workflow.doctor.mail import mail_checks
from zwgk_excel.workflow.doctor.surroundings import command
from zwgk_excel.workflow.doctor.workspace import workspace_checks
from zwgk_excel.workflow.errors import UntrustedWorkspaceError, UserError
from zwgk_excel.workflow.office.workspace import Workspace, open_workspace
from zwgk_excel.workflow.setup.addin_paths import this_computer

TIMEOUT = 15.0
"""Seconds that every single answer of a mail server is waited for."""


def run_diagnostics(
    root: Path, *, computer: bool = True, mail: bool = True, timeout: float = TIMEOUT, now: datetime
) -> Iterator[DiagnosticResult]:
    """The result of every check, as soon as it is known; nothing is changed and nothing is sent.

    ``computer`` False runs the mail checks only, ``mail`` False all others. ``timeout`` is in seconds per response of a
    server, ``now`` China's local time. A workspace that cannot be opened is a failed check, not an error.
    """
    if computer:
        yield from computer_checks(now)
    workspace = _workspace(root)
    if isinstance(workspace, DiagnosticResult):
        yield workspace
        return
    if computer:
        yield from workspace_checks(workspace, now)
    if mail:
        yield from mail_checks(workspace, timeout=timeout, now=now)


def computer_checks(now: datetime) -> Iterator[DiagnosticResult]:
    """The results for the program and the computer, whatever the workspace; ``now`` is China's local time."""
    yield program.python()
    yield program.libraries()
    yield command()
    yield program.addin(this_computer())
    yield from program.wps(this_computer())
    yield from macros()
    yield program.keyring()
    yield program.time_zone(now, datetime.now().astimezone().utcoffset() or timedelta())
    yield from program.printing()


def _workspace(root: Path) -> Workspace | DiagnosticResult:
    try:
        return open_workspace(root)
    except UntrustedWorkspaceError as error:
        return check("workspace", "workspace_untrusted", path=root.resolve(), reason=error.reason)
    except UserError as error:
        return check("workspace", "workspace_wrong", reason=str(error))
