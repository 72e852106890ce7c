"""What every use case works with: the workspace, its settings, the ledger, the two tables, passwords.

    with open_office(root) as office:
        office.plan(cycle)

Nothing here decides anything about a report; it opens what the other rooms decide with.
"""

from __future__ import annotations

from zwgk_excel.workflow.office.context import Office, Progress, find_unit, no_progress, open_office, refuse_errors
from zwgk_excel.workflow.office.settings import Settings
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
