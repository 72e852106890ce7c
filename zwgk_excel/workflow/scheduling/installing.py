"""Installs a workspace's jobs in the current user's schedule, and removes them."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.workspace import Workspace
from zwgk_excel.workflow.scheduling.jobs import ScheduledJob, jobs, labels
from zwgk_excel.workflow.scheduling.systems import Computer, System, system_of


@dataclass(frozen=True, slots=True)
class JobEntry:
    """A job and its state in the computer's schedule."""

    job: ScheduledJob
    installed: bool
    current: bool
    """Whether what is installed is what the settings say."""


def install(workspace: Workspace, computer: Computer) -> tuple[JobEntry, ...]:
    """Install every job, replacing earlier ones, and remove those without steps; repeatable.

    Raises UserError; what was written before is kept, and a second run or ``remove`` continues from there.
    """
    wanted, system = jobs(workspace), system_of(computer)
    for label in set(labels(workspace)) - {job.label for job in wanted}:
        _removed(system, label)
    with _os_errors_as_user_errors():
        for job in wanted:
            for path, content in system.files(job).items():
                write_atomic(path, content)
        system.take(wanted)
    return show(workspace, computer)


def remove(workspace: Workspace, computer: Computer) -> tuple[str, ...]:
    """Remove every job of the workspace; returns the labels of those that existed. Raises UserError."""
    system = system_of(computer)
    return tuple(label for label in labels(workspace) if _removed(system, label))


def show(workspace: Workspace, computer: Computer) -> tuple[JobEntry, ...]:
    """The jobs of the settings, each with whether it is installed unchanged."""
    system = system_of(computer)
    known = {job: system.knows(job.label) for job in jobs(workspace)}
    return tuple(JobEntry(job, installed, installed and system.current(job)) for job, installed in known.items())


def printed(workspace: Workspace, computer: Computer) -> dict[str, str]:
    """File → the text that would be written; the lines of a crontab under ``crontab``."""
    return system_of(computer).text(jobs(workspace))


def this_computer(system: str = "") -> Computer:
    """The computer this runs on; another ``system`` only for printing."""
    domain, user = os.environ.get("USERDOMAIN", ""), getpass.getuser()
    return Computer(system or _own_system(), Path.home(), f"{domain}\\{user}" if domain else user, _run)


def _own_system() -> str:
    if sys.platform in ("win32", "darwin"):
        return "windows" if sys.platform == "win32" else "launchd"
    # systemd may be installed and yet not run for this user, as in containers or under su.
    if shutil.which("systemctl") and _run(["systemctl", "--user", "show-environment"], b"")[0] == 0:
        return "systemd"
    return "cron"


def _removed(system: System, label: str) -> bool:
    known = system.knows(label)
    with _os_errors_as_user_errors():
        system.drop(label)
        paths = [path for path in system.paths(label) if path.is_file()]
        for path in paths:
            path.unlink()
    return known or bool(paths)


@contextlib.contextmanager
def _os_errors_as_user_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(f"无法写入“{error.filename}”：{reason_of(error)}。") from None


def _run(command: Sequence[str], given: bytes) -> tuple[int, bytes]:
    done = subprocess.run(
        command, input=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False
    )
    return done.returncode, done.stdout
