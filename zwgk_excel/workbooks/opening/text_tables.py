"""Reads tables in text: CSV and the like, and the HTML and XML files that export programs name .xls.

All cells are text as written, except those whose type SpreadsheetML states.
"""

from __future__ import annotations

import csv
import email
import email.policy
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, time
from pathlib import PurePath
from typing import Any

from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.workbooks import excel
from zwgk_excel.workbooks.opening.book import CellValue, Grid, OpenedWorkbook
from zwgk_excel.workbooks.opening.file_kinds import FileKind, looks_utf16
from zwgk_excel.workbooks.opening.guard import check_reach
from zwgk_excel.workbooks.opening.rejected import unreadable, unsafe
from zwgk_excel.workbooks.opening.sheet_survey import CELLS

_DELIMITERS = "\t,;|，"
_SAMPLED, _SAMPLED_LINES = 100_000, 50
_FIELD = 1 << 20
"""Characters of the longest field; a quote that is never closed makes one of the rest of a file."""
_MOST_CELLS = 4 * CELLS
"""Cells that are gathered, blank ones at the ends of rows among them, before a sheet is found to be too large."""
_SPREADSHEET = "{urn:schemas-microsoft-com:office:spreadsheet}"
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)|encoding\s*=\s*["']([\w-]+)""", re.IGNORECASE)
_SHEET_NAME = re.compile(r"<x:Name>([^<]{1,100})</x:Name>")
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
_Rows = list[list[CellValue]]


def open_text(data: bytes, kind: FileKind, name: str) -> OpenedWorkbook:
    """The tables of a text file as a workbook, usually of one sheet named after the file's stem.

    Raises RejectedFileError: file_unreadable, file_unsafe, sheet_too_large.
    """
    stem = PurePath(name).stem
    try:
        if kind is FileKind.SPREADSHEETML:
            sheets = _spreadsheetml(data, name)
        elif kind is FileKind.MHTML:
            sheets = _mhtml(data, stem, name)
        else:
            sheets = {stem: _of_text(_decoded(data, name), kind, name)}
    except (csv.Error, ValueError, OverflowError) as error:
        raise unreadable(name, "表格内容无法识别") from error
    grids = {sheet: Grid(sheet, _even(rows, name, sheet)) for sheet, rows in sheets.items()}
    note = problem("file_as_text", CellRef(name), kind=kind.value)
    return OpenedWorkbook(name, kind, list(grids), grids.__getitem__, [note])


def _even(rows: _Rows, name: str, sheet: str) -> _Rows:
    """Rows of equal length, trailing blank rows and columns dropped."""
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    width = max(map(len, rows), default=0)
    check_reach(len(rows), width, name, sheet)
    return [row + [None] * (width - len(row)) for row in rows]


def _of_text(text: str, kind: FileKind, name: str) -> _Rows:
    return _html(text, name) if kind is FileKind.HTML else _delimited(text, name)


def _gathered(rows: Iterable[list[CellValue]], name: str) -> _Rows:
    """The rows, counted while they come; raises RejectedFileError (sheet_too_large)."""
    found: _Rows = []
    cells = widest = 0
    for row in rows:
        cells, widest = cells + len(row), max(widest, len(row))
        if len(found) == excel.ROWS or widest > excel.COLUMNS or cells > _MOST_CELLS:
            check_reach(len(found) + 1, widest, name)
        found.append(row)
    return found


def _text(raw: str | None) -> str | None:
    return raw if raw and raw.strip() else None


def _decoded(data: bytes, name: str) -> str:
    """The text by its byte order mark, else as UTF-16, UTF-8 or GB18030, whichever fits."""
    if data.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif looks_utf16(data):
        encodings = ["utf-16-le" if data[1:4096:2].count(0) else "utf-16-be"]
    else:
        encodings = ["utf-8", "gb18030", *_declared(data)]
    for encoding in encodings:
        with suppress(UnicodeDecodeError, LookupError):
            return data.decode(encoding)
    raise unreadable(name, "文字编码无法识别")


def _declared(data: bytes) -> list[str]:
    found = _CHARSET.search(data[:2048])
    return [(found[1] or found[2]).decode("ascii")] if found else []


# --- delimited ---------------------------------------------------------------------------------


def _delimited(text: str, name: str) -> _Rows:
    text = text.replace("\0", "")
    named = _SEPARATOR_LINE.match(text)
    delimiter = named[1] if named else max(_DELIMITERS, key=lambda each: _evenness(text, each))
    csv.field_size_limit(_FIELD)
    lines = io.StringIO(text[named.end() :] if named else text, newline="")
    fields = csv.reader(_no_wider(lines, delimiter, name), delimiter=delimiter)
    return _gathered(([_text(each) for each in row] for row in fields), name)


def _no_wider(lines: Iterable[str], delimiter: str, name: str) -> Iterator[str]:
    """The lines, each looked at before it becomes fields: a file may be one line of millions."""
    for line in lines:
        if len(line) > excel.COLUMNS and (delimiters := line.count(delimiter)) > excel.COLUMNS:
            check_reach(1, delimiters, name)
        yield line


def _evenness(text: str, delimiter: str) -> tuple[int, int]:
    """How regular a delimiter makes the first lines: (lines of the most frequent width above 1, that width)."""
    lines = text[:_SAMPLED].splitlines()[:_SAMPLED_LINES]
    widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1)
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return count, width


