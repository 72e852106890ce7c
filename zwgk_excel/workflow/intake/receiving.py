"""``zwgk receive``: gives every received file a receipt with a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import overload

from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.workflow.intake.identification import Proposal
from zwgk_excel.workflow.intake.inbox import (
    InboxFile,
    InboxListing,
    find_files,
    import_file,
    load_all,
    new_in_inbox,
    refuse_own,
    remove_partial,
    without_acting_name,
)
from zwgk_excel.workflow.intake.intake_run import Run
from zwgk_excel.workflow.office.context import Office, Progress, no_progress
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
    who: str = "",
    progress: Progress = no_progress,
    readers: ReaderPool | None = None,
) -> IntakeResult:
    """Import files (or folders of files): copy them to 收件箱 unless they are there, parse them, record them.

    ``received_at`` is local time; without it the file's modification time counts, marked as estimated. ``who`` is the
    person who registers them; empty where nobody is named. ``readers`` are by default new ones. Raises UserError for a
    path that does not exist and for the workspace's own files, before anything is imported, and for files that cannot
    be copied or written; what was recorded before is kept.
    """
    files = find_files(paths)
    refuse_own(office, files)
    with office.ledger.exclusive():
        remove_partial(office)
        found = [import_file(office, path, received_at) for path in files]
        arrivals = [each for each in found if not isinstance(each, Problem)]
        taken = import_arrivals(office, arrivals, "command", who=who, progress=progress, readers=readers)
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
    taken = import_arrivals(office, arrivals, "inbox", progress=progress, readers=readers)
    return replace(taken, unread=(*unread, *taken.unread))


def import_arrivals(
    office: Office,
    arrivals: Sequence[InboxFile],
    source: str,
    *,
    who: str = "",
    progress: Progress = no_progress,
    readers: ReaderPool | None = None,
) -> IntakeResult:
    """Record each file that the ledger does not have yet, oldest first, in batches.

    ``source`` is ``inbox`` (copied to 收件箱 by hand), ``command`` (by ``who``) or ``mail``. Each batch is one
    transaction, written after its marked-up copies, so that the next run completes what a killed one left.
    """
    with nullcontext(readers) if readers else ReaderPool(passwords=office_passwords()) as workers:
        run = Run(office, workers, source, who)
        arrivals = list(_without_acting_names(run, arrivals))
        if unknown := run.unknown(arrivals):
            workers.start(unknown)
        ordered = sorted(arrivals, key=lambda each: each.order)
        for count, (arrival, loaded) in enumerate(load_all(office, ordered)):
            progress(count, len(ordered), arrival.path.name)
            run.add(loaded)
        progress(len(ordered), len(ordered), "")
        run.finish()
    outdated = tuple(dict.fromkeys(run.solved))
    return IntakeResult(office.ledger.numbered(run.taken), run.proposals, run.markups, outdated, tuple(run.unread))


def _without_acting_names(run: Run, arrivals: Sequence[InboxFile]) -> Iterator[InboxFile]:
    """The arrivals, those that the ledger does not know yet under names that do nothing; the others are told."""
    known = {file for file, _ in run.known}
    for arrival in arrivals:
        named = arrival if arrival.file in known else without_acting_name(run.office, arrival)
        if isinstance(named, Problem):
            run.unread.append(named)
        else:
            yield named
