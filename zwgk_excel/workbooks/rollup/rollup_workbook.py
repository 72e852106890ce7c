"""The workbook of many counties (地区汇总台账): the rows of their trackers, and a row about each county."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problem_catalogue import Severity
from zwgk_excel.domain.tracking import TrackerRow
from zwgk_excel.layout.columns import Column, ColumnKind, layout
from zwgk_excel.workbooks.rollup.streamed_tables import StreamedSheet
from zwgk_excel.workbooks.tracker.rows.figures import FIGURES, RATES, Figures, figure_heading, figures
from zwgk_excel.workbooks.tracker.rows.row_values import RowValues, problem_rows, receipt_rows, tracking_rows
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.writing.formats import HOUSE_FONT, Formats

_OPTIONS = {
    **HOUSE_FONT,
    "constant_memory": True,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
}
_FIGURE_WIDTH = 10
_TABLES = (("tracking", 3), ("problems", 3), ("receipts", 1))
"""Sheets that are filled county by county, and how many of their columns stay in sight."""


@dataclass(frozen=True, slots=True)
class CountyResult:
    """The result of reading one workspace."""

    county: str
    place: str
    as_of: date
    obligations: int = 0
    items: int = 0
    problems: int = 0
    receipts: int = 0
    reason: str = ""
    """Why it was not gathered; empty when it was."""


class RollupBook:
    """Writes the workbook: any number of counties, one at a time."""

    def __init__(self, book: Any) -> None:
        """``book`` is a ``StreamingWorkbook`` in constant-memory mode."""
        formats, sheets = Formats(book), layout("rollup").sheets
        office: str = layout("rollup").settings["texts"]["office"]
        counted = [_figure_column(key) for key in FIGURES]
        self._summary = StreamedSheet(book, formats, sheets["summary"], office, frozen=2, more=counted)
        self._tables = {
            key: StreamedSheet(book, formats, sheets[key], office, frozen=frozen) for key, frozen in _TABLES
        }
        self._sources = StreamedSheet(book, formats, sheets["sources"], office, frozen=1)

    def add(self, county: str, view: TrackerView) -> None:
        """Append the rows of one county's tracker; notes are left out of its problems."""
        for key, rows in (
            ("tracking", tracking_rows(view)),
            ("problems", problem_rows(_without_notes(view))),
            ("receipts", receipt_rows(view)),
        ):
            self._tables[key].write({"county": county, **row} for row in rows)
        self._summary.write(_summary_rows(county, view.rows))

    def close(self, sources: Iterable[CountyResult]) -> None:
        """Write the result of each workspace, and finish every sheet."""
        self._sources.write(map(_source_row, sources))
        for sheet in (self._summary, *self._tables.values(), self._sources):
            sheet.close()


@contextmanager
def rollup_book(path: Path, as_of: date) -> Iterator[RollupBook]:
    """A rollup that is written to ``path`` when the block ends."""
    from zwgk_excel.workbooks.writing.fast_book import StreamingWorkbook

    with StreamingWorkbook(str(path), _OPTIONS) as book:
        title = layout("rollup").file_name.removesuffix(".xlsx")
        book.set_properties({"title": title, "created": datetime.combine(as_of, time())})
        book.set_size(2400, 1400)
        yield RollupBook(book)


def _figure_column(key: str) -> Column:
    kind = ColumnKind.RATE if key in RATES else ColumnKind.INTEGER
    return Column(key, figure_heading(key), kind, _FIGURE_WIDTH)


def _without_notes(view: TrackerView) -> TrackerView:
    return replace(view, problems=tuple(each for each in view.problems if each.severity != Severity.NOTE))


def _summary_rows(county: str, rows: Iterable[TrackerRow]) -> Iterator[RowValues]:
    """A row per cycle, the newest first."""
    by_cycle: dict[Month, list[TrackerRow]] = defaultdict(list)
    for row in rows:
        by_cycle[row.status.obligation.cycle].append(row)
    for cycle in sorted(by_cycle, reverse=True):
        counted: Figures = figures(by_cycle[cycle])
        yield {"county": county, "cycle": str(cycle), **counted}


def _source_row(source: CountyResult) -> RowValues:
    texts = layout("rollup").settings["texts"]
    return {
        "county": source.county,
        "place": source.place,
        "state": texts["failed" if source.reason else "read"],
        "as_of": source.as_of,
        "obligations": source.obligations,
        "items": source.items,
        "problems": source.problems,
        "receipts": source.receipts,
        "reason": source.reason,
    }
