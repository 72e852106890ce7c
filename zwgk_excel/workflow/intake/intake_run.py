"""Imports files in batches: archives opened, contents parsed by the workers, marked up and recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import BESIDE_CODE, Receipt, Verdict
from zwgk_excel.domain.senders import HELD_FOR_SENDER
from zwgk_excel.ledger import FirstCopy
from zwgk_excel.ledger.receipts import BY_HAND
from zwgk_excel.workbooks.opening.archives import is_archive
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.reading.read_return import ParsedReturn
from zwgk_excel.workflow.intake.corrections import marked_up
from zwgk_excel.workflow.intake.identification import Proposal
from zwgk_excel.workflow.intake.inbox import InboxFile, LoadedFile, unpack
from zwgk_excel.workflow.intake.receipt_times import require_issued_by
from zwgk_excel.workflow.intake.replaced_returns import ReplacedReturns
from zwgk_excel.workflow.intake.validation import ReturnValidator
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.workers.readers import ReaderPool, ReadingJob

_FILES, _BYTES = 100, 32 << 20
"""So much is recorded at a time: what a killed run has to read again, and what it keeps in memory."""
_NAMED = 20
_NO_TABLES = frozenset({"file_kind", "file_pictured", "not_a_report"})
_PICTURES = ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic"
_LETTERS = ".txt", ".pdf", ".ofd", ".doc", ".docx", ".wps", ".rtf", ".ppt", ".pptx", *_PICTURES
"""Of covering letters, scans and pictures what is said of them, and their names: not of a workbook that is a picture
within, which somebody takes for a report."""
_OF_ARCHIVES = "archive_opened", "archive_without_report"
_OF_MAILS = "mail_opened", "mail_without_report"


@dataclass
class _Archive:
    """An archive with its members."""

    receipt: Receipt
    members: list[LoadedFile]
    is_mail: bool = False
    notes: tuple[Problem, ...] = ()
    """What is told of it besides."""


@dataclass
class _Batch:
    """Files recorded together in one transaction: up to 100 files or 32 MB."""

    waiting: list[LoadedFile] = field(default_factory=list)
    archives: dict[str, _Archive] = field(default_factory=dict)
    """By sha256: archives that were opened, and (``closed``) why others were not."""
    closed: dict[str, Problem] = field(default_factory=dict)
    read: Iterator[tuple[str, ParsedReturn | Problem]] = field(default_factory=lambda: iter(()))
    """Sha256 and what was read, of every content that had to be, as the workers come to it."""

    @property
    def is_full(self) -> bool:
        """Whether the batch has reached its limit of files or bytes."""
        return len(self.waiting) >= _FILES or sum(len(each.data) for each in self.waiting) >= _BYTES


class Run:
    """The state of an import: known files, current batch, batch being parsed, receipts so far."""

    def __init__(
        self, office: Office, readers: ReaderPool, source: str, who: str = "", *, told: bool = False
    ) -> None:
        """``told``: a person said when the files were received."""
        self.office, self.readers, self.source, self.who, self.told = office, readers, source, who, told
        self.known = office.ledger.known()
        self.originals = office.ledger.originals()
        self.places = {(each.unit, each.cycle) for each in self.originals.values()}
        """Units and cycles of which the ledger has something."""
        self.replaced = ReplacedReturns(office, self.places)
        self.validator = ReturnValidator(office, self.replaced)
        self.batch, self.in_work = _Batch(), _Batch()
        """What is being gathered, and what the workers are reading meanwhile."""
        self.taken: list[Receipt] = []
        self.proposals: dict[str, Proposal] = {}
        self.markups: dict[str, Path] = {}
        self.solved: list[Path] = []
        self.unread: list[Problem] = []
        self.again: list[Receipt] = []
        """What a person registers that is on record already."""
        self.unpacked: list[InboxFile] = []
        """The members of archives, as they were saved."""

    def unknown(self, arrivals: Sequence[InboxFile]) -> int:
        """The number of files with names that the ledger does not have, without reading them."""
        names = {file for file, _ in self.known}
        return sum(arrival.file not in names for arrival in arrivals)

    def add(self, loaded: LoadedFile | Problem) -> None:
        """Add a file to the current batch; start parsing the batch when it is full."""
        if isinstance(loaded, Problem):
            self.unread.append(loaded)
            return
        if loaded.receipt.sha256 in {*self.batch.archives, *self.in_work.archives}:
            self.finish()  # what became of the same archive decides about this one
        if not self._is_new(loaded):
            self.again += [loaded.receipt] if self.source == BY_HAND else []
        else:
            self.batch.waiting.append(loaded)
            self._open(loaded)
        if self.batch.is_full:
            self._next()

    def finish(self) -> None:
        """Parse and record the remaining files."""
        self._next()
        self._next()

    def _next(self) -> None:
        """Start parsing the current batch while the previous one is recorded."""
        read, self.in_work, self.batch = self.in_work, self.batch, _Batch()
        self._begin(self.in_work)
        self._record(read)

    def _record(self, batch: _Batch) -> None:
        """Validate and record a parsed batch, in one transaction."""
        receipts = self._validated(batch)
        if self.told:
            require_issued_by(self.office, receipts)
        if receipts:
            markups, outdated = marked_up(self.office, receipts, self.readers, self.places)
            self.markups |= markups
            self.solved += outdated
            self.office.ledger.add_receipts(receipts, self.source, who=self.who)
            self.places |= {(each.unit, each.cycle) for each in receipts}
            self.replaced.recorded()
        self.taken += [each.without_content() for each in receipts]

    def _is_new(self, loaded: LoadedFile) -> bool:
        new = _key(loaded.receipt) not in self.known
        self.known.add(_key(loaded.receipt))
        return new

    def _open(self, loaded: LoadedFile) -> None:
        """Unpack an archive; its members are recorded in the same transaction."""
        sha256 = loaded.receipt.sha256
        if self._original(loaded):
            return
        if loaded.too_large:
            self.batch.closed[sha256] = loaded.too_large
        if loaded.too_large or not _packed(loaded):
            return
        opened = self.readers.opened(loaded.data, loaded.receipt.name)
        if isinstance(opened, Problem):
            self.batch.closed[sha256] = opened
        elif opened is not None:
            unpacked = list(unpack(self.office, loaded, opened.members))
            self.unpacked += [each.arrival for each in unpacked]
            self.batch.archives[sha256] = _Archive(loaded.receipt, unpacked, opened.is_mail, opened.notes)
            self.batch.waiting += [each for each in unpacked if self._is_new(each)]
            self.batch.closed |= {each.receipt.sha256: self._nested(each) for each in unpacked if _packed(each)}

    def _nested(self, loaded: LoadedFile) -> Problem:
        """The problem with an archive inside an archive: it cannot be opened, or is nested too deep."""
        name = loaded.receipt.name
        opened = self.readers.opened(loaded.data, name)
        if isinstance(opened, Problem):
            return opened
        return problem("archive_nested", CellRef(name), value=name.rpartition("/")[2])

    def _begin(self, batch: _Batch) -> None:
        """Start the workers on every content of a batch that is new and no opened archive."""
        fresh: dict[str, LoadedFile] = {}
        for each in batch.waiting:
            if not self._original(each):
                fresh.setdefault(each.receipt.sha256, each)
        for sha256 in [*batch.closed, *batch.archives]:
            fresh.pop(sha256, None)
        jobs = [ReadingJob(each.data, each.receipt.name, each.receipt.received_at.date()) for each in fresh.values()]
        results = self.readers.begin(jobs)
        batch.read = ((sha256, result) for sha256, (_, result) in zip(fresh, results, strict=True))

    def _validated(self, batch: _Batch) -> list[Receipt]:
        """The receipts of a batch, in its order."""
        read = dict(batch.read) | batch.closed
        done: dict[tuple[str, str], Receipt] = {}
        # Archives last: what became of their files decides about them.
        for each in sorted(batch.waiting, key=lambda each: each.receipt.sha256 in batch.archives):
            receipt, sha256, origin = each.receipt, each.receipt.sha256, each.arrival.origin
            if first := self._original(each):
                done[_key(receipt)] = self._duplicate(receipt, first)
            elif sha256 in batch.archives:
                done |= _beside_reports(batch.archives[sha256], done)
                done[_key(receipt)] = self._first(_archive_receipt(self.validator, batch.archives[sha256], done))
            else:
                validated = self.validator.validate(receipt, read[sha256], origin)
                first = self.originals.get(sha256)
                if first and _is_held(validated.receipt):  # the same waits already, from another sender or this one
                    done[_key(receipt)] = self._duplicate(receipt, first)
                    continue
                done[_key(receipt)] = self._first(validated.receipt)
                if validated.proposal:
                    self.proposals[receipt.file] = validated.proposal
        return [done[_key(each.receipt)] for each in batch.waiting]

    def _original(self, loaded: LoadedFile) -> FirstCopy | None:
        """The first receipt of the same content, if any.

        None for one quarantined for its sender when one sends it of whom nothing is to be said.
        """
        first = self.originals.get(loaded.receipt.sha256)
        if first is None or (first.held and not self.validator.is_held(loaded.arrival.origin)):
            return None
        return first

    def _first(self, receipt: Receipt) -> Receipt:
        self.originals[receipt.sha256] = FirstCopy(receipt.file, receipt.unit, receipt.cycle, _is_held(receipt))
        return receipt

    def _duplicate(self, receipt: Receipt, first: FirstCopy) -> Receipt:
        told = problem("file_duplicate", CellRef(receipt.name), first=first.file)
        return replace(
            self.validator.without_content(receipt, [told], Verdict.DUPLICATE), unit=first.unit, cycle=first.cycle
        )


def _is_held(receipt: Receipt) -> bool:
    """Whether it waits for its sender's sake."""
    return receipt.verdict is Verdict.QUARANTINED and any(each.code in HELD_FOR_SENDER for each in receipt.problems)


