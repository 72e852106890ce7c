"""A planned change of units or owners, carried out: recorded as an act, then written into the table."""

from __future__ import annotations

from zwgk_excel.domain.acts import Act
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.table_files import finish_table_edit, prepare_edit
from zwgk_excel.workflow.responsibilities.planning import TablePlan


def carry_out(office: Office, plan: TablePlan, *, who: str, reason: str) -> Act:
    """Record the act and write the table; the office has the new tables afterwards.

    A run that is killed in between is finished when the office is opened next. Raises UserError, and changes nothing,
    without a reason, where the month was issued meanwhile, and where the table cannot be written or says something else
    by now.
    """
    if not reason.strip():
        raise UserError("请用 --reason 写明依据，如机构改革文件的文号。")
    with office.ledger.exclusive():
        office.issues.reload()
        if any(month >= plan.month for month in office.issued()):
            raise UserError(f"{plan.month} 刚刚下发了；什么也没有改动，请重新查看后再定。")
        prepare_edit(office.workspace, plan.edits)
        act = office.ledger.record_table_edit(
            plan.kind,
            [each.change for each in plan.edits],
            cycle=plan.month,
            units=plan.units,
            who=who,
            reason=reason,
        )
        finish_table_edit(office.workspace, office.ledger)
        office.reload_tables()
    return act
