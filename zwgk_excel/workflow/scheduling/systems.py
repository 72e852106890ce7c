"""Adapters for the schedulers of the operating systems: Task Scheduler, systemd, cron, launchd."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from zwgk_excel.domain.text import one_line
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.scheduling.jobs import ScheduledJob
from zwgk_excel.workflow.scheduling.unix import agent, cron_line, units, with_lines
from zwgk_excel.workflow.scheduling.windows import FOLDER, task

Run = Callable[[Sequence[str], bytes], tuple[int, bytes]]
"""Runs a program with an input; returns exit code and output. Raises OSError where there is no such program."""


@dataclass(frozen=True, slots=True)
class Computer:
    """The properties of the computer that schedules depend on."""

    system: str
    """``windows``, ``systemd``, ``cron`` or ``launchd``."""
    home: Path
    user: str
    run: Run


class System(Protocol):
    """The adapter of one scheduler."""

    def files(self, job: ScheduledJob) -> dict[Path, bytes]:
        """The files that a job needs, in the user's folders."""
        ...

    def paths(self, label: str) -> tuple[Path, ...]:
        """The paths of a job's files."""
        ...

    def take(self, jobs: Sequence[ScheduledJob]) -> None:
        """Register the jobs, whose files exist, replacing earlier ones with the same labels."""
        ...

    def drop(self, label: str) -> None:
        """Unregister a job, if it is registered."""
        ...

    def knows(self, label: str) -> bool:
        """Whether a job is registered."""
        ...

    def text(self, jobs: Sequence[ScheduledJob]) -> dict[str, str]:
        """File → the text written for the jobs, for printing."""
        ...

    def current(self, job: ScheduledJob) -> bool:
        """Whether the registered job is exactly this one."""
        ...


@dataclass(frozen=True, slots=True)
class _InFiles:
    """A scheduler that reads a job from its own files."""

    computer: Computer
    encoding = "utf-8"

    def files(self, job: ScheduledJob) -> dict[Path, bytes]:
        """As :meth:`System.files`."""
        raise NotImplementedError

    def text(self, jobs: Sequence[ScheduledJob]) -> dict[str, str]:
        """The files."""
        contents = {path: content for job in jobs for path, content in self.files(job).items()}
        return {str(path): content.decode(self.encoding) for path, content in contents.items()}

    def current(self, job: ScheduledJob) -> bool:
        """Whether the files have exactly the present content."""
        return all(path.is_file() and path.read_bytes() == content for path, content in self.files(job).items())


@dataclass(frozen=True, slots=True)
class Windows(_InFiles):
    """The Task Scheduler."""

    encoding = "utf-16"

    def files(self, job: ScheduledJob) -> dict[Path, bytes]:
        """The task as XML."""
        return {
            path: task(job, self.computer.user, lambda each: Path(each).is_file()) for path in self.paths(job.label)
        }

    def paths(self, label: str) -> tuple[Path, ...]:
        """One file, kept for comparison."""
        return (self.computer.home / ".zwgk" / "schedule" / f"{label}.xml",)

    def take(self, jobs: Sequence[ScheduledJob]) -> None:
        """Register each."""
        for job in jobs:
            (path,) = self.paths(job.label)
            _run_checked(
                self.computer, ["schtasks", "/create", "/tn", f"{FOLDER}\\{job.label}", "/xml", str(path), "/f"]
            )

    def drop(self, label: str) -> None:
        """Unregister one."""
        if self.knows(label):
            _run_checked(self.computer, ["schtasks", "/delete", "/tn", f"{FOLDER}\\{label}", "/f"])

    def knows(self, label: str) -> bool:
        """Whether it is registered."""
        return _succeeds(self.computer, ["schtasks", "/query", "/tn", f"{FOLDER}\\{label}"])


@dataclass(frozen=True, slots=True)
class Systemd(_InFiles):
    """Timers of the user's own systemd."""

    def files(self, job: ScheduledJob) -> dict[Path, bytes]:
        """Timer and service."""
        contents = units(job)
        return {path: contents[path.suffix].encode("utf-8") for path in self.paths(job.label)}

    def paths(self, label: str) -> tuple[Path, ...]:
        """Two units."""
        folder = self.computer.home / ".config" / "systemd" / "user"
        return tuple(folder / f"{label}{suffix}" for suffix in (".service", ".timer"))

    def take(self, jobs: Sequence[ScheduledJob]) -> None:
        """Enable each timer."""
        _run_checked(self.computer, ["systemctl", "--user", "daemon-reload"])
        for job in jobs:
            _run_checked(self.computer, ["systemctl", "--user", "enable", "--now", f"{job.label}.timer"])

    def drop(self, label: str) -> None:
        """Disable a timer."""
        if self.knows(label):
            _run_checked(self.computer, ["systemctl", "--user", "disable", "--now", f"{label}.timer"])

    def knows(self, label: str) -> bool:
        """Whether the timer is enabled."""
        return _succeeds(self.computer, ["systemctl", "--user", "is-enabled", f"{label}.timer"])


