"""``zwgk receive``: gives every received file a receipt with a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import overload

from zwgk_excel.domain.acts import ActKind
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.ledger.receipts import BY_HAND
from zwgk_excel.workflow.intake.identification import Proposal
from zwgk_excel.workflow.intake.inbox import (
    InboxFile,
    InboxListing,
    find_files,
    import_file,
    load_all,
    new_in_inbox,
    own_time,
    refuse_own,
    without_acting_name,
)
from zwgk_excel.workflow.intake.intake_run import Run
from zwgk_excel.workflow.intake.proposals import remember_proposals
from zwgk_excel.workflow.intake.receipt_times import ImpossibleTimeError, as_first_seen, require_past
from zwgk_excel.workflow.intake.renewed_corrections import NOTHING_RENEWED, RenewedCorrections
from zwgk_excel.workflow.office.context import Office, Progress, no_progress
from zwgk_excel.workflow.office.partial_files import remove_partial
from zwgk_excel.workflow.office.passwords import office_passwords
from zwgk_excel.workflow.workers.readers import ReaderPool


@dataclass(frozen=True)
class IntakeResult(Sequence[Receipt]):
    """Result of importing files: the new receipts in order of arrival, without content (it is in the ledger)."""

    receipts: tuple[Receipt, ...] = ()
    proposals: Mapping[str, Proposal] = field(default_factory=dict)
    """File → proposed unit and cycle, of quarantined files that would be returns if a person confirmed them."""
    markups: Mapping[str, Path] = field(default_factory=dict)
    """File → the marked-up copy for correction of its unit and cycle."""
    solved: tuple[Path, ...] = ()
    """Obsolete copies for correction: the newest return needs no correction any more."""
    unread: tuple[Problem, ...] = ()
    """Problems with files in 收件箱 that could not be read now; they have no receipt yet."""
    withdrawn: tuple[Problem, ...] = ()
    """Problems with files that are registered already, but withdrawn."""
    renewed: RenewedCorrections = NOTHING_RENEWED
    """Copies for correction of units that files are no longer of."""

    @overload
    def __getitem__(self, index: int) -> Receipt: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Receipt]: ...
    def __getitem__(self, index: int | slice) -> Receipt | Sequence[Receipt]:
        return self.receipts[index]

    def __len__(self) -> int:
        return len(self.receipts)


def receive(
    office: Office,
    paths: Sequence[Path],
    *,
    received_at: datetime | None = None,
    use_file_time: bool = False,
    who: str = "",
    progress: Progress = no_progress,
    readers: ReaderPool | None = None,
) -> IntakeResult:
    """Import files (or folders of files): copy them to 收件箱 unless they are there, parse them, record them.

    ``received_at`` is local time; without it they are received now or, with ``use_file_time``, when each was last
    written, marked as estimated. ``who`` is the person who registers them; empty where nobody is named. ``readers`` are
    by default new ones. Raises UserError for a path that does not exist and for the workspace's own files, before
    anything is imported, and for files that cannot be copied or written; ImpossibleTimeError for a time to come, and
    for a return said to be received before its month was issued, which leaves no copy; what was recorded before is
    kept.
    """
    if received_at is not None:
        require_past(office, received_at, "所写的收件时间")
    files = find_files(paths)
    refuse_own(office, files)
    if use_file_time:
        for path in files:
            if own := own_time(path):
                require_past(office, own, f"“{path.name}”的文件时间")
    with office.ledger.exclusive():
        remove_partial(office)
        at = received_at or office.now()
        found = [import_file(office, path, at, use_file_time=use_file_time) for path in files]
        arrivals = [each for each in found if not isinstance(each, Problem)]
        told = received_at is not None or use_file_time
        taken = import_arrivals(office, arrivals, BY_HAND, who=who, told=told, progress=progress, readers=readers)
        return replace(taken, unread=(*(each for each in found if isinstance(each, Problem)), *taken.unread))


def import_new(
    office: Office,
    *,
    found: InboxListing | None = None,
    progress: Progress = no_progress,
    readers: ReaderPool | None = None,
) -> IntakeResult:
    """Import what is new in 收件箱; the caller holds the run lock. Raises UserError as :func:`receive`.

    ``found`` is the result of :func:`new_in_inbox` if the caller has it; its files are read again all the same.
    """
    remove_partial(office)
    arrivals, unread = found or new_in_inbox(office)
    seen = as_first_seen(office, arrivals)
    taken = import_arrivals(office, seen, "inbox", progress=progress, readers=readers)
    return replace(taken, unread=(*unread, *taken.unread))


def import_arrivals(
    office: Office,
    arrivals: Sequence[InboxFile],
    source: str,
    *,
    who: str = "",
    told: bool = False,
    progress: Progress = no_progress,
    readers: ReaderPool | None = None,
) -> IntakeResult:
    """Record each file that the ledger does not have yet, oldest first, in batches.

    ``source`` is ``inbox`` (copied to 收件箱 by hand), ``command`` (by ``who``) or ``mail``. Each batch is one
    transaction, written after its marked-up copies, so that the next run completes what a killed one left. Where a
    person ``told`` the times, ImpossibleTimeError for one before the month was issued; the copies of its batch go.
    """
    with nullcontext(readers) if readers else ReaderPool(passwords=office_passwords()) as workers:
        run = Run(office, workers, source, who, told=told)
        arrivals = list(_without_acting_names(run, arrivals))
        if unknown := run.unknown(arrivals):
            workers.start(unknown)
        ordered = sorted(arrivals, key=lambda each: each.order)
        try:
            for count, (arrival, loaded) in enumerate(load_all(office, ordered)):
                progress(count, len(ordered), arrival.path.name)
                run.add(loaded)
            progress(len(ordered), len(ordered), "")
            run.finish()
        except ImpossibleTimeError:
            _remove_copies(office, [*arrivals, *run.unpacked])
            raise
    remember_proposals(office, run.proposals)
    outdated = tuple(dict.fromkeys(run.solved))
    return IntakeResult(
        office.ledger.numbered(run.taken),
        run.proposals,
        run.markups,
        outdated,
        tuple(run.unread),
        _withdrawn(office, run.again),
    )


def _remove_copies(office: Office, arrivals: Sequence[InboxFile]) -> None:
    """Delete the copies of this run that have no receipt: the next one would take them for files put into 收件箱."""
    registered = {file for file, _ in office.ledger.known()}
    for each in arrivals:
        if each.copied and each.file not in registered:
            each.path.unlink(missing_ok=True)
            if each.path.parent != office.workspace.inbox:
                with suppress(OSError):  # something else is left in it
                    each.path.parent.rmdir()


def _withdrawn(office: Office, again: Sequence[Receipt]) -> tuple[Problem, ...]:
    """What is to be told of files that a person registers again although they were withdrawn."""
    keys = {(each.file, each.sha256) for each in again}
    if not keys:
        return ()
    # Of the acts that withdrew a file of this name and are in force the last one.
    acts = {
        change.subject: each.number
        for each in office.ledger.acts()
        if each.kind is ActKind.WITHDRAW_RECEIPT and not each.undone_by
        for change in each.changes
    }
    return tuple(
        problem("file_withdrawn", CellRef(each.name), number=each.number, act=acts[each.file])
        for each in office.ledger.receipt_summaries()
        if each.verdict is Verdict.WITHDRAWN and (each.file, each.sha256) in keys
    )


def _without_acting_names(run: Run, arrivals: Sequence[InboxFile]) -> Iterator[InboxFile]:
    """The arrivals, those that the ledger does not know yet under names that do nothing; the others are told."""
    known = {file for file, _ in run.known}
    for arrival in arrivals:
        named = arrival if arrival.file in known else without_acting_name(run.office, arrival)
        if isinstance(named, Problem):
            run.unread.append(named)
        else:
            yield named
