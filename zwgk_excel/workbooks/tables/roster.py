"""The roster (单位通讯录.xlsx) as shipped."""

from __future__ import annotations

from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.seed import office_groups, unit_rows
from zwgk_excel.workbooks.tables.write_tables import table_workbook


def roster_workbook() -> bytes:
    """The shipped roster as a workbook for the office to edit; the same bytes every time.

    The groups that only the office can fill are offered for picking; several may be typed.
    """
    return table_workbook(layout("roster")["units"], unit_rows(), offers={"groups": office_groups()})
