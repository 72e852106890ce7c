"""A scheduled run: its steps one after the other, each in a separate process, with their output in a log."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.text import on_screen
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.context import SCHEDULED
from zwgk_excel.workflow.office.workspace import Workspace
from zwgk_excel.workflow.scheduling.jobs import MAILING, ZWGK, arguments, left_out, steps

LOG_BYTES, LOGS = 2**20, 5
FAILED = 2
"""The exit code of a failed step; 1 is done with problems."""

RunCommand = Callable[[Sequence[str]], tuple[int, str]]
"""Runs ``zwgk`` with arguments; returns exit code and output."""


def log_of(workspace: Workspace) -> Path:
    """The log of scheduled runs; older ones are next to it, numbered."""
    return workspace.root / "日志" / "定时任务.log"


def run_job(workspace: Workspace, name: str, *, step: RunCommand | None = None) -> int:
    """Run the steps of a job; returns the highest exit code.

    After a failed step nothing is mailed: a reminder after a failed ``fetch`` would go to units that have reported.
    Other steps are run. Raises UserError where the log cannot be written.
    """
    log, handler = _log(log_of(workspace))
    settings = workspace.settings
    chosen: tuple[str, ...] = settings.schedule.monthly if name == "monthly" else settings.schedule.daily
    worst = 0
    try:
        log.info("开始 %s", name)
        for each in chosen:
            if reason := left_out(settings, each):
                log.info("跳过 %s：%s", each, reason)
        for each in steps(settings, name):
            if worst == FAILED and each in MAILING:
                log.warning("跳过 %s：前面的步骤没有完成，不发信", each)
                continue
            code, said = (step or _zwgk)(arguments(each, workspace.root, Month.of(clock.today())))
            told = on_screen(said.rstrip(), lines=True)
            log.log(logging.INFO if code == 0 else logging.WARNING, "%s：退出码 %d\n%s", each, code, told)
            worst = max(worst, code)
        log.info("结束 %s：退出码 %d", name, worst)
    finally:
        log.removeHandler(handler)
        handler.close()
    return worst


def _zwgk(words: Sequence[str]) -> tuple[int, str]:
    # Without a window, also where the schedule itself runs without one (pythonw).
    program = Path(sys.executable)
    console = program.with_name("python.exe") if program.name.lower() == "pythonw.exe" else program
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    command = [str(console), *ZWGK, *words]
    done = subprocess.run(
        command,
        env=os.environ | {SCHEDULED: "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        creationflags=flags,
        check=False,
    )
    # Whatever ended it (a signal, a crash) that is not one of our codes did not do the work.
    return min(abs(done.returncode), FAILED), done.stdout.decode("utf-8", errors="replace")


def _log(path: Path) -> tuple[logging.Logger, logging.Handler]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOGS, encoding="utf-8")
    except OSError as error:
        raise UserError(f"无法写入日志“{path}”：{reason_of(error)}。") from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("zwgk_excel.schedule")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(handler)
    return log, handler
