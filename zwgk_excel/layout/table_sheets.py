"""The sheets of the tables that acts edit."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from zwgk_excel.domain.catalogue.updates import OFFICIAL
from zwgk_excel.domain.table_edits import EditedTable
from zwgk_excel.layout.columns import SheetLayout, layout

_SHEETS = {
    EditedTable.DUTIES: ("duty_table", "duties"),
    EditedTable.ROSTER: ("roster", "units"),
    EditedTable.TASKS: ("task_table", "tasks"),
    EditedTable.CATALOGUE: ("catalogue", "entries"),
}


def sheet_of(table: EditedTable) -> SheetLayout:
    """The layout of a table's sheet."""
    if table is EditedTable.CATALOGUE_IMPORTED:
        return imported_sheet()
    name, key = _SHEETS[table]
    return layout(name)[key]


@cache
def imported_sheet() -> SheetLayout:
    """The sheet with what the last import of the catalogue said: 目录编号 and the published columns."""
    entries = sheet_of(EditedTable.CATALOGUE)
    columns = tuple(replace(each, prompt="") for each in entries if each.key == "id" or each.key in OFFICIAL)
    own = layout("catalogue").settings["imported"]
    return replace(entries, key="imported", columns=columns, blank_rows=0, optional=True, **own)
