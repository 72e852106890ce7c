"""What comes back: imported, assigned, set aside, corrected, merged."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from zwgk_excel.api.use_cases.arguments import Paths, paths_of, silent
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.arguments import month_of, person

if TYPE_CHECKING:
    from zwgk_excel.domain.returns import Receipt
    from zwgk_excel.workflow.decisions.receipt_acts import ReceiptEffect
    from zwgk_excel.workflow.intake.receiving import IntakeResult
    from zwgk_excel.workflow.office.context import Office, Progress


def receive(
    office: Office,
    paths: Paths,
    *,
    received_at: datetime | None = None,
    use_file_time: bool = False,
    who: str = "",
    progress: Progress = silent,
) -> IntakeResult:
    """Import files, archives or folders: each file gets a receipt with a verdict.

    They are received now, at a given time, or (``use_file_time``) when each was last written; ``who`` registers them.
    """
    from zwgk_excel.workflow.intake.receiving import receive as run

    given = paths_of(paths)
    by = person(who) if who else ""
    return run(office, given, received_at=received_at, use_file_time=use_file_time, who=by, progress=progress)


def assign(
    office: Office,
    paths: Paths,
    unit: str,
    cycle: str | Month,
    *,
    who: str,
    reason: str = "",
    force: bool = False,
    received_at: datetime | None = None,
) -> IntakeResult:
    """Assign files to a unit and cycle; ``force`` overrules a valid signature for another unit or cycle."""
    from zwgk_excel.workflow.decisions.overrides import assign as run

    given = paths_of(paths)
    by, month = person(who), month_of(cycle)
    return run(office, given, unit, month, who=by, reason=reason, force=force, received_at=received_at)


def set_aside(office: Office, paths: Paths, *, who: str, reason: str = "") -> IntakeResult:
    """Mark files in quarantine as no returns."""
    from zwgk_excel.workflow.decisions.overrides import set_aside as run

    return run(office, paths_of(paths), who=person(who), reason=reason)


def correct_time(
    office: Office, number: int, at: datetime, *, who: str, reason: str, preview: bool = False
) -> ReceiptEffect:
    """Let a file have been received at another local time; with ``preview`` only what that would change."""
    from zwgk_excel.workflow.decisions.receipt_acts import correct_time as run

    return run(office, number, at, who=person(who), reason=reason, preview=preview)


def withdraw(office: Office, number: int, *, who: str, reason: str, preview: bool = False) -> ReceiptEffect:
    """Let a return count for nothing: the unit's earlier one counts again; its file and its record stay."""
    from zwgk_excel.workflow.decisions.receipt_acts import withdraw as run

    return run(office, number, who=person(who), reason=reason, preview=preview)


def accept_take_back(office: Office, number: int, *, who: str, reason: str, preview: bool = False) -> ReceiptEffect:
    """Let what a newer return no longer has not be reported any more."""
    from zwgk_excel.workflow.decisions.receipt_acts import accept_take_back as run

    return run(office, number, who=person(who), reason=reason, preview=preview)


def keep_report(office: Office, number: int, *, who: str, reason: str, preview: bool = False) -> ReceiptEffect:
    """Let what a newer return no longer has be reported all the same."""
    from zwgk_excel.workflow.decisions.receipt_acts import keep_report as run

    return run(office, number, who=person(who), reason=reason, preview=preview)


def merge(
    office: Office, cycle: str | Month, unit: str, *, who: str, reason: str = "", cancel: bool = False
) -> tuple[Receipt, ...]:
    """Let all returns of a unit for a cycle be effective, or (``cancel``) only the newest again."""
    from zwgk_excel.workflow.decisions.overrides import merge as run

    return run(office, month_of(cycle), unit, cancel=cancel, who=person(who), reason=reason)
