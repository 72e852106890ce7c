"""总览: the day, the figures by month, kind, unit and column, and charts; all by formulas over the tracking sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.tracking import Outcome, Timeliness
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.formats import Formats
from zwgk_excel.workbooks.opening.grid import column_letters
from zwgk_excel.workbooks.style import cell_text
from zwgk_excel.workbooks.tracker.charts import add_charts
from zwgk_excel.workbooks.tracker.figures import (
    FIGURES,
    ON_TIME_RATE,
    RATES,
    REPLY_RATE,
    URGENCY,
    Figures,
    cycles_of,
    figure_heading,
    figures,
    matrix,
    rows_by_unit,
)
from zwgk_excel.workbooks.tracker.formulas import (
    Scope,
    current_cycle_formula,
    figure_formula,
    name_of,
    quoted,
    ranked_unit,
    within,
)
from zwgk_excel.workbooks.tracker.sheet import FIRST_DAY, LAST_DAY, set_page
from zwgk_excel.workbooks.tracker.view import TrackerRow, TrackerView

LAST_COLUMN = len(FIGURES)
_LABEL_WIDTH, _FIGURE_WIDTH = 19, 8
_TITLE_ROW, _HINT_ROW, _INPUT_ROW, _TILE_ROW, _CHART_ROW, _SECTION_ROW = 0, 1, 3, 5, 8, 23
_RANKED = 10
_INPUTS = {"as_of": (1, 2), "due_soon": (6, 6), "current": (10, 11)}
"""The columns of each cell that the office may type over; its label stands before it."""
_TILES = ((0, 0), (1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 12), (13, 15))
_COUNT, _RATE = '0;-0;"–"', "0.0%"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of figures: a label (text, or a formula with its result), what it counts, and the counts."""

    label: str
    scope: Scope
    counts: Figures
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Where the lines of a section stand: first and last row, 0 for the sheet's first."""

    first: int
    last: int

    def column(self, position: int) -> str:
        """The cells of a column of the block, absolute."""
        letters = column_letters(position)
        return f"${letters}${self.first + 1}:${letters}${self.last + 1}"


def write_overview(book: Any, formats: Formats, view: TrackerView) -> None:
    """Add the overview to an ``xlsxwriter`` workbook, with the names of its three input cells."""
    sheet = book.add_worksheet(layout("tracker")["overview"].name)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, _LABEL_WIDTH)
    sheet.set_column(1, LAST_COLUMN, _FIGURE_WIDTH)
    set_page(sheet, view.office)
    sheet.set_row(_TITLE_ROW, 32)
    sheet.set_row(_HINT_ROW, 32)
    title = _texts()["title"].replace("{office}", view.office)
    sheet.write_string(_TITLE_ROW, 0, cell_text(title), formats.title)
    sheet.merge_range(_HINT_ROW, 0, _HINT_ROW, LAST_COLUMN, _texts()["hint"], formats.named("hint", valign="top"))
    writer = _Sections(sheet, formats, _SECTION_ROW)
    cycles = writer.write("cycles", _cycle_lines(view))
    writer.write("kinds", _kind_lines(view))
    sheet.set_h_pagebreaks([writer.row])
    writer.write("units", _unit_lines(view))
    writer.write("columns", _column_lines(view))
    _write_inputs(book, sheet, formats, view, cycles)
    _write_tiles(sheet, formats, view, cycles)
    add_charts(book, sheet, _CHART_ROW, cycles.first, cycles.last)


def _texts() -> Mapping[str, Any]:
    texts: Mapping[str, Any] = layout("tracker").settings["overview"]
    return texts


def _cycle_lines(view: TrackerView) -> list[_Line]:
    """The months, oldest first as a chart reads, then the whole."""
    by_cycle: dict[str, list[TrackerRow]] = defaultdict(list)
    for row in view.rows:
        by_cycle[str(row.status.obligation.cycle)].append(row)
    labels = [str(cycle) for cycle in cycles_of(view)] or [_texts()["blank"]]
    lines = [_Line(each, within("cycle", quoted(each)), figures(by_cycle[each])) for each in labels]
    return [*lines, _Line(_texts()["whole"], Scope(), figures(view.rows))]


def _kind_lines(view: TrackerView) -> list[_Line]:
    kinds = {unit.name: unit.kind for unit in view.units}
    lines = []
    for kind, shown in words("unit_kind").items():
        rows = [row for row in view.rows if kinds.get(row.status.obligation.unit) == kind]
        lines.append(_Line(shown, Scope(kind=quoted(shown)), figures(rows)))
    return lines


def _unit_lines(view: TrackerView) -> list[_Line]:
    """Places in the order of reminders, filled by formula: who stands there changes with the day."""
    rows = rows_by_unit(view)
    order: dict[str, int] = {str(each["unit"]): int(str(each[URGENCY])) for each in matrix(view)}
    urgent = sorted((name for name in order if order[name]), key=lambda name: -order[name])
    lines = []
    for rank in range(1, min(_RANKED, max(len(rows), 1)) + 1):
        name = urgent[rank - 1] if rank <= len(urgent) else ""
        lines.append(_Line(name, Scope(), figures(rows.get(name, ())), ranked_unit(rank)))
    return lines


