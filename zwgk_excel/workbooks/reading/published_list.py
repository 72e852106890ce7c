"""Reads an export of the website's back office (网站清单): any workbook or text table with a row for each item.

The table may stand below titles, on any sheet, with its headings in one row or two; columns that are not ours are left
alone. A row that cannot be used is named in a problem, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.published import PublishedItem, listed_from
from zwgk_excel.domain.text import clean, clean_name, fold, is_link
from zwgk_excel.layout.columns import Column, SheetLayout, layout
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.opening.open_book import Grid, open_book
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.opening.sheet_survey import Cell
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.data_rows import classify_rows
from zwgk_excel.workbooks.reading.headings import join_headings
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, ParsedRow, find_table, read_row, typed_rows

_UNREAD = frozenset({"date_form", "date_range", "cell_error", "cell_formula", "cell_picture", "cell_too_long"})
"""Codes of problems that say that a cell gives no value."""
_IDENTIFYING = frozenset({"title", "published_on", "url"})
"""Keys of the columns of which an item has at least one."""
_NEEDED = frozenset({"title", "published_on"})
"""Keys of the columns without which a row is not read."""
_TELLING = {"department": "list_department_absent", "column": "list_column_absent"}
"""Key of a column that says whose a row is, or for which task → what is told where it lacks."""
_HEADINGS = 12
"""So many headings of a table that was not understood are named."""


@dataclass(frozen=True, slots=True)
class ExportedList:
    """What an export says."""

    rows: tuple[PublishedItem, ...]
    """Without units and duties; every row that could be used, in the order of the file."""
    problems: tuple[Problem, ...] = ()
    """Of rows and cells that could not be used."""
    unpublished: int = 0
    """Rows that are not on the site by their state (草稿, 撤稿 …), or that the office does not count."""
    left: tuple[str, ...] = ()
    """Of rows that could not be used: the departments, empty where they say none."""
    early: Mapping[str, Problem] = field(default_factory=dict)
    """Source of a row → what is told of its day, which lies so far before all others that the list does not begin
    there."""
    columns: frozenset[str] = frozenset()
    """Keys of the columns that were found."""
    absent: Mapping[str, Problem] = field(default_factory=dict)
    """Key of a column without which nobody knows whose, or for which task, the rows are → what is told of its lack."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What one table of an export says, as :class:`ExportedList`."""

    rows: tuple[tuple[PublishedItem, tuple[CellRef, str]], ...]
    """Each with the place and the heading of its day."""
    problems: tuple[Problem, ...]
    unpublished: int
    left: tuple[str, ...]


class NoTableError(RejectedFileError):
    """The file has text at most, and no table: it is no export at all."""


class UnknownHeadingsError(RejectedFileError):
    """No table of the file has the columns that are needed; ``headings`` are those that it has."""

    def __init__(self, place: CellRef, missing: Sequence[str], headings: Sequence[str]) -> None:
        shown = "、".join(headings[:_HEADINGS]) or "没有文字"
        super().__init__(problem("list_headings", place, missing="、".join(missing), headings=shown))


def read_published_list(
    data: bytes, name: str, *, by: date, headings: Mapping[str, Sequence[str]] | None = None, owned: bool = False
) -> ExportedList:
    """An export from its bytes; ``name`` is the file's name for messages, ``by`` the day by which it was made.

    ``headings`` are more names of columns by column key, as the office has mapped them; ``owned`` is whether the office
    has said whose a list is that does not say it. Otherwise 来源 says it in a list that has no other such column.
    Raises RejectedFileError for what cannot be opened, NoTableError for what has no table at all, UnknownHeadingsError
    where no sheet has the columns that are needed.
    """
    sheet = _with_headings(layout("published")["export"], headings or {})
    other = sheet if owned else _with_headings(_with_publishers(layout("published")["export"]), headings or {})
    book = open_book(data, name)
    grids = [grid for each in book.sheet_names if (grid := book.grid(each)) and grid.rows]
    tables = [_located(grid, sheet, other, name) for grid in grids]
    usable = [table for table in tables if table and not _missing(table)]
    if not usable:
        if not any(sum(raw is not None for raw in row) > 1 for grid in grids for row in grid.rows):
            raise NoTableError(problem("list_no_table", CellRef(name)))
        best = max((each for each in tables if each), key=lambda each: len(each.positions), default=None)
        place = CellRef(name, best.grid.sheet, address(best.header, 0)) if best else CellRef(name)
        required = [column.heading for column in layout("published")["export"] if column.required]
        raise UnknownHeadingsError(place, _missing(best) if best else required, _shown(best, grids))
    read = [_read(table, book.links(table.grid.sheet), name, by) for table in usable]
    return ExportedList(
        tuple(row for each in read for row, _ in each.rows),
        tuple(found for each in read for found in each.problems),
        sum(each.unpublished for each in read),
        tuple(name for each in read for name in each.left),
        _early([row for each in read for row in each.rows]),
        frozenset(key for table in usable for key in table.positions),
        {key: found for table in usable for key, found in _absent(table, name, owned=owned)},
    )


