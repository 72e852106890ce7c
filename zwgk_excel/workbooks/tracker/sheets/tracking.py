"""Writes 跟踪台账: one row per obligation, formulas where its cycle is open, the office's columns kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any

from zwgk_excel.domain.tracking import Timeliness, TrackerRow
from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout, layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.excel import PIXELS_AROUND, PIXELS_PER_WIDTH, column_letters
from zwgk_excel.workbooks.tracker.previous.formula_moves import FILL_ROW, RowMapping, RowSpan
from zwgk_excel.workbooks.tracker.previous.row_comments import CellComment
from zwgk_excel.workbooks.tracker.previous.user_additions import ExtraCell, ExtraColumn, UserAdditions
from zwgk_excel.workbooks.tracker.rows.formulas import COUNTED, STATE, column_name, quoted, state_formula
from zwgk_excel.workbooks.tracker.rows.row_values import (
    RowValues,
    refusal_mark,
    refused_by_row,
    tracking_order,
    tracking_row,
)
from zwgk_excel.workbooks.tracker.rows.view import RefusedCell, TrackerView
from zwgk_excel.workbooks.tracker.sheets.office_cells import input_format, validate_office_columns
from zwgk_excel.workbooks.tracker.sheets.page import (
    FIRST_ROW,
    SheetWriter,
    add_table,
    area,
    excel_value,
    fit_row,
    last_row,
    open_page,
    put,
)
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import Formats, text_width
from zwgk_excel.workbooks.writing.paper import fit_to_paper

_FROZEN = 2
_EXTRA_WIDTH = 14.0
_SHORT = 12
"""Character widths: texts in columns no wider are codes, and centred."""

_LOOKS: Mapping[Timeliness, tuple[str, str]] = {
    Timeliness.OVERDUE: ("red", style.BAD),
    Timeliness.LATE: ("red", style.BAD),
    Timeliness.IN_GRACE: ("amber", style.WATCH),
    Timeliness.GRACE: ("amber", style.GOOD),
    Timeliness.DUE_SOON: ("yellow", style.WATCH),
    Timeliness.ON_TIME: ("green", style.GOOD),
    Timeliness.NOT_DUE: ("grey", style.OPTIONAL),
    Timeliness.ON_DEMAND: ("grey", style.OPTIONAL),
}
"""The colour of each state and the mark before its word, so that nothing depends on colour alone."""
_WRAPPED = "reference"
"""The column whose texts are broken into lines: of a one-off task it has the title."""
_STATE_COLUMNS = ("outcome", *STATE)


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of the sheet: one of ours, or one that the office added."""

    letters: str
    heading: str
    ours: Column | None = None
    extra: ExtraColumn | None = None


def write_tracking(book: Any, formats: Formats, view: TrackerView, kept: UserAdditions | None) -> None:
    """Add the tracking sheet to an ``xlsxwriter`` workbook, with names for the counted columns."""
    sheet = layout("tracker")["tracking"]
    rows = tracking_order(view)
    keys = [row.status.obligation.key for row in rows]
    page = open_page(book, formats, sheet, view.office, frozen=_FROZEN, rows=len(rows))
    fields = fields_of(sheet, columns_to_write(kept, keys))
    widths = set_widths(page, fields, kept)
    heads = [formats.head if each.ours and not each.ours.office else formats.input_head for each in fields]
    add_table(page, sheet.table, [each.heading for each in fields], heads, len(rows))
    letters = {each.ours.key: each.letters for each in fields if each.ours}
    writer = _Writer(page, fields, letters)
    extras = UserColumnWriter(page, fields, kept, keys) if kept and rows else None
    refused = refused_by_row(view)
    for row, each in enumerate(rows, FIRST_ROW):
        cells = refused.get(each.status.obligation.key, ())
        values = tracking_row(each, cells)
        if cells or text_width(str(values[_WRAPPED])) > sheet[_WRAPPED].width:
            fit_row(page, sheet, row, values, _WRAPPED)
        writer.write_row(row, values, closed=each.closed, refused=cells)
        if extras:
            extras.write_row(row, each.status.obligation.key)
    if not rows:
        writer.write_row(FIRST_ROW, {}, closed=False)
    validate_office_columns(page, sheet, len(rows), letters)
    _colour(page, letters, len(rows))
    _mark_refused(page, letters, len(rows))
    _print_owed(page, fields, widths, rows)
    for key in COUNTED:
        book.define_name(column_name(key), f"='{sheet.name}'!{area(letters[key], len(rows))}")


