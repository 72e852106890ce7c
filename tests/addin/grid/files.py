"""Workbooks of the grid from files and into files, through openpyxl."""

from __future__ import annotations

import datetime as dt
import io
import pickle
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from tests.addin.grid.model import EPOCH, Cell, Page, Rule, Table, Validation, Workbook
from tests.addin.grid.shifts import Area
from tests.calc.engine.block import area_of
from tests.calc.engine.values import serial

_VALIDATIONS = {"whole": "whole_number", "textLength": "text_length"}
_RULES = {"expression": "custom", "cellIs": "cell_value"}


def load(path: Path, *, read_only: bool = False) -> Workbook:
    """A workbook with the values that its file holds."""
    pages, names, active = pickle.loads(_content_of(path.read_bytes()))
    return Workbook(path, pages, names, pages[active], read_only=read_only)


@lru_cache(maxsize=64)
def _content_of(file: bytes) -> bytes:
    """The pages, names and number of the active page, pickled: most tests open a tracker that others opened before."""
    formulas, values = (openpyxl.load_workbook(io.BytesIO(file), data_only=only) for only in (False, True))
    names = {name: f"={each.attr_text}" for name, each in formulas.defined_names.items()}
    names |= {name: cells for sheet in formulas.worksheets for name, cells in _own_names(sheet)}
    pages = [_page(sheet, values[sheet.title]) for sheet in formulas.worksheets]
    return pickle.dumps((pages, names, formulas.index(formulas.active)))


def _own_names(sheet: Any) -> Iterator[tuple[str, str]]:
    """The names by which Excel itself knows what of a sheet is printed and filtered."""
    own = {"Print_Titles": sheet.print_titles, "Print_Area": sheet.print_area}
    for name, cells in {**own, "_FilterDatabase": sheet.auto_filter.ref}.items():
        if cells:
            yield f"{sheet.title}!{name}", f"='{sheet.title}'!{str(cells).rpartition('!')[2]}"


def _page(sheet: Any, values: Any) -> Page:
    page = Page(sheet.title, visible=sheet.sheet_state == "visible", protected=bool(sheet.protection.sheet))
    for row in sheet.iter_rows():
        for cell in row:
            made = _cell(cell, values.cell(cell.row, cell.column).value)
            if made != Cell():
                page.cells[cell.row, cell.column] = made
    page.tables = [Table(name, _corners(area)) for name, area in sheet.tables.items()]
    if sheet.auto_filter.ref:
        page.filter = Table("", _corners(sheet.auto_filter.ref))
    page.print_area = (sheet.print_area or "").rpartition("!")[2]
    for cells in sheet.conditional_formatting:
        for rule in cells.rules:
            formula = rule.formula[0] if rule.formula else ""
            page.rules.append(Rule(_areas(cells.sqref), _RULES.get(rule.type, "unknown"), f"={formula}"))
    for each in sheet.data_validations.dataValidation:
        page.validations.append(Validation(_areas(each.sqref), _VALIDATIONS.get(each.type, each.type)))
    page.charts = [[_series(series, n) for n, series in enumerate(chart.series, 1)] for chart in sheet._charts]
    return page


def _cell(cell: Any, value: Any) -> Cell:
    made = Cell(number_format=cell.number_format, bold=bool(cell.font and cell.font.b))
    if cell.fill and cell.fill.fill_type == "solid" and isinstance(cell.fill.fgColor.rgb, str):
        code = cell.fill.fgColor.rgb[-6:]
        made.color = int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)
    made.note = cell.comment.text if cell.comment else ""
    made.link = (cell.hyperlink.target or "") if cell.hyperlink else ""
    made.content = _plain(value)
    if cell.data_type == "f":
        made.formula = str(cell.value)
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day)
    if isinstance(value, dt.datetime):
        return serial(value, EPOCH)
    return float(value) if type(value) is int else value


def _series(series: Any, number: int) -> str:
    name = series.tx.strRef.f if series.tx and series.tx.strRef else ""
    source = series.cat.strRef or series.cat.numRef if series.cat else None
    return f"=SERIES({name},{source.f if source else ''},{series.val.numRef.f},{number})"


def _corners(address: str) -> Area:
    found = area_of(address)
    assert found
    return found[0], found[1], found[0] + found[2] - 1, found[1] + found[3] - 1


def _areas(cells: Any) -> list[Area]:
    return [(each.min_row, each.min_col, each.max_row, each.max_col) for each in cells.ranges]


def save(book: Workbook, path: Path) -> None:
    """Values, formulas and number formats of every sheet, and the names; nothing else that lies over them."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for page in book.pages:
        sheet = made.create_sheet(page.name)
        sheet.sheet_state = "visible" if page.visible else "hidden"
        for (row, column), cell in page.cells.items():
            target = sheet.cell(row, column)
            target.value = cell.formula or cell.content
            target.number_format = cell.number_format
            if isinstance(target.value, str) and not cell.formula:
                target.data_type = "s"
        for column, width in page.widths.items():
            sheet.column_dimensions[get_column_letter(column)].width = width
    for name, refers_to in book.names.items():
        on, _, own = name.rpartition("!")
        defined = DefinedName(f"_xlnm.{own}" if on else name, attr_text=refers_to.removeprefix("="))
        (made[on] if on else made).defined_names[defined.name] = defined
    made.save(path)
    book.path, book.saved = path, book.saved + 1