def _column_lines(view: TrackerView) -> list[_Line]:
    """The dated duties, the worst first as of the view's day."""
    by_duty: dict[str, list[TrackerRow]] = defaultdict(list)
    for row in view.rows:
        if row.status.obligation.due is not None:
            by_duty[row.status.obligation.duty.id].append(row)
    counted = {duty: figures(rows) for duty, rows in by_duty.items()}

    def badness(duty: str) -> tuple[float, float, str]:
        counts = counted[duty]
        rate = counts[ON_TIME_RATE]
        bad = (counts[Timeliness.OVERDUE] or 0) + (counts[Timeliness.LATE] or 0)
        return -bad, 1.0 if rate is None else rate, duty

    names = _latest_names(view.rows)
    ids = sorted(counted, key=badness)
    return [_Line(f"{each} {names[each]}", within("duty", quoted(each)), counted[each]) for each in ids]


def _latest_names(rows: Iterable[TrackerRow]) -> dict[str, str]:
    """Duty id → what its column is called in the newest cycle."""
    ordered = sorted(rows, key=lambda row: row.status.obligation.cycle)
    return {row.status.obligation.duty.id: row.status.obligation.duty.column for row in ordered}


def _label_heading(section: str) -> str:
    """What the first column of a section holds, in the word of the sheet it comes from."""
    tracker = layout("tracker")
    sheet, key = {
        "cycles": ("tracking", "cycle"),
        "kinds": ("matrix", "kind"),
        "units": ("tracking", "unit"),
        "columns": ("tracking", "column"),
    }[section]
    return tracker[sheet].heading(key)


class _Sections:
    """Writes sections of figures one below the other, all with the same columns."""

    def __init__(self, sheet: Any, formats: Formats, row: int) -> None:
        self._sheet, self._formats = sheet, formats
        self.row = row
        """Where the next section begins."""

    def write(self, key: str, lines: Sequence[_Line]) -> Block:
        """One section: heading, header, lines; returns where the lines stand."""
        heading = self._formats.get(bold=True, font_size=12, font_color="#1F4E79")
        self._sheet.set_row(self.row, 22)
        self._sheet.write_string(self.row, 0, _texts()["sections"][key], heading)
        self._sheet.set_row(self.row + 1, 20)
        self._sheet.write_string(self.row + 1, 0, _label_heading(key), self._formats.head)
        for position, figure in enumerate(FIGURES, 1):
            self._sheet.write_string(self.row + 1, position, figure_heading(figure), self._formats.head)
        block = Block(self.row + 2, self.row + 1 + len(lines))
        for row, line in enumerate(lines, block.first):
            self._write_line(row, line)
        self._colour(block)
        self.row = block.last + 2
        return block

    def _write_line(self, row: int, line: _Line) -> None:
        code = {"num_format": "General"} if line.formula else {}
        label = self._formats.named("text", text_wrap=False, bold=True, indent=1, **code)
        scope = line.scope
        if line.formula:
            self._sheet.write_formula(row, 0, line.formula, label, line.label)
            scope = within("unit", f"$A${row + 1}")
        else:
            self._sheet.write_string(row, 0, cell_text(line.label), label)
        cells = {figure: f"{column_letters(position)}{row + 1}" for position, figure in enumerate(FIGURES, 1)}
        for position, figure in enumerate(FIGURES, 1):
            formula, value = figure_formula(figure, scope, cells), line.counts[figure]
            if line.formula:
                formula = f'=IF($A${row + 1}="","",{formula[1:]})'
                value = value if line.label else None
            form = self._formats.named("centre", num_format=_RATE if figure in RATES else _COUNT)
            self._sheet.write_formula(row, position, formula, form, "" if value is None else value)

    def _colour(self, block: Block) -> None:
        for figure, colour in _LOUD.items():
            cells = block.column(FIGURES.index(figure) + 1)
            first = cells.partition(":")[0].replace("$", "")
            criterion = f"=N({first})>0"
            options = {"type": "formula", "criteria": criterion, "format": self._formats.named(colour)}
            self._sheet.conditional_format(cells, options)


_LOUD: Mapping[str, str] = {
    Outcome.RETURNED: "amber",
    Timeliness.LATE: "red",
    Timeliness.DUE_SOON: "yellow",
    Timeliness.IN_GRACE: "amber",
    Timeliness.OVERDUE: "red",
}
"""Figures that are coloured where they are not nothing."""


