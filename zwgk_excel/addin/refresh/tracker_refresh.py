"""The open tracker refreshed in place, all of it or nothing: the writers' plain data laid over what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from zwgk_excel.addin.host.excel import quiet
from zwgk_excel.addin.host.failures import NotRestored, UnrecognisedSheet
from zwgk_excel.addin.host.session import Session
from zwgk_excel.addin.refresh.defined_names import DefinedNames
from zwgk_excel.addin.refresh.filters import Filters, filters_cleared
from zwgk_excel.addin.refresh.former_domains import clear_former_domains
from zwgk_excel.addin.refresh.journal import Journal
from zwgk_excel.addin.refresh.live_book import (
    NO_NAME,
    OpenSheets,
    formulas_of,
    lacks_name,
    require_unprotected,
    save,
    used_cells,
)
from zwgk_excel.addin.refresh.office_columns import AddedColumns, fill_new_rows, removed_values_of
from zwgk_excel.addin.refresh.overview_refresh import refresh_overview, refresh_unit_page, strays_of_overview
from zwgk_excel.addin.refresh.rules_refresh import refresh_rules, select_again, selected_cells
from zwgk_excel.addin.refresh.stray_texts import strays_of_table
from zwgk_excel.addin.refresh.table_refresh import TableRefresh
from zwgk_excel.addin.refresh.tallies_refresh import name_tallies, refresh_tallies
from zwgk_excel.domain.problems import Problem
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.previous.office_input import LAST_ACT_KEY, LEDGER_REVISION_KEY
from zwgk_excel.workbooks.tracker.previous.stray_cells import StrayCell
from zwgk_excel.workbooks.tracker.previous.user_additions import named_strays
from zwgk_excel.workbooks.tracker.recording_workbook import RecordingWorkbook
from zwgk_excel.workbooks.tracker.rows.row_values import PLAIN_TABLES, RowValues
from zwgk_excel.workbooks.tracker.rows.score_rows import removed_headings, unplaced_texts
from zwgk_excel.workbooks.tracker.rows.view import TrackerView, with_places
from zwgk_excel.workbooks.tracker.tracker_workbook import recorded_removed, recorded_tracker

TABLES = (
    "tracking",
    "in_tray",
    "matrix",
    "scores",
    "rectifications",
    "column_updates",
    "coverage_matrix",
    "items",
    "problems",
    "receipts",
    "link_checks",
    "site_faults",
    "coverage",
    "letters",
    "reconciled",
    "acts",
)
_LATER = {
    "in_tray": "overview",
    "column_updates": "rectifications",
    "coverage_matrix": "column_updates",
    "link_checks": "receipts",
    "site_faults": "link_checks",
    "coverage": "receipts",
    "reconciled": "letters",
}
"""Sheets that came in later → the one behind which they stand."""
_FORMER_ENDS = ("waived", "refusal")
"""The columns at which the print area of 跟踪台账 ended in earlier versions."""
_RefreshPage = Callable[[Any, Sequence[Sequence[str]], RecordingWorkbook, Journal], None]
PAGES = ("overview", "unit_page")
"""The sheets that are no table but made of formulas."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What the refresh of a live tracker did beside writing."""

    removed_values: tuple[RowValues, ...]
    """What the office had added to rows that are gone: it is on the sheet of removed values now."""
    skipped_sheets: tuple[str, ...]
    """Sheets that are gone or were changed beyond recognition, and so left as they are."""
    lost_filters: tuple[str, ...] = ()
    """Sheets with a filter of a kind that could not be set again."""
    removed_sheet: str = ""
    refused: tuple[Problem, ...] = ()
    """The problems with the office's cells that were not taken, where these stand now."""


def refresh_tracker(
    session: Session, book: Any, view: TrackerView, known: OpenSheets | None = None
) -> Refreshed:
    """Lay ``view`` over the open tracker ``book`` (xlwings) and save it. On any error everything is taken back.

    ``known`` are its sheets, for who has them at hand; new ones come to them. Raises :class:`NotRestored` where not
    even that could be done.
    """
    sheets = OpenSheets(book) if known is None else known
    app = session.live.app if session.live else book.app
    recorded = recorded_tracker(view)
    session.status(f"核对“{layout('tracker').file_name}”")
    set_aside = ExitStack()
    at_work = _AtWork(session, app, sheets, set_aside)
    ours = {name: sheet for name, (sheet, _) in recorded.names.items()}
    journal = Journal(DefinedNames(book, ours), at_work.begin)
    try:
        with set_aside:
            done = _refresh(book, view, recorded, sheets, journal)
        session.status("保存台账")
        save(app, book)
    except BaseException:
        try:
            if journal.changed:
                with quiet(app), filters_cleared(book):
                    journal.roll_back()
        except Exception as error:
            raise NotRestored from error
        raise
    return replace(done, lost_filters=tuple(at_work.filters.lost), removed_sheet=layout("tracker")["removed"].name)


