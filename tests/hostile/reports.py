"""The sound report workbook that every hostile file is made from, and the workspace it was issued by.

A killer that stood in some other workbook would be turned away for not being a report before it could kill; so each is
a genuine, signed, filled report with one thing wrong.
"""

from __future__ import annotations

import io
import re
import sqlite3
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from tests.hostile.zips import zipped
from tests.workflow.desk import CYCLE, Desk, item, new_desk, nil
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.opening.open_book import CellValue, open_book
from zwgk_excel.workflow.issuing.generation import generate

UNIT = "市财政局"
_TITLE = "原来的标题"
_KEY = "5a" * 32


def issued(folder: Path) -> Desk:
    """A workspace whose November workbooks went out; the same to the byte wherever and whenever it is made."""
    desk = new_desk(folder)
    with closing(sqlite3.connect(desk.root / "zwgk.db")) as ledger, ledger:
        ledger.execute("UPDATE meta SET value = ? WHERE name = 'key'", [_KEY])
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    return desk


@dataclass(frozen=True)
class Report:
    """A filled report workbook by its parts, with one item, whose title is ``title``."""

    parts: Mapping[str, bytes]
    title: str = _TITLE

    ITEMS = "xl/worksheets/sheet3.xml"
    STRINGS = "xl/sharedStrings.xml"
    WORKBOOK = "xl/workbook.xml"
    RELATIONS = "xl/_rels/workbook.xml.rels"
    TYPES = "[Content_Types].xml"
    STYLES = "xl/styles.xml"

    def titled(self, title: str) -> Report:
        """The same with another title, so that no two files are equal and each can be told by its item."""
        renamed = self.replaced(self.ITEMS, self.title, title)
        return replace(renamed, title=title)

    def edited(self, part: str, change: Callable[[str], str]) -> Report:
        """The same with a part changed; the change must change something."""
        before = self.parts[part].decode()
        after = change(before)
        assert after != before, f"{part} is as it was"
        return self.with_parts({part: after.encode()})

    def replaced(self, part: str, old: str, new: str) -> Report:
        """The same with a text in a part replaced wherever it stands."""
        return self.edited(part, lambda text: text.replace(old, new))

    def with_parts(self, parts: Mapping[str, bytes]) -> Report:
        """The same with parts added or replaced."""
        return replace(self, parts={**self.parts, **parts})

    def without(self, part: str) -> Report:
        """The same without a part."""
        return replace(self, parts={name: data for name, data in self.parts.items() if name != part})

    def with_cell(self, column: str, xml: str) -> Report:
        """The same with the item's cell of a column (by key) replaced; ``{at}`` in ``xml`` is its address."""
        at = f"{column_letters(layout('report')['items'].index(column))}{FIRST_ROW}"
        pattern = re.compile(rf'<c r="{at}"[^>]*/>|<c r="{at}"[^>]*>.*?</c>')
        return self.edited(self.ITEMS, lambda text: pattern.sub(lambda _: xml.replace("{at}", at), text))

    def with_rows(self, rows: str) -> Report:
        """The same with more rows (XML) at the end of the item sheet."""
        return self.replaced(self.ITEMS, "</sheetData>", f"{rows}</sheetData>")

    def after_rows(self, xml: str) -> Report:
        """The same with XML after the rows of the item sheet."""
        return self.replaced(self.ITEMS, "</sheetData>", f"</sheetData>{xml}")

    def bytes(self) -> bytes:
        """The workbook."""
        return zipped(self.parts)

    def rows(self) -> dict[str, list[list[CellValue]]]:
        """The cells of the sheets that matter, by name of the sheet, for other formats."""
        book = open_book(self.bytes(), "")
        grids = [book.grid(layout("report")[key].name) for key in ("tasks", "items", "identity")]
        return {grid.sheet: grid.rows for grid in grids if grid}


def filled(desk: Desk) -> Report:
    """The report of :data:`UNIT`, filled so that nothing is to be said against it."""
    path = desk.reply(
        UNIT, "报送.xlsx", answers={("D04", str(CYCLE)): nil()}, items=[item("D02 政府采购", title=_TITLE)]
    )
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return Report({name: archive.read(name) for name in archive.namelist()})
