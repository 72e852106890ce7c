"""What ``zwgk doctor`` looks at: the program, the computer, the workspace, the mailbox."""

from __future__ import annotations

from zwgk_excel.workflow.doctor.diagnostics import run_diagnostics

__all__ = [
    "run_diagnostics",
]