class _AtWork:
    """What is set aside before anything changes, and only then: drawing and computing, the selection, and the filter of
    each sheet that changes. A click that finds nothing new asks for none of them."""

    def __init__(self, session: Session, app: Any, sheets: OpenSheets, set_aside: ExitStack) -> None:
        self._session, self._app, self._sheets, self._set_aside = session, app, sheets, set_aside
        self._begun = False
        self.filters = Filters()

    def begin(self, name: str) -> None:
        """Before the first thing on a sheet changes."""
        if not self._begun:
            require_unprotected(self._sheets, office=False)
            self._begun = True
            self._set_aside.enter_context(quiet(self._app))
            self._set_aside.callback(self.filters.set_again, self._sheets)
            self._set_aside.enter_context(_view_kept(self._app, self._sheets))
        if name != layout("tracker")["identity"].name:
            self._session.status(f"刷新“{name}”")
        self.filters.clear(self._sheets, name)


def _refresh(
    book: Any, view: TrackerView, recorded: RecordingWorkbook, sheets: OpenSheets, journal: Journal
) -> Refreshed:
    tracker = layout("tracker")
    identity = tracker["identity"].name
    journal.on(identity)
    typed = formulas_of(sheets.read(identity)[0])
    # Where rows stay names stay, and to ask for each costs as much as all else. But a tracker of earlier versions lacks
    # some, and somebody may have deleted one: then the sheets that are made of formulas show it.
    pages = {key: used_cells(sheets[tracker[key].name]) for key in PAGES if tracker[key].name in sheets}
    incomplete = any(map(lacks_name, pages.values()))
    skipped: list[str] = []
    added: list[AddedColumns] = []
    strays: list[StrayCell] = []
    for key in TABLES:
        shape = tracker[key]
        page = recorded.sheets[shape.name]
        journal.on(shape.name)
        if key in _LATER and shape.name not in sheets:
            # A tracker of earlier versions has none, and 总览 refers to it.
            sheets[shape.name] = _lay(book, page, journal, after=tracker[_LATER[key]].name)
        if shape.name not in sheets:
            skipped.append(shape.name)
            continue
        try:
            if key == "coverage_matrix":
                clear_former_domains(sheets, shape, page, journal)
            table = TableRefresh(sheets, shape, page, journal)
        except UnrecognisedSheet:
            if key == "tracking":
                raise
            skipped.append(shape.name)
            continue
        if key == "tracking":
            view = with_places(view, table.cell_of) if view.refused else view
            if view.refused or table.without_key:
                recorded = recorded_tracker(view, table.without_key)
            journal.on(identity)
            refresh_tallies(sheets[identity], recorded, typed, journal)
            if incomplete:
                name_tallies(recorded, journal)
            journal.on(shape.name)
        if key == "tracking" or key in PLAIN_TABLES:
            added.append(AddedColumns.read(table))
        strays += strays_of_table(table)
        table.apply()
        if table.rows_change or incomplete or NO_NAME in table.grid.errors.values():
            _rename(recorded, table, shape.name, journal)
        own = table.own_rows if key == "in_tray" else None
        change = table.rows_change
        if change or table.plan.rows_after:
            settled = table.settled
            refresh_rules(
                table.sheet,
                page,
                table.area,
                rows_change=change,
                used=table.used,
                settled=settled,
                own=own,
                changing=journal.changing,
            )
        if change:
            table.print_rows(_FORMER_ENDS if key == "tracking" else ())
    texts = {key: formulas_of(cells) for key, cells in pages.items()}
    if "overview" in pages:
        strays += strays_of_overview(pages["overview"], texts["overview"], recorded)
    removed = _keep_added(book, view, sheets, added, strays, journal)
    for key, refresh in zip(PAGES, (refresh_overview, refresh_unit_page), strict=True):
        skipped += _page(tracker[key].name, refresh, sheets, texts.get(key, []), recorded, journal)
    made_of = {LEDGER_REVISION_KEY: view.revision, LAST_ACT_KEY: view.last_act}
    journal.on(identity)
    _write_identity(sheets[identity], typed, made_of, journal)
    return Refreshed(tuple(removed), tuple(skipped), refused=tuple(each.problem for each in view.refused))


