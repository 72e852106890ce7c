"""What runs when: the jobs of a workspace, from its settings."""

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
"""Steps that mail to units; a schedule takes them only where the office says so."""
MONTHLY, DAILY = "monthly", "daily"


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """One entry in a computer's schedule."""

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
    """The jobs of a workspace, those without steps left out; ``program`` is the Python to run, this one if None.

    Raises UserError where the paths have characters that no schedule can carry.
    """
    settings = workspace.settings.schedule
    return tuple(
        _job(workspace, name, day, at, program or Path(sys.executable))
        for name, day, at in ((MONTHLY, settings.monthly_day, settings.monthly_at), (DAILY, 0, settings.daily_at))
        if steps(workspace.settings, name)
    )


def steps(settings: Settings, name: str) -> tuple[str, ...]:
    """The commands of a job, in order: without those that mail where schedules may not, and without ``fetch`` where
    there is no mailbox to fetch from."""
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
    """A step as ``zwgk`` is called with it; what mails is told that it is meant."""
    month = (str(cycle),) if step in ("generate", "send") else ()
    return (step, *month, *(("--yes",) if step in MAILING else ()), "-w", str(root))


def labels(workspace: Workspace) -> tuple[str, ...]:
    """Every label that the jobs of a workspace can have."""
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
        command=(str(program), "-m", "zwgk_excel", "schedule", "run", name, "-w", str(root)),
        description=f"政务公开信息报送：{names[name]}任务（{root}）",
    )
