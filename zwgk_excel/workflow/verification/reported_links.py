"""The items of a month that count already and have a link: of effective receipts, without an error in their row.

And what units say they have put right (网站整改), which waits to be visited.
"""

from __future__ import annotations

from collections.abc import Collection

from zwgk_excel.domain.link_checks import ReportedLink
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import FaultAnswerStatus
from zwgk_excel.domain.site_faults import FaultState
from zwgk_excel.domain.text import is_one_link
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.contents import EffectiveReceipts
from zwgk_excel.workflow.tracking.site_faults import fault_states
from zwgk_excel.workflow.tracking.statuses import office_statuses, require_issued


def reported_links(office: Office, cycle: Month, units: Collection[str] = ()) -> tuple[ReportedLink, ...]:
    """The links reported for a cycle, of all units or some; raises UserError where the cycle was not issued."""
    require_issued(office, cycle)
    contents = office_statuses(office, office.now().date()).contents
    counted = [each for each in contents.receipts if each.cycle == cycle and (not units or each.unit in units)]
    return tuple(
        ReportedLink(each.unit, each.name, item)
        for each in EffectiveReceipts(office.ledger, counted)
        if each.content
        for item in each.content.items
        if item.valid and is_one_link(item.url)
    )


def answered_cases(office: Office, cycle: Month, units: Collection[str] = ()) -> tuple[FaultState, ...]:
    """The faults of a cycle that units say they have put right, and that no visit has shown since to be right.

    One that was visited is among them: what was answered too early, or did not answer then, is right on another day.
    """
    today = office.now().date()
    if not office.ledger.fault_cases():
        return ()
    month, contents = Month.of(today), office_statuses(office, today).contents
    return tuple(
        each
        for each in fault_states(office, today, contents)
        if each.is_open
        and each.case.answer
        and each.case.answer.answer.status is FaultAnswerStatus.MENDED
        and each.case.cycle == cycle
        and (not units or office.successor(each.case.fault.unit, month) in units)
    )
