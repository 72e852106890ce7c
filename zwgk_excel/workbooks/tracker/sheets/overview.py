"""Writes 总览: day, figures of the month, charts, sections of figures; all formulas over the tracking sheet."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

from zwgk_excel.domain.tracking import Outcome, Timeliness
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.excel import column_letters, serial
from zwgk_excel.workbooks.tracker.rows.figures import FIGURES, ON_TIME_RATE, REPLY_RATE, figures
from zwgk_excel.workbooks.tracker.rows.formulas import current_cycle_formula, name_of, quoted
from zwgk_excel.workbooks.tracker.rows.update_rows import counted_formula, counted_text
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets.charts import CHARTS_HEIGHT, ChartedSections, add_charts
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_DAY, LAST_DAY, set_page
from zwgk_excel.workbooks.tracker.sheets.sections import (
    HIGHLIGHT_COLOURS,
    RATE,
    Block,
    Sections,
    column_lines,
    current_cycle,
    cycle_lines,
    kind_lines,
    texts,
    unit_lines,
)
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import Formats
from zwgk_excel.workbooks.writing.paper import fit_to_paper
from zwgk_excel.workbooks.writing.style import cell_text

LAST_COLUMN = len(FIGURES)
_LABEL_WIDTH, _FIGURE_WIDTH = 19, 8
_TITLE_ROW, _HINT_ROW, _INPUT_ROW, _TILE_ROW, _CHART_ROW = 0, 1, 3, 5, 8
_ROW_PIXELS = 20
_SECTION_ROW = _CHART_ROW + math.ceil(CHARTS_HEIGHT / _ROW_PIXELS)
"""Down to here is one printed page: Excel heeds no page breaks on a sheet that is fitted to the page's width."""
_GAPS, _GAP_HEIGHT = (2, 4, 7), 6
_INPUTS = {"as_of": (1, 2), "due_soon": (6, 6), "current": (10, 11)}
"""The columns of each cell that the office may type over; its label stands before it."""
_WAITING = (12, 15)
"""The columns of the links to the in-tray, in the row of those cells, and to the faulty links, in that of the title."""
_UPDATES = (8, 11)
"""Those of the link to the stale columns, in the row of the title."""
_TILES = ((0, 0), (1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 12), (13, 15))


def write_overview(book: Any, formats: Formats, view: TrackerView) -> None:
    """Add the overview to an ``xlsxwriter`` workbook, with the names of its three input cells."""
    sheet = book.add_worksheet(layout("tracker")["overview"].name)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, _LABEL_WIDTH)
    sheet.set_column(1, LAST_COLUMN, _FIGURE_WIDTH)
    set_page(sheet, view.office)
    fit_to_paper(sheet, [_LABEL_WIDTH] + [_FIGURE_WIDTH] * LAST_COLUMN)
    sheet.set_row(_TITLE_ROW, 32)
    sheet.set_row(_HINT_ROW, 32)
    for row in _GAPS:
        sheet.set_row(row, _GAP_HEIGHT)
    title = texts()["title"].replace("{office}", view.office)
    sheet.write_string(_TITLE_ROW, 0, cell_text(title), formats.title)
    sheet.merge_range(_HINT_ROW, 0, _HINT_ROW, LAST_COLUMN, texts()["hint"], formats.named("hint", valign="top"))
    writer = Sections(sheet, formats, _SECTION_ROW)
    cycles = writer.write("cycles", cycle_lines(view))
    kinds = writer.write("kinds", kind_lines(view))
    writer.write("units", unit_lines(view))
    sheet.set_h_pagebreaks([_SECTION_ROW, writer.row])
    columns = writer.write("columns", column_lines(view))
    sheet.print_area(0, 0, columns.last, LAST_COLUMN)
    _write_inputs(book, sheet, formats, view, cycles)
    _write_tiles(sheet, formats, view, cycles)
    _write_waiting(sheet, formats, view)
    _write_link_faults(sheet, formats, view)
    _write_updates(sheet, formats, view)
    add_charts(book, sheet, _CHART_ROW, ChartedSections(cycles, kinds, columns, figures(view.rows)))


