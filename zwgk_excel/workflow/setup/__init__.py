"""Setting up: a new workspace, the demonstration, the manuals, building and installing the Excel add-in."""

from __future__ import annotations

from zwgk_excel.workflow.setup.demo import DemoResult, run_demo
from zwgk_excel.workflow.setup.manuals import put_manuals
from zwgk_excel.workflow.setup.workspace_setup import import_own_ledger, init_workspace

__all__ = [
    "DemoResult",
    "import_own_ledger",
    "init_workspace",
    "put_manuals",
    "run_demo",
]
