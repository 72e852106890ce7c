"""Writes the copies for correction (退回修改) of returns with errors or warnings."""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from zwgk_excel.domain.effective_receipts import effective_receipts
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problem_catalogue import Severity
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.correction.correction_workbook import correction_workbook
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workbooks.report.content import file_name, format_cycle
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of, remedy_of
from zwgk_excel.workflow.intake.mend_times import MendTimes, mend_notes
from zwgk_excel.workflow.office.context import Office, Progress, no_progress
from zwgk_excel.workflow.published.reconciling import is_list_note, with_list_notes
from zwgk_excel.workflow.workers.readers import MarkupJob, ReaderPool

_log = logging.getLogger(__name__)
_FOLDER = "退回修改"


def write_markups(
    office: Office, receipts: Sequence[Receipt], workers: ReaderPool, *, progress: Progress = no_progress
) -> tuple[Path, ...]:
    """Write the marked-up copy of every unit and cycle whose newest of ``receipts`` has errors or warnings.

    Returns the paths, in the order of unit and cycle first met, whether written now or equal to existing files: equal
    returns give equal bytes. The ``workers`` make them. A return that cannot be edited (an .xls, a missing file, one
    that kills a worker) gets a workbook with the list of its problems alone. Nothing is deleted:
    :func:`resolved_corrections` names outdated copies. Raises UserError for files that could not be written, after all
    others are.
    """
    wanted = [receipt for receipt in _standing(office, receipts) if correctable(receipt)]
    written: list[Path] = []
    failed: list[tuple[Path, OSError]] = []
    markings = markup_jobs(office, [_with_notes_told(each) for each in wanted], receipts)
    made = workers.marked_up(markings)
    for done, (receipt, marking, markup) in enumerate(zip(wanted, markings, made, strict=True)):
        progress(done, len(wanted), receipt.unit)
        path = markup_path(office, receipt)
        try:
            write_atomic(path, markup or list_alone(marking))
            written.append(path)
        except OSError as error:
            failed.append((path, error))
    progress(len(wanted), len(wanted), "")
    if failed:
        raise _unwritten(failed)
    return tuple(written)


def marked_up(
    office: Office,
    receipts: Sequence[Receipt],
    workers: ReaderPool,
    recorded: Collection[tuple[str, Month | None]] | None = None,
) -> tuple[dict[str, Path], tuple[Path, ...]]:
    """Write the marked-up copies of the units and cycles of receipts that are not recorded yet.

    Returns (file → path of its copy, earlier copies that these receipts make obsolete). ``recorded`` are the units and
    cycles with receipts in the ledger, if the caller knows them. Only the newest return of each is marked up, so those
    in the ledger are compared too. Raises UserError.
    """
    keys = {(each.file, each.sha256) for each in receipts}
    known = dict.fromkeys((each.unit, each.cycle) for each in receipts if each.unit and each.cycle)
    places = [place for place in known if recorded is None or place in recorded]
    earlier = [each for unit, cycle in places for each in office.ledger.receipts(unit=unit, cycle=cycle)]
    together = [*(each for each in earlier if (each.file, each.sha256) not in keys), *receipts]
    written = set(write_markups(office, together, workers))
    paths = {each.file: markup_path(office, each) for each in receipts if each.was_read and each.unit and each.cycle}
    return {file: path for file, path in paths.items() if path in written}, resolved_corrections(office, together)


def _unwritten(failed: Sequence[tuple[Path, OSError]]) -> UserError:
    path, error = failed[0]
    more = f"（共 {len(failed)} 个文件）" if len(failed) > 1 else ""
    return UserError(f"无法写入“{path}”：{reason_of(error)}{more}，{remedy_of(error)}后再次运行。")


def resolved_corrections(office: Office, receipts: Iterable[Receipt]) -> tuple[Path, ...]:
    """The copies in 退回修改 of units whose newest return needs no correction any more."""
    clean = (markup_path(office, receipt) for receipt in _standing(office, receipts) if not correctable(receipt))
    return tuple(path for path in clean if path.is_file())


def _standing(office: Office, receipts: Iterable[Receipt]) -> tuple[Receipt, ...]:
    """The newest returns with the problems that stand now, those by the website's list among them."""
    return with_list_notes(office, newest(office.unsettled(receipts)))


def _with_notes_told(receipt: Receipt) -> Receipt:
    """A return whose marked-up copy says what the website's list has otherwise, though that alone is no fault."""
    told = (replace(p, severity=Severity.WARNING) if is_list_note(p) else p for p in receipt.problems)
    return replace(receipt, problems=tuple(told))


def markup_path(office: Office, receipt: Receipt) -> Path:
    """The path of the marked-up copy of a receipt with unit and cycle."""
    assert receipt.cycle is not None
    return markup_path_of(office, receipt.unit, receipt.cycle)


def markup_path_of(office: Office, unit: str, cycle: Month) -> Path:
    """The path of the marked-up copy of a unit and cycle."""
    return office.workspace.root / _FOLDER / str(cycle) / file_name(layout("markup").file_name, unit, cycle)


def newest(receipts: Iterable[Receipt]) -> list[Receipt]:
    """The newest return of each known unit and cycle; a blank one replaces none that is not blank.

    Duplicates, archives and files in quarantine are no returns.
    """
    histories: dict[tuple[str, Month], list[Receipt]] = defaultdict(list)
    for each in receipts:
        if each.unit and each.cycle and each.was_read:
            histories[each.unit, each.cycle].append(each)
    ordered = (sorted(history, key=lambda receipt: receipt.order) for history in histories.values())
    return [effective_receipts(history, merged=False)[-1] for history in ordered]


def correctable(receipt: Receipt) -> bool:
    """Whether a receipt has errors or warnings."""
    return any(each.counts for each in receipt.problems)


def markup_jobs(office: Office, wanted: Sequence[Receipt], receipts: Sequence[Receipt]) -> list[MarkupJob]:
    """The jobs for the returns that are ``wanted``; ``receipts`` are all of their units and cycles.

    A job is without data where the file is missing or has changed.
    """
    if not wanted:
        return []
    times = MendTimes(office)
    return [
        _markup_job(office, each, mend_notes(office, times.of(each, receipts), each.received_at.date()))
        for each in wanted
    ]


def list_alone(job: MarkupJob) -> bytes:
    """The list of a return's problems as a workbook of its own, where the return cannot be edited."""
    return correction_workbook(job.problems, title=job.title, notes=job.notes)


def _markup_job(office: Office, receipt: Receipt, notes: tuple[str, ...]) -> MarkupJob:
    assert receipt.cycle is not None
    title = f"{receipt.unit} {format_cycle(receipt.cycle)}{layout('markup').settings['book_title']}"
    try:
        data = read_file(office.workspace.root / receipt.file)
    except OSError as error:
        _log.info("%s cannot be marked up: %r", receipt.file, error)
        data = b""
    if hashlib.sha256(data).hexdigest() != receipt.sha256:
        data = b""
    return MarkupJob(receipt.name, data, receipt.problems, title, office.workspace.settings.office.name, notes)
