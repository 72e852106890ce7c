"""``zwgk fault accept`` and ``refuse``: the office's word on what a unit says of a fault."""

from __future__ import annotations

from zwgk_excel.domain.site_faults import FaultState
from zwgk_excel.layout.words import word
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.site_faults import fault_states
from zwgk_excel.workflow.tracking.statuses import office_statuses


def judge_explanation(office: Office, number: int, *, accepted: bool, who: str, reason: str) -> FaultState:
    """Record that the explanation of a fault is accepted, or not; returns the fault as it is then.

    Raises UserError for a number that there is none of, a fault that is settled, one that nothing was said of, and
    without a reason.
    """
    if not reason.strip():
        raise UserError("请用 --reason 写明理由。")
    with office.ledger.exclusive():
        found = state_of_number(office, number)
        if not found.is_open:
            raise UserError(f"网站整改第 {number} 条{word('fault_outcome', found.outcome)}，不必再认定。")
        if not accepted and found.case.answer is None:
            raise UserError(f"网站整改第 {number} 条还没有收到说明，没有可认定的。")
        office.ledger.judge_explanation(number, accepted=accepted, who=who, reason=reason.strip())
        return state_of_number(office, number)


def state_of_number(office: Office, number: int) -> FaultState:
    """The fault with a number as of today; raises UserError for none."""
    today = office.now().date()
    states = fault_states(office, today, office_statuses(office, today).contents)
    found = next((each for each in states if each.case.number == number), None)
    if found is None:
        raise UserError(f"没有第 {number} 条网站整改；编号见 zwgk fault list。")
    return found
