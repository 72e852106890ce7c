"""The tables that the office keeps as files: edited cell by cell, checked before they are written.

An act about them is recorded first, with what it writes; :func:`finish_table_edit` writes it, in the same run or, where
that was killed, when the office is opened next.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from zwgk_excel.domain.acts import Change
from zwgk_excel.domain.lint.tables import ReferenceTables, TableRow
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, problem
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


def read_tables(
    workspace: Workspace, unissued: Month | None, instead: Mapping[Path, bytes] = MappingProxyType({})
) -> ReferenceTables:
    """Both tables as they are now, with what is wrong in them; raises UserError where a file cannot be read.

    ``unissued`` is the first month that is not issued, where any is; ``instead`` is what files will be.
    """
    duty, roster, catalogue = workspace.duty_table, workspace.roster, workspace.catalogue
    names = duty.name, roster.name
    found = [instead.get(path) or _read(path) for path in (duty, roster)]
    listed = instead.get(catalogue) or (_read(catalogue) if catalogue.exists() else None)
    return load_tables(
        found[0],
        names[0],
        found[1],
        names[1],
        policy=workspace.settings.policy,
        unissued=unissued,
        catalogue=(listed, catalogue.name) if listed else None,
    )


def prepare_edit(workspace: Workspace, edits: Sequence[CellEdit]) -> PreparedEdit:
    """The table of ``edits`` (all of one file) as it is to be written; nothing is written yet.

    Raises UserError where it is open or read-only, where a cell says something else than an edit begins with, and where
    the tables would be wrong afterwards.
    """
    # Every command reads the tables; what edits workbooks takes a while to load.
    from zwgk_excel.workbooks.tables.edit_table import TableNotEditableError, edit_table

    path = _path(workspace, edits[0].table)
    require_not_open(path, "重新办理")
    written = _present(workspace, path)
    places: tuple[CellRef, ...] = ()
    for table, mine in _by_table(edits):
        rows = _rows(table, written, path.name)
        try:
            wanted = row_edits(rows, mine)
            written = edit_table(written, path.name, sheet_of(table), wanted)
        except RowDiffersError as differs:
            raise UserError(_told(path, table, differs)) from None
        except TableNotEditableError as error:
            raise UserError(f"{error}什么也没有改动。") from None
        except RejectedFileError as rejected:
            raise UserError(f"{rejected.problem}") from None
        now = _rows(table, written, path.name)
        _refuse_repeated(table, wanted, now)
        if [_filled(each.cells) for each in now] != _expected(rows, wanted):
            raise UserError(f"“{path.name}”按预定的改动写不成，请在 Excel 中修改；什么也没有改动。")
        places += _places(now, mine)
    tables = read_tables(workspace, None, {path: written})
    refuse_errors(tables, "这样改，表就有错误：")
    return PreparedEdit(path, written, tables, places)


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
        if not _says_already(workspace, path, edits):
            try:
                write_edit(prepare_edit(workspace, edits))
            except UserError as error:
                raise UserError(f"第 {number} 号办理还没有写进“{path.name}”：{error}") from None
        ledger.end_table_edit()


def require_restorable(workspace: Workspace, ledger: Ledger, changes: Iterable[Change]) -> None:
    """Raise UserError where what an undoing changes could not be written into the tables: as :func:`prepare_edit` does.

    An act that never reached the tables has nothing to be restored there.
    """
    edits = tuple(map(CellEdit.of, changes))
    path = _path(workspace, edits[0].table)
    if ledger.table_edit() is not None and _says_already(workspace, path, edits):
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


def _path(workspace: Workspace, table: EditedTable) -> Path:
    if table in {EditedTable.CATALOGUE, EditedTable.CATALOGUE_IMPORTED}:
        return workspace.catalogue
    return workspace.roster if table is EditedTable.ROSTER else workspace.duty_table


def _present(workspace: Workspace, path: Path) -> bytes:
    """The bytes of a table; of a catalogue that is not there, one without entries."""
    if path == workspace.catalogue and not path.exists():
        from zwgk_excel.workbooks.catalogue.book import empty_catalogue

        return empty_catalogue()
    return _read(path)


def _refuse_repeated(table: EditedTable, wanted: Sequence[RowEdit], now: Sequence[TableRow]) -> None:
    """A number of the catalogue that comes again may be another entry's by now; the other tables are linted."""
    new = {each.cells["id"] for each in wanted if each.row is None} if table is EditedTable.CATALOGUE else set()
    counted = Counter(row["id"] for row in now)
    if again := next((row for row in now if row["id"] in new and counted[row["id"]] > 1), None):
        raise UserError(f"{problem('catalogue_id', again.at('id'), value=again['id'])}")


def _by_table(edits: Sequence[CellEdit]) -> Iterator[tuple[EditedTable, list[CellEdit]]]:
    for table in dict.fromkeys(each.table for each in edits):
        yield table, [each for each in edits if each.table is table]


def _says_already(workspace: Workspace, path: Path, edits: Sequence[CellEdit]) -> bool:
    data = _present(workspace, path)
    return all(says_already(_rows(table, data, path.name), mine) for table, mine in _by_table(edits))


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
    by_name: dict[str, list[TableRow]] = {}
    for row in rows:
        by_name.setdefault(row[edits[0].table.key], []).append(row)
    found = []
    for each in edits:
        named = [row for row in by_name.get(each.row, []) if row[each.column] == each.after]
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
