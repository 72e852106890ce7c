"""``zwgk consolidate`` (汇总): imports new files and the office's inputs into the ledger, and rewrites the tracker."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from zwgk_excel.domain.clocks import clock_behind
from zwgk_excel.domain.decisions import Decision
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Problem
from zwgk_excel.layout.rule_change_words import rule_change_told
from zwgk_excel.workbooks.opening.guard import RejectedFileError
from zwgk_excel.workbooks.tracker.previous.office_input import OfficeInput
from zwgk_excel.workbooks.tracker.previous.previous_tracker import PreviousTracker
from zwgk_excel.workbooks.tracker.previous.user_additions import UserAdditions, removed_values
from zwgk_excel.workbooks.tracker.rows.view import RefusedCell, TrackerView, with_places
from zwgk_excel.workbooks.tracker.sheets.tracking import cell_finder
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.consolidation.freshness import forget_freshness, note_freshness
from zwgk_excel.workflow.consolidation.tracker_view import tracker_view
from zwgk_excel.workflow.decisions.in_tracker import take_typed_decisions
from zwgk_excel.workflow.errors import UserError, reason_of, remedy_of
from zwgk_excel.workflow.escalation.office_notes import record_rectifications
from zwgk_excel.workflow.in_tray import NO_OUTCOME, TrayFacts, TrayOutcome, carry_out, tray_rows_of, what_waits
from zwgk_excel.workflow.intake.inbox import InboxListing
from zwgk_excel.workflow.intake.receiving import IntakeResult, import_new
from zwgk_excel.workflow.office.context import Office, Progress, no_progress, store_tables
from zwgk_excel.workflow.office.open_files import require_not_open
from zwgk_excel.workflow.tracking.statuses import Statuses, closed_months, office_statuses
from zwgk_excel.workflow.workers.readers import ReaderPool

_OTHER_FORMATS = frozenset({".xlsm", ".xlsb", ".xls", ".xlam", ".xltx", ".et", ".ods"})
"""What Excel, WPS and LibreOffice offer to save a tracker as, besides its own format."""


@dataclass(frozen=True, slots=True)
class ConsolidationResult:
    """The result of 汇总."""

    taken: IntakeResult
    """Files that were new."""
    decisions: tuple[Decision, ...]
    """What the office had typed into the tracker."""
    statuses: Statuses
    problems: tuple[Problem, ...]
    """Problems with the clock and with what the office typed; those of returns are in the statuses."""
    notes: tuple[str, ...]
    """Chinese sentences: that the rules have changed, what could not be carried over from the old tracker."""
    written: bool
    """False when the tracker was up to date to the byte."""
    uncorrected: tuple[Problem, ...] = ()
    """The problems of all returns that are still to be mended; those of closed months are not."""
    tray: TrayOutcome = NO_OUTCOME
    """What came of the choices in the in-tray."""
    waiting: int = 0
    """So many things wait for the office afterwards."""

    @property
    def to_look_at(self) -> tuple[Problem, ...]:
        """The problems with the office's inputs and with imported files that need attention."""
        return (*self.problems, *self.taken.unread, *self.uncorrected)


def consolidate(
    office: Office,
    *,
    as_of: date | None,
    who: str,
    more: Sequence[Month] = (),
    found: InboxListing | None = None,
    progress: Progress = no_progress,
    readers: ReaderPool | None = None,
) -> ConsolidationResult:
    """Import what is new in 收件箱 and in the tracker's office columns, and rewrite the tracker.

    ``as_of`` None means today, and a tracker whose day moves on by itself; ``found`` as in ``import_new``, ``readers``
    as in ``receive``. Raises UserError when the tracker is open in another program or cannot be read; then nothing of
    it was imported and it is unchanged.
    """
    path = office.workspace.tracker
    with office.ledger.exclusive():
        require_not_open(path)
        old, saved = _bytes_of(path)
        typed, added = _previous(old, path)
        ready = prepare(
            office,
            typed,
            as_of=as_of,
            who=who,
            saved=saved,
            more=more,
            found=found,
            progress=progress,
            readers=readers,
        )
        view = with_places(ready.view, cell_finder(ready.view, added)) if ready.view.refused else ready.view
        written = _write(path, tracker_workbook(view, added))
        moved = tuple(each.problem(path.name) for each in (removed_values(view, added) if added else ()))
        behind = clock_behind(office.ledger.newest_message(), office.now())
        given = (*typed.problems, *ready.refused, *ready.tray.problems)
        told = office.apply_severities((*((behind,) if behind else ()), *given, *moved))
        problems = (*told, *(each.problem for each in view.refused))
        notes = (*ready.notes, *(added.notes if added else ()), *_beside(path))
        uncorrected = _uncorrected(ready.statuses, closed_months(office))
        done = ConsolidationResult(
            ready.taken,
            ready.decisions,
            ready.statuses,
            problems,
            notes,
            written,
            uncorrected,
            ready.tray,
            len(view.tray),
        )
        if view.refused or ready.tray.failed:
            # What was not taken is told on every run until it is put right.
            forget_freshness(office)
        else:
            note_freshness(office, as_of, problems=bool(done.to_look_at))
    return done


