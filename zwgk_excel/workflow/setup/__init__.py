"""Setting up: a new workspace, the demonstration, building and installing the Excel add-in."""

from __future__ import annotations

from zwgk_excel.workflow.setup.demo import DemoResult, run_demo
from zwgk_excel.workflow.setup.workspace_setup import import_own_ledger, init_workspace

__all__ = [
    "DemoResult",
    "import_own_ledger",
    "init_workspace",
    "run_demo",
]
