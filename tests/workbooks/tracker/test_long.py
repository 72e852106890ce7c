"""A tracker with long tables is written through the disk: the same workbook in little memory, nothing left over."""

from __future__ import annotations

import io
import tempfile
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.calc.office import Office
from tests.ooxml import validate
from tests.workbooks.tracker_sample import OFFICE, added_to, realistic
from tests.xlsx_lint import lint
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.previous.row_comments import CellComment
from zwgk_excel.workbooks.tracker.previous.user_additions import ExtraCell, ExtraColumn, UserAdditions
from zwgk_excel.workbooks.tracker.rows.row_values import FileLink, RowValues, tracking_order
from zwgk_excel.workbooks.tracker.sheets import page as tracker_sheet
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_ROW, open_page, write_plain_table
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook
from zwgk_excel.workbooks.writing.fast_book import StreamingWorkbook
from zwgk_excel.workbooks.writing.formats import Formats

pytestmark = pytest.mark.slow

TRACKER = layout("tracker")
VIEW = realistic(count=2)


@pytest.fixture(autouse=True)
def _nothing_stays_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    yield
    assert list(scratch.iterdir()) == []


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The tracker with every table of more than three rows written as a long one."""
    monkeypatch.setattr(tracker_sheet, "LONG_ROWS", 3)
    return tracker_workbook(VIEW)


def everything(data: bytes) -> dict[str, Any]:
    """All that openpyxl understands of the workbook."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {"names": {name: each.attr_text for name, each in book.defined_names.items()}} | {
        page.title: {
            "cells": {c.coordinate: _cell(c) for row in page.iter_rows() for c in row},
            "heights": {number: each.height for number, each in page.row_dimensions.items()},
            "widths": {key: (each.width, each.hidden) for key, each in page.column_dimensions.items()},
            "tables": [(t.ref, t.autoFilter.ref, [c.name for c in t.tableColumns]) for t in page.tables.values()],
            "rules": [
                (str(area.sqref), [(rule.type, rule.formula, rule.dxfId) for rule in rules])
                for area, rules in page.conditional_formatting._cf_rules.items()
            ],
            "checks": [(str(each.sqref), each.type, each.formula1) for each in page.data_validations.dataValidation],
            "page": (page.freeze_panes, page.print_title_rows, page.sheet_state, page.oddFooter.center.text),
        }
        for page in book
    }


def _cell(cell: Any) -> tuple[Any, ...]:
    link = cell.hyperlink and (cell.hyperlink.target, cell.hyperlink.location)
    looks = cell.font.color and cell.font.color.rgb, cell.fill.fgColor.rgb, cell.border.left.style
    return cell.value, cell.data_type, cell.number_format, cell.alignment.horizontal, looks, link


def test_it_is_the_same_workbook(data: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    short, long = everything(tracker_workbook(VIEW)), everything(data)
    assert b"inlineStr" in _part(data, list(long).index(TRACKER["tracking"].name))
    assert long.keys() == short.keys()
    for name in short:
        assert long[name] == short[name], name


def test_the_offices_columns_and_comments_stay(monkeypatch: pytest.MonkeyPatch):
    keys = [row.status.obligation.key for row in tracking_order(VIEW)]
    column = ExtraColumn("记", "due", "J", cells={key: ExtraCell(key) for key in keys[::2]})
    doubled = ExtraColumn("倍", "items", "Z", cells={keys[5]: ExtraCell(2, "=LEN(A9)*2", 9)})
    given = UserAdditions((column, doubled), rows={9: keys[5]}, comments=(CellComment(keys[9], "J", "看过", "办公室"),))
    short = everything(tracker_workbook(VIEW, given))
    monkeypatch.setattr(tracker_sheet, "LONG_ROWS", 3)
    once = tracker_workbook(VIEW, given)
    assert everything(once) == short
    found = added_to(once)
    assert {key: cell.value for key, cell in found.columns[0].cells.items()} == {key: key for key in keys[::2]}
    assert [(note.obligation, note.text) for note in found.comments] == [(keys[9], "看过")]
    assert tracker_workbook(VIEW, found) == once


def _part(data: bytes, number: int) -> bytes:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(f"xl/worksheets/sheet{number}.xml")


def test_the_same_view_gives_the_same_bytes(data: bytes):
    assert tracker_workbook(VIEW) == data


def test_it_passes_validator_and_lint(data: bytes, tmp_path: Path):
    path = tmp_path / TRACKER.file_name
    path.write_bytes(data)
    assert [str(defect) for defect in lint(path)] == []
    assert validate(path, "Office2010") == []


def test_libreoffice_reads_it(data: bytes, office: Office, tmp_path: Path):
    path = tmp_path / TRACKER.file_name
    path.write_bytes(data)
    titles = {item.title for receipt in VIEW.contents if receipt.content for item in receipt.content.items}
    place, column = TRACKER["items"], TRACKER["items"].index("title")
    with office.open(path) as document:
        shown = {row[column] for row in document.values(place.name)[FIRST_ROW:]}
    assert shown == titles


def test_an_error_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tracker_sheet, "LONG_ROWS", 3)

    class Torn:
        def __iter__(self) -> Iterator[Any]:
            yield from tuple(VIEW.contents)[:3]
            raise OSError("the ledger is gone")

    with pytest.raises(OSError, match="the ledger is gone"):
        tracker_workbook(replace(VIEW, contents=Torn()))


@pytest.mark.parametrize("wrong", [-1, 1])
def test_a_count_that_is_not_that_of_the_rows_is_an_error(wrong: int):
    with pytest.raises(ValueError, match=TRACKER["items"].name):
        tracker_workbook(replace(VIEW, item_count=VIEW.item_count + wrong))


def test_many_rows_take_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tracker_sheet, "LINK_LIMIT", 500)
    items = TRACKER["items"]

    def rows(count: int) -> Iterator[RowValues]:
        for number in range(count):
            link = FileLink("市教育局.xlsx", "收件箱/市教育局.xlsx", items.name, f"A{number}")
            yield {"title": f"关于第{number}项的通知", "published_on": date(2026, 11, 2), "file": link}

    tracemalloc.start()
    options = {"tmpdir": tempfile.gettempdir()}
    with StreamingWorkbook(str(tmp_path / "a.xlsx"), options) as book:
        page = open_page(book, Formats(book), items, OFFICE, frozen=2, rows=10_001)
        write_plain_table(page, items, rows(10_001), 10_001)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # All cells of these rows together are fifty times as much.
    assert peak < 6_000_000
