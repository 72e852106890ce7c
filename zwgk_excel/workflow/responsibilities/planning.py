"""What a change of units or owners would write into the tables, and whose tasks that changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from zwgk_excel.domain.acts import ActKind
from zwgk_excel.domain.duties import Duty, OwnerTerm, Unit
from zwgk_excel.domain.issues import IssueDifference, differences, issue_from_tables
from zwgk_excel.domain.lint.cells import split_names
from zwgk_excel.domain.lint.owner_terms import owner_text, reassigned
from zwgk_excel.domain.lint.tables import ReferenceTables, TableRow
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem
from zwgk_excel.domain.table_edits import CellEdit, EditedTable
from zwgk_excel.domain.text import clean_name, fold
from zwgk_excel.layout import seed
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office, find_unit
from zwgk_excel.workflow.office.table_files import PreparedEdit, prepare_edit

_SEPARATOR = "、"
_COPIED = ("kind", "groups", "officers", "phones", "mails", "copies")
"""What a renamed unit keeps."""
_LOOKED_AT = 13
"""Months from the first on in which a change is looked for: every cadence is due in one of them."""


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A change of units or owners that is not carried out yet."""

    kind: ActKind
    month: Month
    """From which month on."""
    units: tuple[str, ...]
    edits: tuple[CellEdit, ...]
    places: tuple[CellRef, ...]
    """The cell of each edit."""
    shown_in: Month
    """The first month in which the tasks differ; ``month`` where none does."""
    differences: tuple[IssueDifference, ...]
    """How the tasks of that month differ."""
    problems: tuple[Problem, ...]
    """What ``zwgk check`` would say that it does not say now."""
    open_tasks: Mapping[str, int] = field(default_factory=dict)
    """Unit that is taken over → the number of its issued tasks that are not reported as of today."""


def plan_renaming(office: Office, old: str, new: str, month: Month) -> TablePlan:
    """A unit with another name from ``month`` on; officers, addresses and groups stay.

    The tasks that are open under the old name are the new one's. Raises UserError as the others do: for unknown and
    ended units, a name that is taken, a month that is issued, a table that is open or would be wrong.
    """
    _require_unissued(office, month)
    former, name = _active(office, find_unit(office, old), month), _new_name(new)
    if office.roster.unit(name) and office.roster.unit(name, month) and _is_active(office, name):
        raise UserError(f"单位通讯录中已有“{name}”；并入它的，请用 zwgk unit merge。")
    row = _row(office, former.name)
    cells = {"name": name, **{key: row[key] for key in _COPIED}, "predecessors": former.name, "valid_from": str(month)}
    plan = _plan(office, ActKind.RENAME_UNIT, month, (former.name, name), [_end(former, month), *_added(name, cells)])
    return replace(plan, open_tasks=_open_tasks(office, [former.name], month))


def plan_merger(office: Office, old: Sequence[str], into: str, month: Month) -> TablePlan:
    """Units merged into another one from ``month`` on, which may be new; it may be named among them, too.

    What is open of theirs is its; what they reported is not asked for again.
    """
    _require_unissued(office, month)
    name = office.roster.name_of(into.strip()) or _new_name(into)
    former = [_active(office, each, month) for each in dict.fromkeys(find_unit(office, each) for each in old)]
    former = [each for each in former if each.name != name]
    if not former:
        raise UserError("请写明并入的是哪几个单位，如 zwgk unit merge 甲局 乙局 --into 丙局。")
    names = [each.name for each in former]
    if _is_active(office, name):
        heir, row = _active(office, name, month), _row(office, name)
        known = split_names(row["predecessors"])
        joined = _SEPARATOR.join(dict.fromkeys([*known, *names]))
        heirs = [CellEdit(EditedTable.ROSTER, heir.name, "predecessors", row["predecessors"], joined)]
    else:
        groups = _SEPARATOR.join(dict.fromkeys(group for each in former for group in each.groups))
        kind = _row(office, names[0])["kind"]
        cells = {"name": name, "kind": kind, "groups": groups, "predecessors": _SEPARATOR.join(names)}
        heirs = _added(name, cells | {"valid_from": str(month)})
    edits = [*(_end(each, month) for each in former), *heirs]
    plan = _plan(office, ActKind.MERGE_UNITS, month, (*names, name), edits)
    return replace(plan, open_tasks=_open_tasks(office, names, month))


