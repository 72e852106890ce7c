"""``zwgk schedule``: the scheduled jobs, and the adapters for the schedulers of the operating systems."""

from __future__ import annotations

from zwgk_excel.workflow.scheduling.installing import install, remove, show
from zwgk_excel.workflow.scheduling.running import run_job

__all__ = [
    "install",
    "remove",
    "run_job",
    "show",
]