def _write_inputs(book: Any, sheet: Any, formats: Formats, view: TrackerView, cycles: Block) -> None:
    sheet.set_row(_INPUT_ROW, 22)
    number: Any = formats.named("input", align="center", bold=True, num_format="0")
    day = formats.named("input_date", bold=True)
    text = formats.named("input_text", align="center", bold=True)
    months = Block(cycles.first, max(cycles.last - 1, cycles.first)).column(0)
    values = {
        "as_of": ("=TODAY()" if view.live else view.as_of, (view.as_of - date(1899, 12, 30)).days, day),
        "due_soon": (view.due_soon_days, 0, number),
        "current": (current_cycle_formula(months), _current(view), text),
    }
    rules: dict[str, dict[str, Any]] = {
        "as_of": {"validate": "date", "criteria": "between", "minimum": FIRST_DAY, "maximum": LAST_DAY},
        "due_soon": {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 90},
        "current": {"validate": "list", "source": f"={months}", "error_type": "warning"},
    }
    for key, (first, last) in _INPUTS.items():
        _write_input(sheet, formats, key, (first, last), values[key])
        prompt = {"input_title": name_of(key), "input_message": _texts()[f"{key}_prompt"]}
        sheet.data_validation(_INPUT_ROW, first, _INPUT_ROW, first, {**rules[key], **prompt})
        cell = f"${column_letters(first)}${_INPUT_ROW + 1}"
        book.define_name(name_of(key), f"='{layout('tracker')['overview'].name}'!{cell}")


def _current(view: TrackerView) -> str:
    """What :func:`current_cycle_formula` gives."""
    labels = [str(cycle) for cycle in cycles_of(view)] or [_texts()["blank"]]
    return max((label for label in labels if label <= str(Month.of(view.as_of))), default=labels[0])


def _write_input(
    sheet: Any, formats: Formats, key: str, columns: tuple[int, int], content: tuple[Any, Any, Any]
) -> None:
    first, last = columns
    value, cached, form = content
    before = first - 1 if first == 1 else first - 2
    label = formats.get(bold=True, align="right", indent=1)
    if before < first - 1:
        sheet.merge_range(_INPUT_ROW, before, _INPUT_ROW, first - 1, name_of(key), label)
    else:
        sheet.write_string(_INPUT_ROW, before, name_of(key), label)
    if last > first:
        sheet.merge_range(_INPUT_ROW, first, _INPUT_ROW, last, "", form)
    if isinstance(value, str):
        sheet.write_formula(_INPUT_ROW, first, value, form, cached)
    elif isinstance(value, date):
        sheet.write_datetime(_INPUT_ROW, first, value, form)
    else:
        sheet.write_number(_INPUT_ROW, first, value, form)


def _write_tiles(sheet: Any, formats: Formats, view: TrackerView, cycles: Block) -> None:
    current = [row for row in view.rows if str(row.status.obligation.cycle) == view.as_of.strftime("%Y-%m")]
    now, whole = figures(current), figures(view.rows)
    done = (now[Outcome.REPORTED] or 0) + (now[Outcome.NIL] or 0)
    looked_up = {key: _lookup(cycles, key) for key in FIGURES}
    tiles: dict[str, tuple[str, float | None]] = {
        "current_due": (f"={looked_up['due']}", now["due"]),
        "current_done": (f"={looked_up[Outcome.REPORTED]}+{looked_up[Outcome.NIL]}", done),
        "current_reply_rate": (f"={looked_up[REPLY_RATE]}", now[REPLY_RATE]),
        "current_on_time_rate": (f"={looked_up[ON_TIME_RATE]}", now[ON_TIME_RATE]),
    }
    for figure in (Timeliness.OVERDUE, Timeliness.IN_GRACE, Timeliness.DUE_SOON, Outcome.RETURNED):
        cell = f"{column_letters(FIGURES.index(figure) + 1)}{cycles.last + 1}"
        tiles[f"open_{figure}"] = (f"={cell}", whole[figure])
    sheet.set_row(_TILE_ROW, 20)
    sheet.set_row(_TILE_ROW + 1, 34)
    for columns, (key, (formula, value)) in zip(_TILES, tiles.items(), strict=True):
        _write_tile(sheet, formats, columns, key, formula, value)


def _lookup(cycles: Block, key: str) -> str:
    """The current month's figure, looked up among the months; 0 for a month that is not there."""
    cells = cycles.column(FIGURES.index(key) + 1)
    return f"IFERROR(INDEX({cells},MATCH({name_of('current')},{cycles.column(0)},0)),0)"


def _write_tile(
    sheet: Any, formats: Formats, columns: tuple[int, int], key: str, formula: str, value: float | None
) -> None:
    rate = key.endswith("rate")
    look: dict[str, Any] = {"border": 1, "border_color": "#BFC7D1", "align": "center", "bg_color": "#F3F6FA"}
    name = formats.get(**look, font_color="#6B7280", bottom=0)
    big = formats.get(**look, bold=True, font_size=20, num_format=_RATE if rate else "0", top=0)
    for row, form in ((_TILE_ROW, name), (_TILE_ROW + 1, big)):
        if columns[1] > columns[0]:
            sheet.merge_range(row, columns[0], row, columns[1], "", form)
    sheet.write_string(_TILE_ROW, columns[0], _texts()["tiles"][key], name)
    sheet.write_formula(_TILE_ROW + 1, columns[0], formula, big, "" if value is None else value)
    loud = _LOUD.get(key.removeprefix("open_"))
    if loud:
        cell = f"{column_letters(columns[0])}{_TILE_ROW + 2}"
        options = {"type": "cell", "criteria": ">", "value": 0, "format": formats.named(loud)}
        sheet.conditional_format(cell, options)


