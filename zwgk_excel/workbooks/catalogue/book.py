"""标准目录.xlsx: made by the first import, edited by the office, updated cell by cell by the next ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from zwgk_excel.domain.catalogue.updates import OFFICIAL, CatalogueUpdate
from zwgk_excel.domain.lint.tables import TableRow
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.table_edits import CellEdit, EditedTable, RowEdit
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.table_sheets import imported_sheet
from zwgk_excel.workbooks.catalogue.headings import entries_sheet
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tables.edit_table import edit_table
from zwgk_excel.workbooks.tables.read_tables import read_entries, read_table
from zwgk_excel.workbooks.tables.write_tables import table_workbook

PROPOSED = ("proposed_duties", "proposed_units")
"""Keys of the columns that the program fills with what it proposes."""
CHOSEN = ("duties", "units")
"""Keys of the columns in which the office chooses it, in the same order."""
_MOST_CHOICES = 500
_FIRST = 4
"""The first row of a table of the office's, from 1."""


@dataclass(frozen=True, slots=True)
class CatalogueRows:
    """The rows of 标准目录.xlsx as read."""

    entries: tuple[TableRow, ...] = ()
    imported: tuple[TableRow, ...] = ()
    choices: tuple[TableRow, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """The dropdowns of the office's columns."""

    duties: tuple[str, ...]
    """``D05 教育``."""
    units: tuple[str, ...]

    def rows(self) -> list[dict[str, str]]:
        """The rows of the sheet that holds them."""
        pairs = zip_longest(self.duties, self.units, fillvalue="")
        return [{"duty": duty, "unit": unit} for duty, unit in pairs][:_MOST_CHOICES]


def read_catalogue(data: bytes, name: str) -> CatalogueRows:
    """The rows of a catalogue from its bytes, with the problems of its entries' table; ``name`` is for messages."""
    entries, problems = read_entries(data, name)
    imported, _ = read_table(data, name, imported_sheet())
    choices, _ = read_table(data, name, layout("catalogue")["choices"])
    return CatalogueRows(tuple(entries), tuple(imported), tuple(choices), tuple(problems))


def cell_edits(before: CatalogueRows, after: CatalogueRows) -> tuple[CellEdit, ...]:
    """What became different from one catalogue to another, cell by cell; of a row that came or went all of it."""
    found: list[CellEdit] = []
    for table, old, new in (
        (EditedTable.CATALOGUE, before.entries, after.entries),
        (EditedTable.CATALOGUE_IMPORTED, before.imported, after.imported),
    ):
        was, now = ({row["id"]: row.cells for row in rows} for rows in (old, new))
        for id_ in dict.fromkeys((*was, *now)):
            then, by_now = was.get(id_, {}), now.get(id_, {})
            keys = [key for key in dict.fromkeys((*then, *by_now)) if then.get(key, "") != by_now.get(key, "")]
            found += [CellEdit(table, id_, key, then.get(key, ""), by_now.get(key, "")) for key in keys]
    return tuple(found)


def empty_catalogue() -> bytes:
    """The workbook without entries."""
    return new_catalogue(CatalogueUpdate((), (), 0, (), (), {}), {}, Choices((), ()))


def new_catalogue(update: CatalogueUpdate, ties: Mapping[str, Mapping[str, str]], choices: Choices) -> bytes:
    """The workbook of a first import; equal bytes for equal content.

    ``ties`` is, for the id of an entry, column key → text of the columns that propose and choose.
    """
    blank = {column.key: "" for column in entries_sheet()}
    official = {each.id: {"id": each.id, **{key: each.row[key] for key in OFFICIAL}} for each in update.added}
    rows = [{**blank, **cells, **ties.get(id_, {})} for id_, cells in official.items()]
    sheet = layout("catalogue")["choices"]
    more_rows = {"imported": list(official.values()), sheet.key: choices.rows()}
    offers = {("entries", key): _cells_of(position) for position, key in enumerate(CHOSEN)}
    more = [imported_sheet(), sheet]
    return table_workbook(entries_sheet(), rows, offers=offers, more=more, more_rows=more_rows)


def _cells_of(position: int) -> str:
    letter = column_letters(position)
    return f"='{layout('catalogue')['choices'].name}'!${letter}${_FIRST}:${letter}${_FIRST + _MOST_CHOICES - 1}"


def updated_catalogue(
    data: bytes,
    name: str,
    rows: CatalogueRows,
    update: CatalogueUpdate,
    ties: Mapping[str, Mapping[str, str]],
    choices: Choices,
    recorded: Mapping[str, Mapping[str, str]],
) -> bytes:
    """The office's workbook with the update in its cells, and nothing else changed.

    ``recorded`` is, by the id of an entry, what its sheet of imported texts lost and is to have again.
    Raises TableNotEditableError as :func:`zwgk_excel.workbooks.tables.edit_table.edit_table` does.
    """
    before = {row["id"]: row for row in rows.imported}
    texts = {**recorded, **{id_: _official(id_, row) for id_, row in update.read.items()}}
    marks = (_marked(before.get(id_), cells) for id_, cells in texts.items())
    pairs = zip_longest(rows.choices, choices.rows())
    offered = (_marked(row, dict.fromkeys(("duty", "unit"), "") | (cells or {})) for row, cells in pairs)
    tables = (entries_sheet(), _entry_edits(rows, update, ties)), (imported_sheet(), marks)
    for sheet, edits in (*tables, (layout("catalogue")["choices"], offered)):
        if wanted := [each for each in edits if each.cells]:
            data = edit_table(data, name, sheet, wanted)
    return data


def _entry_edits(
    rows: CatalogueRows, update: CatalogueUpdate, ties: Mapping[str, Mapping[str, str]]
) -> Iterator[RowEdit]:
    wanted: dict[str, dict[str, str]] = {}
    for each in update.changed:
        if not each.kept:
            wanted.setdefault(each.id, {})[each.key] = each.after
    for row in rows.entries:
        yield _marked(row, {**wanted.get(row["id"], {}), **ties.get(row["id"], {})})
    for new in update.added:
        yield _marked(None, {**_official(new.id, new.row), **ties.get(new.id, {})})


def _official(id_: str, row: TableRow) -> dict[str, str]:
    return {"id": id_, **{key: row[key] for key in OFFICIAL}}


def _marked(row: TableRow | None, cells: Mapping[str, str]) -> RowEdit:
    """What is to be written so that a row says ``cells``; nothing where it does."""
    return RowEdit(row, {key: text for key, text in cells.items() if text != (row[key] if row else "")})