def plan_end(office: Office, unit: str, month: Month) -> TablePlan:
    """A unit that is no more from ``month`` on, without a successor."""
    _require_unissued(office, month)
    former = _active(office, find_unit(office, unit), month)
    return _plan(office, ActKind.END_UNIT, month, (former.name,), [_end(former, month)])


def plan_reassignment(office: Office, duty: str, to: Sequence[str], month: Month) -> TablePlan:
    """A duty that ``to`` (units, aliases, groups) owe from ``month`` on, and nobody else."""
    _require_unissued(office, month)
    given = _duty(office, duty, month)
    names = [_owner(office, each, month) for each in to]
    if not names:
        raise UserError("请用 --to 写明改由哪些单位负责。")
    before = office.tables.rows[given.id]["owners"] if office.tables else ""
    terms = reassigned(_terms(given), names, month)
    after = _SEPARATOR.join(map(owner_text, terms))
    if {each for each in terms if each.valid_to is None} == {each for each in _terms(given) if each.valid_to is None}:
        raise UserError(f"{given.id} 从 {month} 起本来就由“{_SEPARATOR.join(names)}”负责，不必调整。")
    units = tuple(dict.fromkeys([*names, *given.owners_in(month)]))
    edit = CellEdit(EditedTable.DUTIES, given.id, "owners", before, after)
    return _plan(office, ActKind.REASSIGN, month, units, [edit])


def _plan(office: Office, kind: ActKind, month: Month, units: tuple[str, ...], edits: Sequence[CellEdit]) -> TablePlan:
    prepared = prepare_edit(office.workspace, edits)
    shown_in, found = _differences(office, prepared.tables, month)
    problems = tuple(_new(prepared.tables.problems, office.problems))
    return TablePlan(kind, month, units, tuple(edits), _places(office, prepared, edits), shown_in, found, problems)


def _new(problems: Iterable[Problem], known: Sequence[Problem]) -> Iterator[Problem]:
    """The problems that are not known; of what is told once for many cells, another number of them is no news."""
    told, codes = {(each.code, each.found) for each in known}, {each.code for each in known}
    for each in problems:
        several = ":" in each.place.cell or "、" in each.place.cell
        if (each.code, each.found) not in told and not (several and each.code in codes):
            yield each


def _places(office: Office, prepared: PreparedEdit, edits: Sequence[CellEdit]) -> tuple[CellRef, ...]:
    """The cells as they will be; those of an emptied cell as they are."""
    rows = office.tables.rows if office.tables else {}
    return tuple(
        place if place.cell else rows[each.row].at(each.column) if each.row in rows else place
        for place, each in zip(prepared.places, edits, strict=True)
    )


def _differences(office: Office, after: ReferenceTables, month: Month) -> tuple[Month, tuple[IssueDifference, ...]]:
    policy = office.workspace.settings.policy
    issues = office.issues.issues()
    for each in (month + count for count in range(_LOOKED_AT)):
        now = issue_from_tables(each, after.duties, after.roster, policy, office.workdays, issues, after.tasks)
        if found := differences(office.issues.by_tables(each), now):
            return each, found
    return month, ()


def _open_tasks(office: Office, names: Sequence[str], month: Month) -> dict[str, int]:
    """Unit → the tasks with a date in an issued month, its own and those it has taken over, that are still open."""
    answering = {each.key: office.roster.successor(each.unit, month) for each in office.obligations()}
    theirs = tuple(each for each in office.obligations() if each.cycle < month and answering[each.key] in names)
    if not theirs:
        return {}
    found = office.track(theirs, office.now().date(), office.ledger.receipt_summaries()).statuses
    return dict(Counter(answering[each.obligation.key] for each in found if each.is_open))


