"""The duty table and the roster as files: edited cell by cell, checked before they are written.

An act about them is recorded first, with what it writes; :func:`finish_table_edit` writes it, in the same run or, where
that was killed, when the office is opened next.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zwgk_excel.domain.acts import Act
from zwgk_excel.domain.lint.tables import ReferenceTables, TableRow
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef
from zwgk_excel.domain.table_edits import CellEdit, EditedTable, RowDiffersError, RowEdit, row_edits, says_already
from zwgk_excel.layout.table_sheets import sheet_of
from zwgk_excel.ledger import Ledger
from zwgk_excel.workbooks.correction.complaints import count
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workbooks.opening.guard import RejectedFileError
from zwgk_excel.workbooks.tables.read_tables import load_tables, read_table
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of, remedy_of
from zwgk_excel.workflow.office.open_files import require_not_open
from zwgk_excel.workflow.office.workspace import Workspace

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PreparedEdit:
    """A table as it is to be written."""

    path: Path
    data: bytes
    tables: ReferenceTables
    """Both tables as they will be."""
    places: tuple[CellRef, ...]
    """The cells of the edits, in their order; those of new rows are where these will stand."""


def read_tables(workspace: Workspace, unissued: Month | None) -> ReferenceTables:
    """Both tables as they are now, with what is wrong in them; raises UserError where a file cannot be read.

    ``unissued`` is the first month that is not issued, where any is.
    """
    return _tables(workspace, _read(workspace.duty_table), _read(workspace.roster), unissued)


def prepare_edit(workspace: Workspace, edits: Sequence[CellEdit]) -> PreparedEdit:
    """The table of ``edits`` (all of one) as it is to be written; nothing is written yet.

    Raises UserError where it is open or read-only, where a cell says something else than an edit begins with, and where
    the tables would be wrong afterwards.
    """
    # Every command reads the tables; what edits workbooks takes a while to load.
    from zwgk_excel.workbooks.tables.edit_table import TableNotEditableError, edit_table

    table = edits[0].table
    path = _path(workspace, table)
    require_not_open(path, "重新办理")
    data = _read(path)
    rows = _rows(table, data, path.name)
    try:
        wanted = row_edits(rows, edits)
        written = edit_table(data, path.name, sheet_of(table), wanted)
    except RowDiffersError as differs:
        raise UserError(_told(path, table, differs)) from None
    except TableNotEditableError as error:
        raise UserError(f"{error}什么也没有改动。") from None
    except RejectedFileError as rejected:
        raise UserError(f"{rejected.problem}") from None
    now = _rows(table, written, path.name)
    if [_filled(each.cells) for each in now] != _expected(rows, wanted):
        raise UserError(f"“{path.name}”按预定的改动写不成，请在 Excel 中修改；什么也没有改动。")
    duty, roster = (written if each == path else _read(each) for each in (workspace.duty_table, workspace.roster))
    tables = _tables(workspace, duty, roster)
    refuse_errors(tables, "这样改，表就有错误：")
    return PreparedEdit(path, written, tables, _places(now, edits))


def write_edit(prepared: PreparedEdit) -> None:
    """Put the table in its place; raises UserError where that fails, and it is unchanged then."""
    try:
        write_atomic(prepared.path, prepared.data)
    except OSError as error:
        raise UserError(
            f"无法写入“{prepared.path.name}”：{reason_of(error)}；{remedy_of(error)}后再运行一次。"
        ) from None


def finish_table_edit(workspace: Workspace, ledger: Ledger) -> None:
    """Write what an act in the ledger has not written into the tables yet, if there is any.

    Raises UserError where the table cannot be written now, and where somebody has changed its cells in between.
    """
    if ledger.table_edit() is None:
        return
    with ledger.exclusive():
        if (left := ledger.table_edit()) is None:  # another program was faster
            return
        number, changes = left
        edits = tuple(map(CellEdit.of, changes))
        path = _path(workspace, edits[0].table)
        if not says_already(_rows(edits[0].table, _read(path), path.name), edits):
            try:
                write_edit(prepare_edit(workspace, edits))
            except UserError as error:
                raise UserError(f"第 {number} 号办理还没有写进“{path.name}”：{error}") from None
        ledger.end_table_edit()


def require_restorable(workspace: Workspace, ledger: Ledger, undoing: Act) -> None:
    """Raise UserError where an undoing could not be written into the tables: as :func:`prepare_edit` does.

    An act that never reached the tables has nothing to be restored there.
    """
    edits = tuple(map(CellEdit.of, undoing.changes))
    path = _path(workspace, edits[0].table)
    left = ledger.table_edit()
    if left is not None and says_already(_rows(edits[0].table, _read(path), path.name), edits):
        return
    prepare_edit(workspace, edits)


def refuse_errors(tables: ReferenceTables, before: str = "") -> None:
    """Raise UserError when the duty table or the roster has errors; ``before`` is said before the first one."""
    if told := errors_told(tables):
        raise UserError(f"{before}{told}")


def errors_told(tables: ReferenceTables) -> str:
    """The first error of the tables and how many there are; empty for none."""
    errors = [each for each in tables.problems if each.is_error]
    if not errors:
        return ""
    places = count(errors)[True]
    return f"{errors[0]}" + (f"（共 {places} 处错误，请运行 zwgk check 查看全部）" if len(errors) > 1 else "")


def _tables(workspace: Workspace, duty: bytes, roster: bytes, unissued: Month | None = None) -> ReferenceTables:
    names = workspace.duty_table.name, workspace.roster.name
    path = workspace.catalogue
    catalogue = (_read(path), path.name) if path.exists() else None
    policy = workspace.settings.policy
    return load_tables(duty, names[0], roster, names[1], policy=policy, unissued=unissued, catalogue=catalogue)


def _path(workspace: Workspace, table: EditedTable) -> Path:
    return workspace.roster if table is EditedTable.ROSTER else workspace.duty_table


def _rows(table: EditedTable, data: bytes, name: str) -> list[TableRow]:
    return read_table(data, name, sheet_of(table))[0]


def _read(path: Path) -> bytes:
    try:
        return read_file(path)
    except FileNotFoundError:
        raise UserError(f"工作区里没有“{path.name}”；请从备份恢复，或运行 zwgk init 补上预置的表。") from None
    except OSError as error:
        raise UserError(f"无法读取“{path.name}”：{reason_of(error)}；如已在 Excel 中打开，请先关闭。") from None


def _expected(rows: Sequence[TableRow], wanted: Sequence[RowEdit]) -> list[dict[str, str]]:
    """The filled cells of every row as they are to be read afterwards, in the order of the table."""
    changed = {id(each.row): each.cells for each in wanted if each.row is not None}
    found = [_filled({**row.cells, **changed.get(id(row), {})}) for row in rows]
    found += [_filled(each.cells) for each in wanted if each.row is None]
    return [each for each in found if each]


def _filled(cells: object) -> dict[str, str]:
    assert isinstance(cells, dict)
    return {key: text for key, text in cells.items() if text}


def _places(rows: Sequence[TableRow], edits: Sequence[CellEdit]) -> tuple[CellRef, ...]:
    """Where each edit stands afterwards; of a row that went, nowhere."""
    found = []
    for each in edits:
        named = [row for row in rows if row[each.table.key] == each.row and row[each.column] == each.after]
        found.append(named[-1].at(each.column) if named else CellRef(""))
    return tuple(found)


def _told(path: Path, table: EditedTable, differs: RowDiffersError) -> str:
    if differs.place is None:
        return f"“{path.name}”里没有“{differs.row}”这一行；什么也没有改动，请核对。"
    heading = sheet_of(table).heading(differs.column)
    return (
        f"{differs.place}：“{differs.row}”的{heading}现在是“{differs.found}”，与办理时不同；"
        "什么也没有改动，请核对后在 Excel 中修改。"
    )