def _page(
    name: str,
    refresh: _RefreshPage,
    sheets: OpenSheets,
    typed: Sequence[Sequence[str]],
    recorded: RecordingWorkbook,
    journal: Journal,
) -> list[str]:
    """Refresh a sheet that is no table; returns its name where it is gone or cannot be recognised."""
    journal.on(name)
    try:
        if name not in sheets:
            raise UnrecognisedSheet(name)
        refresh(sheets[name], typed, recorded, journal)
    except UnrecognisedSheet:
        return [name]
    return []


def _rename(recorded: RecordingWorkbook, table: TableRefresh, sheet: str, journal: Journal) -> None:
    """Let the names of counted columns mean the rows that there are now."""
    for name, (on, area) in recorded.names.items():
        if on == sheet:
            cells = table.area.cells_of(table.area.columns[area[1]])
            journal.name(name, f"='{sheet}'!{cells}")


def _keep_added(
    book: Any,
    view: TrackerView,
    sheets: OpenSheets,
    added: Sequence[AddedColumns],
    strays: Sequence[StrayCell],
    journal: Journal,
) -> list[RowValues]:
    """The office's columns follow their rows; what has none any more goes to the sheet of removed values.

    So do ``strays``.
    """
    shape = layout("tracker")["removed"]
    known = removed_values_of(sheets.read(shape.name)[1]) if shape.name in sheets else []
    restored = [row for each in added for row in fill_new_rows(each, known, journal)]
    kept = [row for row in known if row not in restored and row["column"] not in removed_headings()]
    removed = [row for each in added for row in each.removed]
    beside: list[RowValues] = [
        {"obligation": key, "column": heading, "value": text} for key, heading, text in unplaced_texts(view)
    ]
    names_taken = {str(row["obligation"]) for row in (*kept, *removed)}
    removed += [
        {"obligation": each.obligation, "column": each.heading, "value": each.value}
        for each in named_strays(strays, names_taken)
    ]
    rows = kept + removed + beside
    if rows or known:
        page = recorded_removed(view.office, rows).sheets[shape.name]
        if shape.name not in sheets:
            journal.on(shape.name)
            sheets[shape.name] = _lay(book, page, journal)
        else:
            TableRefresh(sheets, shape, page, journal).apply()
    return removed + [row for row in beside if row not in known]


def _lay(book: Any, page: Any, journal: Journal, after: str = "") -> Any:
    """A sheet that the tracker did not have, at its end or ``after`` another: cells, text formats, widths and table."""
    names = [sheet.name for sheet in book.sheets]
    sheet = journal.add_sheet(book, page.name, book.sheets[after if after in names else len(names) - 1])
    for row, cells in page.rows(0).items():
        for column, cell in enumerate(cells):
            if cell is not None:
                target = sheet.range((row + 1, column + 1))
                if code := cell.format.get("num_format"):
                    target.number_format = code
                target.value = cell.value
                if fill := cell.format.get("bg_color"):
                    target.color = fill
                target.font.bold = bool(cell.format.get("bold"))
    for column, width in page.widths.items():
        sheet.range((1, column + 1)).column_width = width
    if page.table:
        name, (top, left, bottom, right) = page.table
        sheet.tables.add(sheet.range((top + 1, left + 1), (bottom + 1, right + 1)), name=name)
    return sheet


def _write_identity(
    sheet: Any, typed: Sequence[Sequence[str]], made_of: Mapping[str, int], journal: Journal
) -> None:
    """Write what the tracker is made of now over what is ``typed``; a key that a tracker of earlier versions lacks
    comes below the others."""
    rows = [row for row in typed if row[0]]
    places = {row[0]: number for number, row in enumerate(rows, 1)}
    for key, value in made_of.items():
        number = places.setdefault(key, max(places.values(), default=0) + 1)
        if number > len(rows):
            journal.write(sheet.range((number, 1)), [[key]])
        elif rows[number - 1][1] == str(value):
            continue
        cell = sheet.range((number, 2))
        journal.format(cell, "number_format", "@")
        journal.write(cell, [[str(value)]])


@contextmanager
def _view_kept(app: Any, sheets: OpenSheets) -> Iterator[None]:
    """Come back to the sheet in front and to the cells that were selected on it, wherever their rows went."""
    sheet, cells = sheets.active, selected_cells(app)
    try:
        yield
    finally:
        # The book is in front already: xlwings itself would bring it there, and Excel, once more.
        sheet.impl.activate()
        select_again(cells)
