"""Mails: workbooks, reminders and returns that go out, and what comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zwgk_excel.api.use_cases.arguments import Day, Names, day_in, silent
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.arguments import month_of, names_of, person

if TYPE_CHECKING:
    from zwgk_excel.domain.correspondence import OutgoingMessage
    from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
    from zwgk_excel.workflow.mailing.fetching import Fetched
    from zwgk_excel.workflow.mailing.reminding import ReminderRun, UnitReminder
    from zwgk_excel.workflow.mailing.returning import ReturnRun, UnitReturn
    from zwgk_excel.workflow.mailing.sending import SendRun, UnitSending
    from zwgk_excel.workflow.office.context import Office, Progress


def planned_sendings(
    office: Office,
    cycle: str | Month,
    *,
    units: Names = (),
    correction: bool = False,
    resend: Names = (),
) -> tuple[UnitSending, ...]:
    """What :func:`send` would do for each unit, in roster order; nothing is sent."""
    from zwgk_excel.workflow.mailing.sending import planned_sendings as run

    return run(office, month_of(cycle), units=names_of(units), correction=correction, resend=names_of(resend))


def send(
    office: Office,
    cycle: str | Month,
    *,
    way: DeliveryMethod | None = None,
    units: Names = (),
    correction: bool = False,
    resend: Names = (),
    progress: Progress = silent,
) -> SendRun:
    """Mail the workbooks of a cycle, each once: by the server of the settings, where there is none as .eml files."""
    from zwgk_excel.workflow.mailing.sending import send as run

    sent_by = way or _way(office)
    return run(
        office,
        month_of(cycle),
        sent_by,
        units=names_of(units),
        correction=correction,
        resend=names_of(resend),
        progress=progress,
    )


def mark_sent(office: Office, cycle: str | Month, unit: str, *, who: str) -> OutgoingMessage:
    """Record that a unit has its workbook although no mail of ours is known to have arrived."""
    from zwgk_excel.workflow.mailing.sending import mark_sent as run

    return run(office, month_of(cycle), unit, who=person(who))


def planned_reminders(office: Office, *, units: Names = (), as_of: Day | None = None) -> tuple[UnitReminder, ...]:
    """What :func:`remind` would do for each unit; nothing is sent."""
    from zwgk_excel.workflow.mailing.reminding import planned_reminders as run

    return run(office, day_in(office, as_of), units=names_of(units))


def remind(
    office: Office, *, way: DeliveryMethod | None = None, units: Names = (), progress: Progress = silent
) -> ReminderRun:
    """Mail every unit with open obligations a list of them, at most one mail a day; ``way`` as in :func:`send`."""
    from zwgk_excel.workflow.mailing.reminding import remind as run

    return run(office, way or _way(office), units=names_of(units), progress=progress)


def planned_returns(
    office: Office, cycle: str | Month, *, units: Names = (), warnings: bool = False, resend: Names = ()
) -> tuple[UnitReturn, ...]:
    """What :func:`send_back` would do for each unit; nothing is sent."""
    from zwgk_excel.workflow.mailing.returning import planned_returns as run

    return run(office, month_of(cycle), units=names_of(units), warnings=warnings, resend=names_of(resend))


def send_back(
    office: Office,
    cycle: str | Month,
    *,
    way: DeliveryMethod | None = None,
    units: Names = (),
    warnings: bool = False,
    resend: Names = (),
    progress: Progress = silent,
) -> ReturnRun:
    """Mail the units the marked-up copies of their faulty returns, each once; ``way`` as in :func:`send`.

    ``warnings`` sends those with warnings only too; ``resend`` names units that get theirs once more.
    """
    from zwgk_excel.workflow.mailing.returning import send_back as run

    names, again = names_of(units), names_of(resend)
    given = way or _way(office)
    return run(office, month_of(cycle), given, units=names, warnings=warnings, resend=again, progress=progress)


def _way(office: Office) -> DeliveryMethod:
    from zwgk_excel.workflow.mailing.delivery import delivery_method

    return delivery_method(office.workspace.settings)


def fetch(office: Office, *, progress: Progress = silent) -> Fetched:
    """Import the new mails of the mailbox; nothing in the mailbox is changed."""
    from zwgk_excel.workflow.mailing.fetching import fetch as run

    return run(office, progress=progress)
