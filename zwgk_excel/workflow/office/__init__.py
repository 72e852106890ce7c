"""The office: workspace, settings, ledger, duty table and roster, passwords.

    with open_office(root) as office:
        office.plan(cycle)

This package opens what the use cases work with; it contains no reporting rules.
"""

from __future__ import annotations

from zwgk_excel.workflow.office.context import Office, Progress, find_unit, no_progress, open_office
from zwgk_excel.workflow.office.settings import Settings
from zwgk_excel.workflow.office.table_files import refuse_errors
from zwgk_excel.workflow.office.workspace import Workspace, open_workspace

__all__ = [
    "Office",
    "Progress",
    "Settings",
    "Workspace",
    "find_unit",
    "no_progress",
    "open_office",
    "open_workspace",
    "refuse_errors",
]
