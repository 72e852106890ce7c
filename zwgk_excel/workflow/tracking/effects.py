"""What a decision would change: the figures with it and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from zwgk_excel.domain.tracking import TrackerRow
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.statuses import office_statuses

T = TypeVar("T")
ChangedRow = tuple[TrackerRow | None, TrackerRow | None]
"""An obligation's row before and after; None where there is none."""


def tried(office: Office, write: Callable[[], T]) -> tuple[T, tuple[ChangedRow, ...]]:
    """What ``write`` returns, and the obligations whose figures of today it changes; nothing stays written.

    Whatever ``write`` raises leaves the ledger unchanged, too.
    """
    before = _rows(office)
    try:
        with office.ledger.trial():
            done = write()
            office.issues.reload()
            after = _rows(office)
    finally:
        office.issues.reload()
    keys = dict.fromkeys((*before, *after))
    return done, tuple((before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key))


def _rows(office: Office) -> dict[str, TrackerRow]:
    rows = office_statuses(office, office.now().date()).rows
    return {each.status.obligation.key: each for each in rows}
