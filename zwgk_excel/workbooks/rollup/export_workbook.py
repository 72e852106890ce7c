"""The workbook of ``zwgk export``: pivots, then a sheet for each table, written row by row in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout, layout
from zwgk_excel.workbooks.ooxml.edit_fingerprint import is_unedited, with_edit_fingerprint
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, parse
from zwgk_excel.workbooks.rollup.streamed_tables import StreamedSheet
from zwgk_excel.workbooks.tracker.rows.row_values import RowValues
from zwgk_excel.workbooks.writing.formats import HOUSE_FONT, Formats

_OPTIONS = {
    **HOUSE_FONT,
    "constant_memory": True,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
}
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_FROZEN: Mapping[str, int] = {
    "on_time_rate": 2,
    "overdue": 2,
    "column_timeliness": 2,
    "obligations": 4,
    "items": 2,
    "problems": 2,
    "scores": 2,
    "score_lines": 2,
    "column_updates": 3,
    "site_faults": 5,
    "coverage": 5,
}
"""Sheet → how many of its columns stay in sight; 1 where it is not named."""


@dataclass(frozen=True, slots=True)
class About:
    """The text that every sheet shows about the export."""

    office: str
    months: str
    as_of: date


class ExportBook:
    """Writes the workbook, sheet after sheet."""

    def __init__(self, book: Any, about: About) -> None:
        """``book`` is a ``StreamingWorkbook`` in constant-memory mode."""
        self._book, self._formats, self._about = book, Formats(book), about
        self._told: str = layout("export").settings["texts"]["about"]

    def add(self, key: str, rows: Iterable[RowValues], more: Sequence[Column] = ()) -> None:
        """Write a sheet of ``export.toml`` with its rows by column key; ``more`` are columns after its own."""
        sheet = _plain(layout("export")[key])
        told = self._told.format(months=self._about.months, as_of=self._about.as_of)
        named = replace(sheet, title=f"{sheet.title}{told}")
        frozen = _FROZEN.get(key, 1)
        written = StreamedSheet(self._book, self._formats, named, self._about.office, frozen=frozen, more=more)
        written.write(rows)
        written.close()


@contextmanager
def export_book(path: Path, about: About) -> Iterator[ExportBook]:
    """An export that is written to ``path`` when the block ends; nothing is written when it fails."""
    from zwgk_excel.workbooks.writing.fast_book import StreamingWorkbook

    with StreamingWorkbook(str(path), _OPTIONS) as book:
        title = layout("export").settings["texts"]["title"]
        book.set_properties({"title": title, "created": datetime.combine(about.as_of, time())})
        book.set_size(2400, 1400)
        yield ExportBook(book, about)


def sealed_export(data: bytes) -> bytes:
    """The workbook with the mark by which :func:`is_own_export` knows it."""
    return with_edit_fingerprint(data)


def is_own_export(data: bytes) -> bool:
    """Whether a file is an export that nobody has saved since."""
    return is_unedited(data) and _title(data) == layout("export").settings["texts"]["title"]


def _plain(sheet: SheetLayout) -> SheetLayout:
    """The sheet without links, because the workbook is passed on without the files."""
    linked = (ColumnKind.LINK, ColumnKind.URL)
    return replace(
        sheet, columns=tuple(replace(each, kind=ColumnKind.TEXT) if each.kind in linked else each for each in sheet)
    )


def _title(data: bytes) -> str:
    """The title in the properties of a workbook whose properties are known to be there."""
    found: str = parse(OoxmlPackage(data).parts["docProps/core.xml"]).findtext(_TITLE, "")
    return found
