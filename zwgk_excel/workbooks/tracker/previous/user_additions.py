"""What the office added to the tracker (columns, comments, widths, sheets), as values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.layout.columns import SheetLayout, layout
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.tracker.previous.row_comments import CellComment
from zwgk_excel.workbooks.tracker.previous.stray_cells import StrayCell
from zwgk_excel.workbooks.tracker.rows.row_keys import ROW_KEYS, removed_key, unique_keys
from zwgk_excel.workbooks.tracker.rows.row_values import PLAIN_TABLES, CellPicture, FileLink, RowValues, WrittenValue
from zwgk_excel.workbooks.tracker.rows.score_rows import unplaced_texts
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.writing.style import cell_text

_STRAY = re.compile(r"[^/!]+![A-Z]{1,3}\d+(?:（\d+）)?")
"""The place of a stray cell, as the sheet of removed values names it."""
CellValue = str | int | float | bool | date | datetime | CellPicture
"""What a cell is listed with where its row is gone."""


@dataclass(frozen=True, slots=True)
class ExtraCell:
    """One cell of a column that the office added; ``formula`` with its ``=``, empty where a value was typed."""

    value: CellValue | time | timedelta | None
    """A picture in a cell is its formula as well: pictures name no cells."""
    formula: str = ""
    row: int = 0
    """Its row in the file, from 1; 0 for a removed value."""


@dataclass(frozen=True, slots=True)
class ExtraColumn:
    """A column that the office added to the tracking table."""

    heading: str
    after: str
    """Key of our column to its left; empty for none."""
    letter: str = ""
    """Its letters in the file; empty for a column of removed values only."""
    width: float | None = None
    """As the file gives it; None for the usual one."""
    hidden: bool = False
    number_format: str = ""
    cells: Mapping[str, ExtraCell] = field(default_factory=dict)
    """Obligation key → cell; empty cells are not there."""
    fill: str = ""
    """The formula that all its rows share, as it would read in row 1; empty for none."""


@dataclass(frozen=True, slots=True)
class Width:
    """The width that the office gave one of our columns."""

    width: float | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class UserAdditions:
    """Everything that the office added to the previous tracker.

    :func:`zwgk_excel.workbooks.tracker.previous.read_additions.read_user_additions` reads it.
    """

    columns: tuple[ExtraColumn, ...] = ()
    widths: Mapping[str, Width] = field(default_factory=dict)
    """Key of a column of ours → its width, where the file gives one."""
    letters: Mapping[str, str] = field(default_factory=dict)
    """Column letters in the file → key of our column."""
    rows: Mapping[int, str] = field(default_factory=dict)
    """Row in the file, from 1 → key of its obligation."""
    sheet: str = ""
    """The name of the tracking sheet there."""
    sheets: tuple[str, ...] = ()
    """The sheets that the office added, in their order."""
    comments: tuple[CellComment, ...] = ()
    """Comments on cells of the tracking table."""
    chosen_unit: str = ""
    """The unit that 单位情况 showed."""
    notes: tuple[str, ...] = ()
    """Chinese sentences on what cannot be carried over."""
    strays: tuple[StrayCell, ...] = ()
    """What stands on our sheets where nothing of the office's can stay."""
    beside: Mapping[str, UserAdditions] = field(default_factory=dict)
    """Key of another table's sheet → what the office added to that: without ``source`` and ``sheets``."""
    source: OoxmlPackage | None = field(default=None, repr=False, compare=False)
    """The tracker that ``sheets`` and the rest of the workbook are carried from, without the cells of our sheets."""


@dataclass(frozen=True, slots=True)
class RemovedValue:
    """A value in a column of the office whose row is no longer in the tracker."""

    obligation: str
    heading: str
    value: CellValue

    def problem(self, file: str) -> Problem:
        """The note about it; ``file`` is the tracker's name."""
        sheet = layout("tracker")["removed"].name
        if _STRAY.fullmatch(self.obligation):
            place = CellRef(file, sheet)
            return problem("office_text_moved", place, what=self.obligation, value=self.value, sheet=sheet)
        values = {"key": self.obligation, "heading": self.heading, "value": self.value, "sheet": sheet}
        return problem("office_value_moved", CellRef(file, sheet), obligation=self.obligation, **values)


def removed_values(view: TrackerView, kept: UserAdditions) -> list[RemovedValue]:
    """The office's values in rows that ``view`` lacks; the tracker lists them on a sheet of their own.

    A row of a table other than the tracking table is named with its sheet (``收件登记/…``).
    """
    present = {row.status.obligation.key for row in view.rows}
    lost = [each for each in _added(kept) if each.obligation not in present]
    for key, table in kept.beside.items():
        sheet = layout("tracker")[key]
        added = list(_added(table))
        wanted = {each.obligation for each in added}
        present = {name for name in row_keys(sheet, PLAIN_TABLES[key](view)) if name in wanted} if wanted else set()
        gone = (each for each in added if each.obligation not in present)
        lost += [replace(each, obligation=removed_key(sheet, each.obligation)) for each in gone]
    strays = named_strays(kept.strays, {each.obligation for each in lost})
    return [*lost, *strays, *(RemovedValue(*each) for each in unplaced_texts(view))]


def named_strays(strays: Iterable[StrayCell], taken: set[str]) -> Iterator[RemovedValue]:
    """The stray cells under a name each: another text may have come from the same cell before.

    ``taken`` are the names that stand on the sheet of removed values already; those given here are added to it.
    """
    for each in strays:
        name, number = each.place, 1
        while name in taken:
            number += 1
            name = f"{each.place}（{number}）"
        taken.add(name)
        yield RemovedValue(name, each.heading, each.value)


def _added(kept: UserAdditions) -> Iterator[RemovedValue]:
    for column in kept.columns:
        for key, cell in column.cells.items():
            if cell.value is not None:
                # On the sheet of removed values a time of day would be no more than a fraction.
                value = str(cell.value) if isinstance(cell.value, time | timedelta) else cell.value
                yield RemovedValue(key, column.heading, value)
    comment: str = layout("tracker").settings["texts"]["comment"]
    yield from (RemovedValue(note.obligation, comment, note.plain) for note in kept.comments)


def row_keys(sheet: SheetLayout, rows: Iterable[RowValues]) -> Iterator[str]:
    """The keys of a table's rows, by :data:`ROW_KEYS`, each key once."""
    return unique_keys([_text(row.get(key)) for key in ROW_KEYS[sheet.key]] for row in rows)


def _text(value: WrittenValue) -> str:
    """A value as shown in its cell."""
    if isinstance(value, CellPicture):
        return str(value)
    return cell_text(as_text(value.text if isinstance(value, FileLink) else value))
