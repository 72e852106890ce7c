"""A tracker with tables of more than 20 MB of XML, cut down before it is read to the rows that hold something typed.

The other rows are written anew in every consolidation, so nothing is lost. Uncut, the guard would refuse a sheet of
more than 100,000 rows. Such parts are unpacked in pieces of 4 MB, never as a whole.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from zwgk_excel.layout.columns import SheetLayout, layout
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, sheets_of, tables_on
from zwgk_excel.workbooks.opening.open_book import open_book
from zwgk_excel.workbooks.opening.zip_parts import MB
from zwgk_excel.workbooks.reading.table_reader import find_table
from zwgk_excel.workbooks.tracker.rows.row_keys import ROW_KEYS
from zwgk_excel.workbooks.tracker.rows.row_values import PLAIN_TABLES

LARGE_PART = 20 * MB
"""Bytes unpacked from which on a worksheet is cut; below it is read as it is."""
_LONGEST_PART = 4096 * MB
_PIECE = 4 * MB
_HEAD_ROWS = 30
"""Rows from the top that always stay: the headings are looked for in them."""
_ROWS = re.compile(rb"<row(?=[\s>])[^>]*(?<!/)>.*?</row>|<row(?=[\s/])[^>]*/>", re.DOTALL)
_NUMBER = re.compile(rb'<row [^>]*?\br="(\d+)"')
_REFERENCE = re.compile(rb'(<row [^>]*?\br="|<c r="[A-Z]+)\d+(?=")')
_LINKS = re.compile(rb"<hyperlinks>.*</hyperlinks>", re.DOTALL)
_LINK_RELATION = re.compile(rb'<Relationship [^>]*/relationships/hyperlink"[^>]*/>')
_COMMENT = re.compile(rb'<comment [^>]*?\bref="[A-Z]+(\d+)"')


class _UnknownSpelling(Exception):
    """A part is not spelled as spreadsheet programs spell it: the file is not cut, and the guard judges all of it."""


@dataclass(frozen=True, slots=True)
class _LongTable:
    """A long table of ours: what tells the office's cells in its rows from ours, and what a row is about."""

    part: str
    foreign: re.Pattern[bytes]
    """A filled cell in none of our columns."""
    keys: tuple[re.Pattern[bytes], ...]
    commented: frozenset[int]
    """Rows, 1 for the first, with a comment on one of their cells."""

    def key(self, row: bytes) -> bytes:
        """The cells that say what a row is about, as they are in the file: rows about the same have the same."""
        return b"\0".join(found[1] if (found := each.search(row)) else b"" for each in self.keys)


@dataclass(frozen=True, slots=True)
class TrimmedTracker:
    """A tracker, cut where it was too long."""

    data: bytes
    numbers: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """Part of a cut sheet → number of a row in it → its number in the file, where they differ; 1 for the first."""


def trim_long_tables(data: bytes, name: str) -> TrimmedTracker:
    """A tracker with those rows of its long tables that the office wrote beside, or that are about the same thing.

    First and last rows stay as well, and all stand close together. The same bytes where no table is long, and for what
    is no workbook. Raises Rejected as ``open_book`` for a workbook that is unsafe even so.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            large = [each.filename for each in archive.infolist() if LARGE_PART < each.file_size < _LONGEST_PART]
            if not (long := [each for each in large if posixpath.dirname(each).endswith("worksheets")]):
                return TrimmedTracker(data)
            links = {_relations_of(part): _without_links(archive, _relations_of(part)) for part in long}
            heads = {part: _head(archive, part) for part in long}
            tables = _tables(_with(archive, heads | links), name, long)
            cut = {table.part: _cut(archive, table) for table in tables}
            parts = {part: content for part, (content, _) in cut.items()}
            made = _with(archive, parts | {_relations_of(part): links[_relations_of(part)] for part in cut})
            return TrimmedTracker(made, {part: numbers for part, (_, numbers) in cut.items()})
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, _UnknownSpelling):
        # The guard says in words what is wrong with it.
        return TrimmedTracker(data)


def _relations_of(part: str) -> str:
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{base}.rels")


def _without_links(archive: zipfile.ZipFile, part: str) -> bytes:
    """The relations of a sheet but for its links, thousands of them; empty where it has none."""
    return _LINK_RELATION.sub(b"", archive.read(part)) if part in archive.namelist() else b""


def _with(archive: zipfile.ZipFile, parts: Mapping[str, bytes]) -> bytes:
    """The workbook with other content in some of its parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for each in archive.infolist():
            made.writestr(each.filename, parts[each.filename] if each.filename in parts else archive.read(each))
    return stream.getvalue()