@dataclass(frozen=True, slots=True)
class PreparedTracker:
    """The ledger's content as a tracker view, before any workbook is written."""

    taken: IntakeResult
    decisions: tuple[Decision, ...]
    statuses: Statuses
    view: TrackerView
    refused: tuple[Problem, ...]
    """What the office typed into the rectification ledger and could not be taken."""
    notes: tuple[str, ...] = ()
    """Chinese sentences: that the rules have changed since the last run."""
    tray: TrayOutcome = NO_OUTCOME
    """What came of the choices in the in-tray."""


def prepare(
    office: Office,
    typed: OfficeInput,
    *,
    as_of: date | None,
    who: str,
    saved: datetime | None = None,
    more: Sequence[Month] = (),
    found: InboxListing | None = None,
    progress: Progress = no_progress,
    readers: ReaderPool | None = None,
) -> PreparedTracker:
    """Import the office's inputs of a tracker and what is new in 收件箱, and carry out what was chosen in its in-tray.

    The caller holds the run lock. The choices come last: they are about everything that waits by then.

    ``saved`` is when the tracker was saved; None where it is open. The view's refused cells have no places yet.
    """
    store_tables(office)
    changed = office.ledger.record_rules()
    given = take_typed_decisions(office, typed, who, saved)
    renewed = given.corrections
    refused = record_rectifications(office, typed, who)
    taken = import_new(office, found=found, progress=progress, readers=readers)
    statuses, view = _seen(office, typed, as_of, more, refused, given.refused)
    waiting = what_waits(office, TrayFacts(statuses, view.dues, view.refused))
    tray = carry_out(office, waiting, typed.tray, who, readers)
    decisions = given.decisions
    if tray.done:
        # A month that was reopened may take what was typed; what was discarded is typed no longer.
        given = take_typed_decisions(office, typed, who, saved)
        decisions = (*decisions, *given.decisions)
        renewed += given.corrections
        left = [each for each in given.refused if (each.obligation, each.column) not in tray.discarded]
        statuses, view = _seen(office, typed, as_of, more, refused, left)
        waiting = what_waits(office, TrayFacts(statuses, view.dues, view.refused))
    view = replace(view, tray=tray_rows_of(waiting, typed.tray, tray))
    notes = (rule_change_told(changed),) if changed else ()
    taken = replace(taken, renewed=taken.renewed + renewed)
    return PreparedTracker(taken, decisions, statuses, view, refused, notes, tray)


def _seen(
    office: Office,
    typed: OfficeInput,
    as_of: date | None,
    more: Sequence[Month],
    problems: Sequence[Problem],
    refused: Sequence[RefusedCell],
) -> tuple[Statuses, TrackerView]:
    """The statuses of all obligations, and the tracker's view of them."""
    statuses = office_statuses(office, as_of or office.now().date(), *more)
    return statuses, tracker_view(office, statuses, as_of, typed, problems, refused)


def _uncorrected(found: Statuses, closed: Collection[Month]) -> tuple[Problem, ...]:
    """The problems to be mended; nobody mends a return of a closed month any more."""
    settled = {receipt.name for receipt in found.receipts if receipt.cycle in closed}
    return tuple(each for each in found.problems if each.counts and each.place.file not in settled)


def _bytes_of(path: Path) -> tuple[bytes | None, datetime | None]:
    """The tracker, and when it was saved; None where there is none."""
    try:
        return (path.read_bytes(), clock.from_timestamp(path.stat().st_mtime)) if path.exists() else (None, None)
    except OSError as error:
        raise UserError(f"“{path.name}”不能读取：{reason_of(error)}；请关闭打开它的程序后再汇总。") from None


def _beside(path: Path) -> Iterator[str]:
    """What the office is told of trackers in other formats: what is typed into them reaches nobody."""
    for each in sorted(path.parent.iterdir()):
        if each.stem == path.stem and each.suffix.casefold() in _OTHER_FORMATS:
            yield f"工作区里另有“{each.name}”：汇总只读写“{path.name}”，填在“{each.name}”中的内容没有读入。"


def _previous(old: bytes | None, path: Path) -> tuple[OfficeInput, UserAdditions | None]:
    if old is None:
        return OfficeInput(), None
    try:
        previous = PreviousTracker(old, path.name)
        return previous.typed, previous.added
    except RejectedFileError as rejected:
        if rejected.problem.code == "tracker_part_unkept":
            told = rejected.problem
            raise UserError(f"“{path.name}”{told.found}；{told.action}。什么也没有改动。") from None
        raise UserError(
            f"“{path.name}”无法读取：{rejected.problem.found}；请从备份恢复，或把它改名后再汇总（填在里面还没有汇总的内容要重填）。"
            "在此之前不汇总，以免丢失台账中的内容。"
        ) from None


def _write(path: Path, data: bytes) -> bool:
    try:
        return write_atomic(path, data)
    except OSError as error:
        raise UserError(
            f"无法写入“{path.name}”：{reason_of(error)}；收到的报送件已登记，台账未改动，"
            f"{remedy_of(error)}后重新汇总。"
        ) from None
