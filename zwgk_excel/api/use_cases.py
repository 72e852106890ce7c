"""The use cases as a program calls them: months and paths may be text, the day is today's unless it is given.

Each passes on to the use case that the command line runs; what it raises and returns is said there. Those that write to
the ledger take its lock themselves. ``who`` is always asked for: a program decides nothing by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from zwgk_excel.domain.escalation import EscalationLevel, NoteKind
from zwgk_excel.domain.periods import Month, Period

if TYPE_CHECKING:
    from zwgk_excel.domain.correspondence import OutgoingMessage
    from zwgk_excel.domain.escalation import Rectification
    from zwgk_excel.domain.month_range import MonthRange
    from zwgk_excel.domain.obligations import Obligation, ReportTask
    from zwgk_excel.domain.returns import Receipt
    from zwgk_excel.domain.scoring import Assessment
    from zwgk_excel.workflow.analysis.exported import Export
    from zwgk_excel.workflow.assessment.closing import ClosedCycle
    from zwgk_excel.workflow.bulletins.bulletin import Published
    from zwgk_excel.workflow.bulletins.unit_sheets import UnitSheets
    from zwgk_excel.workflow.consolidation.consolidating import ConsolidationResult
    from zwgk_excel.workflow.counties.rolling_up import Rollup
    from zwgk_excel.workflow.escalation.escalating import Escalation
    from zwgk_excel.workflow.intake.receiving import IntakeResult
    from zwgk_excel.workflow.issuing.generation import Generation
    from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
    from zwgk_excel.workflow.mailing.fetching import Fetched
    from zwgk_excel.workflow.mailing.reminding import ReminderRun, UnitReminder
    from zwgk_excel.workflow.mailing.sending import SendRun, UnitSending
    from zwgk_excel.workflow.office.context import Office, Progress
    from zwgk_excel.workflow.office.workspace import Workspace
    from zwgk_excel.workflow.setup.demo import DemoResult
    from zwgk_excel.workflow.tracking.statuses import CycleStatus

_Path = str | Path
_Paths = str | Path | Iterable[str | Path]


def _silent(done: int, total: int, name: str) -> None:
    """A progress callback that shows nothing."""


def _month(cycle: str | Month) -> Month:
    return Month.parse(cycle) if isinstance(cycle, str) else cycle


def _period(period: str | Month | Period) -> Period:
    if isinstance(period, Month):
        return Period.month(period)
    return Period.parse(period.upper()) if isinstance(period, str) else period


def _paths(paths: _Paths) -> list[Path]:
    return [Path(paths)] if isinstance(paths, str | Path) else [Path(each) for each in paths]


def _day(office: Office, as_of: date | None) -> date:
    return as_of or office.now().date()


def _units(office: Office, units: Iterable[str]) -> list[str]:
    from zwgk_excel.workflow.office.context import find_unit

    return [find_unit(office, each) for each in units]


# --- the workspace -----------------------------------------------------------------------------


def init_workspace(folder: _Path, *, ledger_url: str = "") -> Workspace:
    """Make a workspace; run again it adds what is missing and overwrites nothing."""
    from zwgk_excel.workflow.setup.workspace_setup import init_workspace as run

    return run(Path(folder), ledger_url=ledger_url)


def open_office(
    folder: _Path = ".", *, now: Callable[[], datetime] | None = None, strict: bool = True
) -> AbstractContextManager[Office]:
    """The office of a workspace, to be used with ``with``; ``now`` is its clock (China's time, without a zone).

    ``strict`` refuses a duty table or roster with errors; without it they are in ``office.problems``.
    """
    from zwgk_excel.workflow import clock
    from zwgk_excel.workflow.office.context import open_office as run

    return run(Path(folder), now=now or clock.now, strict=strict)


def demo(folder: _Path, *, progress: Progress = _silent) -> DemoResult:
    """Play a month in a new folder, without network."""
    from zwgk_excel.workflow.setup.demo import run_demo as run

    return run(Path(folder), progress=progress)


# --- issuing -----------------------------------------------------------------------------------


def plan(office: Office, cycle: str | Month, *, as_of: date | None = None) -> tuple[ReportTask, ...]:
    """What the workbooks of a cycle ask for: its own obligations, then older ones that are still owed."""
    return office.listing(_month(cycle), _day(office, as_of))


def generate(
    office: Office,
    cycle: str | Month,
    *,
    units: Iterable[str] = (),
    as_of: date | None = None,
    progress: Progress = _silent,
) -> Generation:
    """Write the report workbooks of a cycle into 发件箱, for all units or some (names or aliases)."""
    from zwgk_excel.workflow.issuing.generation import generate as run

    return run(office, _month(cycle), units=_units(office, units), as_of=_day(office, as_of), progress=progress)


def planned_sendings(
    office: Office,
    cycle: str | Month,
    *,
    units: Sequence[str] = (),
    correction: bool = False,
    resend: Sequence[str] = (),
) -> tuple[UnitSending, ...]:
    """What :func:`send` would do for each unit; nothing is sent."""
    from zwgk_excel.workflow.mailing.sending import planned_sendings as run

    return run(office, _month(cycle), units=units, correction=correction, resend=resend)


def send(
    office: Office,
    cycle: str | Month,
    *,
    way: DeliveryMethod | None = None,
    units: Sequence[str] = (),
    correction: bool = False,
    resend: Sequence[str] = (),
    progress: Progress = _silent,
) -> SendRun:
    """Mail the workbooks of a cycle, each once: by the server of the settings, where there is none as .eml files."""
    from zwgk_excel.workflow.mailing.sending import send as run

    sent_by = way or _way(office)
    return run(
        office, _month(cycle), sent_by, units=units, correction=correction, resend=resend, progress=progress
    )


def _way(office: Office) -> DeliveryMethod:
    from zwgk_excel.workflow.mailing.delivery import delivery_method

    return delivery_method(office.workspace.settings)


def mark_sent(office: Office, cycle: str | Month, unit: str, *, who: str) -> OutgoingMessage:
    """Note that a unit has its workbook, because somebody made sure."""
    from zwgk_excel.workflow.mailing.sending import mark_sent as run

    return run(office, _month(cycle), unit, who=who)


# --- intake ------------------------------------------------------------------------------------


def fetch(office: Office, *, progress: Progress = _silent) -> Fetched:
    """Take in the new mails of the mailbox; nothing in it is changed."""
    from zwgk_excel.workflow.mailing.fetching import fetch as run

    return run(office, progress=progress)


def receive(
    office: Office, paths: _Paths, *, received_at: datetime | None = None, progress: Progress = _silent
) -> IntakeResult:
    """Take in files, archives or folders: each gets a receipt with a verdict."""
    from zwgk_excel.workflow.intake.receiving import receive as run

    return run(office, _paths(paths), received_at=received_at, progress=progress)


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
    """Say whose return files are that nobody could be named for; ``force`` goes against a valid signature."""
    from zwgk_excel.workflow.decisions.overrides import assign as run

    given = _paths(paths)
    return run(office, given, unit, _month(cycle), who=who, reason=reason, force=force, received_at=received_at)


def set_aside(office: Office, paths: _Paths, *, who: str, reason: str = "") -> IntakeResult:
    """Say that files in quarantine are no returns."""
    from zwgk_excel.workflow.decisions.overrides import set_aside as run

    return run(office, _paths(paths), who=who, reason=reason)


def merge(
    office: Office, cycle: str | Month, unit: str, *, who: str, reason: str = "", cancel: bool = False
) -> tuple[Receipt, ...]:
    """Let all returns of a unit for a cycle count together, or (``cancel``) only the newest again."""
    from zwgk_excel.workflow.decisions.overrides import merge as run

    return run(office, _month(cycle), unit, cancel=cancel, who=who, reason=reason)


# --- tracking ----------------------------------------------------------------------------------


def consolidate(
    office: Office, *, who: str, as_of: date | None = None, progress: Progress = _silent
) -> ConsolidationResult:
    """Take in what is new in 收件箱 and in the tracker, and write the tracker anew; without ``as_of`` it stays live."""
    from zwgk_excel.workflow.consolidation.consolidating import consolidate as run

    return run(office, as_of=as_of, who=who, progress=progress)


def status(office: Office, cycle: str | Month, *, as_of: date | None = None) -> CycleStatus:
    """Where the obligations of a cycle stand, with its receipts and problems."""
    from zwgk_excel.workflow.tracking.statuses import cycle_status as run

    return run(office, _month(cycle), _day(office, as_of))


def close(office: Office, cycle: str | Month, *, who: str, as_of: date | None = None) -> ClosedCycle:
    """Close a cycle: its figures and scores stand from now on."""
    from zwgk_excel.workflow.assessment.closing import close as run

    return run(office, _month(cycle), as_of=_day(office, as_of), who=who)


def planned_reminders(
    office: Office, *, units: Sequence[str] = (), as_of: date | None = None
) -> tuple[UnitReminder, ...]:
    """Whom :func:`remind` would remind; nothing is sent."""
    from zwgk_excel.workflow.mailing.reminding import planned_reminders as run

    return run(office, _day(office, as_of), units=units)


def remind(
    office: Office, *, way: DeliveryMethod | None = None, units: Sequence[str] = (), progress: Progress = _silent
) -> ReminderRun:
    """Mail everyone who still owes something a list of it, at most one a day; ``way`` as in :func:`send`."""
    from zwgk_excel.workflow.mailing.reminding import remind as run

    return run(office, way or _way(office), units=units, progress=progress)


# --- decisions ---------------------------------------------------------------------------------


def extend(
    office: Office,
    cycle: str | Month,
    unit: str,
    until: date | None,
    *,
    duties: Sequence[str] = (),
    who: str,
    reason: str = "",
) -> tuple[Obligation, ...]:
    """Give a unit more time for some duties (their ids), or for all it still owes; None takes it back."""
    from zwgk_excel.workflow.decisions.extend_and_waive import extend as run

    return run(office, _month(cycle), unit, duties, until, who=who, reason=reason)


def waive(
    office: Office,
    cycle: str | Month,
    unit: str,
    *,
    duties: Sequence[str] = (),
    who: str,
    reason: str = "",
    cancel: bool = False,
) -> tuple[Obligation, ...]:
    """Let a unit off some duties (their ids), or all it still owes; ``cancel`` takes it back."""
    from zwgk_excel.workflow.decisions.extend_and_waive import waive as run

    return run(office, _month(cycle), unit, duties, cancel=cancel, who=who, reason=reason)


# --- assessment --------------------------------------------------------------------------------


def assess(office: Office, period: str | Month | Period, *, as_of: date | None = None) -> Assessment:
    """The scores of a month, a quarter or a year."""
    from zwgk_excel.workflow.assessment.assessing import assess as run

    return run(office, _period(period), _day(office, as_of))


def escalate(office: Office, cycle: str | Month, *, as_of: date | None = None) -> Escalation:
    """Who is due for which step, on what evidence."""
    from zwgk_excel.workflow.escalation.escalating import escalate as run

    return run(office, _month(cycle), _day(office, as_of))


def rectify(
    office: Office,
    cycle: str | Month,
    units: Sequence[str],
    step: EscalationLevel | None = None,
    *,
    who: str,
    reason: str = "",
    mend_by: date | None = None,
    as_of: date | None = None,
) -> tuple[Rectification, ...]:
    """Raise rectifications for units that are due, or for a step that the office has a reason for."""
    from zwgk_excel.workflow.escalation.rectifying import open_due_rectifications as run

    day = _day(office, as_of)
    return run(office, _month(cycle), units, step, mend_by=mend_by, as_of=day, who=who, reason=reason)


def note_rectification(
    office: Office, number: int, kind: NoteKind, words: str, *, who: str, on: date | None = None
) -> Rectification:
    """Note on a rectification what was mended, that it is closed, or that it is withdrawn."""
    from zwgk_excel.workflow.escalation.rectifying import note as run

    return run(office, number, kind, words, on=_day(office, on), who=who)


# --- publishing --------------------------------------------------------------------------------


def bulletin(office: Office, period: str | Month | Period, *, as_of: date | None = None) -> Published:
    """Write the bulletin of a month, a quarter or a year into 通报."""
    from zwgk_excel.workflow.bulletins.bulletin import publish as run

    return run(office, _period(period), as_of=_day(office, as_of))


def unit_sheets(
    office: Office,
    year: str | Period,
    *,
    units: Sequence[str] = (),
    as_of: date | None = None,
    progress: Progress = _silent,
) -> UnitSheets:
    """Write each unit's year on one page into 通报, where LibreOffice is installed as PDF too."""
    from zwgk_excel.workflow.bulletins.unit_sheets import write_unit_sheets as run

    return run(office, _period(year), units=units, as_of=_day(office, as_of), progress=progress)


def export(
    office: Office,
    months: str | Month | Period | MonthRange,
    to: _Path,
    *,
    as_of: date | None = None,
    progress: Progress = _silent,
) -> Export:
    """Write the tables of a range of months as a workbook, or as a folder of CSV or Parquet files."""
    from zwgk_excel.workflow.analysis.export import export as run

    return run(office, months, Path(to), as_of=as_of, progress=progress)


def rollup(
    places: Iterable[_Path], to: _Path, *, as_of: date | None = None, progress: Progress = _silent
) -> Rollup:
    """Gather many workspaces (folders, or URLs of their ledgers) in one workbook and one data set, reading only."""
    from zwgk_excel.workflow.counties.county import sources_of
    from zwgk_excel.workflow.counties.rolling_up import rollup as run

    return run(sources_of([str(each) for each in places]), Path(to), as_of=as_of, progress=progress)
