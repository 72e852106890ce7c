"""总览 and 单位情况 of the open tracker brought up to date: lines come and go, figures are written anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zwgk_excel.addin.host.failures import UnrecognisedSheet
from zwgk_excel.addin.refresh.cell_kinds import keep_kinds, kind_code
from zwgk_excel.addin.refresh.chart_refresh import ChartedLines, refresh_charts
from zwgk_excel.addin.refresh.journal import FROM_ABOVE, Journal
from zwgk_excel.addin.refresh.live_book import cells_at, formulas_of, grid_of, typed_at, used_cells
from zwgk_excel.addin.refresh.row_plan import runs
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


def refresh_overview(sheet: Any, typed: Sequence[Sequence[str]], recorded: RecordingWorkbook, journal: Journal) -> None:
    """Bring an xlwings sheet, on which this is ``typed`` from A1 on, up to date with what the writer made of the view.

    A day, month or number that the office typed into the three input cells stays. Raises
    :class:`UnrecognisedSheet` where the sections are not where a writer put them.
    """
    page = recorded.sheets[layout("tracker")["overview"].name]
    live, wanted = _live_and_wanted(typed, page)
    if live.keys() != wanted.keys() or not live or next(iter(live.values())).first != next(iter(wanted.values())).first:
        raise UnrecognisedSheet(page.name)
    if live != wanted:
        if any(wanted[key].lines < live[key].lines for key in live):
            journal.keep_extents(sheet)
        for key in reversed(live):
            _fit(sheet, live[key], wanted[key].lines - live[key].lines, journal)
        refresh_charts(sheet, _charted(wanted), journal)
        typed = formulas_of(used_cells(sheet))
    _write(sheet, page, typed, _inputs(page.name, recorded), journal)


def _live_and_wanted(
    typed: Sequence[Sequence[str]], page: RecordedSheet
) -> tuple[dict[str, _Section], dict[str, _Section]]:
    """The sections of 总览 as they stand, and as they are to be."""
    live = _sections({row: cells[0] for row, cells in enumerate(typed)})
    return live, _sections({row: _text(cells[0]) for row, cells in page.rows(0).items()})


def strays_of_overview(
    used: Any, typed: Sequence[Sequence[str]], recorded: RecordingWorkbook
) -> list[StrayCell]:
    """What was typed beside the lines of 总览 that :func:`refresh_overview` takes away; none where it refuses.

    ``used`` are the sheet's cells from A1 to the last one used, ``typed`` is what stands in them.
    """
    name = layout("tracker")["overview"].name
    page = recorded.sheets[name]
    live, wanted = _live_and_wanted(typed, page)
    found: list[StrayCell] = []
    for key, section in live.items():
        less = section.lines - wanted[key].lines if key in wanted else 0
        if less > 0:
            ours = {column for row, column in page.cells if wanted[key].first - 1 <= row < wanted[key].last}
            rows = range(section.first, section.first + less)
            found += strays_in_rows(name, grid_of(used, name), rows, ours)
    return found


def refresh_unit_page(
    sheet: Any, typed: Sequence[Sequence[str]], recorded: RecordingWorkbook, journal: Journal
) -> None:
    """The same for 单位情况, whose rows never come or go; the unit and the year that are chosen stay.

    Raises :class:`UnrecognisedSheet` where the headings are not where a writer put them.
    """
    page = recorded.sheets[layout("tracker")["unit_page"].name]
    fixed = [(place, cell) for place, cell in page.cells.items() if cell.format.get("bg_color") == style.HEAD_FILL]
    if any(as_text(typed_at(typed, *place)) != cell.value for place, cell in fixed):
        raise UnrecognisedSheet(page.name)
    _write(sheet, page, typed, _inputs(page.name, recorded), journal)


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


def _write(
    sheet: Any, page: RecordedSheet, typed: Sequence[Sequence[str]], inputs: set[tuple[int, int]], journal: Journal
) -> None:
    """Write the lines whose content is another, those one below another as one block; merged cells are written by
    their first."""
    lines: dict[int, Sequence[Cell | None]] = {}
    for row, cells in page.rows(0).items():
        last = max(column for column, cell in enumerate(cells) if cell is not None)
        if any(cell is None for cell in cells[: last + 1]) or row == 0:
            for column, cell in enumerate(cells):
                if cell is not None:
                    place = row, column
                    _write_one(sheet, place, typed_at(typed, *place), cell, place in inputs, journal)
            continue
        values = [cell.value if cell else None for cell in cells[: last + 1]]
        if not _equal([typed_at(typed, row, column) for column in range(last + 1)], values):
            lines[row + 1] = cells[: last + 1]
    wanted = {(row, n): kind_code(cell) for row, cells in lines.items() for n, cell in enumerate(cells, 1) if cell}
    keep_kinds(sheet, wanted, journal)
    for width in {len(line): None for line in lines.values()}:
        for first, last in runs([row for row, line in lines.items() if len(line) == width]):
            block = [[cell.value if cell else None for cell in lines[row]] for row in range(first, last + 1)]
            journal.write(cells_at(sheet, (first, 1, last, width)), block)


def _write_one(
    sheet: Any, place: tuple[int, int], typed: str, cell: Cell, is_input: bool, journal: Journal
) -> None:
    if is_input and typed and not typed.startswith("="):
        return
    if not _equal([typed], [cell.value]):
        row, column = place[0] + 1, place[1] + 1
        target = cells_at(sheet, (row, column, row, column))
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
