"""The jobs of a workspace, from its settings."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.settings import Settings
from zwgk_excel.workflow.office.workspace import Workspace

MAILING = frozenset({"send", "remind"})
"""Steps that mail units; scheduled only where the settings allow it."""
MONTHLY, DAILY = "monthly", "daily"
ZWGK = ("-P", "-m", "zwgk_excel")
"""What Python is given to be ``zwgk``; -P: it imports nothing from the folder that it is started in."""


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """One entry of a computer's schedule."""

    name: str
    """``monthly`` or ``daily``."""
    label: str
    """The name it has in the system's schedule: the same for the same workspace, another for another."""
    day: int
    """Of the month; 0 for every day."""
    at: time
    """The computer's own time."""
    command: tuple[str, ...]
    """Program and arguments."""
    description: str


def jobs(workspace: Workspace, program: Path | None = None) -> tuple[ScheduledJob, ...]:
    """The jobs of a workspace, without those that have no steps; ``program`` is the Python to run, this one if None.

    Raises UserError where paths have characters that a schedule cannot contain.
    """
    settings = workspace.settings.schedule
    return tuple(
        _job(workspace, name, day, at, program or Path(sys.executable))
        for name, day, at in ((MONTHLY, settings.monthly_day, settings.monthly_at), (DAILY, 0, settings.daily_at))
        if steps(workspace.settings, name)
    )


def steps(settings: Settings, name: str) -> tuple[str, ...]:
    """The commands of a job, in order.

    Without those that mail unless schedules may, and without ``fetch`` where no mailbox is set.
    """
    schedule = settings.schedule
    wanted: tuple[str, ...] = schedule.monthly if name == MONTHLY else schedule.daily
    return tuple(each for each in wanted if not left_out(settings, each))


def left_out(settings: Settings, step: str) -> str:
    """Why a step is left out, in Chinese; empty where it is not."""
    if step in MAILING and not settings.schedule.mails:
        return "没有允许定时任务发信（[schedule] 的 mails）"
    if step == "fetch" and not settings.mail.imap.host:
        return "没有设置收信服务器（[mail.imap]）"
    return ""


def arguments(step: str, root: Path, cycle: Month) -> tuple[str, ...]:
    """The command line of a step; commands that mail get the option that confirms it."""
    month = (str(cycle),) if step in ("generate", "send") else ()
    return (step, *month, *(("--yes",) if step in MAILING else ()), "-w", str(root))


def labels(workspace: Workspace) -> tuple[str, ...]:
    """Every label that jobs of a workspace can have."""
    return tuple(_label(workspace.root.resolve(), name) for name in (MONTHLY, DAILY))


def _label(root: Path, name: str) -> str:
    return f"zwgk-{hashlib.sha256(str(root).encode('utf-8')).hexdigest()[:8]}-{name}"


def _job(workspace: Workspace, name: str, day: int, at: time, program: Path) -> ScheduledJob:
    root = workspace.root.resolve()
    for path in (root, program):
        if any(not char.isprintable() for char in str(path)):
            raise UserError(f"路径“{path}”中有不可见的字符，不能用于定时任务；请改名后再试。")
    names = {MONTHLY: "每月", DAILY: "每天"}
    return ScheduledJob(
        name=name,
        label=_label(root, name),
        day=day,
        at=at,
        command=(str(program), *ZWGK, "schedule", "run", name, "-w", str(root)),
        description=f"政务公开信息报送：{names[name]}任务（{root}）",
    )