def _write_inputs(book: Any, sheet: Any, formats: Formats, view: TrackerView, cycles: Block) -> None:
    sheet.set_row(_INPUT_ROW, 22)
    number: Any = formats.named("input", align="center", bold=True, num_format="0")
    day = formats.named("input_date", bold=True)
    text = formats.named("input_text", align="center", bold=True)
    months = replace(cycles, last=max(cycles.last - 1, cycles.first)).column(0)
    values = {
        "as_of": ("=TODAY()" if view.live else view.as_of, serial(view.as_of), day),
        "due_soon": (view.due_soon_days, 0, number),
        "current": (current_cycle_formula(months), current_cycle(view), text),
    }
    rules: dict[str, dict[str, Any]] = {
        "as_of": {"validate": "date", "criteria": "between", "minimum": FIRST_DAY, "maximum": LAST_DAY},
        "due_soon": {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 90},
        "current": {"validate": "list", "source": f"={months}", "error_type": "warning"},
    }
    for key, (first, last) in _INPUTS.items():
        _write_input(sheet, formats, key, (first, last), values[key])
        prompt = {"input_title": name_of(key), "input_message": texts()[f"{key}_prompt"]}
        sheet.data_validation(_INPUT_ROW, first, _INPUT_ROW, first, {**rules[key], **prompt})
        cell = f"${column_letters(first)}${_INPUT_ROW + 1}"
        book.define_name(name_of(key), f"='{layout('tracker')['overview'].name}'!{cell}")


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
    cycle = current_cycle(view)
    current = [row for row in view.rows if str(row.status.obligation.cycle) == cycle]
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


def _write_waiting(sheet: Any, formats: Formats, view: TrackerView) -> None:
    """How many things wait for the office, beside the inputs."""
    words = layout("tracker").settings["in_tray"]
    told = words["count"].format(count=len(view.tray)) if view.tray else words["none"]
    _write_sign(sheet, formats, _INPUT_ROW, "in_tray", told, loud=bool(view.tray))


def _write_link_faults(sheet: Any, formats: Formats, view: TrackerView) -> None:
    """How many links do not show what was reported, beside the title."""
    words = layout("tracker").settings["link_checks"]
    count = sum(each.is_faulty for found in view.link_checks.values() for each in found)
    calm = words["sound"] if view.link_checks else words["none"]
    told = words["faulty"].format(count=count) if count else calm
    _write_sign(sheet, formats, _TITLE_ROW, "link_checks", told, loud=bool(count))


def _write_sign(sheet: Any, formats: Formats, row: int, key: str, told: str, *, loud: bool) -> None:
    """A figure at the right end of a row, with a link to its sheet."""
    first, last = _WAITING
    look: dict[str, Any] = {"bold": True, "font_color": style.RED_INK} if loud else {"font_color": style.MUTED}
    form = formats.get(**look, align="right", underline=1)
    sheet.merge_range(row, first, row, last, "", form)
    place = f"#'{layout('tracker')[key].name}'!A1"
    formula = f"=HYPERLINK({quoted(place)},{quoted(told)})"
    sheet.write_formula(row, first, formula, form, told)


def _write_updates(sheet: Any, formats: Formats, view: TrackerView) -> None:
    """How many columns are stale, with a link to them, in the row of the title."""
    first, last = _UPDATES
    form = formats.get(font_color=style.MUTED, align="right", valign="vcenter", underline=1)
    sheet.merge_range(_TITLE_ROW, first, _TITLE_ROW, last, "", form)
    sheet.write_formula(_TITLE_ROW, first, counted_formula(), form, counted_text(view))


def _lookup(cycles: Block, key: str) -> str:
    """The current month's figure, looked up among the months; 0 where the month is missing."""
    cells = cycles.column(FIGURES.index(key) + 1)
    return f"IFERROR(INDEX({cells},MATCH({name_of('current')},{cycles.column(0)},0)),0)"


def _write_tile(
    sheet: Any, formats: Formats, columns: tuple[int, int], key: str, formula: str, value: float | None
) -> None:
    rate = key.endswith("rate")
    look: dict[str, Any] = {"border": 1, "border_color": "#BFC7D1", "align": "center", "bg_color": "#F3F6FA"}
    name = formats.get(**look, font_color="#6B7280", bottom=0)
    big = formats.get(**look, bold=True, font_size=20, num_format=RATE if rate else "0", top=0)
    for row, form in ((_TILE_ROW, name), (_TILE_ROW + 1, big)):
        if columns[1] > columns[0]:
            sheet.merge_range(row, columns[0], row, columns[1], "", form)
    sheet.write_string(_TILE_ROW, columns[0], texts()["tiles"][key], name)
    sheet.write_formula(_TILE_ROW + 1, columns[0], formula, big, "" if value is None else value)
    loud = HIGHLIGHT_COLOURS.get(key.removeprefix("open_"))
    if loud:
        cell = f"{column_letters(columns[0])}{_TILE_ROW + 2}"
        options = {"type": "cell", "criteria": ">", "value": 0, "format": formats.named(loud)}
        sheet.conditional_format(cell, options)