def _with_headings(sheet: SheetLayout, headings: Mapping[str, Sequence[str]]) -> SheetLayout:
    """The sheet in which a heading that the office has mapped is that of its column alone."""
    mapped = {fold(each) for names in headings.values() for each in names}
    columns = []
    for column in sheet:
        left = tuple(each for each in (column.heading, *column.aliases) if fold(each) not in mapped)
        own = tuple(headings.get(column.key, ()))
        first, *others = (*own, *left) or (column.heading,)
        columns.append(replace(column, heading=first, aliases=tuple(others)))
    return replace(sheet, columns=tuple(columns))


def _with_publishers(sheet: SheetLayout) -> SheetLayout:
    """The sheet in which what stands for the publisher where nothing else does (来源) is a name of its column."""
    more = layout("published").settings["texts"]["publishers"]
    own = (replace(each, aliases=(*each.aliases, *more)) if each.key == "department" else each for each in sheet)
    return replace(sheet, columns=tuple(own))


def _located(grid: Grid, sheet: SheetLayout, other: SheetLayout, name: str) -> LocatedTable | None:
    """The table of a grid, by the columns of ``other`` where those of ``sheet`` have no publisher in it."""
    table = find_table(grid, sheet)
    if table and "department" not in table.positions:
        table = find_table(grid, other)
    return join_headings(table, CellRef(name, grid.sheet))[0] if table else None


def _missing(table: LocatedTable) -> list[str]:
    """The headings of the layout that it lacks, and not those of another export that the office has mapped."""
    wanted = layout("published")["export"]
    return [wanted.heading(each.key) for each in table.missing(column for column in table.sheet if column.required)]


def _absent(table: LocatedTable, name: str, *, owned: bool) -> Iterator[tuple[str, Problem]]:
    """(Key, what is told) of each column that a table lacks and nobody has said otherwise."""
    place, shown = CellRef(name, table.grid.sheet, address(table.header, 0)), "、".join(_shown(table, ())[:_HEADINGS])
    for key, code in _TELLING.items():
        if key not in table.positions and not (owned and key == "department"):
            missing = layout("published")["export"].heading(key)
            yield key, problem(code, place, missing=missing, headings=shown)


def _shown(table: LocatedTable | None, grids: Sequence[Grid]) -> list[str]:
    """The headings of a table, else the first row of text."""
    rows = [table.grid.rows[table.header]] if table else [row for grid in grids for row in grid.rows[:1]]
    return [clean(as_text(raw))[:20] for row in rows for raw in row if raw is not None]


def _early(rows: Sequence[tuple[PublishedItem, tuple[CellRef, str]]]) -> dict[str, Problem]:
    first = listed_from(row.published_on for row, _ in rows)
    return {
        row.source: problem("list_day_early", place, heading=heading, value=row.published_on, first=first)
        for row, (place, heading) in rows
        if first is not None and row.published_on < first
    }


