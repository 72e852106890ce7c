"""The duty table (责任分工表.xlsx) as shipped."""

from __future__ import annotations

from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.seed import duty_rows
from zwgk_excel.workbooks.tables.write_tables import table_workbook


def duty_table_workbook() -> bytes:
    """The shipped duty table as a workbook for the office to edit; the same bytes every time."""
    return table_workbook(layout("duty_table")["duties"], duty_rows())
