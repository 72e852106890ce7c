"""The engine itself: it computes, guards locked cells, and writes each format."""

from __future__ import annotations

import csv
import datetime as dt
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from tests.calc.office import Document, Office, OfficeError, ProtectedCellError, to_date


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Two sheets: open figures with formulas, and a protected form with one open cell."""
    path = tmp_path / "样表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        open_cell = book.add_format({"locked": False})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        figures = book.add_worksheet("数据")
        figures.write_row("A1", ["市教育局", 3, None])
        figures.write_datetime("C1", dt.datetime(2026, 11, 25), day)
        figures.write_formula("A2", '=IF(B1>3,"多","少")')
        figures.write_formula("B2", "=B1*2")
        figures.write_formula("C2", "=1/0")
        figures.write_formula("D2", '=VLOOKUP("无",A1:B1,2,FALSE)')
        figures.write_formula("E2", '=""')
        form = book.add_worksheet("表单")
        form.write("A1", "locked")
        form.write_blank("B1", None, open_cell)
        form.protect()
        book.add_worksheet("暗").hide()
    return path


@pytest.fixture
def document(office: Office, workbook: Path) -> Iterator[Document]:
    with office.open(workbook) as opened:
        yield opened


def test_values_are_computed_on_load(document: Document) -> None:
    assert document.values("数据", "A1:E2") == [
        ["市教育局", 3.0, 46351.0, None, None],
        ["少", 6.0, "#DIV/0!", "#N/A", None],
    ]
    assert document.values("数据") == document.values("数据", "A1:E2")
    assert to_date(document.value("数据", "C1")) == dt.date(2026, 11, 25)


def test_formula_comes_in_excel_notation(document: Document) -> None:
    assert document.formula("数据", "A2") == '=IF(B1>3,"多","少")'
    assert document.formula("数据", "A1") == "市教育局"


def test_set_and_recalculate(document: Document) -> None:
    document.set("数据", "B1", 5)
    document.recalculate()
    assert document.values("数据", "A2:B2") == [["多", 10.0]]


def test_set_keeps_text_as_text_and_dates_as_dates(document: Document) -> None:
    document.set("数据", "A5", "00123")
    document.set("数据", "B5", "=1+1")
    document.set("数据", "C5", dt.date(2026, 3, 1))
    document.set("数据", "B1", None)
    assert document.values("数据", "A5:B5") == [["00123", "=1+1"]]
    assert to_date(document.value("数据", "C5")) == dt.date(2026, 3, 1)
    assert document.value("数据", "B1") is None


def test_date_typed_into_a_plain_cell_reads_as_a_date(document: Document, tmp_path: Path) -> None:
    document.set("数据", "C5", dt.datetime(2026, 3, 1, 18, 0))
    saved = document.save_as(tmp_path / "out.xlsx")
    assert openpyxl.load_workbook(saved)["数据"]["C5"].value == dt.datetime(2026, 3, 1, 18, 0)


def test_locked_cell_refuses(document: Document) -> None:
    with pytest.raises(ProtectedCellError, match="表单!A1"):
        document.set("表单", "A1", "x")
    assert document.value("表单", "A1") == "locked"
    document.set("表单", "B1", "typed")
    assert document.value("表单", "B1") == "typed"


@pytest.mark.parametrize("value", ["x", 7.0, dt.date(2026, 3, 1)])
def test_force_writes_and_leaves_the_sheet_protected(document: Document, value: str | float | dt.date) -> None:
    document.set("表单", "A1", value, force=True)
    expected = (value - dt.date(1899, 12, 30)).days if isinstance(value, dt.date) else value
    assert document.value("表单", "A1") == expected
    assert document.is_locked("表单", "A1")


def test_sheets(document: Document) -> None:
    assert document.sheet_names() == ["数据", "表单", "暗"]
    assert document.visible_sheet_names() == ["数据", "表单"]
    with pytest.raises(KeyError, match="数据"):
        document.value("没有", "A1")


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".ods"])
def test_save_and_reopen(office: Office, document: Document, tmp_path: Path, suffix: str) -> None:
    document.set("数据", "B1", 5)
    with office.open(document.save_as(tmp_path / f"out{suffix}")) as again:
        assert again.values("数据", "A1:C2") == [["市教育局", 5.0, 46351.0], ["多", 10.0, "#DIV/0!"]]
        assert again.is_locked("表单", "A1")


def test_save_csv_of_a_sheet(document: Document, tmp_path: Path) -> None:
    first = document.save_as(tmp_path / "first.csv")
    second = document.save_as(tmp_path / "second.csv", sheet="表单")
    assert next(csv.reader(first.open(encoding="utf-8")))[:3] == ["市教育局", "3", "2026-11-25"]
    assert next(csv.reader(second.open(encoding="utf-8")))[0] == "locked"


def test_save_pdf(document: Document, tmp_path: Path) -> None:
    assert document.save_as(tmp_path / "out.pdf").read_bytes().startswith(b"%PDF-")
    assert document.save_as(tmp_path / "one.pdf", sheet="表单").read_bytes().startswith(b"%PDF-")


def test_saved_workbook_is_a_zip_beside_the_untouched_original(
    document: Document, workbook: Path, tmp_path: Path
) -> None:
    before = workbook.read_bytes()
    document.set("数据", "B1", 9)
    assert zipfile.is_zipfile(document.save_as(tmp_path / "out.xlsx"))
    assert workbook.read_bytes() == before


def test_unknown_suffix_and_unreadable_file(office: Office, document: Document, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.xlsx"):
        document.save_as(tmp_path / "out.docx")
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(OfficeError, match="damaged"):
        office.open(damaged)


@pytest.mark.parametrize("day", [dt.date(2026, 11, 25), dt.date(2027, 2, 28)])
def test_today_can_be_any_day(office_on: Callable[[dt.date], Office], tmp_path: Path, day: dt.date) -> None:
    path = tmp_path / "今天.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("表").write_formula("A1", "=TODAY()")
    with office_on(day).open(path) as document:
        assert to_date(document.value("表", "A1")) == day
