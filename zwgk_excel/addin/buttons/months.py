"""Which month a button is about."""

from __future__ import annotations

from zwgk_excel.addin.host.session import Session
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office


def choose_issued(session: Session, office: Office, question: str, *, other: int) -> Month | None:
    """This month or the one ``other`` months later (1) or earlier (-1), as the user says; None for neither.

    Raises UserError where the month's report workbooks were never made.
    """
    this = Month.of(office.now().date())
    name = "下月" if other > 0 else "上月"
    cycle = session.choose_month(question, ("本月", this), (name, this + other))
    if cycle is not None and cycle not in office.issued():
        raise UserError(f"{cycle} 还没有生成报送表；请先按“生成报送表”。")
    return cycle
