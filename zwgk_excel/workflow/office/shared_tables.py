"""Duty table, roster and settings kept in a database ledger: what its figures rest on, for those who see only it."""

from __future__ import annotations

from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE

NAMES = (SETTINGS_FILE, layout("duty_table").file_name, layout("roster").file_name)
"""The files, by their names in the workspace."""


def store_tables(office: Office) -> None:
    """Keep the files as they are now; nothing for a ledger that is a file, which lies beside them anyway."""
    workspace = office.workspace
    if isinstance(workspace.ledger_url, str):
        for name in NAMES:
            office.ledger.store_file(name, (workspace.root / name).read_bytes())
