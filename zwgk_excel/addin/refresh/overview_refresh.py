"""总览 and 单位情况 of the open tracker brought up to date: lines come and go, figures are written anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zwgk_excel.addin.host.failures import UnrecognisedSheet
from zwgk_excel.addin.refresh.chart_refresh import ChartedLines, refresh_charts
from zwgk_excel.addin.refresh.journal import FROM_ABOVE, Journal
from zwgk_excel.addin.refresh.live_book import read_grid
from zwgk_excel.addin.refresh.row_writer import kind_code
from zwgk_excel.addin.refresh.stray_texts import strays_in_rows
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.tracker.previous.stray_cells import StrayCell
from zwgk_excel.workbooks.tracker.recording_workbook import Cell, RecordedSheet, RecordingWorkbook
from zwgk_excel.workbooks.tracker.rows.formulas import name_of
from zwgk_excel.workbooks.tracker.sheets.charts import COLUMNS, MONTHS
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import TEXT


@dataclass(frozen=True, slots=True)
class _Section:
    """Lines of figures below their heading; rows count from 1."""

    first: int
    last: int

    @property
    def lines(self) -> int:
        return self.last - self.first + 1


def refresh_overview(sheet: Any, recorded: RecordingWorkbook, journal: Journal) -> None:
    """Bring an xlwings sheet up to date with what the writer made of the same view.

    A day, month or number that the office typed into the three input cells stays. Raises
    :class:`UnrecognisedSheet` where the sections are not where a writer put them.
    """
    page = recorded.sheets[sheet.name]
    wanted = _sections({row: _text(cells[0]) for row, cells in page.rows(0).items()})
    live = _sections({row: as_text(cells[0]) for row, cells in enumerate(read_grid(sheet).rows)})
    if live.keys() != wanted.keys() or not live or next(iter(live.values())).first != next(iter(wanted.values())).first:
        raise UnrecognisedSheet(sheet.name)
    for key in reversed(live):
        _fit(sheet, live[key], wanted[key].lines - live[key].lines, journal)
    refresh_charts(sheet, _charted(wanted), journal)
    _write(sheet, page, _inputs(sheet.name, recorded), journal)


def strays_of_overview(sheet: Any, recorded: RecordingWorkbook) -> list[StrayCell]:
    """What was typed beside the lines of 总览 that :func:`refresh_overview` takes away; none where it refuses."""
    page, grid = recorded.sheets[sheet.name], read_grid(sheet)
    wanted = _sections({row: _text(cells[0]) for row, cells in page.rows(0).items()})
    live = _sections({row: as_text(cells[0]) for row, cells in enumerate(grid.rows)})
    found: list[StrayCell] = []
    for key, section in live.items():
        less = section.lines - wanted[key].lines if key in wanted else 0
        if less > 0:
            ours = {column for row, column in page.cells if wanted[key].first - 1 <= row < wanted[key].last}
            found += strays_in_rows(sheet.name, grid, range(section.first, section.first + less), ours)
    return found


def refresh_unit_page(sheet: Any, recorded: RecordingWorkbook, journal: Journal) -> None:
    """The same for 单位情况, whose rows never come or go; the unit and the year that are chosen stay.

    Raises :class:`UnrecognisedSheet` where the headings are not where a writer put them.
    """
    page = recorded.sheets[sheet.name]
    live = read_grid(sheet)
    fixed = [(place, cell) for place, cell in page.cells.items() if cell.format.get("bg_color") == style.HEAD_FILL]
    if any(as_text(live.value(*place)) != cell.value for place, cell in fixed):
        raise UnrecognisedSheet(sheet.name)
    _write(sheet, page, _inputs(sheet.name, recorded), journal)


def _charted(sections: Mapping[str, _Section]) -> list[ChartedLines]:
    """What the charts show: the newest months (the last line is the whole), and the worst columns."""
    months, columns = sections["cycles"], sections["columns"]
    newest = months.last - 1
    return [
        ChartedLines(months.first, newest, max(months.first, newest - MONTHS + 1), newest),
        ChartedLines(columns.first, columns.last, columns.first, min(columns.last, columns.first + COLUMNS - 1)),
    ]


def _inputs(sheet: str, recorded: RecordingWorkbook) -> set[tuple[int, int]]:
    """The cells of a sheet that the office may type over."""
    return {area[:2] for name, (on, area) in recorded.names.items() if on == sheet and name in _input_names()}


def _input_names() -> set[str]:
    return {name_of(key) for key in layout("tracker").settings["names"]}


def _text(cell: Cell | None) -> str:
    return as_text(cell.value) if cell else ""


def _sections(labels: Mapping[int, str]) -> dict[str, _Section]:
    """Section key → its lines, from the texts of the first column by row, 0 for the first."""
    titles: Mapping[str, str] = layout("tracker").settings["overview"]["sections"]
    starts = {key: row for key, title in titles.items() for row, text in labels.items() if text == title}
    if len(starts) < len(titles):
        return {}
    found, ordered = {}, sorted(starts, key=lambda key: starts[key])
    end = max(labels) + 1
    for key, after in zip(ordered, [*ordered[1:], None], strict=True):
        # Heading and header above, a blank row between two sections.
        last = starts[after] - 1 if after else end
        found[key] = _Section(starts[key] + 3, last)
    return found


def _fit(sheet: Any, section: _Section, more: int, journal: Journal) -> None:
    """Add or take lines inside the section, so that charts and names over it grow and shrink with it."""
    if more > 0:
        journal.insert_rows(sheet, max(section.last - 1, section.first), more, FROM_ABOVE)
    elif more < 0:
        journal.delete_rows(sheet, section.first + 1, section.first - more, FROM_ABOVE)


def _write(sheet: Any, page: RecordedSheet, inputs: set[tuple[int, int]], journal: Journal) -> None:
    """Write every line whose content is another, as one block each; merged cells are written by their first."""
    rows = page.rows(0)
    typed = sheet.range((1, 1), (max(rows) + 1, max(map(len, rows.values())))).formula
    for row, cells in rows.items():
        last = max(column for column, cell in enumerate(cells) if cell is not None)
        if any(cell is None for cell in cells[: last + 1]) or row == 0:
            for column, cell in enumerate(cells):
                if cell is not None:
                    target = sheet.range((row + 1, column + 1))
                    _write_one(target, typed[row][column], cell, (row, column) in inputs, journal)
            continue
        values = [cell.value if cell else None for cell in cells[: last + 1]]
        if not _equal(typed[row][: last + 1], values):
            for column, cell in enumerate(cells[: last + 1]):
                if cell and (code := kind_code(cell)):
                    journal.format(sheet.range((row + 1, column + 1)), "number_format", code)
            journal.write(sheet.range((row + 1, 1), (row + 1, last + 1)), [values])


def _write_one(target: Any, typed: Any, cell: Cell, is_input: bool, journal: Journal) -> None:
    if is_input and typed not in ("", None) and not str(typed).startswith("="):
        return
    if not _equal([typed], [cell.value]):
        if code := kind_code(cell):
            journal.format(target, "number_format", code)
        journal.write(target, [[cell.value]])
        if is_input and cell.format.get("num_format") == TEXT:
            # The formula is in; what is typed over it later shall be text.
            journal.format(target, "number_format", TEXT)


def _equal(typed: Any, values: Any) -> bool:
    return all(_plain(one) == _plain(other) for one, other in zip(typed, values, strict=True))


def _plain(value: Any) -> str:
    return as_text(value).replace("'", "").replace(" ", "").upper()
