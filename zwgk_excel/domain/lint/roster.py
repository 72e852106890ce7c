"""Parses the rows of the roster to units, with their problems."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from zwgk_excel.domain.duties import Unit, UnitKind
from zwgk_excel.domain.lint.cells import CellReader, joint_cell_ref, overlap, split_names
from zwgk_excel.domain.lint.counted_names import LONGEST_NAME, has_wildcard, is_like_number, is_too_long
from zwgk_excel.domain.lint.directory import Directory
from zwgk_excel.domain.lint.tables import TableRow
from zwgk_excel.domain.problems import Problem, problem
from zwgk_excel.domain.text import clean_name, fold, text_length

UNCONFIRMED = "待确认"
"""A remark with this marks a unit the office has not confirmed yet."""

_MOST_UNITS_NAMED = 5


def read_units(
    rows: Sequence[TableRow],
    directory: Directory,
    kinds: Mapping[str, str],
    headings: Mapping[str, str],
    kind_groups: Mapping[str, UnitKind],
) -> tuple[list[Unit], list[Unit], list[Problem]]:
    """(All units with a name, those of them without an error, the roster's problems).

    ``kinds`` maps code to label. The first list is for looking up owners: a wrong mail address must not make a unit
    unknown.
    """
    units: list[tuple[CellReader, Unit]] = []
    called: dict[str, list[int]] = defaultdict(list)
    problems: list[Problem] = []
    for row in rows:
        cells = CellReader(row, headings)
        unit = _unit(cells, directory, kinds, kind_groups)
        if unit is not None:
            names = {fold(name) for name in (unit.name, *unit.aliases)}
            namesakes = sorted({position for name in names for position in called[name]})
            _check_against(cells, unit, [units[position] for position in namesakes])
            for name in names:
                called[name].append(len(units))
            units.append((cells, unit))
        problems += cells.problems
    problems += [*_without_mail(units), *_unconfirmed(units)]
    return [unit for _, unit in units], [unit for cells, unit in units if cells.sound], problems


def _unit(
    cells: CellReader, directory: Directory, kinds: Mapping[str, str], kind_groups: Mapping[str, UnitKind]
) -> Unit | None:
    """The unit of a row, invalid cells left empty; None where the row has no usable name."""
    row = cells.row
    name = clean_name(row["name"])
    if not name:
        cells.complain("unit_missing", "name")
    elif has_wildcard(name):
        cells.complain("name_wildcard", "name", value=name)
    elif is_like_number(name):
        cells.complain("name_like_number", "name", value=name)
    elif is_too_long(name):
        cells.complain("name_too_long", "name", length=text_length(name), limit=LONGEST_NAME)
    kind = cells.choice("kind", kinds, "unit_kind_unknown")
    first, last = cells.validity()
    mails, copies = (cells.mails(key, "unit_mail_form") for key in ("mails", "copies"))
    predecessors = _predecessors(cells, directory)
    groups = tuple(_canonical(directory, each) for each in split_names(row["groups"]))
    for group in set(groups) & set(kind_groups):
        cells.complain("group_by_kind", "groups", value=group)
    if not name or kind is None:
        return None
    return Unit(
        name=name,
        kind=UnitKind(kind),
        aliases=tuple(clean_name(each) for each in split_names(row["aliases"])),
        groups=groups,
        officers=tuple(clean_name(each) for each in split_names(row["officers"])),
        phones=tuple(split_names(row["phones"])),
        mails=mails,
        copies=copies,
        predecessors=predecessors,
        valid_from=first,
        valid_to=last,
    )


def _canonical(directory: Directory, group: str) -> str:
    known = directory.find(group)
    return known.name if known and known.group else group


def _predecessors(cells: CellReader, directory: Directory) -> tuple[str, ...]:
    names = []
    for name in split_names(cells.row["predecessors"]):
        known = directory.find(name)
        if known is None or known.group:
            cells.complain("unit_predecessor_unknown", "predecessors", value=name)
        else:
            names.append(known.name)
    return tuple(names)


def _check_against(cells: CellReader, unit: Unit, earlier: Sequence[tuple[CellReader, Unit]]) -> None:
    """Add a problem where a name is used twice in overlapping months (a renamed or revived unit may repeat it).

    ``earlier`` are the rows above that share a name or an alias with ``unit``.
    """
    for theirs, other in earlier:
        if not overlap((unit.valid_from, unit.valid_to), (other.valid_from, other.valid_to)):
            continue
        if fold(unit.name) == fold(other.name):
            cells.complain("unit_repeated", "name", value=unit.name, row=theirs.row.number)
            return
        taken = {fold(name) for name in (other.name, *other.aliases)}
        for alias in unit.aliases:
            if fold(alias) in taken:
                cells.complain("unit_alias_conflict", "aliases", value=alias, other=other.name)
        if fold(unit.name) in {fold(alias) for alias in other.aliases}:
            cells.complain("unit_alias_conflict", "name", value=unit.name, other=other.name)


def _without_mail(units: Sequence[tuple[CellReader, Unit]]) -> Iterator[Problem]:
    active = [(cells.row, unit.name) for cells, unit in units if unit.valid_to is None]
    lacking = [(row, name) for row, name in active if not row["mails"] and "mails" not in row.unread]
    if lacking:
        names = [name for _, name in lacking]
        shown = "、".join(names[:_MOST_UNITS_NAMED]) + (" 等" if len(names) > _MOST_UNITS_NAMED else "")
        place = joint_cell_ref([row for row, _ in lacking], "mails")
        yield problem("unit_mail_missing", place, count=len(names), units=shown)


def _unconfirmed(units: Sequence[tuple[CellReader, Unit]]) -> Iterator[Problem]:
    rows = [cells.row for cells, _ in units if UNCONFIRMED in cells.row["remark"]]
    if rows:
        yield problem("unit_township_unconfirmed", joint_cell_ref(rows, "remark"), count=len(rows))