def _require_unissued(office: Office, month: Month) -> None:
    if (left := office.ledger.table_edit()) is not None:
        raise UserError(f"第 {left[0]} 号办理还没有写进表里；请先按提示处理，或用 zwgk undo 撤销它。")
    last = max(office.issued(), default=None)
    if last is not None and month <= last:
        raise UserError(
            f"{month} 不晚于最近下发的 {last}，已下发的月份不随表改变；请从 {last + 1} 起。"
            f"已下发的也要改的，请在表中写明月份，再运行 zwgk generate {last} --amend --reason 理由。"
        )


def _is_active(office: Office, name: str) -> bool:
    return any(unit.name == name and unit.valid_to is None for unit in office.roster)


def _active(office: Office, name: str, month: Month) -> Unit:
    """The row of a unit that has no end yet; raises UserError where it has one, or begins only then."""
    rows = [unit for unit in office.roster if unit.name == name]
    active = [unit for unit in rows if unit.valid_to is None]
    if not rows:
        raise UserError(f"“{name}”已不在单位通讯录中；请核对。")
    if not active:
        raise UserError(f"“{name}”只用到 {rows[-1].valid_to}，已经停用；请核对。")
    if active[-1].valid_from and active[-1].valid_from >= month:
        raise UserError(f"“{name}”从 {active[-1].valid_from} 起才用；请核对月份。")
    return active[-1]


def _row(office: Office, name: str) -> TableRow:
    """The row of a unit that has no end; raises UserError where one that has stands below it."""
    assert office.tables is not None
    row = office.tables.rows[name]
    if row["valid_to"]:
        raise UserError(f"单位通讯录中“{name}”有几行，最后一行已停用；请在 Excel 中修改。")
    return row


def _new_name(text: str) -> str:
    name = clean_name(text)
    if not name or split_names(name) != [name]:
        raise UserError(f"“{text}”不能作单位名称；请写一个单位的全称，不用顿号、逗号、斜线。")
    return name


def _end(unit: Unit, month: Month) -> CellEdit:
    return CellEdit(EditedTable.ROSTER, unit.name, "valid_to", "", str(month - 1))


def _added(name: str, cells: dict[str, str]) -> list[CellEdit]:
    return [CellEdit(EditedTable.ROSTER, name, key, "", text) for key, text in cells.items() if text]


def _duty(office: Office, text: str, month: Month) -> Duty:
    wanted = fold(text).upper()
    found = next((each for each in office.duties if each.id == wanted), None)
    if found is None:
        raise UserError(f"责任分工表中没有“{text}”；请核对编号，如 D02。")
    if found.valid_to is not None and found.valid_to < month:
        raise UserError(f"{found.id} 只报送到 {found.valid_to}，{month} 起已停用；请核对。")
    return found


def _owner(office: Office, text: str, month: Month) -> str:
    """The proper name of a unit or a group."""
    groups = {*office.roster.kind_groups, *seed.office_groups(), *(g for unit in office.roster for g in unit.groups)}
    for group in groups:
        if fold(group) == fold(text):
            return group
    name = find_unit(office, text)
    if office.roster.members(name, month) != (name,):
        raise UserError(f"“{name}”在 {month} 不在用；请写那时负责的单位。")
    return name


def _terms(duty: Duty) -> list[OwnerTerm]:
    """The owners of a duty with their months, in the order of the cell."""
    return [term for name in duty.owners for term in _of(duty.terms, name) or [OwnerTerm(name)]]


def _of(terms: Iterable[OwnerTerm], name: str) -> list[OwnerTerm]:
    return [each for each in terms if each.name == name]
