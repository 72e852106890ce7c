"""Where errors that nobody foresaw are written down, for technicians."""

from __future__ import annotations

from pathlib import Path

from zwgk_excel.workflow import clock
from zwgk_excel.workflow.office.trust import config_folder

_LOG = "zwgk.log"


def log_failure(details: str) -> Path:
    """Append the details of an error to the log in the user's own folder; returns the log.

    Raises OSError where it cannot be written, and UserError where there is no such folder.
    """
    log = config_folder() / _LOG
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        file.write(f"{clock.now():%Y-%m-%d %H:%M:%S}\n{details}\n")
    return log
