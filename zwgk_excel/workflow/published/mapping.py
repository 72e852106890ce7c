"""网站清单对照.xlsx: which column, unit and duty the words of an export mean, as the office says.

What is not known is added as a row for the office to complete; nothing of what it wrote is changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zwgk_excel.domain.lint.cells import split_names
from zwgk_excel.domain.lint.tables import TableRow
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.published import duties_named
from zwgk_excel.domain.table_edits import RowEdit
from zwgk_excel.domain.text import clean, fold
from zwgk_excel.layout.columns import SheetLayout, layout
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workbooks.opening.guard import RejectedFileError
from zwgk_excel.workbooks.tables.edit_table import TableNotEditableError, edit_table
from zwgk_excel.workbooks.tables.read_tables import read_table
from zwgk_excel.workbooks.tables.write_tables import table_workbook
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of, remedy_of
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.open_files import require_not_open

_MOST_ADDED = 500
"""So many unknown names are added at a time."""


@dataclass(frozen=True, slots=True)
class ListMapping:
    """What the words of exports mean, by the office's workbook and by its tables."""

    headings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Key of a column of the export → its names."""
    departments: Mapping[str, str] = field(default_factory=dict)
    """Folded name → unit; :attr:`ignored` for one that is not counted."""
    columns: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """(Folded 栏目, unit or empty) → ids of duties; empty for one that is not counted."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Folded name or alias of the roster → unit."""
    duties: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Folded 栏目 of the duty table → ids."""
    owned: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Unit → ids of the duties that it owes now."""
    noted: frozenset[tuple[str, str]] = frozenset()
    """(Sheet key, folded name) of the names that stand in the office's workbook, completed or not; of a heading, that
    of our column."""

    def unit_of(self, department: str) -> str | None:
        """The unit that a department is: empty for one that nobody knows, None for one that is not counted."""
        named = fold(department)
        if named in self.departments:
            return None if self.departments[named] == ignored() else self.departments[named]
        return self.names.get(named, "")

    def duties_of(self, column: str, unit: str) -> tuple[str, ...] | None:
        """The duties that a column is: empty for one that nobody knows, None for one that is not counted."""
        for place in ((fold(column), unit), (fold(column), "")):
            if place in self.columns:
                return self.columns[place] or None
        return duties_named(column, self.duties, self.owned.get(unit, ()))


def ignored() -> str:
    """The word in place of a unit or a duty for what is not counted."""
    word: str = layout("published").settings["texts"]["ignored"]
    return word


def mapping_path(office: Office) -> Path:
    """Where the office's workbook lies."""
    return office.workspace.root / layout("published").file_name


def read_mapping(office: Office) -> ListMapping:
    """What the workbook says, if there is one, and the tables; raises UserError that names a cell for what is wrong."""
    path = mapping_path(office)
    sheets = layout("published")
    rows = {key: _rows(path, sheets[key]) for key in ("headings", "departments", "columns")}
    named = (("headings", "field"), ("departments", "shown"), ("columns", "shown"))
    noted = {(key, fold(row[name])) for key, name in named for row in rows[key] if row[name]}
    month = Month.of(office.now().date())
    owned: dict[str, set[str]] = {}
    columns: dict[str, list[str]] = {}
    for duty in office.duties:
        columns.setdefault(fold(duty.column), []).append(duty.id)
        for phrase in (*duty.owners_in(month), *duty.advisory_in(month)):
            for unit in office.roster.members(phrase, month):
                owned.setdefault(unit, set()).add(duty.id)
    return ListMapping(
        headings=_headings(rows["headings"], sheets["export"]),
        departments=dict(_departments(office, rows["departments"])),
        columns=dict(_columns(office, rows["columns"])),
        names=dict(reversed(office.roster.folded_names)),
        duties=columns,
        owned=owned,
        noted=frozenset(noted),
    )


def _headings(rows: Iterable[TableRow], export: SheetLayout) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        if row["field"] and row["heading"]:
            column = export.find(row["field"])
            if column is None:
                known = "、".join(each.heading for each in export)
                raise UserError(f"{row.at('field')}：没有“{row['field']}”这一项；请从这些中选：{known}。")
            found.setdefault(column.key, []).append(row["heading"])
    return found


