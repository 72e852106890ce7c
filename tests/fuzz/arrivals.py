"""What becomes of mutants on the whole way in, and whether that is what must become of every file."""

from __future__ import annotations

import hashlib
import io
import logging
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl

from tests.fuzz.mutations import Mutant
from tests.verdicts import MEGABYTES, RECEIVED, measured
from tests.workbooks.reading.test_accounting import bare
from tests.workflow.desk import Desk
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.returns import Item, Receipt, Return, TaskAnswer
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW, HEADER_ROW
from zwgk_excel.workbooks.reading.read_return import ParsedReturn
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.workers.readers import SECONDS, ReaderPool, ReadingJob, parse_return

_ACTS = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.startfile",
    "socket.connect",
    "ctypes.dlopen",
)
"""What a parser has no business to do."""
_READ_BACK = ("title", "doc_no", "url", "section", "officer", "phone", "first_review", "second_review", "final_review")
_QUOTED = 20
_guarded = False


class ActedError(Exception):
    """A file made a parser start a program or call somebody."""


def guarded_parse(job: ReadingJob, passwords: Sequence[str]) -> ParsedReturn | Problem:
    """Parse as the workers do, in a process that may neither start programs nor connect to anything from now on."""
    global _guarded  # noqa: PLW0603 - an audit hook is for good
    if not _guarded:
        sys.addaudithook(_refuse)
        _guarded = True
    return parse_return(job, passwords)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event in _ACTS:
        raise ActedError(f"{event} {arguments!r:.200}")


def faults(desk: Desk, mutants: Iterable[Mutant]) -> Iterator[tuple[Mutant, str, str]]:
    """Each mutant, what became of it, and what is wrong about that; the last is empty where all is well."""
    desk.now = datetime(2026, 12, 3, 9)
    outside = desk.root.parent
    with desk.open() as office, ReaderPool(1, SECONDS, parse=guarded_parse) as readers, logged() as failures:
        for mutant in mutants:
            path = outside / "来件" / mutant.name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(mutant.data)
            before = _names(outside)
            with measured() as measure:
                receipts = receive(office, [path], received_at=RECEIVED, readers=readers)
            whole = list(office.ledger.with_content(receipts))
            wrong = [*failures, *_wrong(desk, mutant, whole)]
            failures.clear()
            if (measure.megabytes or 0) > MEGABYTES:  # the workers keep the time: file_too_slow
                wrong.append(f"took {measure.megabytes:.0f} MB")
            wrong += [f"wrote {name}" for name in _names(outside) - before if not name.startswith(desk.root.name)]
            path.unlink()
            yield mutant, "+".join(_became(each) for each in whole), "; ".join(wrong)


def _became(receipt: Receipt) -> str:
    codes = [each.code for each in sorted(receipt.problems, key=lambda each: not each.is_error)]
    return f"{receipt.verdict}:{codes[0] if codes else ''}"


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@contextmanager
def logged() -> Iterator[list[str]]:
    """The errors that the program logs meanwhile: what it did not expect."""
    found: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record.getMessage())

    handler, logger = Handler(logging.ERROR), logging.getLogger("zwgk_excel")
    logger.addHandler(handler)
    try:
        yield found
    finally:
        logger.removeHandler(handler)


def _wrong(desk: Desk, mutant: Mutant, receipts: Sequence[Receipt]) -> Iterator[str]:
    if not receipts:
        yield "no receipt"
        return
    kept = desk.root / receipts[0].file
    if hashlib.sha256(kept.read_bytes()).hexdigest() != hashlib.sha256(mutant.data).hexdigest():
        yield "the file was changed"
    for receipt in receipts:
        if not receipt.problems and not receipt.content and receipt.verdict != "duplicate":
            yield f"{receipt.name} is {receipt.verdict} without a word"
        if receipt.content:
            data = (desk.root / receipt.file).read_bytes()
            if lost := lost_texts(data, receipt.content, receipt.problems):
                yield f"{receipt.name}: lost {lost[:5]}"


def lost_texts(data: bytes, content: Return, problems: Sequence[Problem]) -> list[str]:
    """The texts that units typed, as another reader finds them, that are neither read nor told of."""
    told = _told(content, problems)
    return [text for text in sorted(_typed(data) - told) if not _is_told(text, told)]


def _typed(data: bytes) -> set[str]:
    """The texts that another reader finds where units fill in; none where it cannot read the file."""
    sheet = layout("report")["items"]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
            page = book[sheet.name]
            columns = {sheet[key].display: sheet.index(key) + 1 for key in _READ_BACK}
            # Another sheet in its place, as after a swap of parts, has nothing that units typed there.
            found = _texts_of(page, [at for name, at in columns.items() if page.cell(HEADER_ROW, at).value == name])
    except Exception:
        return set()
    return found


def _texts_of(page: Any, columns: Sequence[int]) -> set[str]:
    rows = range(FIRST_ROW, min(page.max_row, 6_000) + 1)
    values = (page.cell(row, column).value for row in rows for column in columns)
    return {bare(each) for each in values if isinstance(each, str)} - {""}


def _told(content: Return, problems: Sequence[Problem]) -> set[str]:
    """All texts of a return and of what is told about it."""
    held: list[object] = []
    entries: tuple[Item | TaskAnswer, ...] = (*content.items, *content.answers)
    for entry in entries:
        held += [getattr(entry, each.name) for each in fields(entry) if each.name != "more"]
        held += entry.more.values()
    texts = {bare(str(each)) for each in held if each} | {bare(each) for each in words("item_type").values()}
    return texts | {bare(each.found) for each in problems}


def _is_told(text: str, told: set[str]) -> bool:
    """A problem quotes the beginning of a long text."""
    return any(text[:_QUOTED] in each for each in told)
