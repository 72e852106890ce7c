"""The statuses of all obligations as of a day: open cycles computed, closed cycles as stored at closing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from zwgk_excel.domain.closing import month_that_counts
from zwgk_excel.domain.consultations import Consultation
from zwgk_excel.domain.counts import MonthCounts, count_month, is_backlog
from zwgk_excel.domain.nil_reports import repeated_nil_reports
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.domain.taken_back import TAKEN_BACK_CODE
from zwgk_excel.domain.tracking import ObligationStatus, Outcome, Timeliness, TrackerRow
from zwgk_excel.layout.words import word
from zwgk_excel.ledger.snapshots import from_payload
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.published.reconciling import with_list_notes
from zwgk_excel.workflow.tracking.contents import EffectiveReceipts, with_recounted_days
from zwgk_excel.workflow.tracking.feedback import feedback_problems, office_consultations


@dataclass(frozen=True, slots=True)
class Statuses:
    """Every obligation of every issued cycle with its status, and the receipts behind them."""

    as_of: date
    rows: tuple[TrackerRow, ...]
    contents: EffectiveReceipts
    problems: tuple[Problem, ...]
    receipts: tuple[Receipt, ...]
    """Without content."""
    consultations: tuple[Consultation, ...] = ()


@dataclass(frozen=True, slots=True)
class CycleStatus:
    """The statuses of one cycle."""

    cycle: Month
    as_of: date
    rows: tuple[TrackerRow, ...]
    receipts: tuple[Receipt, ...]
    problems: tuple[Problem, ...]
    successors: Mapping[str, str] = field(default_factory=dict)
    """Unit of the past → the one that answers for its tasks in this cycle."""

    @property
    def counts(self) -> MonthCounts:
        """The numbers of the month itself, and apart from them those of what its workbooks list besides."""
        return count_month((row.status for row in self.rows), self.cycle)


def office_statuses(office: Office, as_of: date, *more: Month) -> Statuses:
    """The statuses as of a day; ``more`` adds cycles that are not issued yet."""
    known = office.known_records()
    arrived = [r for r in office.ledger.receipt_summaries() if r.received_at.date() <= as_of]
    receipts = with_list_notes(office, with_recounted_days(office, arrived, known), as_of)
    obligations = office.obligations(*more)
    tracking = office.track(obligations, as_of, receipts, known)
    months, issued = frozenset(known.closings), office.issued()
    closed = _closed_rows(office, months)
    rows = [_row(status, closed.get(status.obligation.key), issued, months) for status in tracking.statuses]
    seen = {status.obligation.key for status in tracking.statuses}
    rows += [row for key, row in closed.items() if key not in seen]
    # What a newer return has replaced is on record, but nobody need mend it any more.
    standing = (*(receipt for receipt in receipts if not receipt.was_read), *tracking.contents)
    # What a unit is told it has taken back is for the office a question, or decided.
    told = (p for receipt in standing for p in receipt.problems if p.code != TAKEN_BACK_CODE)
    consulted = office_consultations(office, obligations, tracking.contents, as_of)
    repeated = office.apply_severities(repeated_nil_reports(rows, office.workspace.settings.policy.nil_reports))
    problems = (*told, *tracking.problems, *feedback_problems(office, consulted, as_of, known), *repeated)
    contents = EffectiveReceipts(office.ledger, tracking.contents)
    return Statuses(as_of, tuple(rows), contents, problems, office.unsettled(receipts, known), consulted)


def cycle_status(office: Office, cycle: Month, as_of: date) -> CycleStatus:
    """The tasks of a cycle's workbooks with their statuses, older ones that were open at its start included.

    Raises UserError when the cycle has never been issued.
    """
    require_issued(office, cycle)
    return of_cycle(office, office_statuses(office, as_of), cycle)


def of_units(found: CycleStatus, units: Collection[str]) -> CycleStatus:
    """The part of a cycle's status that concerns some units: their tasks, those of predecessors, their files."""

    def answers(unit: str) -> bool:
        return unit in units or found.successors.get(unit, unit) in units

    rows = tuple(row for row in found.rows if answers(row.status.obligation.unit))
    receipts = tuple(each for each in found.receipts if each.unit and answers(each.unit))
    files = {receipt.name for receipt in receipts}
    keys = {row.status.obligation.key for row in rows}
    problems = tuple(p for p in found.problems if (p.place.file in files if p.place.file else p.obligation in keys))
    return replace(found, rows=rows, receipts=receipts, problems=problems)