def _departments(office: Office, rows: Iterable[TableRow]) -> Iterable[tuple[str, str]]:
    for row in rows:
        if row["shown"] and row["unit"]:
            yield fold(row["shown"]), row["unit"] if row["unit"] == ignored() else _unit(office, row)


def _unit(office: Office, row: TableRow) -> str:
    unit = office.roster.name_of(row["unit"])
    if unit is None:
        raise UserError(f"{row.at('unit')}：单位通讯录中没有“{row['unit']}”；请改正，不归我们管的填“{ignored()}”。")
    return unit


def _columns(office: Office, rows: Iterable[TableRow]) -> Iterable[tuple[tuple[str, str], tuple[str, ...]]]:
    known = {duty.id for duty in office.duties}
    for row in rows:
        if not row["shown"] or not row["duties"]:
            continue
        unit = _unit(office, row) if row["unit"] else ""
        ids = [each.partition(" ")[0].upper() for each in split_names(row["duties"])]
        if row["duties"] == ignored():
            ids = []
        elif odd := [each for each in ids if each not in known]:
            told = f"责任分工表中没有“{odd[0]}”；请填编号，如 D02，与责任事项无关的填“{ignored()}”。"
            raise UserError(f"{row.at('duties')}：{told}")
        yield (fold(row["shown"]), unit), tuple(ids)


def _rows(path: Path, sheet: SheetLayout) -> list[TableRow]:
    """The rows of one sheet; none where there is no workbook yet."""
    if not path.exists():
        return []
    try:
        return read_table(_read(path), path.name, sheet)[0]
    except RejectedFileError as rejected:
        raise UserError(f"{rejected.problem}") from None


def _read(path: Path) -> bytes:
    try:
        return read_file(path)
    except OSError as error:
        raise UserError(f"无法读取“{path.name}”：{reason_of(error)}；如已在 Excel 中打开，请先关闭。") from None


# --- what is not known yet -----------------------------------------------------------------------


def note_unknown(
    office: Office,
    departments: Iterable[str],
    columns: Iterable[tuple[str, str]],
    *,
    head: bool,
    absent: Collection[str] = (),
) -> bool:
    """Add names that nobody knows to the workbook, each as a row to be completed; returns whether it was written.

    ``columns`` are (栏目, unit); ``head`` asks also for the names of the columns that an export must have, ``absent``
    for those of the columns with these keys. Raises UserError where the workbook is open or cannot be written.
    """
    path, sheets = mapping_path(office), layout("published")
    known = read_mapping(office).noted
    new = head and not path.exists()
    asked = [column.heading for column in sheets["export"] if (new and column.required) or column.key in absent]
    wanted = {
        "headings": [{"field": name} for name in _new(known, "headings", asked)],
        "departments": [{"shown": name} for name in _new(known, "departments", departments)],
        "columns": [{"shown": name} for name in _new(known, "columns", (name for name, _ in columns))],
    }
    if not any(wanted.values()):
        return False
    require_not_open(path, "导入")
    data = _read(path) if path.exists() else _blank(wanted.pop("headings"))
    try:
        for key, rows in wanted.items():
            if rows:
                data = edit_table(data, path.name, sheets[key], [RowEdit(None, row) for row in rows])
    except TableNotEditableError as error:
        raise UserError(f"{error}") from None
    try:
        write_atomic(path, data)
    except OSError as error:
        raise UserError(f"无法写入“{path.name}”：{reason_of(error)}；{remedy_of(error)}后再次导入。") from None
    return True


def _new(known: Collection[tuple[str, str]], sheet: str, names: Iterable[str]) -> list[str]:
    """The names that do not stand there yet, each once however it is written."""
    found: dict[str, str] = {}
    for name in names:
        if name and (sheet, fold(name)) not in known:
            found.setdefault(fold(name), clean(name))
    return list(found.values())[:_MOST_ADDED]


def _blank(asked: Sequence[Mapping[str, str]]) -> bytes:
    sheets = layout("published")
    fields = [column.heading for column in sheets["export"]]
    rows = [{"field": each["field"], "heading": ""} for each in asked]
    more = [sheets["departments"], sheets["columns"]]
    return table_workbook(sheets["headings"], rows, offers={("headings", "field"): fields}, more=more)
