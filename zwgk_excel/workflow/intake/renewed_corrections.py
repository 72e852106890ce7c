"""Copies in 退回修改 follow what becomes of the returns they were made from, once a person has decided otherwise."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from zwgk_excel.domain.file_names import numbered
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.intake.corrections import correctable, list_alone, markup_jobs, markup_path_of, newest
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.partial_files import remove_partial
from zwgk_excel.workflow.office.passwords import office_passwords
from zwgk_excel.workflow.workers.readers import MarkupJob, ReaderPool

T = TypeVar("T")
Place = tuple[str, Month]
"""A unit and a cycle."""


@dataclass(frozen=True, slots=True)
class RenewedCorrections:
    """What became of copies in 退回修改."""

    removed: tuple[Path, ...] = ()
    """There is nothing to be corrected any more, or not by this unit."""
    kept: tuple[Path, ...] = ()
    """The same of copies that somebody had changed: under these new names."""
    written: tuple[Path, ...] = ()
    """What is left to be corrected."""

    def __add__(self, other: RenewedCorrections) -> RenewedCorrections:
        """Both."""
        return RenewedCorrections(
            (*self.removed, *other.removed), (*self.kept, *other.kept), (*self.written, *other.written)
        )


NOTHING_RENEWED = RenewedCorrections()
"""None was to be changed."""


def places_of(office: Office, files: Collection[str]) -> list[Place]:
    """The units and cycles that the files are returns of."""
    found = (each for each in office.ledger.receipt_summaries() if each.file in files)
    return list(dict.fromkeys((each.unit, each.cycle) for each in found if each.unit and each.cycle))


def receipts_of(office: Office, places: Iterable[Place]) -> list[Receipt]:
    """The receipts of units and cycles, with content."""
    return [each for unit, cycle in places for each in office.ledger.receipts(unit=unit, cycle=cycle)]


def renew_corrections(
    office: Office,
    places: Iterable[Place],
    before: Sequence[Receipt],
    after: Sequence[Receipt],
    workers: ReaderPool,
) -> RenewedCorrections:
    """Let the copies of the ``places`` be what their receipts call for ``after`` a decision.

    ``before`` are their receipts until now. A copy as this program made it is deleted or written anew; one that
    somebody changed is renamed, never lost. To be called before the decision is recorded: a run that was killed
    completes it when it is repeated. The caller holds the run lock. Raises UserError.
    """
    found = _Renewing()
    # A copy was made before the office decided about some tasks, or since.
    either = [*before, *(now for was, now in zip(before, office.unsettled(before), strict=True) if now != was)]
    unsettled = office.unsettled(after)
    for place in places:
        former = [each for each in _of(either, place) if correctable(each) and each.was_read]
        left = [each for each in newest(_of(unsettled, place)) if correctable(each)]
        jobs = markup_jobs(office, former, before)
        found.renew(office, place, _made(markup_jobs(office, left, after), workers), jobs, workers)
    return found.outcome


def renewed_by(office: Office, units: Collection[str], record: Callable[[], T]) -> tuple[T, RenewedCorrections]:
    """Decide by ``record`` about tasks of ``units``, and let their copies be what is to be corrected then.

    What has to be corrected, and until when, is compared before and after: copies of which both stay the same are not
    made. As in :func:`renew_corrections` the copies come first, and one that somebody changed is renamed. ``record`` is
    called twice, first in a trial. The caller holds the run lock. Raises UserError, and nothing is recorded then.
    """
    today = Month.of(office.now().date())
    named = {*units, *(office.successor(each, today) for each in units)}
    receipts = [each for each in office.ledger.receipt_summaries() if each.unit in named] if named else []
    if not any(each.problems for each in receipts):
        return record(), NOTHING_RENEWED
    before = _wanted(office, receipts)
    with office.ledger.trial():
        record()
        after = _wanted(office, receipts)
    moved = [place for place in {**before, **after} if before.get(place) != after.get(place)]
    found = _Renewing()
    if moved:
        with ReaderPool(passwords=office_passwords()) as workers:
            for place in moved:
                former, left = ([jobs[place]] if place in jobs else [] for jobs in (before, after))
                found.renew(office, place, _made(left, workers), former, workers)
    return record(), found.outcome


class _Renewing:
    """Copies as they are renewed, one place after the other."""

    def __init__(self) -> None:
        self.outcome = NOTHING_RENEWED

    def renew(
        self, office: Office, place: Place, wanted: Sequence[bytes], former: Sequence[MarkupJob], workers: ReaderPool
    ) -> None:
        """Let the copy of a place be the ``wanted`` one, or none; ``former`` are the jobs it may have been made by."""
        path, done = markup_path_of(office, *place), self.outcome
        remove_partial(office, path.parent)
        try:
            standing = path.read_bytes() if path.is_file() else None
            if standing is not None and standing not in wanted:
                if standing not in _made(former, workers):
                    done = replace(done, kept=(*done.kept, _renamed(path)))
                else:
                    path.unlink()
                    done = done if wanted else replace(done, removed=(*done.removed, path))
            for data in wanted:
                if write_atomic(path, data):
                    done = replace(done, written=(*done.written, path))
        except OSError as error:
            told = f"“{path}”无法修改：{reason_of(error)}；请关闭打开它的程序后重新运行，在此之前没有办理。"
            raise UserError(told) from error
        self.outcome = done


def _wanted(office: Office, receipts: Sequence[Receipt]) -> dict[Place, MarkupJob]:
    """The jobs for what is to be corrected now, by the places of their copies."""
    left = [each for each in newest(office.unsettled(receipts)) if correctable(each)]
    jobs = markup_jobs(office, left, receipts)
    return {(each.unit, each.cycle): job for each, job in zip(left, jobs, strict=True) if each.cycle}


def _of(receipts: Sequence[Receipt], place: Place) -> list[Receipt]:
    return [each for each in receipts if (each.unit, each.cycle) == place]


def _made(jobs: Sequence[MarkupJob], workers: ReaderPool) -> list[bytes]:
    """The copies as this program makes them."""
    made = zip(jobs, workers.marked_up(jobs), strict=True)
    return [data or list_alone(job) for job, data in made]


def _renamed(path: Path) -> Path:
    number = 1
    while os.path.lexists(target := path.with_name(numbered(f"{path.stem}（作废）{path.suffix}", number))):
        number += 1
    path.rename(target)
    return target
