"""A consolidation opens the tracker that it replaces once, whatever the office did to it."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

import openpyxl
import pytest
import python_calamine
from openpyxl.comments import Comment

from tests.workflow.desk import Desk
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage
from zwgk_excel.workbooks.opening import guard, zip_parts
from zwgk_excel.workbooks.tracker import tracker_workbook
from zwgk_excel.workbooks.tracker.previous.carry_over import carry_over
from zwgk_excel.workflow.consolidation.consolidating import consolidate

TRACKER = layout("tracker")
ONCE = {"guard": 1, "calamine": 1, "package": 1}
HEADER, BELOW = 3, 900
"""The row of the headings, and one below all rows of the tables; 1 for the first."""


@pytest.fixture(autouse=True)
def _end_of_november(sent: Desk) -> None:
    sent.now = datetime(2026, 12, 3, 9)


def run(desk: Desk) -> None:
    with desk.open() as office:
        consolidate(office, as_of=date(2026, 12, 3), who="科员")


def change(desk: Desk, edits: Callable[[Any], None]) -> None:
    """The office changes its tracker and saves it."""
    path = desk.root / TRACKER.file_name
    book = openpyxl.load_workbook(path)
    edits(book)
    book.save(path)


def opened(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How often each reader was given the tracker of now in one consolidation."""
    old = (desk.root / TRACKER.file_name).read_bytes()
    seen: Counter[str] = Counter()

    def note(reader: str, data: bytes) -> None:
        seen[reader] += data == old

    def inflate(data: bytes, member: Any, name: str) -> bytes:
        # Each time it looks at a workbook, the guard unpacks every part of it once.
        if member.filename == "xl/workbook.xml":
            note("guard", data)
        return inflated(data, member, name)

    def take_apart(package: OoxmlPackage, data: bytes) -> None:
        if data is not made[-1]:
            note("package", data)
        taken_apart(package, data)

    class Calamine:
        @staticmethod
        def from_object(stream: io.BytesIO) -> Any:
            # It gets the parts that it reads, so the tracker is known by its sheets.
            book = calamine.from_object(stream)
            seen["calamine"] += TRACKER["tracking"].name in book.sheet_names
            return book

    def load(stream: io.BytesIO, **options: Any) -> Any:
        note("openpyxl", stream.getvalue())
        return loaded(stream, **options)

    def carry(target: bytes, source: OoxmlPackage, sheets: Any) -> bytes:
        # The new tracker, which may be the same to the byte.
        made.append(target)
        return carried(target, source, sheets)

    made: list[bytes] = [b""]
    carried = carry_over
    inflated, taken_apart = zip_parts.inflate, OoxmlPackage.__init__
    calamine, loaded = python_calamine.CalamineWorkbook, openpyxl.load_workbook
    with monkeypatch.context() as patch:
        patch.setattr(guard, "inflate", inflate)
        patch.setattr(tracker_workbook, "carry_over", carry)
        patch.setattr(OoxmlPackage, "__init__", take_apart)
        patch.setattr(python_calamine, "CalamineWorkbook", Calamine)
        patch.setattr(openpyxl, "load_workbook", load)
        run(desk)
    return dict(+seen)


def _column(key: str, book: Any, row: int = HEADER + 1) -> None:
    page, left = book[TRACKER[key].name], len(TRACKER[key].columns) + 1
    page.cell(HEADER, left, "核对")
    page.cell(row, left, "看过")
    page.cell(row, left + 1, f"=LEN(A{row})")


def _comment(book: Any) -> None:
    book[TRACKER["tracking"].name].cell(HEADER + 2, 2).comment = Comment("领导已批示", "办公室")


def _sheet(book: Any) -> None:
    book.create_sheet("办公室分析")["A1"] = "=1+1"


def _everything(book: Any) -> None:
    for key in ("tracking", "items", "receipts"):
        _column(key, book)
    _comment(book)
    _sheet(book)


def test_an_untouched_tracker_is_opened_once_and_its_formulas_not_at_all(sent: Desk, monkeypatch: pytest.MonkeyPatch):
    run(sent)
    assert opened(sent, monkeypatch) == ONCE


@pytest.mark.parametrize(
    ("edits", "formulas"),
    [
        (_comment, {}),
        (_sheet, {}),
        (partial(_column, "tracking"), {"openpyxl": 1}),
        (partial(_column, "receipts"), {"openpyxl": 1}),
        (partial(_column, "tracking", row=BELOW), {"openpyxl": 1}),
        (_everything, {"openpyxl": 1}),
    ],
)
def test_with_what_the_office_added_it_is_opened_once_too(
    sent: Desk, monkeypatch: pytest.MonkeyPatch, edits: Callable[[Any], None], formulas: dict[str, int]
):
    run(sent)
    change(sent, edits)
    assert opened(sent, monkeypatch) == ONCE | formulas
    # As that consolidation wrote it, with what was added carried over and what stood beside no row listed apart.
    assert opened(sent, monkeypatch) == ONCE | formulas
