"""What the office added to the tracker (columns, comments, widths, sheets), carried over when it is written anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.layout.columns import SheetLayout, layout
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.tracker.previous.row_comments import CellComment
from zwgk_excel.workbooks.tracker.rows.row_keys import ROW_KEYS, removed_key, unique_keys
from zwgk_excel.workbooks.tracker.rows.row_values import PLAIN_TABLES, FileLink, RowValues, WrittenValue
from zwgk_excel.workbooks.tracker.rows.score_rows import unplaced_texts
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.writing.style import cell_text

CellValue = str | int | float | bool | date | datetime
"""What a cell is listed with where its row is gone."""


@dataclass(frozen=True, slots=True)
class ExtraCell:
    """One cell of a column that the office added; ``formula`` with its ``=``, empty where a value was typed."""

    value: CellValue | time | timedelta | None
    formula: str = ""
    row: int = 0
    """The row it stood in, 1 for the first; 0 for one that had left the tracking sheet."""


@dataclass(frozen=True, slots=True)
class ExtraColumn:
    """A column that the office added to the tracking table."""

    heading: str
    after: str
    """Key of the column of ours it follows; empty where it came before all of them."""
    letter: str = ""
    """Where it stood; empty for one that had left the tracking sheet."""
    width: float | None = None
    """As the file gives it; None for the usual one."""
    hidden: bool = False
    number_format: str = ""
    cells: Mapping[str, ExtraCell] = field(default_factory=dict)
    """Obligation key → cell; empty cells are not there."""
    fill: str = ""
    """The formula that all its rows share, as it would stand in row 1; empty where they do not."""


@dataclass(frozen=True, slots=True)
class Width:
    """How wide the office made one of our columns."""

    width: float | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class UserAdditions:
    """Everything that the office added to the tracker being replaced, as :func:`kept_reader.read_kept` finds it."""

    columns: tuple[ExtraColumn, ...] = ()
    widths: Mapping[str, Width] = field(default_factory=dict)
    """Key of a column of ours → its width, where the file gives one."""
    letters: Mapping[str, str] = field(default_factory=dict)
    """Column letter → key of the column of ours that stood there."""
    rows: Mapping[int, str] = field(default_factory=dict)
    """Row, 1 for the first → key of the obligation that stood there."""
    sheet: str = ""
    """The name of the tracking sheet there."""
    sheets: tuple[str, ...] = ()
    """The sheets that the office added, in their order."""
    comments: tuple[CellComment, ...] = ()
    """Comments on cells of the tracking table."""
    chosen_unit: str = ""
    """The unit that 单位情况 showed."""
    notes: tuple[str, ...] = ()
    """What cannot be carried over, in words for the office."""
    beside: Mapping[str, UserAdditions] = field(default_factory=dict)
    """Key of another table's sheet → what the office added to that: without ``source`` and ``sheets``."""
    source: OoxmlPackage | None = field(default=None, repr=False, compare=False)
    """The tracker that ``sheets`` are copied from; None where there are none."""


@dataclass(frozen=True, slots=True)
class RemovedValue:
    """A value in a column of the office's whose obligation is in the tracker no more."""

    obligation: str
    heading: str
    value: CellValue

    def problem(self, file: str) -> Problem:
        """What the office is told about it; ``file`` is the tracker's name."""
        sheet = layout("tracker")["removed"].name
        values = {"key": self.obligation, "heading": self.heading, "value": self.value, "sheet": sheet}
        return problem("office_value_moved", CellRef(file, sheet), obligation=self.obligation, **values)


def removed_values(view: TrackerView, kept: UserAdditions) -> list[RemovedValue]:
    """What the office added to rows that ``view`` lacks; the tracker lists it on a sheet apart.

    A row of another table than the tracking table is named after its sheet (``收件登记/…``).
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
    return [*lost, *(RemovedValue(*each) for each in unplaced_texts(view))]


def _added(kept: UserAdditions) -> Iterator[RemovedValue]:
    for column in kept.columns:
        for key, cell in column.cells.items():
            if cell.value is not None:
                # On the sheet of removed values a time of day would be no more than a fraction.
                value = str(cell.value) if isinstance(cell.value, time | timedelta) else cell.value
                yield RemovedValue(key, column.heading, value)
    comment: str = layout("tracker").settings["texts"]["comment"]
    yield from (RemovedValue(note.obligation, comment, note.text) for note in kept.comments)


def row_keys(sheet: SheetLayout, rows: Iterable[RowValues]) -> Iterator[str]:
    """What the rows of a table are about, as :data:`ROW_KEYS` says, each key once."""
    return unique_keys([_text(row.get(key)) for key in ROW_KEYS[sheet.key]] for row in rows)


def _text(value: WrittenValue) -> str:
    """A value as it will read in its cell."""
    return cell_text(as_text(value.text if isinstance(value, FileLink) else value))