@dataclass(frozen=True, slots=True)
class Cron:
    """The user's crontab."""

    computer: Computer

    def files(self, job: ScheduledJob) -> dict[Path, bytes]:
        """None: a job is a line of the crontab."""
        return {}

    def paths(self, label: str) -> tuple[Path, ...]:
        """None."""
        return ()

    def take(self, jobs: Sequence[ScheduledJob]) -> None:
        """Replace the jobs' lines."""
        before = self._read()
        after = with_lines(before, {job.label: cron_line(job) for job in jobs})
        if after != before:
            self._write(after)

    def drop(self, label: str) -> None:
        """Remove a job's line."""
        before = self._read()
        after = with_lines(before, {label: ""})
        if after != before:
            self._write(after)

    def knows(self, label: str) -> bool:
        """Whether there is a line."""
        before = self._read()
        return with_lines(before, {label: ""}) != before

    def text(self, jobs: Sequence[ScheduledJob]) -> dict[str, str]:
        """The lines."""
        return {"crontab": "".join(f"{cron_line(job)}\n" for job in jobs)}

    def current(self, job: ScheduledJob) -> bool:
        """Whether the crontab has exactly this line."""
        return cron_line(job) in self._read().splitlines()

    def _read(self) -> str:
        code, said = _called(self.computer, ["crontab", "-l"])
        return said.decode("utf-8", errors="surrogateescape") if code == 0 else ""

    def _write(self, text: str) -> None:
        _run_checked(self.computer, ["crontab", "-"], text.encode("utf-8", errors="surrogateescape"))


@dataclass(frozen=True, slots=True)
class Launchd(_InFiles):
    """Agents of the user's own launchd (macOS)."""

    def files(self, job: ScheduledJob) -> dict[Path, bytes]:
        """The property list."""
        return {path: agent(job) for path in self.paths(job.label)}

    def paths(self, label: str) -> tuple[Path, ...]:
        """One file."""
        return (self.computer.home / "Library" / "LaunchAgents" / f"{label}.plist",)

    def take(self, jobs: Sequence[ScheduledJob]) -> None:
        """Load each anew."""
        for job in jobs:
            self.drop(job.label)
            (path,) = self.paths(job.label)
            _run_checked(self.computer, ["launchctl", "load", "-w", str(path)])

    def drop(self, label: str) -> None:
        """Unload one."""
        if self.knows(label):
            _run_checked(self.computer, ["launchctl", "remove", label])

    def knows(self, label: str) -> bool:
        """Whether it is loaded."""
        return _succeeds(self.computer, ["launchctl", "list", label])


_SAID_IN = "oem" if sys.platform == "win32" else "utf-8"
"""The encoding of what such programs print; of schtasks the console's code page."""
_SYSTEMS: dict[str, Callable[[Computer], System]] = {
    "windows": Windows,
    "systemd": Systemd,
    "cron": Cron,
    "launchd": Launchd,
}


def system_of(computer: Computer) -> System:
    """The adapter for a computer; raises UserError for an unknown system."""
    if computer.system not in _SYSTEMS:
        raise UserError(f"没有“{computer.system}”这种定时任务；可选 {'、'.join(_SYSTEMS)}。")
    return _SYSTEMS[computer.system](computer)


def _succeeds(computer: Computer, command: Sequence[str]) -> bool:
    return _called(computer, command)[0] == 0


def _run_checked(computer: Computer, command: Sequence[str], given: bytes = b"") -> None:
    code, said = _called(computer, command, given)
    if code:
        words = one_line(said.decode(_SAID_IN, errors="replace"))[:200]
        raise UserError(
            f"系统没有接受定时任务（{command[0]}：{words or code}）；"
            "可用 zwgk schedule install --print 查看内容，手工设置。"
        )


def _called(computer: Computer, command: Sequence[str], given: bytes = b"") -> tuple[int, bytes]:
    try:
        return computer.run(command, given)
    except (OSError, subprocess.TimeoutExpired):
        raise UserError(
            f"这台电脑不能使用 {command[0]}，不能设置定时任务；可用 zwgk schedule install --print 查看内容，手工设置。"
        ) from None
