"""网站清单: the website's own list, which spares the units typing what they have uploaded already.

mapping      what the words of an export mean (网站清单对照.xlsx), which the office edits
importing    an export is looked at, and taken in
prefilling   what the next report workbook of a unit goes out with
reconciling  对账: the list against what was reported, by the month
line_words   what is said of a line of 对账
"""

from __future__ import annotations

from zwgk_excel.workflow.published.importing import import_published, new_lists, plan_import
from zwgk_excel.workflow.published.reconciling import reconciliation

__all__ = ["import_published", "new_lists", "plan_import", "reconciliation"]