def _print_owed(
    page: SheetWriter, fields: Sequence[SheetColumn], widths: Sequence[tuple[float, bool]], rows: Sequence[TrackerRow]
) -> None:
    """Print what is owed of the newest cycle, which stands first, with what the office decides; without any, all."""
    last = max(place for place, each in enumerate(fields) if each.ours and each.ours.printed)
    fit_to_paper(page.sheet, [width for width, hidden in widths[: last + 1] if not hidden], _FROZEN)
    newest = rows[0].status.obligation.cycle if rows else None
    owed = takewhile(
        lambda row: row.status.obligation.cycle == newest and row.status.timeliness is not Timeliness.ON_DEMAND, rows
    )
    if count := sum(1 for _ in owed):
        page.sheet.print_area(0, 0, last_row(count), last)


def fields_of(sheet: SheetLayout, extras: Sequence[ExtraColumn]) -> list[SheetColumn]:
    """Our columns in order, each followed by the office's columns that followed it."""
    taken = {column.heading.casefold() for column in sheet}
    ordered: list[tuple[str, Column | None, ExtraColumn | None]] = []
    for column in (None, *sheet):
        if column:
            ordered.append((column.heading, column, None))
        for extra in extras:
            if extra.after == (column.key if column else ""):
                ordered.append((_unique(extra.heading, taken), None, extra))
    return [SheetColumn(column_letters(position), *each) for position, each in enumerate(ordered)]


def columns_to_write(kept: UserAdditions | None, keys: Iterable[str]) -> list[ExtraColumn]:
    """The office's columns; one deleted by it only where a removed value belongs to an obligation that came back."""
    columns = kept.columns if kept else ()
    return [each for each in columns if each.letter or not each.cells.keys().isdisjoint(keys)]


def _unique(heading: str, taken: set[str]) -> str:
    """The heading, with a number where the table has it already: Excel rejects duplicates."""
    number, name = 1, heading
    while name.casefold() in taken:
        number += 1
        name = f"{heading}{number}"
    taken.add(name.casefold())
    return name


def set_widths(
    page: SheetWriter, fields: Sequence[SheetColumn], kept: UserAdditions | None
) -> list[tuple[float, bool]]:
    """Set the width of each column, the office's where it has one; returns them, each with whether it is hidden."""
    found = []
    for position, each in enumerate(fields):
        known = kept.widths.get(each.ours.key) if kept and each.ours else each.extra
        width, hidden = (known.width, known.hidden) if known else (None, False)
        options = {"hidden": True} if hidden else {}
        ours = each.ours.width if each.ours else _EXTRA_WIDTH
        if width is not None:
            pixels = round(width * PIXELS_PER_WIDTH)
            page.sheet.set_column_pixels(position, position, pixels, None, options)
            ours = (pixels - PIXELS_AROUND) / PIXELS_PER_WIDTH
        else:
            page.sheet.set_column(position, position, ours, None, options)
        found.append((ours, hidden))
    return found


