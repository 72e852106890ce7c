"""``zwgk schedule``: the steps that a computer does by itself, and how each system is told to."""

from __future__ import annotations

from zwgk_excel.workflow.scheduling.installing import install, remove, show
from zwgk_excel.workflow.scheduling.running import run_job

__all__ = [
    "install",
    "remove",
    "run_job",
    "show",
]
