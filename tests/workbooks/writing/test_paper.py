"""Every sheet of every workbook on paper: nothing that staff must read is smaller than eight points."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.tools import require
from tests.workbooks.bulletin.test_escalation_list import CONTENT
from tests.workbooks.bulletin.test_unit_sheet import year
from tests.workbooks.printed import font_sizes, scales
from tests.workbooks.report_sample import WITH_COMPANIONS, content
from tests.workbooks.tracker_sample import covered, realistic
from zwgk_excel.layout.columns import SheetLayout, layout
from zwgk_excel.workbooks.bulletin.escalation_list import escalation_workbook
from zwgk_excel.workbooks.bulletin.unit_sheet import unit_sheet
from zwgk_excel.workbooks.correction.correction_workbook import correction_workbook
from zwgk_excel.workbooks.report.report_workbook import report_workbook
from zwgk_excel.workbooks.tables.write_tables import duty_table_workbook, roster_workbook
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook
from zwgk_excel.workbooks.writing.formats import text_width
from zwgk_excel.workbooks.writing.paper import fit_to_paper

BOOKS: dict[str, Callable[[], bytes]] = {
    "report": lambda: report_workbook(content()),
    "report with companions": lambda: report_workbook(content(WITH_COMPANIONS)),
    "tracker of a year": lambda: tracker_workbook(realistic(date(2026, 12, 28), count=12, items=1)),
    "tracker with the catalogue": lambda: tracker_workbook(covered(realistic())),
    "opinions": lambda: correction_workbook(()),
    "duty table": duty_table_workbook,
    "roster": roster_workbook,
    "year of a unit": lambda: unit_sheet(year()),
    "escalation": lambda: escalation_workbook(CONTENT),
}
MATRICES = {"matrix", "coverage_matrix"}
TABLES = [sheet for key, sheet in layout("tracker").sheets.items() if sheet.columns and key not in MATRICES]
LEAST = 8.0


@pytest.mark.parametrize("book", BOOKS)
def test_no_text_is_printed_smaller_than_eight_points(book: str):
    data = BOOKS[book]()
    smallest = min(size for size in font_sizes(data))
    printed = {sheet: round(smallest * scale, 2) for sheet, scale in scales(data).items()}
    assert printed
    assert {sheet: points for sheet, points in printed.items() if points < LEAST} == {}


@pytest.mark.slow
def test_libreoffice_prints_it_so(office, tmp_path: Path):
    require("pdftohtml")
    book, tray = tmp_path / "tracker.xlsx", layout("tracker")["in_tray"].name
    book.write_bytes(data := BOOKS["tracker of a year"]())
    with office.open(book) as document:
        pdf = document.save_as(tmp_path / "page.pdf", sheet=tray)
    # With this zoom a point takes three; the numbers are whole.
    reading = ["pdftohtml", "-xml", "-i", "-zoom", "10", "-stdout", str(pdf)]
    page = subprocess.run(reading, check=True, capture_output=True, text=True).stdout
    sizes = [int(size) / 3 for size in re.findall(r'<fontspec [^>]*size="(\d+)"', page)]
    assert min(sizes) == pytest.approx(10 * scales(data)[tray], abs=0.5)


@pytest.mark.parametrize("sheet", TABLES, ids=lambda sheet: sheet.key)
def test_no_hint_is_wider_than_its_table(sheet: SheetLayout):
    assert text_width(sheet.hint) <= sum(column.width for column in sheet.printed if not column.hidden)


@pytest.mark.parametrize(("columns", "paper", "pages"), [(14, 9, 1), (15, 8, 1), (21, 8, 1), (22, 8, 2), (38, 8, 2)])
def test_the_smallest_paper_on_which_the_columns_can_be_read(columns: int, paper: int, pages: int):
    said: dict[str, tuple[int, ...]] = {}

    class Page:
        def __getattr__(self, name: str) -> Callable[..., None]:
            return lambda *args: said.update({name: args})

    fit_to_paper(Page(), [10.0] * columns, repeated=2)
    assert (said["set_paper"], said["fit_to_pages"]) == ((paper,), (pages, 0))
    assert said.get("repeat_columns") == ((0, 1) if pages > 1 else None)
