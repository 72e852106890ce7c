"""What closings left open, as it stood then: a bulletin of closed months does not move with what became of it later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.tracking import ObligationStatus, TrackerRow
from zwgk_excel.workflow.assessment.stored_scores import unripe_of
from zwgk_excel.workflow.office.context import Office


def as_left_by(office: Office, rows: Iterable[TrackerRow], until: Month) -> tuple[TrackerRow, ...]:
    """The rows, those that the closings of the months up to ``until`` left open as they were at the last of these.

    A row that one of these closings has settled is not changed.
    """
    left: dict[str, ObligationStatus] = {}
    for month, (common, _) in sorted(office.ledger.scores().items()):
        if month <= until:
            left |= {status.obligation.key: status for status in unripe_of(common)}
    return tuple(_as_left(row, left.get(row.status.obligation.key), until) for row in rows)


def _as_left(row: TrackerRow, then: ObligationStatus | None, until: Month) -> TrackerRow:
    settled = row.closed and row.month <= until
    return row if then is None or settled else replace(row, status=then, closed=False, correction="")
