"""``zwgk fault accept`` and ``refuse``: the office's word on what a unit says of a fault."""

from __future__ import annotations

from zwgk_excel.domain.acts import ActKind
from zwgk_excel.domain.site_faults import FaultOutcome, FaultState
from zwgk_excel.layout.words import word
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.site_faults import fault_states
from zwgk_excel.workflow.tracking.statuses import office_statuses


def judge_explanation(office: Office, number: int, *, accepted: bool, who: str, reason: str) -> FaultState:
    """Record that the explanation of a fault is accepted, or not; returns the fault as it is then.

    A refusal may be turned into an acceptance, while the unit has said nothing else. Raises UserError for a number that
    there is none of, a fault of which no explanation waits, and without a reason.
    """
    if not reason.strip():
        raise UserError("请用 --reason 写明理由。")
    with office.ledger.exclusive():
        found = state_of_number(office, number)
        if not (found.outcome is FaultOutcome.EXPLAINED or (accepted and found.is_refused)):
            raise UserError(_nothing_to_judge(office, found))
        office.ledger.judge_explanation(number, accepted=accepted, who=who, reason=reason.strip())
        return state_of_number(office, number)


def _nothing_to_judge(office: Office, found: FaultState) -> str:
    """Why there is nothing to be said of a fault, and what to do instead."""
    number = found.case.number
    start = f"网站整改第 {number} 条"
    if found.case.answer is None and found.is_open:
        return f"{start}还没有收到说明，没有可认定的。"
    now = word("fault_outcome", found.outcome)
    if found.outcome is FaultOutcome.ACCEPTED or found.is_refused:
        kinds = {ActKind.ACCEPT_EXPLANATION, ActKind.REFUSE_EXPLANATION}
        acts = (each for each in office.ledger.acts() if each.kind in kinds)
        last = max(each.number for each in acts if str(number) in {change.subject for change in each.changes})
        judged = now if found.outcome is FaultOutcome.ACCEPTED else "说明已不认可"
        return f"{start}{judged}，不必再认定；要改的，先运行 zwgk undo {last} --reason 理由。"
    if not found.is_open:
        return f"{start}{now}，不必再认定。"
    return f"{start}现在是“{now}”，没有等认定的说明。"


def state_of_number(office: Office, number: int) -> FaultState:
    """The fault with a number as of today; raises UserError for none."""
    today = office.now().date()
    states = fault_states(office, today, office_statuses(office, today).contents)
    found = next((each for each in states if each.case.number == number), None)
    if found is None:
        raise UserError(f"没有第 {number} 条网站整改；编号见 zwgk fault list。")
    return found