# --- rows --------------------------------------------------------------------------------------


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[bytes, bytes]]:
    """A worksheet piece by piece: what stands before its first row, whole rows, and what stands behind its last."""
    rest, within = b"", False
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            rest += piece
            if b"<!" in piece or len(rest) > 8 * _PIECE:
                raise _UnknownSpelling(part)
            if not within:
                start = re.search(rb"<row[\s/>]", rest)
                if start is None:
                    continue
                yield rest[: start.start()], b""
                rest, within = rest[start.start() :], True
            end = rest.rfind(b"</row>") + len(b"</row>")
            if end >= len(b"</row>") and b"</sheetData>" not in rest[:end]:
                yield b"", rest[:end]
                rest = rest[end:]
    yield rest, b""


def _number(row: bytes) -> int:
    found = _NUMBER.match(row)
    if found is None:
        raise _UnknownSpelling(row[:40])
    return int(found[1])


def _head(archive: zipfile.ZipFile, part: str) -> bytes:
    """The worksheet with its first rows alone."""
    outside, first = [], b""
    for other, rows in _pieces(archive, part):
        outside.append(other)
        first = first or b"".join(found[0] for found, _ in zip(_ROWS.finditer(rows), range(_HEAD_ROWS), strict=False))
    return _joined(outside, [first])


def _joined(outside: list[bytes], rows: list[bytes]) -> bytes:
    if len(outside) < 2:
        raise _UnknownSpelling("no rows")
    return outside[0] + b"".join(rows) + _LINKS.sub(b"", b"".join(outside[1:]))


# --- what is needed ----------------------------------------------------------------------------


def _tables(head: bytes, name: str, long: Collection[str]) -> list[_LongTable]:
    """The tables in long parts that are ours to write, by the headings in a workbook of first rows."""
    book, package = open_book(head, name), OoxmlPackage(head)
    found = []
    for entry in sheets_of(package):
        grid = book.grid(entry.name) if entry.part in long else None
        sheets = [layout("tracker")[key] for key in PLAIN_TABLES]
        named = (each for each in sheets if each.name == entry.name or each.table in tables_on(package, entry))
        if grid is None or (sheet := next(named, None)) is None or (table := find_table(grid, sheet)) is None:
            continue
        if all(key in table.positions for key in ROW_KEYS[sheet.key]):
            found.append(_table(package, entry.part, sheet, table.positions))
    return found


def _table(package: OoxmlPackage, part: str, sheet: SheetLayout, positions: Mapping[str, int]) -> _LongTable:
    ours = "|".join(column_letters(place) for place in positions.values())
    letters = [column_letters(positions[key]) for key in ROW_KEYS[sheet.key]]
    notes = [each.target for each in package.relations(part) if each.type == "comments"]
    rows = (int(row) for each in notes for row in _COMMENT.findall(package.parts.get(each, b"")))
    return _LongTable(
        part,
        re.compile(rf'<c r="(?!(?:{ours})\d)[A-Z]+\d+"[^>]*(?<!/)>'.encode()),
        tuple(re.compile(rf'<c r="{each}\d+"[^>]*(?<!/)>(.*?)</c>'.encode(), re.DOTALL) for each in letters),
        frozenset(rows),
    )


def _cut(archive: zipfile.ZipFile, table: _LongTable) -> tuple[bytes, dict[int, int]]:
    """The part with the rows that are needed, close behind one another, and their numbers in the file."""
    wanted = {table.key(row) for row in _office_rows(archive, table)}
    outside, kept, last, has_plain = [], [], b"", False
    for other, rows in _pieces(archive, table.part):
        outside.append(other)
        for found in _ROWS.finditer(rows):
            last = found[0]
            is_wanted = _number(last) <= _HEAD_ROWS or (bool(wanted) and table.key(last) in wanted)
            # One row that nobody wrote beside stays: else what a few rows share would seem to be shared by all.
            if is_wanted or not has_plain:
                kept.append(last)
            has_plain = has_plain or not is_wanted
    if kept and last is not kept[-1]:
        kept.append(last)
    numbers: dict[int, int] = {}
    place = 0
    for row in kept:
        place = number if (number := _number(row)) <= _HEAD_ROWS else place + 1
        numbers[place] = number
    moved = (_REFERENCE.sub(rb"\g<1>%d" % place, row) for place, row in zip(numbers, kept, strict=True))
    return _joined(outside, list(moved)), numbers


def _office_rows(archive: zipfile.ZipFile, table: _LongTable) -> Iterator[bytes]:
    """The rows below the first ones with a cell or a comment of the office's."""
    for _, rows in _pieces(archive, table.part):
        if not table.commented and not table.foreign.search(rows):
            continue
        for found in _ROWS.finditer(rows):
            row = found[0]
            if (_number(row) in table.commented or table.foreign.search(row)) and _number(row) > _HEAD_ROWS:
                yield row