class _Writer:
    """Writes our columns row by row; formats and formula texts are computed once."""

    def __init__(self, page: SheetWriter, fields: Sequence[SheetColumn], letters: Mapping[str, str]) -> None:
        self._page, self._letters = page, letters
        self._columns = [(position, each.ours) for position, each in enumerate(fields) if each.ours]
        self._open = {column.key: self._format(column) for _, column in self._columns}
        self._closed = {column.key: self._format(column, bg_color=style.LOCKED_FILL) for _, column in self._columns}
        # A number in a cell of dates would show a day of 1900.
        self._as_typed = page.formats.named("input", align="center")
        cells = {key: f"{letter}{{row}}" for key, letter in letters.items()}
        self._formulas = {key: state_formula(key, cells) for key in STATE}

    def _format(self, column: Column, **over: Any) -> Any:
        formats = self._page.formats
        if column.office:
            return input_format(formats, column)
        if column.kind is ColumnKind.INTEGER:
            # A zero is shown as nothing: most rows have no problem and no day of delay.
            return formats.named("integer", num_format="0;-0;;@", **over)
        if column.key in STATE:
            # A formula in a cell of the text format turns into text the moment somebody edits it.
            over["num_format"] = "General"
        kinds = {ColumnKind.DATE: "date", ColumnKind.DATETIME: "datetime"}
        wrap = column.kind is ColumnKind.PARAGRAPH or column.key == _WRAPPED
        short = column.kind is ColumnKind.TEXT and column.width <= _SHORT
        align = {"align": "center"} if column.kind is ColumnKind.CHOICE or short else {}
        return formats.named(kinds.get(column.kind, "text"), text_wrap=wrap, **align, **over)

    def write_row(
        self, row: int, values: RowValues, *, closed: bool, refused: Sequence[RefusedCell] = ()
    ) -> None:
        """``refused`` are cells of the row: where one stands, formulas over the office's cells would believe it."""
        forms = self._closed if closed else self._open
        typed = {each.column for each in refused if each.typed is not None}
        live = bool(values) and not closed and not typed
        for position, column in self._columns:
            value = values.get(column.key)
            if column.key in typed and column.kind is ColumnKind.DATE and not isinstance(value, date):
                put(self._page, row, position, value, self._as_typed)
            elif column.key in STATE and live:
                formula = self._formulas[column.key].replace("{row}", str(row + 1))
                self._page.sheet.write_formula(row, position, formula, forms[column.key], excel_value(value))
            else:
                put(self._page, row, position, value, forms[column.key])


class UserColumnWriter:
    """Writes the office's columns and comments row by row: values by row key, formulas with mapped rows."""

    def __init__(
        self, page: SheetWriter, fields: Sequence[SheetColumn], kept: UserAdditions, keys: Collection[str]
    ) -> None:
        """``keys`` are the row keys, in the order of the rows."""
        self._page, self._fields, self._kept, self._count = page, fields, kept, len(keys)
        self._new_rows = {key: row for row, key in enumerate(keys, FIRST_ROW + 1)}
        self._moves = RowMapping(kept.sheet, self._rows_moved(), self._spans(), self._letters())
        extras = [(place, each.extra) for place, each in enumerate(fields) if each.extra]
        self._columns = [(place, extra, self._format(extra)) for place, extra in extras]
        self._ours = {each.ours.key: place for place, each in enumerate(fields) if each.ours}
        self._notes: dict[str, list[CellComment]] = {}
        for note in kept.comments:
            self._notes.setdefault(note.obligation, []).append(note)

    def _rows_moved(self) -> dict[int, int]:
        return {old: self._new_rows[key] for old, key in self._kept.rows.items() if key in self._new_rows}

    def _spans(self) -> dict[RowSpan, RowSpan]:
        """Old → new span of all data rows, with and without the header."""
        if not self._kept.rows:
            return {}
        old, new = (min(self._kept.rows), max(self._kept.rows)), (FIRST_ROW + 1, last_row(self._count) + 1)
        return {old: new, (old[0] - 1, old[1]): (new[0] - 1, new[1])}

    def _letters(self) -> dict[str, str]:
        ours = {each.ours.key: each.letters for each in self._fields if each.ours}
        known = {old: ours[key] for old, key in self._kept.letters.items() if key in ours}
        return known | {each.extra.letter: each.letters for each in self._fields if each.extra and each.extra.letter}

    def write_row(self, row: int, key: str) -> None:
        """Write the office's cells of a row (from 0), and its comments on any of the row's cells."""
        for position, extra, form in self._columns:
            self._write_cell(row, position, extra, key, form)
        for note in self._notes.get(key, ()):
            place = self._place_of(note)
            self._page.sheet.write_comment(row, place, note.text, {"author": note.author, "font_size": 9})

    def _place_of(self, note: CellComment) -> int:
        """The present column of a comment; the first where its column is gone."""
        extras = {extra.letter: position for position, extra, _ in self._columns}
        return self._ours.get(self._kept.letters.get(note.letters, ""), extras.get(note.letters, 0))

    def _format(self, extra: ExtraColumn) -> Any:
        formats = self._page.formats
        plain = {"num_format": extra.number_format} if extra.number_format else {}
        return formats.named("input", **plain)

    def _write_cell(self, row: int, position: int, extra: ExtraColumn, key: str, form: Any) -> None:
        cell = extra.cells.get(key)
        if cell is None and extra.fill:
            cell = ExtraCell(None, extra.fill, FILL_ROW)
        if cell and cell.formula:
            formula = self._moves.formula(cell.formula, cell.row, row + 1)
            self._page.sheet.write_formula(row, position, formula, form, excel_value(cell.value))
        elif cell:
            put(self._page, row, position, cell.value, form)
        else:
            put(self._page, row, position, None, form)


