"""Opens OpenDocument spreadsheets: extent of sheets with repeated rows and cells expanded, and error cells."""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.workbooks.opening.book import Grid, OpenedWorkbook
from zwgk_excel.workbooks.opening.calamine_reader import open_workbook, read_sheet
from zwgk_excel.workbooks.opening.file_kinds import FileKind
from zwgk_excel.workbooks.opening.guard import check_prolog, check_reach
from zwgk_excel.workbooks.opening.rejected import RejectedFileError, unreadable
from zwgk_excel.workbooks.opening.sheet_survey import Cell, CellSet
from zwgk_excel.workbooks.opening.zip_parts import directory, inflate, normalised_path, stored

_MIME_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
"""What a reader of packages looks for before it looks into one."""
_CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})
_REPEATED_ROWS, _REPEATED_COLUMNS = "table:number-rows-repeated", "table:number-columns-repeated"
_BETWEEN_TAGS = re.compile(rb"(<text:p[\s>].*?</text:p>)|(?<=>)\s+(?=<)", re.DOTALL)
"""Texts, and the space between tags that some programs write and the bulk reader takes for an error."""
_NUMBERS = frozenset({"float", "percentage"})
_PLAIN = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")
_LONGEST_NUMBER = 300
_MOST_REPEATED = 1 << 24


@dataclass
class _Sheet:
    rows: int = 0
    columns: int = 0
    errors: dict[Cell, str] = field(default_factory=dict)
    uncached: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    shown: dict[Cell, str] = field(default_factory=dict)


def open_ods(data: bytes, members: Sequence[zipfile.ZipInfo], name: str) -> OpenedWorkbook:
    """Open an .ods. Raises RejectedFileError: file_encrypted, file_unreadable, file_unsafe, sheet_too_large."""
    parts = {normalised_path(each.filename): inflate(data, each, name) for each in members}
    if b"encryption-data" in parts.get("meta-inf/manifest.xml", b""):
        raise RejectedFileError(problem("file_encrypted", CellRef(name)))
    for path, content in parts.items():
        if path.endswith(".xml"):
            check_prolog(path, content, name)
    walker = _walked(parts["content.xml"], name)
    surveys = walker.sheets
    for sheet, survey in surveys.items():
        check_reach(survey.rows, survey.columns, name, sheet)
    try:
        workbook = open_workbook(data, name)
    except RejectedFileError:
        compact = _BETWEEN_TAGS.sub(_kept_text, parts["content.xml"])
        if compact == parts["content.xml"]:
            raise
        workbook = open_workbook(_package(compact), name)

    def read(sheet: str) -> Grid:
        (rows, merged), survey = read_sheet(workbook, sheet, name), surveys.get(sheet, _Sheet())
        for row, column in survey.errors:
            # The bulk reader gives the text of an error as if it had been typed.
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = None
        return Grid(sheet, rows, survey.errors, CellSet(survey.uncached), merged, survey.shown, walker.date_1904)

    return OpenedWorkbook(name, FileKind.ODS, workbook.sheet_names, read)


def _package(content: bytes) -> bytes:
    return stored({"mimetype": _MIME_TYPE, "META-INF/manifest.xml": _MANIFEST, "content.xml": content})


def _kept_text(found: re.Match[bytes]) -> bytes:
    return found[1] or b""


def open_flat_ods(data: bytes, name: str) -> OpenedWorkbook:
    """Open an .fods, which is a spreadsheet and all that belongs to it in one XML file. Raises as :func:`open_ods`."""
    check_prolog("content.xml", data, name)
    package = _package(data)
    return open_ods(package, directory(package, name), name)


def _walked(content: bytes, name: str) -> _Walker:
    walker = _Walker()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        raise unreadable(name, "工作表数据损坏") from error
    return walker


class _Walker:
    """Tracks the cell position while content.xml is parsed."""

    def __init__(self) -> None:
        self.sheets: dict[str, _Sheet] = {}
        self.sheet = _Sheet()
        self.row = self.row_end = self.column_end = 0
        self.cell: Mapping[str, str] | None = None
        self.content = ""
        self.date_1904 = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "table:table":
            self.sheet = self.sheets.setdefault(attributes.get("table:name", ""), _Sheet())
            self.row = self.row_end = 0
        elif tag == "table:table-row":
            self.row, self.column_end = self.row_end, 0
            self.row_end += _count(attributes, _REPEATED_ROWS)
        elif tag == "table:null-date":
            self.date_1904 = attributes.get("table:date-value", "").startswith("1904-01-01")
        elif tag in _CELLS:
            self.cell, self.content = attributes, ""

    def text(self, text: str) -> None:
        if self.cell is not None:
            self.content += text

    def end(self, tag: str) -> None:
        if tag not in _CELLS or self.cell is None:
            return
        column, self.column_end = self.column_end, self.column_end + _count(self.cell, _REPEATED_COLUMNS)
        if self.content or "office:value-type" in self.cell or "table:formula" in self.cell:
            self.sheet.rows = max(self.sheet.rows, self.row_end)
            self.sheet.columns = max(self.sheet.columns, self.column_end)
            self._note(self.cell, column)
        self.cell = None

    def _note(self, cell: Mapping[str, str], column: int) -> None:
        if cell.get("calcext:value-type") == "error":
            self.sheet.errors[self.row, column] = self.content
        elif "table:formula" in cell and "office:value-type" not in cell:
            self.sheet.uncached[column].add(self.row)
        elif cell.get("office:value-type") in _NUMBERS and _says_more(self.content, cell.get("office:value", "")):
            self.sheet.shown[self.row, column] = self.content.strip()


def _says_more(shown: str, value: str) -> bool:
    """Whether the text of a number has zeros before it, or fixed texts; not only another form of the same number."""
    plain = shown.strip().replace(",", "")
    if not plain.strip("#") or len(plain) > _LONGEST_NUMBER or plain == value:
        return False  # "###" is a column too narrow
    return not _PLAIN.fullmatch(plain) or (plain.startswith("0") and plain[1:2].isdigit()) or "." in value


def _count(attributes: Mapping[str, str], key: str) -> int:
    text = attributes.get(key, "1")
    if not text.isdecimal():
        raise ValueError(f"not a count: {text[:20]!r}")
    return min(int(text[:12]), _MOST_REPEATED)
