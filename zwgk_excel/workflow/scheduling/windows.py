"""Windows: a task for the Task Scheduler, as XML of its schema version 1.2 (Windows Vista and later)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import PureWindowsPath
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.scheduling.jobs import ScheduledJob

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
FOLDER = "zwgk"
"""The folder of the Task Scheduler's library that our tasks are in."""
_SINCE = "2026-01-01"
"""Any day that is over: the task is on from the start, and its text stays the same from one day to the next."""
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# The Task Scheduler replaces environment variables and its own $(…) in what it runs, and knows no way to write them.
_REPLACED = re.compile(r"%[^%]+%|\$\(")


def task(job: ScheduledJob, user: str, exists: Callable[[str], bool]) -> bytes:
    """The task in UTF-16, for ``schtasks /create /xml``.

    It runs only while ``user`` is logged on, so that no password is stored; a missed start is made up for. ``exists``
    tests for a file: pythonw.exe is used where it is installed. Raises UserError where a path has characters that the
    Task Scheduler would replace.
    """
    for part in job.command:
        if _REPLACED.search(part):
            raise UserError(f"路径“{part}”中的 % 或 $( 会被任务计划程序当成变量；请改名后再试。")
    root = Element("Task", {"version": "1.2", "xmlns": NAMESPACE})
    _texts(SubElement(root, "RegistrationInfo"), {"Description": job.description, "URI": f"\\{FOLDER}\\{job.label}"})
    _trigger(SubElement(root, "Triggers"), job)
    principal = SubElement(SubElement(root, "Principals"), "Principal", {"id": "Author"})
    _texts(principal, {"UserId": user, "LogonType": "InteractiveToken", "RunLevel": "LeastPrivilege"})
    _texts(SubElement(root, "Settings"), _SETTINGS)
    action = SubElement(SubElement(root, "Actions", {"Context": "Author"}), "Exec")
    program, *rest = job.command
    _texts(action, {"Command": _windowless(program, exists), "Arguments": subprocess.list2cmdline(rest)})
    indent(root)
    text = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-16"?>\r\n{text}'.encode("utf-16")


_SETTINGS = {
    "MultipleInstancesPolicy": "IgnoreNew",
    "DisallowStartIfOnBatteries": "false",
    "StopIfGoingOnBatteries": "false",
    "AllowHardTerminate": "true",
    "StartWhenAvailable": "true",
    "RunOnlyIfNetworkAvailable": "false",
    "Enabled": "true",
    "Hidden": "false",
    "WakeToRun": "false",
    "ExecutionTimeLimit": "PT4H",
    "Priority": "7",
}


def _trigger(triggers: Element, job: ScheduledJob) -> None:
    trigger = SubElement(triggers, "CalendarTrigger")
    _texts(trigger, {"Enabled": "true", "StartBoundary": f"{_SINCE}T{job.at:%H:%M}:00"})
    if not job.day:
        _texts(SubElement(trigger, "ScheduleByDay"), {"DaysInterval": "1"})
        return
    monthly = SubElement(trigger, "ScheduleByMonth")
    _texts(SubElement(monthly, "DaysOfMonth"), {"Day": str(job.day)})
    months = SubElement(monthly, "Months")
    for name in _MONTHS:
        SubElement(months, name)


def _windowless(program: str, exists: Callable[[str], bool]) -> str:
    path = PureWindowsPath(program)
    other = str(path.with_name("pythonw.exe"))
    return other if path.name.lower() == "python.exe" and exists(other) else program


def _texts(parent: Element, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = text
