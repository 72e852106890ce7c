"""Entries for Linux and macOS: systemd user units, a cron line, a launchd agent."""

from __future__ import annotations

import plistlib
import shlex
from collections.abc import Mapping
from typing import Any

from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.scheduling.jobs import ScheduledJob

ENVIRONMENT = "%h/.config/zwgk/environment"
"""Where systemd looks for ZWGK_MAIL_PASSWORD and ZWGK_MAIL_SERVERS, on computers without a keyring."""


def units(job: ScheduledJob) -> dict[str, str]:
    """The service and the timer of a job, by suffix. Raises UserError for a Python whose path has a ``$``."""
    if "$" in job.command[0]:
        raise UserError(f"Python 的路径“{job.command[0]}”中有 $，systemd 不能使用；请换一个位置安装。")
    command = " ".join(_word(part, first=number == 0) for number, part in enumerate(job.command))
    description = job.description.replace("%", "%%")
    day = f"*-*-{job.day:02}" if job.day else "*-*-*"
    # 1 is "done, with problems to look at", which is no failure of the service.
    service = (
        f"[Unit]\nDescription={description}\n\n"
        f"[Service]\nType=oneshot\nEnvironmentFile=-{ENVIRONMENT}\nExecStart={command}\nSuccessExitStatus=1\nNice=10\n"
    )
    timer = (
        f"[Unit]\nDescription={description}\n\n"
        f"[Timer]\nOnCalendar={day} {job.at:%H:%M}:00\nPersistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )
    return {".service": service, ".timer": timer}


def cron_line(job: ScheduledJob) -> str:
    """A line of a crontab. cron replaces ``%`` by a line break unless a backslash precedes it, quoted or not."""
    day = job.day or "*"
    command = shlex.join(job.command).replace("%", "\\%")
    return f"{job.at.minute} {job.at.hour} {day} * * {command} # {job.label}"


def with_lines(crontab: str, lines: Mapping[str, str]) -> str:
    """A crontab with the lines of some jobs (label → line, empty for none) replaced; other lines are unchanged."""
    kept = [line for line in crontab.splitlines() if line.rpartition(" # ")[2] not in lines]
    return "".join(f"{line}\n" for line in [*kept, *filter(None, lines.values())])


def agent(job: ScheduledJob) -> bytes:
    """A launchd agent (macOS); missed starts are made up for when the computer wakes."""
    when = {"Hour": job.at.hour, "Minute": job.at.minute} | ({"Day": job.day} if job.day else {})
    content: dict[str, Any] = {
        "Label": job.label,
        "ProgramArguments": list(job.command),
        "StartCalendarInterval": when,
        "ProcessType": "Background",
    }
    return plistlib.dumps(content)


def _word(text: str, *, first: bool) -> str:
    """A word of ``ExecStart=``: quoted, with specifiers doubled (systemd.service, COMMAND LINES)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped if first else escaped.replace("$", "$$")}"'