def _key(receipt: Receipt) -> tuple[str, str]:
    return receipt.file, receipt.sha256


def _packed(loaded: LoadedFile) -> bool:
    try:
        return is_archive(loaded.data, loaded.receipt.name)
    except RejectedFileError:
        return False  # reading it as a file says what is wrong with it


def _reports(held: Sequence[Receipt]) -> list[Receipt]:
    """The returns among the members of an archive."""
    # A duplicate of a return has its unit; one of anything else has none. A 整改链接表 is no report, but was awaited.
    return [each for each in held if each.content is not None or each.is_fault_table or _is_duplicate(each)]


def _is_duplicate(receipt: Receipt) -> bool:
    return receipt.verdict is Verdict.DUPLICATE and bool(receipt.unit)


def _beside_reports(archive: _Archive, done: Mapping[tuple[str, str], Receipt]) -> dict[tuple[str, str], Receipt]:
    """The members that are no tables, where a return was read beside them: a note in place of what is wrong with them.

    A covering letter is no report that somebody has to ask for. What may be one (a workbook, an encrypted or damaged
    file, a link) waits as it does alone.
    """
    held = {_key(each.receipt): done[_key(each.receipt)] for each in archive.members if _key(each.receipt) in done}
    if not any(each.content is not None for each in _reports(list(held.values()))):
        return {}
    found: dict[tuple[str, str], Receipt] = {}
    for key, each in held.items():
        wrong = [told for told in each.problems if told.counts]
        if each.verdict is Verdict.QUARANTINED and len(wrong) == 1 and _is_no_table(each, wrong[0]):
            note = problem(BESIDE_CODE, wrong[0].place, former=wrong[0].found)
            found[key] = replace(each, problems=tuple(note if told is wrong[0] else told for told in each.problems))
    return found