def require_issued(office: Office, cycle: Month) -> None:
    """Raise UserError when no workbooks have been made for ``cycle``."""
    if cycle not in office.issued():
        raise UserError(f"{cycle} 还没有生成报送表；请先运行 zwgk generate {cycle}。")


def of_cycle(office: Office, everything: Statuses, cycle: Month) -> CycleStatus:
    """The part of ``everything`` that concerns one cycle."""
    rows = tuple(row for row in everything.rows if _belongs(office, row.status, cycle))
    # Duplicates and what waits in quarantine have no cycle of their own: they are shown until somebody looks.
    receipts = tuple(r for r in everything.receipts if r.cycle in {cycle, None})
    files = {receipt.name for receipt in receipts}
    own = {row.status.obligation.key for row in rows if row.status.obligation.cycle == cycle}
    problems = tuple(
        p for p in everything.problems if (p.place.file in files if p.place.file else p.obligation in own)
    )
    successors = office.issues.issue(cycle).successors
    return CycleStatus(cycle, everything.as_of, rows, receipts, problems, successors)


def closed_months(office: Office) -> frozenset[Month]:
    """The months that are closed."""
    return frozenset(record.cycle for record in office.ledger.cycles() if record.closed_at)


def closed_rows(office: Office) -> dict[str, TrackerRow]:
    """Obligation key → its row as it was closed with, by the closing of its own month or of the one that counts it."""
    return _closed_rows(office, closed_months(office))


def _closed_rows(office: Office, months: Iterable[Month]) -> dict[str, TrackerRow]:
    found: dict[str, TrackerRow] = {}
    for month in sorted(months):
        for key, payload in office.ledger.snapshot(month).items():
            status = from_payload(payload)
            later = month if month != status.obligation.cycle else None
            found[key] = TrackerRow(status, closed=True, counted_in=later)
    return found


def _row(
    status: ObligationStatus, frozen: TrackerRow | None, issued: Collection[Month], closed: Collection[Month]
) -> TrackerRow:
    if frozen is not None:
        return replace(frozen, correction=_correction(frozen.status, status))
    own = status.obligation.cycle
    return TrackerRow(status, counted_in=month_that_counts(own, issued, closed) if own in closed else None)


def _correction(frozen: ObligationStatus, live: ObligationStatus) -> str:
    """What happened to an obligation after its cycle was closed; empty when only time passed."""
    if _same_figures(frozen, live):
        return ""
    timeliness = word("timeliness", live.timeliness or "")
    when = f"，{live.received_at:%Y-%m-%d} 收件" if live.received_at else ""
    return "，".join(part for part in (f"结账后为{word('outcome', live.outcome)}", timeliness) if part) + when


def _same_figures(frozen: ObligationStatus, live: ObligationStatus) -> bool:
    if frozen.outcome is live.outcome is Outcome.WAIVED:
        return True
    # Of waived ones the outcome says no more: earlier versions called those reported that came late all the same.
    waived = frozen.decisions.waived and live.decisions.waived
    if frozen.received_at != live.received_at or (frozen.outcome != live.outcome and not waived):
        return False
    return frozen.decisions.extended_to == live.decisions.extended_to or _timing(frozen) == _timing(live)


def _timing(status: ObligationStatus) -> tuple[Timeliness | None, int]:
    # Of what is missing the days grow with time alone.
    return status.timeliness, status.days_late if status.received_at else 0


def _belongs(office: Office, status: ObligationStatus, cycle: Month) -> bool:
    obligation = status.obligation
    if obligation.cycle == cycle or obligation.listed_in(cycle):
        return True
    return is_backlog(status, cycle) and not office.has_lapsed(status, cycle)