def _read(table: LocatedTable, links: Mapping[Cell, str], name: str, by: date) -> _Sheet:
    body = classify_rows(table, typed_rows(table, table.sheet), name, is_row=lambda row: True)
    limit = layout("published").settings["rows_read"]
    if len(body.rows) > limit:
        place = CellRef(name, table.grid.sheet)
        raise RejectedFileError(problem("rows_too_many", place, count=len(body.rows), limit=limit))
    published = {fold(each) for each in layout("published").settings["texts"]["published"]}
    rows: list[tuple[PublishedItem, tuple[CellRef, str]]] = []
    problems: list[Problem] = []
    left: list[str] = []
    unpublished = 0
    columns = _as_headed(table)
    heading = next(column.heading for column in columns if column.key == "published_on")
    for number in body.rows:
        read = _linked(read_row(body.table, number, columns, name, by=by), table, number, links)
        state = fold(str(read.values["state"]))
        if state and state not in published:
            unpublished += 1
            continue
        if not (_IDENTIFYING & read.unread or any(read.values[key] for key in _IDENTIFYING)):
            continue  # a total, or a remark: it names no item
        found = _problems(read, body.table, columns, name, by)
        problems += (*found.values(), *_years(read, found))
        values = {key: "" if key in found else value for key, value in read.values.items()}
        if found.keys() & _NEEDED:
            told = [key for key in (*_IDENTIFYING, "department") if read.values[key] or key in read.unread]
            left += [clean_name(str(values["department"]))] * (len(told) > 1)  # one alone is a note below the table
            continue
        places = (table.positions[key] for key in ("title", "published_on"))
        place, day = (CellRef(name, table.grid.sheet, address(number, each)) for each in places)
        rows.append((_item(values, place), (day, heading)))
    return _Sheet(tuple(rows), tuple(problems), unpublished, tuple(left))


def _linked(read: ParsedRow, table: LocatedTable, row: int, links: Mapping[Cell, str]) -> ParsedRow:
    """A row with the address that its link's cell leads to, where it shows another text; without one its title's."""
    shown = str(read.values["url"])
    if is_link(shown):
        return read
    places = [table.positions.get(key) for key in ("url", *(() if shown else ("title",)))]
    leads = (clean(links.get((row, place), "")) for place in places if place is not None)
    limit = table.sheet["url"].max_length
    found = next((each for each in leads if is_link(each) and len(each) <= limit), "")
    return replace(read, values={**read.values, "url": found}) if found else read


def _as_headed(table: LocatedTable) -> tuple[Column, ...]:
    """The columns with the headings that the file has, by which messages name them."""
    columns = []
    for column in table.sheet:
        place = table.positions.get(column.key)
        row = table.header - 1 if place in table.raised else table.header
        shown = clean(as_text(table.grid.value(row, place))) if place is not None else ""
        columns.append(replace(column, heading=shown or column.heading))
    return tuple(columns)


def _problems(
    read: ParsedRow, table: LocatedTable, columns: Sequence[Column], name: str, by: date
) -> dict[str, Problem]:
    """Column key → what keeps its cell from being used; a day after ``by`` has not come."""
    ahead = {column.key for column in columns if _is_after(read.values[column.key], by)}
    lacking = [column for column in columns if column.required and not read.values[column.key]]
    url = str(read.values["url"])
    if not read.problems and not lacking and not ahead and (not url or is_link(url)):
        return {}
    found: dict[str, Problem] = {}
    for column in (each for each in columns if each.key in table.positions):
        place = CellRef(name, table.grid.sheet, address(read.number - 1, table.positions[column.key]))
        own = [each for each in read.problems if each.place.cell == place.cell and each.code in _UNREAD]
        if own:
            found[column.key] = own[0]
        elif column.key in ahead:
            value = read.values[column.key]
            found[column.key] = problem("list_day_ahead", place, heading=column.heading, value=value, today=by)
        elif column in lacking:
            found[column.key] = problem("item_field_missing", place, heading=column.heading)
        elif column.key == "url" and url and not is_link(url):
            found[column.key] = problem("link_form", place, heading=column.heading, value=url[:60])
    texts = layout("published").settings["texts"]
    # What is said of cells elsewhere is said to a unit about its report.
    actions = {key: texts["row_left" if key in _NEEDED else "cell_left"] for key in found}
    return {key: replace(each, action=actions[key]) for key, each in found.items()}


def _years(read: ParsedRow, found: Mapping[str, Problem]) -> Iterator[Problem]:
    """What is told of days without a year, except of those that cannot be used."""
    told = {each.place.cell for each in found.values()}
    action = layout("published").settings["texts"]["year_asked"]
    for each in read.problems:
        if each.code == "date_year" and each.place.cell not in told:
            yield replace(each, action=action)


def _is_after(value: object, day: date) -> bool:
    return isinstance(value, date) and value > day


def _item(values: Mapping[str, Any], place: CellRef) -> PublishedItem:
    return PublishedItem(
        title=values["title"],
        published_on=values["published_on"],
        url=values["url"],
        column=clean(values["column"]),
        department=clean_name(values["department"]),
        doc_no=values["doc_no"],
        formed_on=values["formed_on"] or None,
        source=str(place),
    )
