"""The sheets of the tables that acts edit."""

from __future__ import annotations

from zwgk_excel.domain.table_edits import EditedTable
from zwgk_excel.layout.columns import SheetLayout, layout

_SHEETS = {
    EditedTable.DUTIES: ("duty_table", "duties"),
    EditedTable.ROSTER: ("roster", "units"),
    EditedTable.TASKS: ("task_table", "tasks"),
}


def sheet_of(table: EditedTable) -> SheetLayout:
    """The layout of a table's sheet."""
    name, key = _SHEETS[table]
    return layout(name)[key]
