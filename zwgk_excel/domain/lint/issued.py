"""``zwgk check``: the tables of today compared with the last month issued, which they no longer change."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from zwgk_excel.domain.duties import Roster
from zwgk_excel.domain.issues import Issue
from zwgk_excel.domain.lint.tables import LintLabels, ReferenceTables, TableRow
from zwgk_excel.domain.problems import CellRef, Problem, problem

_LISTED = 3
"""So many units are named in a sentence."""
_NOBODY = "（无）"


def compare_with_issue(issued: Issue, now: Issue, tables: ReferenceTables, labels: LintLabels) -> Iterator[Problem]:
    """A problem for each duty and unit that ``tables`` have differently from the issue of a cycle.

    ``now`` is the issue of the same cycle by these tables.
    """
    yield from _duties(issued, now, tables, labels)
    yield from _units(issued, tables.roster, tables.rows, labels.roster_headings["predecessors"])


def _duties(issued: Issue, now: Issue, tables: ReferenceTables, labels: LintLabels) -> Iterator[Problem]:
    before, after, table_rows = _owners(issued), _owners(now), tables.rows
    duties = {each.duty.id: each.duty for each in issued.obligations}
    cadences = {duty.id: duty.cadence for duty in tables.duties}
    elsewhere = _sheet(table_rows, cadences)
    for duty, owners in before.items():
        named: dict[str, Any] = {"duty": duty, "column": duties[duty].column, **_months(issued)}
        was, now_is = duties[duty].cadence, cadences.get(duty)
        if now_is is None:
            yield problem("issued_duty_missing", elsewhere, **named)
        elif was is not now_is:
            words = {"before": labels.cadences[was], "after": labels.cadences[now_is]}
            yield problem("issued_cadence_changed", table_rows[duty].at("cadence"), **words, **named)
        elif owners != after.get(duty, []):
            gone, new = _difference(owners, after.get(duty, [])), _difference(after.get(duty, []), owners)
            words = {"before": _names(gone), "after": _names(new)}
            yield problem("issued_owner_changed", table_rows[duty].at("owners"), **words, **named)


def _sheet(table_rows: Mapping[str, TableRow], names: Container[str]) -> CellRef:
    """The sheet that the rows of these names stand in."""
    places = (row.place for name, row in table_rows.items() if name in names)
    return next((CellRef(place.file, place.sheet) for place in places), CellRef(""))


def _months(issued: Issue) -> dict[str, Any]:
    return {"cycle": issued.cycle, "next": issued.cycle + 1}


def _owners(issue: Issue) -> dict[str, list[str]]:
    """Duty → the units that must report it for the cycle itself."""
    found: dict[str, list[str]] = {}
    for each in issue.obligations:
        if each.mandatory and each.cycle == issue.cycle:
            found.setdefault(each.duty.id, []).append(each.unit)
    return {duty: list(dict.fromkeys(units)) for duty, units in found.items()}


def _difference(units: Iterable[str], others: Sequence[str]) -> list[str]:
    return [unit for unit in units if unit not in others]


def _names(units: Sequence[str]) -> str:
    more = f" 等 {len(units)} 个单位" if len(units) > _LISTED else ""
    return "、".join(units[:_LISTED]) + more or _NOBODY


def _units(issued: Issue, roster: Roster, table_rows: Mapping[str, TableRow], heading: str) -> Iterator[Problem]:
    existed = [unit.name for unit in issued.units if unit.valid_in(issued.cycle)]
    known = {unit.name for unit in roster}
    new = [name for name in known if name not in existed and not _explained(roster, name)]
    anywhere = _sheet(table_rows, known)
    values: dict[str, Any] = {"heading": heading, **_months(issued)}
    for name in existed:
        if name in known:
            continue
        near = get_close_matches(name, new, 1, 0)
        if near:
            yield problem("issued_unit_renamed", table_rows[near[0]].at("name"), before=name, value=near[0], **values)
        else:
            yield problem("issued_unit_missing", anywhere, before=name, **values)


def _explained(roster: Roster, name: str) -> bool:
    """Whether a unit's row says from when it exists or whom it took over."""
    return all(unit.predecessors or unit.valid_from for unit in roster if unit.name == name)


