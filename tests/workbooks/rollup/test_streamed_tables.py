"""Sheets without an end: a full one goes on in the next, and what was written is not kept."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.xlsx_lint import lint
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.rollup.streamed_tables import StreamedSheet
from zwgk_excel.workbooks.tracker.sheets.page import ROWS
from zwgk_excel.workbooks.writing.fast_book import StreamingWorkbook
from zwgk_excel.workbooks.writing.formats import Formats

SOURCES = layout("rollup")["sources"]


def written(tmp_path, counts, limit):
    path = tmp_path / "汇总.xlsx"
    with StreamingWorkbook(str(path), {"constant_memory": True}) as book:
        sheet = StreamedSheet(book, Formats(book), SOURCES, "办公室", frozen=1, limit=limit)
        number = 0
        for count in counts:
            sheet.write({"county": f"县{number + each}", "items": number + each} for each in range(count))
            number += count
        sheet.close()
    assert lint(path) == []
    return openpyxl.load_workbook(path)


@pytest.mark.parametrize(
    ("counts", "pages"), [([], [0]), ([2], [2]), ([3], [3]), ([4], [3, 1]), ([2, 2, 3], [3, 3, 1])]
)
def test_a_full_sheet_goes_on_in_the_next(tmp_path, counts, pages):
    book = written(tmp_path, counts, limit=3)
    assert book.sheetnames == [SOURCES.name, *(f"{SOURCES.name}（{n}）" for n in range(2, len(pages) + 1))]
    found = []
    for sheet, rows in zip(book, pages, strict=True):
        assert [cell.value for cell in sheet[3]] == [column.heading for column in SOURCES]
        names = [row[0] for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]]
        assert len(names) == rows
        assert sheet.auto_filter.ref == f"A3:I{3 + max(rows, 1)}"
        found += names
    assert found == [f"县{number}" for number in range(sum(counts))]


def test_a_sheet_holds_as_many_rows_as_excel_does():
    assert ROWS == 1_048_576 - 3


def test_memory_does_not_grow_with_the_rows(tmp_path):
    import tracemalloc

    def peak(rows):
        tracemalloc.start()
        with StreamingWorkbook(str(tmp_path / f"{rows}.xlsx"), {"constant_memory": True}) as book:
            sheet = StreamedSheet(book, Formats(book), SOURCES, "办公室", frozen=1)
            sheet.write({"county": f"某县第{each}号", "reason": f"原因{each}"} for each in range(rows))
            sheet.close()
            found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)  # what is loaded once
    assert peak(6000) < 1.2 * peak(600)


def test_text_stays_text(tmp_path):
    with StreamingWorkbook(str(tmp_path / "a.xlsx"), {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = StreamedSheet(book, Formats(book), SOURCES, "办公室", frozen=1)
        sheet.write([{"county": "=1+1", "place": "@x", "reason": "-1\x00"}])
        sheet.close()
    row = openpyxl.load_workbook(io.BytesIO((tmp_path / "a.xlsx").read_bytes())).active[4]
    assert [(row[0].value, row[0].data_type), row[1].value, row[8].value] == [("=1+1", "s"), "@x", "-1"]
