"""``zwgk close`` (结账): stores the figures and scores of a cycle, which do not change afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.tracking import TrackerRow
from zwgk_excel.ledger.snapshots import to_payload
from zwgk_excel.workflow.assessment.assessing import assess_by_rules
from zwgk_excel.workflow.assessment.stored_scores import to_payloads
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.rules import rules_to_keep
from zwgk_excel.workflow.tracking.statuses import office_statuses


@dataclass(frozen=True, slots=True)
class ClosedCycle:
    """The stored figures of a closed cycle."""

    cycle: Month
    as_of: date
    rows: tuple[TrackerRow, ...]


def close(office: Office, cycle: Month, *, as_of: date, who: str) -> ClosedCycle:
    """Close ``cycle`` with the statuses and scores of ``as_of``, of the obligations that belong to its month.

    Raises UserError when it was never issued, is closed already, or its month is not over on that day.
    """
    with office.ledger.exclusive():
        _check(office, cycle, as_of)
        found = office_statuses(office, as_of)
        rows = tuple(row for row in found.rows if row.status.obligation.cycle == cycle)
        snapshot = {row.status.obligation.key: to_payload(row.status) for row in rows}
        assessment, settings = assess_by_rules(office, cycle, found), office.workspace.settings
        scores = to_payloads(assessment, settings.scoring, rules_to_keep(settings, office.workdays))
        office.ledger.close_cycle(cycle, as_of, who, office.now(), snapshot, scores)
    return ClosedCycle(cycle, as_of, rows)


def _check(office: Office, cycle: Month, as_of: date) -> None:
    record = next((each for each in office.ledger.cycles() if each.cycle == cycle), None)
    if record is None or record.issued_on is None:
        raise UserError(f"{cycle} 还没有生成报送表，不能结账。")
    if record.closed_at is not None:
        raise UserError(f"{cycle} 已于 {record.closed_at:%Y-%m-%d} 结账，不能重复结账。")
    if as_of < cycle.last:
        raise UserError(f"{cycle} 尚未结束（最迟时限 {cycle.last}），现在不能结账。")
