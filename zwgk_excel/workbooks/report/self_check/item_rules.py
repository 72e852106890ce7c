"""The rules of 信息明细, all together."""

from __future__ import annotations

from zwgk_excel.layout.columns import SheetLayout
from zwgk_excel.workbooks.report.self_check.cell_rules import column_rules
from zwgk_excel.workbooks.report.self_check.companion_rules import DISGUISE_RULES, companion_rules
from zwgk_excel.workbooks.report.self_check.date_rules import DATE_RULES
from zwgk_excel.workbooks.report.self_check.entry_rules import ENTRY_RULES
from zwgk_excel.workbooks.report.self_check.reviews import REVIEW_RULES
from zwgk_excel.workbooks.report.self_check.rule import CheckRule, errors_first
from zwgk_excel.workbooks.report.self_check.same_item import SAME_ITEM

_ITEM_RULES = (
    *DATE_RULES,
    SAME_ITEM,
    *DISGUISE_RULES,
    *REVIEW_RULES,
    *ENTRY_RULES,
)


def item_rules(sheet: SheetLayout) -> tuple[CheckRule, ...]:
    """The rules of 信息明细, errors first; of missing cells ``cell_rules.required`` tells."""
    columns = (rule for column in sheet.inputs for rule in column_rules(column))
    return errors_first([*columns, *_ITEM_RULES, *companion_rules()])