# --- HTML --------------------------------------------------------------------------------------


def _html(text: str, name: str) -> _Rows:
    """The tables of a page, one below the other; text between tables becomes a row."""
    from lxml import etree

    # A declared encoding would contradict the text, which is decoded already.
    plain = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    parser = etree.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8")
    root = etree.fromstring(plain.encode("utf-8", "replace"), parser)
    return [] if root is None else _gathered(_page_rows(root, name), name)


def _page_rows(root: Any, name: str) -> Iterator[list[CellValue]]:
    waiting = [(root, False)]
    while waiting:
        element, is_tail = waiting.pop()
        if is_tail or element.tag not in _UNSEEN | {"table"}:
            outside = _text(element.tail if is_tail else element.text)
            if outside:
                yield [_squeezed(outside)]
        if is_tail or element.tag in _UNSEEN:
            continue
        if element.tag == "table":
            yield from _table_rows(element, name)
            continue
        for child in reversed(element):
            waiting += [(child, True), (child, False)]


def _table_rows(table: Any, name: str) -> Iterator[list[CellValue]]:
    covered: dict[int, int] = {}
    """Column → the row up to which a cell from above reaches down in it."""
    for number, row in enumerate(table.iter("tr")):
        values: list[CellValue] = []
        for cell in row.iterchildren("td", "th"):
            while covered.get(len(values), -1) >= number:
                values.append(None)
            if len(values) > excel.COLUMNS:
                check_reach(number, len(values), name)
            below, across = number + _span(cell, "rowspan") - 1, _span(cell, "colspan")
            covered.update(dict.fromkeys(range(len(values), len(values) + across), below))
            values += [_text(_squeezed("".join(_inner(cell)))), *[None] * (across - 1)]
        yield values


def _inner(cell: Any) -> Iterator[str]:
    for element in cell.iter():
        if element.tag == "br":
            yield "\n"
        if element.tag not in _UNSEEN:
            yield element.text or ""
        if element is not cell:
            yield element.tail or ""


def _squeezed(text: str) -> str:
    return "\n".join(" ".join(line.split(" ")).strip() for line in re.sub(r"[ \t\r\f]+", " ", text).split("\n")).strip()


def _span(cell: Any, key: str) -> int:
    text = (cell.get(key) or "1").strip()
    return min(max(int(text), 1), 512) if text.isdecimal() and len(text) < 6 else 1


def _mhtml(data: bytes, stem: str, name: str) -> Mapping[str, _Rows]:
    """The pages of a web archive that hold tables, named as its frame page names them."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    parts = [each for each in message.walk() if each.get_content_type() == "text/html"]
    pages = [_decoded(_payload(each), name) for each in parts]
    named = [found for page in pages for found in _SHEET_NAME.findall(page)]
    tables = [rows for page in pages if "<table" in page.lower() and (rows := _html(page, name))]
    if len(named) == len(tables) == len(set(named)) and tables:
        return dict(zip(named, tables, strict=True))
    return {stem if number == 1 else f"{stem}（{number}）": rows for number, rows in enumerate(tables, 1)}


def _payload(part: Any) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


# --- SpreadsheetML 2003 ------------------------------------------------------------------------


def _spreadsheetml(data: bytes, name: str) -> Mapping[str, _Rows]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise unreadable(name, "XML 损坏") from error
    if root.getroottree().docinfo.doctype:
        raise unsafe(name, "含有 DTD")
    sheets = root.iter(f"{_SPREADSHEET}Worksheet")
    return {sheet.get(f"{_SPREADSHEET}Name", ""): _gathered(_sheet_rows(sheet, name), name) for sheet in sheets}


def _sheet_rows(sheet: Any, name: str) -> Iterator[list[CellValue]]:
    rows = 0
    for row in sheet.iter(f"{_SPREADSHEET}Row"):
        place = _index(row, rows)
        check_reach(place + 1, 1, name)
        yield from ([] for _ in range(place - rows))
        yield _row_cells(row, name)
        rows = max(rows, place) + 1


def _row_cells(row: Any, name: str) -> list[CellValue]:
    values: list[CellValue] = []
    for cell in row.iterchildren(f"{_SPREADSHEET}Cell"):
        place = _index(cell, len(values))
        check_reach(1, place + 1, name)
        values += [None] * (place - len(values))
        data = cell.find(f"{_SPREADSHEET}Data")
        values.append(None if data is None else _typed("".join(data.itertext()), data.get(f"{_SPREADSHEET}Type", "")))
        across = cell.get(f"{_SPREADSHEET}MergeAcross", "0")
        values += [None] * min(int(across), 512)
        if len(values) > excel.COLUMNS:
            check_reach(1, len(values), name)
    return values


def _index(element: Any, following: int) -> int:
    """The position of an element from 0: after the one before it unless it has an index."""
    return int(element.get(f"{_SPREADSHEET}Index", following + 1)) - 1


def _typed(text: str, kind: str) -> CellValue:
    if kind == "Number":
        number = float(text)
        return int(number) if number.is_integer() else number
    if kind == "Boolean":
        return text.strip() == "1"
    if kind == "DateTime":
        moment = datetime.fromisoformat(text)
        return moment.date() if moment.time() == time() else moment
    return _text(text)
