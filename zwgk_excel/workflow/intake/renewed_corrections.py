"""Copies in 退回修改 follow what becomes of the returns they were made from, once a person has decided otherwise."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from zwgk_excel.domain.file_names import numbered
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.intake.corrections import correctable, list_alone, markup_jobs, markup_path_of, newest
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.partial_files import remove_partial
from zwgk_excel.workflow.workers.readers import ReaderPool

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
    removed: list[Path] = []
    kept: list[Path] = []
    written: list[Path] = []
    # A copy was made before the office decided about some tasks, or since.
    either = [*before, *(now for was, now in zip(before, office.unsettled(before), strict=True) if now != was)]
    unsettled = office.unsettled(after)
    for place in places:
        path = markup_path_of(office, *place)
        remove_partial(office, path.parent)
        former = [each for each in _of(either, place) if correctable(each) and each.was_read]
        left = [each for each in newest(_of(unsettled, place)) if correctable(each)]
        wanted = _made(office, left, after, workers)
        try:
            standing = path.read_bytes() if path.is_file() else None
            if standing is not None and standing not in wanted:
                if standing in _made(office, former, before, workers):
                    path.unlink()
                    removed += () if wanted else (path,)
                else:
                    kept.append(_renamed(path))
            for data in wanted:
                if write_atomic(path, data):
                    written.append(path)
        except OSError as error:
            told = f"“{path}”无法修改：{reason_of(error)}；请关闭打开它的程序后重新运行，在此之前没有办理。"
            raise UserError(told) from error
    return RenewedCorrections(tuple(removed), tuple(kept), tuple(written))


def _of(receipts: Sequence[Receipt], place: Place) -> list[Receipt]:
    return [each for each in receipts if (each.unit, each.cycle) == place]


def _made(
    office: Office, receipts: Sequence[Receipt], others: Sequence[Receipt], workers: ReaderPool
) -> list[bytes]:
    """The copies of receipts as this program makes them; ``others`` are all receipts of their units and cycles."""
    jobs = markup_jobs(office, receipts, others)
    made = zip(jobs, workers.marked_up(jobs), strict=True)
    return [data or list_alone(job) for job, data in made]


def _renamed(path: Path) -> Path:
    number = 1
    while os.path.lexists(target := path.with_name(numbered(f"{path.stem}（作废）{path.suffix}", number))):
        number += 1
    path.rename(target)
    return target
