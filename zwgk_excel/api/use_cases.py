"""The use cases for callers in Python: months and paths may be text, ``as_of`` is today unless given.

Each calls the use case that the command line runs; errors and results are documented there. Those that write to the
ledger take its run lock themselves. ``who`` (a person's name, recorded with the act) has no default and may not be
blank. One unit or duty may be given as its text, a day as ISO text; what cannot be read is an InvalidValueError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from zwgk_excel.domain.acts import ActKind, ActSource
from zwgk_excel.domain.escalation import EscalationLevel, NoteKind
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.workflow.arguments import Months as _Months
from zwgk_excel.workflow.arguments import day_of as _date
from zwgk_excel.workflow.arguments import month_of as _month
from zwgk_excel.workflow.arguments import names_of as _names
from zwgk_excel.workflow.arguments import period_of as _period
from zwgk_excel.workflow.arguments import person as _person

if TYPE_CHECKING:
    from zwgk_excel.domain.acts import Act
    from zwgk_excel.domain.correspondence import OutgoingMessage
    from zwgk_excel.domain.escalation import Rectification
    from zwgk_excel.domain.issues import IssueDifference
    from zwgk_excel.domain.link_checks import LinkCheck
    from zwgk_excel.domain.obligations import Obligation, ReportTask
    from zwgk_excel.domain.returns import Receipt
    from zwgk_excel.domain.scoring import Assessment
    from zwgk_excel.workflow.acts.reopening import Reopening
    from zwgk_excel.workflow.acts.undoing import UndoEffect
    from zwgk_excel.workflow.analysis.exported import Export
    from zwgk_excel.workflow.assessment.adjusting import AdjustmentEffect
    from zwgk_excel.workflow.assessment.closing import Closing
    from zwgk_excel.workflow.bulletins.bulletin import Published
    from zwgk_excel.workflow.bulletins.unit_sheets import UnitSheets
    from zwgk_excel.workflow.consolidation.consolidating import ConsolidationResult
    from zwgk_excel.workflow.counties.rolling_up import Rollup
    from zwgk_excel.workflow.decisions.receipt_acts import ReceiptEffect
    from zwgk_excel.workflow.escalation.escalating import Escalation
    from zwgk_excel.workflow.intake.receiving import IntakeResult
    from zwgk_excel.workflow.issuing.generation import Generation
    from zwgk_excel.workflow.issuing.issued_months import Cancellation
    from zwgk_excel.workflow.issuing.one_off_tasks import TaskDone
    from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
    from zwgk_excel.workflow.mailing.fetching import Fetched
    from zwgk_excel.workflow.mailing.reminding import ReminderRun, UnitReminder
    from zwgk_excel.workflow.mailing.returning import ReturnRun, UnitReturn
    from zwgk_excel.workflow.mailing.sending import SendRun, UnitSending
    from zwgk_excel.workflow.office.context import Office, Progress
    from zwgk_excel.workflow.office.workspace import Workspace
    from zwgk_excel.workflow.setup.demo import DemoResult
    from zwgk_excel.workflow.tracking.statuses import CycleStatus
    from zwgk_excel.workflow.verification.verifying import VerificationPlan

_Day = date | str
_Names = str | Iterable[str]
_Path = str | Path
_Points = str | int | float | Decimal
_Paths = str | Path | Iterable[str | Path]


def _silent(done: int, total: int, name: str) -> None:
    """A progress callback that shows nothing."""


def _paths(paths: _Paths) -> list[Path]:
    return [Path(paths)] if isinstance(paths, str | Path) else [Path(each) for each in paths]


def _day(office: Office, as_of: _Day | None) -> date:
    return _date(as_of) or office.now().date()


def _units(office: Office, units: _Names) -> list[str]:
    from zwgk_excel.workflow.office.context import find_unit

    return [find_unit(office, each) for each in _names(units)]


# --- the workspace -----------------------------------------------------------------------------


def init_workspace(folder: _Path, *, ledger_url: str = "") -> Workspace:
    """Make a workspace in ``folder``; an existing one gets what is missing, nothing is overwritten."""
    from zwgk_excel.workflow.setup.workspace_setup import init_workspace as run

    return run(Path(folder), ledger_url=ledger_url)


def open_office(
    folder: _Path = ".", *, now: Callable[[], datetime] | None = None, strict: bool = True
) -> AbstractContextManager[Office]:
    """The office of a workspace, a context manager; ``now`` is its clock (China's time, without a zone).

    ``strict`` refuses a duty table or roster with errors; without it they are in ``office.problems``. Raises UserError.
    """
    from zwgk_excel.workflow import clock
    from zwgk_excel.workflow.office.context import open_office as run

    return run(Path(folder), now=now or clock.now, strict=strict, source=ActSource.API)


def demo(folder: _Path, *, progress: Progress = _silent) -> DemoResult:
    """Run a whole demonstration month in a new folder, without network."""
    from zwgk_excel.workflow.setup.demo import run_demo as run

    return run(Path(folder), progress=progress)


# --- issuing -----------------------------------------------------------------------------------


def plan(office: Office, cycle: str | Month, *, as_of: _Day | None = None) -> tuple[ReportTask, ...]:
    """What the workbooks of a cycle ask for: obligations of the cycle, then older ones still unsatisfied."""
    return office.listing(_month(cycle), _day(office, as_of))


def generate(
    office: Office,
    cycle: str | Month,
    *,
    units: _Names = (),
    as_of: _Day | None = None,
    progress: Progress = _silent,
) -> Generation:
    """Write the report workbooks of a cycle into 发件箱, for all units or some (names or aliases)."""
    from zwgk_excel.workflow.issuing.generation import generate as run

    day = _day(office, as_of)
    office.refuse_ahead(day, "下发")
    return run(office, _month(cycle), units=_units(office, units), as_of=day, progress=progress)


def amend(
    office: Office, cycle: str | Month, *, who: str, reason: str, as_of: _Day | None = None
) -> tuple[IssueDifference, ...]:
    """Change what an issued month asks for to what the tables say now; returns what differs from before.

    Then :func:`generate` makes the workbooks of the units concerned anew. Raises UserError as ``zwgk generate --amend``
    ends: without a reason, for a closed month, one that was not issued, and where nothing differs.
    """
    from zwgk_excel.workflow.issuing import amend as run

    day = _day(office, as_of)
    office.refuse_ahead(day, "更正下发")
    return run(office, _month(cycle), on=day, who=_person(who), reason=reason)


def cancel_issue(office: Office, cycle: str | Month, *, who: str, reason: str) -> Cancellation:
    """Take back a month that no unit has answered; unchanged workbooks are removed from 发件箱.

    Raises UserError as ``zwgk generate --cancel`` ends: without a reason, for a closed month, one that was not issued,
    and one with returns.
    """
    from zwgk_excel.workflow.issuing import cancel as run

    return run(office, _month(cycle), who=_person(who), reason=reason)


def add_task(
    office: Office,
    title: str,
    units: _Names,
    due: _Day,
    *,
    who: str,
    reason: str,
    final: _Day | None = None,
    duty: str = "",
    content: str = "",
) -> TaskDone:
    """A one-off task for units or groups by a date of its own; its month is amended where it is issued.

    Without ``duty`` (an id) it belongs to the one for special reports. Raises UserError as ``zwgk task add`` ends.
    """
    from zwgk_excel.workflow.issuing import carry_out_task, plan_task

    by = _person(who)
    first, last = _day(office, due), _date(final)
    plan = plan_task(office, title, units=_names(units), due=first, final=last, duty=duty, content=content)
    return carry_out_task(office, plan, who=by, reason=reason)


def cancel_task(office: Office, task: str, *, who: str, reason: str) -> TaskDone:
    """A one-off task (``T01``) that is not asked for any more; raises UserError as ``zwgk task cancel`` ends."""
    from zwgk_excel.workflow.issuing import carry_out_task, plan_cancellation

    by = _person(who)
    return carry_out_task(office, plan_cancellation(office, task), who=by, reason=reason)


def planned_sendings(
    office: Office,
    cycle: str | Month,
    *,
    units: _Names = (),
    correction: bool = False,
    resend: _Names = (),
) -> tuple[UnitSending, ...]:
    """What :func:`send` would do for each unit, in roster order; nothing is sent."""
    from zwgk_excel.workflow.mailing.sending import planned_sendings as run

    return run(office, _month(cycle), units=_names(units), correction=correction, resend=_names(resend))


def send(
    office: Office,
    cycle: str | Month,
    *,
    way: DeliveryMethod | None = None,
    units: _Names = (),
    correction: bool = False,
    resend: _Names = (),
    progress: Progress = _silent,
) -> SendRun:
    """Mail the workbooks of a cycle, each once: by the server of the settings, where there is none as .eml files."""
    from zwgk_excel.workflow.mailing.sending import send as run

    sent_by = way or _way(office)
    return run(
        office,
        _month(cycle),
        sent_by,
        units=_names(units),
        correction=correction,
        resend=_names(resend),
        progress=progress,
    )


def _way(office: Office) -> DeliveryMethod:
    from zwgk_excel.workflow.mailing.delivery import delivery_method

    return delivery_method(office.workspace.settings)


def mark_sent(office: Office, cycle: str | Month, unit: str, *, who: str) -> OutgoingMessage:
    """Record that a unit has its workbook although no mail of ours is known to have arrived."""
    from zwgk_excel.workflow.mailing.sending import mark_sent as run

    return run(office, _month(cycle), unit, who=_person(who))


# --- intake ------------------------------------------------------------------------------------


def fetch(office: Office, *, progress: Progress = _silent) -> Fetched:
    """Import the new mails of the mailbox; nothing in the mailbox is changed."""
    from zwgk_excel.workflow.mailing.fetching import fetch as run

    return run(office, progress=progress)


def receive(
    office: Office,
    paths: _Paths,
    *,
    received_at: datetime | None = None,
    use_file_time: bool = False,
    who: str = "",
    progress: Progress = _silent,
) -> IntakeResult:
    """Import files, archives or folders: each file gets a receipt with a verdict.

    They are received now, at a given time, or (``use_file_time``) when each was last written; ``who`` registers them.
    """
    from zwgk_excel.workflow.intake.receiving import receive as run

    given = _paths(paths)
    by = _person(who) if who else ""
    return run(office, given, received_at=received_at, use_file_time=use_file_time, who=by, progress=progress)


def assign(
    office: Office,
    paths: _Paths,
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

    given = _paths(paths)
    by, month = _person(who), _month(cycle)
    return run(office, given, unit, month, who=by, reason=reason, force=force, received_at=received_at)


def set_aside(office: Office, paths: _Paths, *, who: str, reason: str = "") -> IntakeResult:
    """Mark files in quarantine as no returns."""
    from zwgk_excel.workflow.decisions.overrides import set_aside as run

    return run(office, _paths(paths), who=_person(who), reason=reason)


def correct_time(
    office: Office, number: int, at: datetime, *, who: str, reason: str, preview: bool = False
) -> ReceiptEffect:
    """Let a file have been received at another local time; with ``preview`` only what that would change."""
    from zwgk_excel.workflow.decisions.receipt_acts import correct_time as run

    return run(office, number, at, who=_person(who), reason=reason, preview=preview)


def withdraw(office: Office, number: int, *, who: str, reason: str, preview: bool = False) -> ReceiptEffect:
    """Let a return count for nothing: the unit's earlier one counts again; its file and its record stay."""
    from zwgk_excel.workflow.decisions.receipt_acts import withdraw as run

    return run(office, number, who=_person(who), reason=reason, preview=preview)


def accept_take_back(office: Office, number: int, *, who: str, reason: str, preview: bool = False) -> ReceiptEffect:
    """Let what a newer return no longer has not be reported any more."""
    from zwgk_excel.workflow.decisions.receipt_acts import accept_take_back as run

    return run(office, number, who=_person(who), reason=reason, preview=preview)


def keep_report(office: Office, number: int, *, who: str, reason: str, preview: bool = False) -> ReceiptEffect:
    """Let what a newer return no longer has be reported all the same."""
    from zwgk_excel.workflow.decisions.receipt_acts import keep_report as run

    return run(office, number, who=_person(who), reason=reason, preview=preview)


def merge(
    office: Office, cycle: str | Month, unit: str, *, who: str, reason: str = "", cancel: bool = False
) -> tuple[Receipt, ...]:
    """Let all returns of a unit for a cycle be effective, or (``cancel``) only the newest again."""
    from zwgk_excel.workflow.decisions.overrides import merge as run

    return run(office, _month(cycle), unit, cancel=cancel, who=_person(who), reason=reason)


# --- tracking ----------------------------------------------------------------------------------


def consolidate(
    office: Office, *, who: str, as_of: _Day | None = None, progress: Progress = _silent
) -> ConsolidationResult:
    """Import what is new in 收件箱 and in the tracker, and rewrite the tracker; without ``as_of`` its day moves on."""
    from zwgk_excel.workflow.consolidation.consolidating import consolidate as run

    return run(office, as_of=_date(as_of), who=_person(who), progress=progress)


def planned_verification(
    office: Office, cycle: str | Month, *, units: _Names = (), again: bool = False
) -> VerificationPlan:
    """The links of a cycle with what is known of them, and those :func:`verify` would visit; nothing is visited."""
    from zwgk_excel.workflow.verification import plan_verification as run

    return run(office, _month(cycle), units=_names(units), again=again)


def verify(
    office: Office,
    cycle: str | Month,
    *,
    units: _Names = (),
    again: bool = False,
    keep: bool = False,
    progress: Progress = _silent,
) -> tuple[LinkCheck, ...]:
    """Visit the links of a cycle that are due, only at the hosts of [verify] hosts, and judge all of them.

    ``again`` visits also what was decided a short time ago, ``keep`` stores the pages in 网页存档.
    """
    from zwgk_excel.workflow.verification import verify as run

    plan = planned_verification(office, cycle, units=units, again=again)
    return run(office, plan, keep=keep, progress=progress)


def status(office: Office, cycle: str | Month, *, as_of: _Day | None = None) -> CycleStatus:
    """The statuses of the obligations of a cycle as of a day, with its receipts and problems."""
    from zwgk_excel.workflow.tracking.statuses import cycle_status as run

    return run(office, _month(cycle), _day(office, as_of))


def close(office: Office, cycle: str | Month, *, who: str, as_of: _Day | None = None) -> Closing:
    """Close a cycle: the figures and scores of its ripe tasks no longer change."""
    from zwgk_excel.workflow.assessment.closing import close as run

    return run(office, _month(cycle), as_of=_day(office, as_of), who=_person(who))


def plan_closing(office: Office, cycle: str | Month, *, as_of: _Day | None = None) -> Closing:
    """What :func:`close` would settle and leave, and what is unusual about it; nothing is changed."""
    from zwgk_excel.workflow.assessment.closing import plan_closing as run

    return run(office, _month(cycle), as_of=_day(office, as_of))


def planned_reminders(office: Office, *, units: _Names = (), as_of: _Day | None = None) -> tuple[UnitReminder, ...]:
    """What :func:`remind` would do for each unit; nothing is sent."""
    from zwgk_excel.workflow.mailing.reminding import planned_reminders as run

    return run(office, _day(office, as_of), units=_names(units))


def remind(
    office: Office, *, way: DeliveryMethod | None = None, units: _Names = (), progress: Progress = _silent
) -> ReminderRun:
    """Mail every unit with open obligations a list of them, at most one mail a day; ``way`` as in :func:`send`."""
    from zwgk_excel.workflow.mailing.reminding import remind as run

    return run(office, way or _way(office), units=_names(units), progress=progress)


def planned_returns(
    office: Office, cycle: str | Month, *, units: _Names = (), warnings: bool = False, resend: _Names = ()
) -> tuple[UnitReturn, ...]:
    """What :func:`send_back` would do for each unit; nothing is sent."""
    from zwgk_excel.workflow.mailing.returning import planned_returns as run

    return run(office, _month(cycle), units=_names(units), warnings=warnings, resend=_names(resend))


def send_back(
    office: Office,
    cycle: str | Month,
    *,
    way: DeliveryMethod | None = None,
    units: _Names = (),
    warnings: bool = False,
    resend: _Names = (),
    progress: Progress = _silent,
) -> ReturnRun:
    """Mail the units the marked-up copies of their faulty returns, each once; ``way`` as in :func:`send`.

    ``warnings`` sends those with warnings only too; ``resend`` names units that get theirs once more.
    """
    from zwgk_excel.workflow.mailing.returning import send_back as run

    names, again = _names(units), _names(resend)
    given = way or _way(office)
    return run(office, _month(cycle), given, units=names, warnings=warnings, resend=again, progress=progress)


# --- decisions ---------------------------------------------------------------------------------


def extend(
    office: Office,
    cycle: str | Month,
    units: _Names | None,
    until: _Day | None,
    *,
    duties: _Names = (),
    who: str,
    reason: str = "",
) -> tuple[Obligation, ...]:
    """Extend the deadlines of some duties (ids) of units or groups in a month, or of all still owed; None cancels.

    Returns the obligations for which it holds now; None for ``units`` means every unit.
    """
    from zwgk_excel.workflow.decisions.extend_and_waive import extend as run

    wanted = None if units is None else _names(units)
    return run(office, _month(cycle), wanted, _names(duties), _date(until), who=_person(who), reason=reason)


def waive(
    office: Office,
    cycle: str | Month,
    units: _Names | None,
    *,
    duties: _Names = (),
    who: str,
    reason: str = "",
    cancel: bool = False,
) -> tuple[Obligation, ...]:
    """Waive some duties (ids) of units or groups in a month, or all still owed; ``cancel`` cancels waivers.

    The rest as in :func:`extend`.
    """
    from zwgk_excel.workflow.decisions.extend_and_waive import waive as run

    wanted = None if units is None else _names(units)
    return run(office, _month(cycle), wanted, _names(duties), cancel=cancel, who=_person(who), reason=reason)


# --- acts --------------------------------------------------------------------------------------


def history(
    office: Office, *, unit: str = "", cycle: str | Month | None = None, kind: ActKind | None = None
) -> tuple[Act, ...]:
    """What people decided, the oldest first: everything, or what concerns a unit, a month or a kind."""
    from zwgk_excel.workflow.acts.history import history as run

    return run(office, unit=unit, cycle=None if cycle is None else _month(cycle), kind=kind)


def preview_undo(office: Office, number: int, *, who: str, reason: str) -> UndoEffect:
    """What :func:`undo` would change, as of today; nothing is written."""
    from zwgk_excel.workflow.acts.undoing import preview_undo as run

    return run(office, number, who=_person(who), reason=reason)


def undo(office: Office, number: int, *, who: str, reason: str) -> UndoEffect:
    """Undo an act by a new one; later acts about the same stay in force."""
    from zwgk_excel.workflow.acts.undoing import undo as run

    return run(office, number, who=_person(who), reason=reason)


def preview_reopen(office: Office, cycle: str | Month, *, who: str, reason: str) -> Reopening:
    """What :func:`reopen` would change, as of today; nothing is written."""
    from zwgk_excel.workflow.acts.reopening import preview_reopen as run

    return run(office, _month(cycle), who=_person(who), reason=reason)


def reopen(office: Office, cycle: str | Month, *, who: str, reason: str) -> Reopening:
    """Take back the closing of a cycle; undoing that closes it again with the figures it had."""
    from zwgk_excel.workflow.acts.reopening import reopen as run

    return run(office, _month(cycle), who=_person(who), reason=reason)


# --- units and owners --------------------------------------------------------------------------


def rename_unit(office: Office, old: str, new: str, month: str | Month, *, who: str, reason: str) -> Act:
    """Another name for a unit from a month on that is not issued yet, written into the roster."""
    from zwgk_excel.workflow.responsibilities import carry_out, plan_renaming

    return carry_out(office, plan_renaming(office, old, new, _month(month)), who=_person(who), reason=reason)


def merge_units(office: Office, old: _Names, into: str, month: str | Month, *, who: str, reason: str) -> Act:
    """Units merged into another, which may be new, from a month on that is not issued yet."""
    from zwgk_excel.workflow.responsibilities import carry_out, plan_merger

    plan = plan_merger(office, _names(old), into, _month(month))
    return carry_out(office, plan, who=_person(who), reason=reason)


def end_unit(office: Office, unit: str, month: str | Month, *, who: str, reason: str) -> Act:
    """A unit that is no more, without a successor, from a month on that is not issued yet."""
    from zwgk_excel.workflow.responsibilities import carry_out, plan_end

    return carry_out(office, plan_end(office, unit, _month(month)), who=_person(who), reason=reason)


def reassign_duty(office: Office, duty: str, to: _Names, month: str | Month, *, who: str, reason: str) -> Act:
    """A duty that other units or groups owe from a month on that is not issued yet, written into the duty table."""
    from zwgk_excel.workflow.responsibilities import carry_out, plan_reassignment

    plan = plan_reassignment(office, duty, _names(to), _month(month))
    return carry_out(office, plan, who=_person(who), reason=reason)


# --- assessment --------------------------------------------------------------------------------


def assess(office: Office, period: str | Month | Period, *, as_of: _Day | None = None) -> Assessment:
    """The scores of a month, a quarter or a year."""
    from zwgk_excel.workflow.assessment.assessing import assess as run

    return run(office, _period(period), _day(office, as_of))


def preview_adjustment(
    office: Office, cycle: str | Month, unit: str, points: _Points, *, who: str, reason: str
) -> AdjustmentEffect:
    """What :func:`adjust` would change, as of today; nothing is written."""
    from zwgk_excel.workflow.assessment.adjusting import points_of
    from zwgk_excel.workflow.assessment.adjusting import preview_adjustment as run

    return run(office, _month(cycle), unit, points_of(points), who=_person(who), reason=reason)


def adjust(
    office: Office, cycle: str | Month, unit: str, points: _Points, *, who: str, reason: str
) -> AdjustmentEffect:
    """Give a unit points in a month (``5``) or take them (``"-0.5"``) after an objection; also in a closed month."""
    from zwgk_excel.workflow.assessment.adjusting import adjust as run
    from zwgk_excel.workflow.assessment.adjusting import points_of

    return run(office, _month(cycle), unit, points_of(points), who=_person(who), reason=reason)


def escalate(office: Office, cycle: str | Month, *, as_of: _Day | None = None) -> Escalation:
    """The units that have reached an escalation level in a cycle, with the evidence."""
    from zwgk_excel.workflow.escalation.escalating import escalate as run

    return run(office, _month(cycle), _day(office, as_of))


def rectify(
    office: Office,
    cycle: str | Month,
    units: _Names,
    step: EscalationLevel | None = None,
    *,
    who: str,
    reason: str = "",
    mend_by: _Day | None = None,
    as_of: _Day | None = None,
) -> tuple[Rectification, ...]:
    """Open rectifications for units that have reached a level, or (with a ``reason``) for a level not reached."""
    from zwgk_excel.workflow.escalation.rectifying import open_due_rectifications as run

    by, day, mended = _person(who), _day(office, as_of), _date(mend_by)
    return run(office, _month(cycle), _names(units), step, mend_by=mended, as_of=day, who=by, reason=reason)


def note_rectification(
    office: Office, number: int, kind: NoteKind, words: str, *, who: str, on: _Day | None = None
) -> Rectification:
    """Add a note to a rectification: measures, closed or withdrawn."""
    from zwgk_excel.workflow.escalation.rectifying import note as run

    return run(office, number, kind, words, on=_day(office, on), who=_person(who))


# --- publishing --------------------------------------------------------------------------------


def bulletin(office: Office, period: str | Month | Period, *, as_of: _Day | None = None) -> Published:
    """Write the bulletin of a month, a quarter or a year into the folder 通报."""
    from zwgk_excel.workflow.bulletins.bulletin import publish as run

    return run(office, _period(period), as_of=_day(office, as_of))


def unit_sheets(
    office: Office,
    year: str | Period,
    *,
    units: _Names = (),
    as_of: _Day | None = None,
    progress: Progress = _silent,
) -> UnitSheets:
    """Write the yearly sheet of each unit into the folder 通报, also as PDF where LibreOffice is installed."""
    from zwgk_excel.workflow.bulletins.unit_sheets import write_unit_sheets as run

    return run(office, _period(year), units=_names(units), as_of=_day(office, as_of), progress=progress)


def export(
    office: Office,
    months: _Months,
    to: _Path,
    *,
    as_of: _Day | None = None,
    progress: Progress = _silent,
) -> Export:
    """Write the tables of a range of months as a workbook, or as a folder of CSV or Parquet files."""
    from zwgk_excel.workflow.analysis.export import export as run

    return run(office, months, Path(to), as_of=as_of, progress=progress)


def rollup(
    places: _Paths, to: _Path, *, as_of: _Day | None = None, progress: Progress = _silent
) -> Rollup:
    """Collect many workspaces (folders or ledger URLs, opened read-only) in one workbook and one data set."""
    from zwgk_excel.workflow.counties.county import sources_of
    from zwgk_excel.workflow.counties.rolling_up import rollup as run

    given = [places] if isinstance(places, str | Path) else places
    return run(sources_of([str(each) for each in given]), Path(to), as_of=_date(as_of), progress=progress)
