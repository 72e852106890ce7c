"""Trims worksheets of more than 20 MB of XML in a tracker before it is read, to the rows with inputs of the office.

Kept are the first 30 rows, the last row, rows with a cell or comment of the office, and rows with the same key as
these. The other rows are written anew in every consolidation. Untrimmed, the guard would reject a sheet of more than
100,000 rows. Parts are unpacked in pieces of 4 MB, so memory is bounded.
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
"""Rows from the top that are always kept: the headings are searched in them."""
_ROWS = re.compile(rb"<row(?=[\s>])[^>]*(?<!/)>.*?</row>|<row(?=[\s/])[^>]*/>", re.DOTALL)
_NUMBER = re.compile(rb'<row [^>]*?\br="(\d+)"')
_REFERENCE = re.compile(rb'(<row [^>]*?\br="|<c r="[A-Z]+)\d+(?=")')
_LINKS = re.compile(rb"<hyperlinks>.*</hyperlinks>", re.DOTALL)
_LINK_RELATION = re.compile(rb'<Relationship [^>]*/relationships/hyperlink"[^>]*/>')
_COMMENT = re.compile(rb'<comment [^>]*?\bref="[A-Z]+(\d+)"')


class _UnknownSpelling(Exception):
    """The part is not in the spelling that spreadsheet programs write; it is not trimmed, and the guard decides."""


@dataclass(frozen=True, slots=True)
class _LongTable:
    """Patterns for a long table of ours: the office's cells in a row, and the row's key cells."""

    part: str
    foreign: re.Pattern[bytes]
    """A filled cell in none of our columns."""
    keys: tuple[re.Pattern[bytes], ...]
    commented: frozenset[int]
    """Rows, 1 for the first, with a comment on one of their cells."""

    def key(self, row: bytes) -> bytes:
        """The key cells of a row as bytes of the file, equal for equal keys."""
        return b"\0".join(found[1] if (found := each.search(row)) else b"" for each in self.keys)


@dataclass(frozen=True, slots=True)
class TrimmedTracker:
    """A tracker, trimmed where it was too long."""

    data: bytes
    numbers: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """Part of a cut sheet → number of a row in it → its number in the file, where they differ; 1 for the first."""


def trim_long_tables(data: bytes, name: str) -> TrimmedTracker:
    """A tracker whose long tables have only the rows that the module describes, renumbered without gaps.

    The same bytes where no table is long, and for a file that is no workbook. Raises RejectedFileError as ``open_book``
    for a workbook that is unsafe even then.
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
    """The relationships of a sheet without its (thousands of) links; empty where it has none."""
    return _LINK_RELATION.sub(b"", archive.read(part)) if part in archive.namelist() else b""


def _with(archive: zipfile.ZipFile, parts: Mapping[str, bytes]) -> bytes:
    """The workbook with the content of some of its parts replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for each in archive.infolist():
            made.writestr(each.filename, parts[each.filename] if each.filename in parts else archive.read(each))
    return stream.getvalue()


# --- rows --------------------------------------------------------------------------------------


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[bytes, bytes]]:
    """A worksheet in pieces: (text before the first row or after the last, whole rows)."""
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
    """The worksheet with only its first rows."""
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
    """Our tables in long parts, found by the headings in a workbook of first rows."""
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
    """(The part with the kept rows, new row number → row number in the file)."""
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
    """The rows below the first ones with a cell or a comment of the office."""
    for _, rows in _pieces(archive, table.part):
        if not table.commented and not table.foreign.search(rows):
            continue
        for found in _ROWS.finditer(rows):
            row = found[0]
            if (_number(row) in table.commented or table.foreign.search(row)) and _number(row) > _HEAD_ROWS:
                yield row