def _is_no_table(receipt: Receipt, told: Problem) -> bool:
    return told.code in _NO_TABLES and receipt.name.lower().endswith(_LETTERS)


def _archive_receipt(validator: ReturnValidator, archive: _Archive, done: Mapping[tuple[str, str], Receipt]) -> Receipt:
    """An archive's receipt: accepted when it contains a return, with unit and cycle where all its returns agree."""
    place = CellRef(archive.receipt.name)
    held = [done[_key(each.receipt)] for each in archive.members if _key(each.receipt) in done]
    names = [each.receipt.name.rpartition("/")[2] for each in archive.members]
    shown = "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")
    reports = _reports(held)
    waiting = [p for each in held for p in each.problems if p.code in HELD_FOR_SENDER]
    opened, without_report = _OF_MAILS if archive.is_mail else _OF_ARCHIVES
    told = problem(opened, place, count=len(names), names=shown)
    if waiting:
        return validator.without_content(archive.receipt, [replace(waiting[0], place=place), told, *archive.notes])
    if not reports and len(held) == len(archive.members):
        nothing = problem(without_report, place, names=f"（{shown}）" if names else "")
        return validator.without_content(archive.receipt, [nothing, *archive.notes])
    units, cycles = {each.unit for each in held}, {each.cycle for each in held}
    return replace(
        validator.without_content(archive.receipt, [told, *archive.notes], Verdict.ACCEPTED),
        unit=units.pop() if len(units) == 1 else "",
        cycle=cycles.pop() if len(cycles) == 1 else None,
    )