def _colour(page: SheetWriter, letters: Mapping[str, str], count: int) -> None:
    """Colour the state cells by 及时性 and put a mark before the label; mute rows in which nothing is owed."""
    state = f"${letters['timeliness']}{FIRST_ROW + 1}"
    for each, (colour, mark) in _LOOKS.items():
        criterion = f'={state}="{word("timeliness", each)}"'
        marked = page.formats.named(colour, num_format=f'"{mark} "@')
        _rule_for(page, area(letters["timeliness"], count), criterion, marked)
        for key in _STATE_COLUMNS:
            if key != "timeliness":
                _rule_for(page, area(letters[key], count), criterion, page.formats.named(colour))
    on_demand = word("timeliness", Timeliness.ON_DEMAND)
    muted = f'=AND(${letters["unit"]}{FIRST_ROW + 1}<>"",OR({state}="",{state}="{on_demand}"))'
    urgent = f'={state}="{word("timeliness", Timeliness.OVERDUE)}"'
    for key in ("cycle", "unit", "duty", "column", "cadence", "mandatory", "reference", "due", "final"):
        cells = area(letters[key], count)
        _rule_for(page, cells, muted, page.formats.condition(font_color=style.MUTED, italic=True))
        _rule_for(page, cells, urgent, page.formats.condition(font_color=style.RED_INK, bold=True))


def _mark_refused(page: SheetWriter, letters: Mapping[str, str], count: int) -> None:
    """Mark the office's cells that were not taken: those whose column the row's 填写问题 names."""
    told = f"${letters['refusal']}{FIRST_ROW + 1}"
    form = page.formats.named("red", bold=True)
    for column in (each for each in layout("tracker")["tracking"] if each.office):
        criterion = f"=ISNUMBER(FIND({quoted(refusal_mark(column.heading))},{told}))"
        _rule_for(page, area(letters[column.key], count), criterion, form)
    _rule_for(page, area(letters["refusal"], count), f'={told}<>""', form)


def cell_finder(view: TrackerView, kept: UserAdditions | None) -> Callable[[str, str], str]:
    """A function that gives the cell of an obligation and a column key on the sheet that :func:`write_tracking` writes;
    empty for an obligation without a row."""
    keys = [row.status.obligation.key for row in tracking_order(view)]
    fields = fields_of(layout("tracker")["tracking"], columns_to_write(kept, keys))
    letters = {each.ours.key: each.letters for each in fields if each.ours}
    rows = {key: row for row, key in enumerate(keys, FIRST_ROW + 1)}
    return lambda key, column: f"{letters[column]}{rows[key]}" if key in rows else ""


def _rule_for(page: SheetWriter, cells: str, criterion: str, form: Any) -> None:
    page.sheet.conditional_format(cells, {"type": "formula", "criteria": criterion, "format": form})
