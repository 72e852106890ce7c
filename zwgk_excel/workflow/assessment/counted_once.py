"""That the points of a correction count once: a closing that comes or goes must fit what later months have scored."""

from __future__ import annotations

from zwgk_excel.domain.corrections import miscounted
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.scoring import Assessment
from zwgk_excel.workflow.assessment.stored_scores import from_payloads
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.statuses import closed_months


def miscounted_corrections(office: Office, planned: Assessment | None = None) -> frozenset[tuple[Month, Month]]:
    """:func:`zwgk_excel.domain.corrections.miscounted` of the closings in force, and of a ``planned`` one."""
    stored = [from_payloads(month, *payloads) for month, payloads in office.ledger.scores().items()]
    months = closed_months(office)
    if planned is not None:
        stored.append(planned)
        months |= {planned.period.first}
    return miscounted(stored, months)


def scored_elsewhere(month: Month, later: Month) -> tuple[str, str]:
    """Why the closing of ``month`` stands while that of ``later`` does, and what to do, as parts of a sentence."""
    return (
        f"{later} 结账时已把 {month} 的更正计入得分，{month} 再变，这些分会重复计算",
        f"先用 zwgk reopen {later} --reason 理由 撤销 {later} 的结账，改好 {month} 后再重新结账",
    )
