"""Imports of published tables into the catalogue: the act, what it changed, and what is still to be written of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, insert, select

from zwgk_excel.domain.acts import Act, Change
from zwgk_excel.domain.table_edits import CellEdit, EditedTable
from zwgk_excel.ledger.acts import Undoing, append_act, select_undone
from zwgk_excel.ledger.errors import NotUndoableError, damage_told
from zwgk_excel.ledger.issues import select_issues
from zwgk_excel.ledger.schema import CATALOGUE_IMPORTS
from zwgk_excel.ledger.table_edits import leave_table_edit, restored

_NAMED = 3


def append_catalogue_import(
    connection: Connection, act: Act, files: Sequence[tuple[str, str]], edits: Iterable[Change]
) -> int:
    """Append an import and what of it is still to be written; returns the act's number."""
    edits = tuple(edits)
    number = append_act(connection, act)
    cells = json.dumps([[each.subject, each.before, each.after] for each in edits], ensure_ascii=False)
    values = {"act": number, "files": [list(each) for each in files], "edits": cells}
    connection.execute(insert(CATALOGUE_IMPORTS).values(values))
    leave_table_edit(connection, number, edits)
    return number


def undo_catalogue_import(connection: Connection, undoing: Undoing) -> tuple[Change, ...]:
    """Let the catalogue say again what it said before, or after; returns the act's change.

    Raises NotUndoableError where a month was issued with entries that the import brought: their numbers are on record.
    """
    edits = _edits(connection, undoing.root.number)
    left = restored(edits, undoing)
    gone = {each.row for each in map(CellEdit.of, left) if each.table is EditedTable.CATALOGUE and _goes(each)}
    for month, issue in sorted(select_issues(connection).items(), reverse=True):
        if used := [entry.id for entry in issue.entries if entry.id in gone]:
            named = "、".join(used[:_NAMED]) + (f" 等 {len(used)} 个" if len(used) > _NAMED else "")
            why = f"{month} 的报送表已按其中的目录事项（{named}）下发"
            raise NotUndoableError.of(undoing.root.number, why, "不再公开的，请在标准目录的“停用”选“是”")
    leave_table_edit(connection, undoing.act.number, left)
    return restored(undoing.root.changes, undoing)


def select_imported_files(connection: Connection) -> frozenset[str]:
    """The sha256 of the files of all imports in force."""
    taken_back = select_undone(connection)
    rows = connection.execute(select(CATALOGUE_IMPORTS.c.act, CATALOGUE_IMPORTS.c.files))
    return frozenset(digest for act, files in rows if act not in taken_back for _, digest in files)


def select_imported_texts(connection: Connection) -> dict[str, dict[str, str]]:
    """Id of an entry → column key → text: what the imports in force wrote down as published, the newest of each."""
    found: dict[str, dict[str, str]] = {}
    for number in _in_force(connection):
        for each in map(CellEdit.of, _edits(connection, number)):
            if each.table is EditedTable.CATALOGUE_IMPORTED:
                found.setdefault(each.row, {})[each.column] = each.after
    return found


def select_later_import(connection: Connection, number: int) -> int | None:
    """The newest import in force after another one that changed a cell which that one changed; None for none."""
    own = {each.subject for each in _edits(connection, number)}
    later = (each for each in reversed(_in_force(connection)) if each > number)
    return next((each for each in later if any(edit.subject in own for edit in _edits(connection, each))), None)


def _in_force(connection: Connection) -> list[int]:
    """The numbers of the imports that are not undone, the oldest first."""
    taken_back = select_undone(connection)
    numbers = connection.scalars(select(CATALOGUE_IMPORTS.c.act).order_by(CATALOGUE_IMPORTS.c.act))
    return [each for each in numbers if each not in taken_back]


def _goes(edit: CellEdit) -> bool:
    """Whether the row goes with it."""
    return edit.column == edit.table.key and not edit.after


def _edits(connection: Connection, number: int) -> tuple[Change, ...]:
    query = select(CATALOGUE_IMPORTS.c.edits).where(CATALOGUE_IMPORTS.c.act == number)
    with damage_told():
        return tuple(Change(*each) for each in json.loads(connection.execute(query).scalar_one()))
