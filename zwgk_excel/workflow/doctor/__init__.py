"""The checks of ``zwgk doctor``: program, computer, workspace, mail."""

from __future__ import annotations

from zwgk_excel.workflow.doctor.diagnostics import run_diagnostics

__all__ = [
    "run_diagnostics",
]
