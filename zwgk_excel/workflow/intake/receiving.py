"""``zwgk receive``: every file that arrives becomes a receipt with a verdict."""

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
    remove_partial,
    without_acting_name,
)
from zwgk_excel.workflow.intake.intake_run import Run
from zwgk_excel.workflow.office.context import Office, Progress, no_progress
from zwgk_excel.workflow.office.passwords import office_passwords
from zwgk_excel.workflow.workers.readers import ReaderPool


@dataclass(frozen=True)
class IntakeResult(Sequence[Receipt]):
    """What taking files in came to: the new receipts in the order of arrival, and what goes with them.

    The receipts are condensed: their contents are in the ledger, and memory does not grow with the items taken in.
    """

    receipts: tuple[Receipt, ...] = ()
    proposals: Mapping[str, Proposal] = field(default_factory=dict)
    """File → whose it seems to be, of those in quarantine that would be a return if somebody said whose."""
    markups: Mapping[str, Path] = field(default_factory=dict)
    """File → where the marked-up copy for correction of its unit and cycle lies."""
    solved: tuple[Path, ...] = ()
    """Mark-ups of earlier returns in which nothing is left to mend now; nobody need send them out any more."""
    unread: tuple[Problem, ...] = ()
    """Files in 收件箱 that could not be looked at this time; they have no receipt yet."""

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
    progress: Progress = no_progress,
    readers: ReaderPool | None = None,
) -> IntakeResult:
    """Take files (or folders of files) in: copy them to 收件箱 unless they lie there, read them, record them.

    ``received_at`` is local time; without it the file's modification time counts, marked as estimated. ``readers`` are
    the workers to read with, by default some of its own. Raises UserError for a path that does not exist, before
    anything is taken in, and for files that cannot be copied or written; what was recorded before stays.
    """
    files = find_files(paths)
    with office.ledger.exclusive():
        remove_partial(office)
        arrivals = [import_file(office, path, received_at) for path in files]
        return import_arrivals(office, arrivals, "command", progress=progress, readers=readers)


def import_new(
    office: Office,
    *,
    found: InboxListing | None = None,
    progress: Progress = no_progress,
    readers: ReaderPool | None = None,
) -> IntakeResult:
    """Take in whatever is new in 收件箱; the caller holds the ledger's lock. Raises UserError as :func:`receive`.

    ``found`` is what somebody who has just looked through 收件箱 found to be new; it is read again all the same.
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
    progress: Progress = no_progress,
    readers: ReaderPool | None = None,
) -> IntakeResult:
    """Record each arrival that the ledger does not know yet, oldest first, some at a time.

    ``source`` is how they came: ``inbox`` (dropped in 收件箱), ``command`` or ``mail``. Each batch is one transaction,
    written after its mark-ups, so that the next run makes good what a killed one left.
    """
    with nullcontext(readers) if readers else ReaderPool(passwords=office_passwords()) as workers:
        run = Run(office, workers, source)
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
    return IntakeResult(tuple(run.taken), run.proposals, run.markups, outdated, tuple(run.unread))


def _without_acting_names(run: Run, arrivals: Sequence[InboxFile]) -> Iterator[InboxFile]:
    """The arrivals, those that the ledger does not know yet under names that do nothing; the others are told."""
    known = {file for file, _ in run.known}
    for arrival in arrivals:
        named = arrival if arrival.file in known else without_acting_name(run.office, arrival)
        if isinstance(named, Problem):
            run.unread.append(named)
        else:
            yield named
