"""The schedules of the systems: how each takes a job, forgets it, and is asked for it."""

from __future__ import annotations

import subprocess
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
"""Runs a program with an input; exit code, and what it said. Raises OSError where there is no such program."""


@dataclass(frozen=True, slots=True)
class Computer:
    """The computer as far as schedules care."""

    system: str
    """``windows``, ``systemd``, ``cron`` or ``launchd``."""
    home: Path
    user: str
    run: Run


class System(Protocol):
    """One way to be told what to run when."""

    def files(self, job: ScheduledJob) -> dict[Path, bytes]:
        """What a job needs on the disk, in folders of the user's own."""
        ...

    def paths(self, label: str) -> tuple[Path, ...]:
        """Where the files of a job lie."""
        ...

    def take(self, jobs: Sequence[ScheduledJob]) -> None:
        """Have the system take the jobs, whose files are there, in place of earlier ones with the same labels."""
        ...

    def drop(self, label: str) -> None:
        """Have the system forget a job, if it knows it."""
        ...

    def knows(self, label: str) -> bool:
        """Whether the system has a job."""
        ...

    def text(self, jobs: Sequence[ScheduledJob]) -> dict[str, str]:
        """What it is told, by the file it stands in, for a person to look at."""
        ...

    def current(self, job: ScheduledJob) -> bool:
        """Whether what the system has is this very job."""
        ...


@dataclass(frozen=True, slots=True)
class _InFiles:
    """A system that reads a job from files of its own."""

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
        """Whether the files are what they would be now."""
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
        """One file, kept to compare with."""
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
        """None: the line is all there is."""
        return {}

    def paths(self, label: str) -> tuple[Path, ...]:
        """None."""
        return ()

    def take(self, jobs: Sequence[ScheduledJob]) -> None:
        """Replace their lines."""
        before = self._read()
        after = with_lines(before, {job.label: cron_line(job) for job in jobs})
        if after != before:
            self._write(after)

    def drop(self, label: str) -> None:
        """Leave a job's line out."""
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
        """Whether there is this line."""
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


_SYSTEMS: dict[str, Callable[[Computer], System]] = {
    "windows": Windows,
    "systemd": Systemd,
    "cron": Cron,
    "launchd": Launchd,
}


def system_of(computer: Computer) -> System:
    """The schedule of a computer; raises UserError for one we do not know."""
    if computer.system not in _SYSTEMS:
        raise UserError(f"没有“{computer.system}”这种定时任务；可选 {'、'.join(_SYSTEMS)}。")
    return _SYSTEMS[computer.system](computer)


def _succeeds(computer: Computer, command: Sequence[str]) -> bool:
    return _called(computer, command)[0] == 0


def _run_checked(computer: Computer, command: Sequence[str], given: bytes = b"") -> None:
    code, said = _called(computer, command, given)
    if code:
        words = one_line(said.decode("utf-8", errors="replace"))[:200]
        raise UserError(
            f"系统没有接受定时任务（{command[0]}：{words or code}）；"
            "可用 zwgk schedule install --print 查看内容，手工设置。"
        )


def _called(computer: Computer, command: Sequence[str], given: bytes = b"") -> tuple[int, bytes]:
    try:
        return computer.run(command, given)
    except (OSError, subprocess.TimeoutExpired):
        raise UserError(
            f"这台电脑上用不了 {command[0]}，不能设置定时任务；可用 zwgk schedule install --print 查看内容，手工设置。"
        ) from None
