"""``zwgk check``: the tables of today compared with the months issued, which they no longer change.

What differs is a question with one answer: from which month. Once the table says it, nothing is asked any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from zwgk_excel.domain.duties import Cadence, Duty, OwnerTerm, Roster
from zwgk_excel.domain.issues import Issue
from zwgk_excel.domain.lint.owner_terms import owner_text
from zwgk_excel.domain.lint.tables import LintLabels, ReferenceTables, TableRow
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.text import fold

_LISTED = 3
"""So many units are named in a sentence."""
_NOBODY = "（无）"
_NO_MONTH = "没有写从哪个月起"
_PLAIN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class IssuedMonth:
    """A month as it was issued, with the obligations that its workbooks list, and as today's tables would have it."""

    issued: Issue
    now: Issue
    by_calendars: tuple[Issue, ...] = ()
    """As today's tables would have it by the calendars that were in force before: where one has the dates that were
    issued, it is the calendar that changed."""


def compare_with_issues(
    months: Sequence[IssuedMonth], tables: ReferenceTables, labels: LintLabels, settings: str
) -> Iterator[Problem]:
    """A problem for each duty, deadline and unit that the tables have differently from what was issued.

    ``months`` are issued months, the newest first; a duty is compared in the newest in which it was owed, units in the
    newest. ``settings`` is the name of the file with the deadlines.
    """
    if not months:
        return
    comparison = _Comparison(months, tables, labels)
    yield from comparison.duties()
    yield from comparison.deadlines(settings)
    yield from compare_units(months[0].issued, tables, labels)


def compare_units(issued: Issue, tables: ReferenceTables, labels: LintLabels) -> Iterator[Problem]:
    """A problem for each unit that the roster has differently from the newest issued month, errors or not.

    A name typed over another one leaves errors in the duty table; what it is about is asked all the same.
    """
    roster, rows = Roster(tables.everyone, tables.roster.kind_groups), tables.rows
    existed = {unit.name: unit for unit in issued.units if unit.valid_in(issued.cycle)}
    known = dict.fromkeys(unit.name for unit in roster)
    new = [name for name in known if name not in existed and _exists(roster, name, issued.cycle)]
    heading = labels.roster_headings["predecessors"]
    values: dict[str, Any] = {"heading": heading, "cycle": issued.cycle, "next": issued.cycle + 1}
    above = ""
    for name, unit in existed.items():
        row = roster.unit(name, issued.cycle)
        if row is None and name not in rows:
            near = get_close_matches(name, new, 1, 0)
            if near:
                new.remove(near[0])
                command = {"old": _in_command(name, "旧名"), "new": _in_command(near[0], "新名")}
                place = rows[near[0]].at("name")
                yield problem("issued_unit_renamed", place, before=name, value=near[0], **command, **values)
            else:
                place = rows[above].at("name") if above else _sheet(rows, known)
                where = f"（原在“{above}”之后）" if above else ""
                yield problem("issued_unit_missing", place, before=name, where=where, **values)
        elif row is not None and row.kind is not unit.kind:
            words = {"before": labels.kinds[unit.kind], "after": labels.kinds[row.kind]}
            yield problem("issued_kind_changed", rows[name].at("kind"), value=name, **words, **values)
        above = name if name in rows else above
    for name, last in _ended(issued, roster).items():
        yield problem("issued_unit_ended", rows[name].at("valid_to"), value=name, last=last, **values)
    for name in new:
        row = roster.unit(name, issued.cycle)
        why = _too_early(row.valid_from) if row and row.valid_from else _NO_MONTH
        yield problem("issued_unit_new", rows[name].at("valid_from"), value=name, why=why, **values)


def _ended(issued: Issue, roster: Roster) -> dict[str, Month]:
    """Unit of an issued month → the month before it with which all its rows in the roster end."""
    found: dict[str, Month] = {}
    for unit in issued.units:
        ends = [each.valid_to for each in roster if each.name == unit.name]
        if unit.valid_in(issued.cycle) and ends and all(end and end < issued.cycle for end in ends):
            found[unit.name] = max(end for end in ends if end)
    return found


def _too_early(month: Month) -> str:
    return f"写的是从 {month} 起，而 {month} 已经下发"


def _in_command(name: str, otherwise: str) -> str:
    """A unit's name as a word of a command, where every shell takes it as it stands."""
    return name if _PLAIN.fullmatch(name) else otherwise


def _sheet(rows: Mapping[str, TableRow], names: Iterable[str]) -> CellRef:
    """The sheet that the rows of these names stand in."""
    places = (rows[name].place for name in names if name in rows)
    return next((CellRef(place.file, place.sheet) for place in places), CellRef(""))


class _Comparison:
    def __init__(self, months: Sequence[IssuedMonth], tables: ReferenceTables, labels: LintLabels) -> None:
        self._months, self._tables, self._labels = months, tables, labels
        self._next: Month = months[0].issued.cycle + 1
        self._duties = {duty.id: duty for duty in tables.duties}
        # Who ended too early is asked about once, in the roster, not in every duty.
        newest = months[0].issued
        ended = _ended(newest, tables.roster)
        self._settled = {*ended, *(tables.roster.successor(name, newest.cycle) for name in ended)}

    # --- duties --------------------------------------------------------------------------------

    def duties(self) -> Iterator[Problem]:
        seen: set[str] = set()
        for month in self._months:
            owed = [each for each in month.issued.obligations if each.mandatory and each.cycle == month.issued.cycle]
            duties = {each.duty.id: each.duty for each in month.issued.obligations}
            for duty in dict.fromkeys(each.duty.id for each in owed):
                if duty not in seen:
                    seen.add(duty)
                    mine = [each for each in owed if each.duty.id == duty]
                    before, after = sorted({each.unit for each in mine}), self._owners_now(mine, month.now)
                    yield from self._duty(month.issued.cycle, duties[duty], before, after)

    def _owners_now(self, owed: Sequence[Obligation], now: Issue) -> list[str]:
        """The units that must report by today's tables what was ``owed`` of one duty, whenever it is due now."""
        asked = {(each.duty.id, each.period, each.subject) for each in owed}
        listed = [each for each in now.obligations if (each.duty.id, each.period, each.subject) in asked]
        if listed:
            return sorted({each.unit for each in listed if each.mandatory})
        duty = self._duties.get(owed[0].duty.id)
        months = {each.period.last for each in owed if not each.subject}
        valid = [(duty, month) for month in months if duty and duty.valid_in(month)]
        named = ((name, month) for each, month in valid for name in each.owners_in(month))
        return sorted({unit for name, month in named for unit in self._tables.roster.members(name, month)})

    def _duty(self, cycle: Month, was: Duty, before: Sequence[str], after: Sequence[str]) -> Iterator[Problem]:
        named: dict[str, Any] = {"duty": was.id, "column": was.column, "cycle": cycle, "next": self._next}
        named["last"] = self._next - 1
        now = self._duties.get(was.id)
        if now is None:
            yield self._missing(was, named)
        elif was.cadence is not now.cadence:
            words = {"before": self._labels.cadences[was.cadence], "after": self._labels.cadences[now.cadence]}
            yield problem("issued_cadence_changed", self._tables.rows[was.id].at("cadence"), **words, **named)
        elif before != after:
            yield from self._owner(now, before, after, named)

    def _missing(self, was: Duty, named: Mapping[str, Any]) -> Problem:
        """The question about a row that is not there: at the row that has its text, else where it stood."""
        issued = {each.duty.id for month in self._months for each in month.issued.obligations}
        same = (d for d in self._tables.duties if d.id not in issued and _same_text(d, was))
        if moved := next(same, None):
            return problem("issued_duty_moved", self._tables.rows[moved.id].at("id"), value=moved.id, **named)
        above = [duty.id for duty in self._tables.duties if _number(duty.id) < _number(was.id)]
        place = self._tables.rows[above[-1]].at("id") if above else _sheet(self._tables.rows, self._duties)
        where = f"（原在 {above[-1]} 之后）" if above else ""
        return problem("issued_duty_missing", place, where=where, **named)

    def _owner(
        self, now: Duty, before: Sequence[str], after: Sequence[str], named: Mapping[str, Any]
    ) -> Iterator[Problem]:
        known = {unit.name for unit in self._tables.roster}
        gone = [unit for unit in before if unit not in after and unit in known - self._settled]
        new = [unit for unit in after if unit not in before and unit not in self._settled]
        typed = [unit for unit in new if unit in now.owners]
        place = self._tables.rows[now.id].at("owners")
        words: dict[str, Any] = {"before": _names(gone), "after": _names(new)}
        if not gone and not typed:
            # A unit that is new in the roster is asked about there.
            if new := [unit for unit in new if unit in {each.name for each in self._months[0].issued.units}]:
                yield problem("issued_members_changed", place, **words | {"after": _names(new)}, **named)
            return
        answer = "、".join(map(owner_text, self._answered(now, typed, gone)))
        yield problem("issued_owner_changed", place, **words, answer=answer, why=self._why(now, typed, gone), **named)

    def _why(self, now: Duty, new: Sequence[str], gone: Sequence[str]) -> str:
        """What is missing: a month, or another one than the issued month that the cell says."""
        begin = [each.valid_from for each in now.terms if each.name in new and each.valid_from]
        begin += [each.valid_to + 1 for each in now.terms if each.name in gone and each.valid_to]
        issued = [month for month in begin if month < self._next]
        return _too_early(min(issued)) if issued else _NO_MONTH

    def _answered(self, now: Duty, new: Sequence[str], gone: Sequence[str]) -> list[OwnerTerm]:
        """The owner cell that leaves the issued months as they are and has the change from the next one on."""
        terms: list[OwnerTerm] = []
        for name in (each for each in now.owners if each not in gone):
            own = [each for each in now.terms if each.name == name] or [OwnerTerm(name)]
            terms += [OwnerTerm(name, self._next, own[-1].valid_to)] if name in new else own
        groups = self._tables.roster.kind_groups
        whole = next((each for each in groups if set(self._members(each)) == set(gone)), None)
        return terms + [OwnerTerm(name, None, self._next - 1) for name in ([whole] if whole else gone)]

    def _members(self, group: str) -> Iterable[str]:
        return self._tables.roster.members(group, self._next - 1)

    # --- deadlines -----------------------------------------------------------------------------

    def deadlines(self, settings: str) -> Iterator[Problem]:
        """One problem for each cadence whose dates are others by today's settings and calendar.

        A duty with dates of its own has a problem of its own.
        """
        seen: set[Cadence | str] = set()
        for month in self._months:
            before = _dated(each for each in month.issued.obligations if each.cycle == month.issued.cycle)
            after = _dated(month.now.obligations)
            found: set[Cadence | str] = set()
            for place, was in before.items():
                now = after.get(place)
                cadence = was.duty.cadence
                about = was.duty.id if self._has_own_dates(was.duty) else cadence
                if about in seen or now is None or now.duty.cadence is not cadence:
                    continue
                if _dates(was) != _dates(now):
                    values: dict[str, Any] = {"before": _dates(was), "after": _dates(now), "next": self._next}
                    values |= {"task": f"{was.duty.id} {was.duty.column}", "cycle": month.issued.cycle}
                    told = [_dated(each.obligations).get(place) for each in month.by_calendars]
                    if any(each is not None and _dates(each) == _dates(was) for each in told):
                        yield problem("issued_calendar_changed", CellRef(settings), **values)
                    else:
                        yield self._deadline(was.duty, about, settings, values)
                    seen.add(about)
                found.add(about)
            seen |= found

    def _has_own_dates(self, was: Duty) -> bool:
        now = self._duties.get(was.id)
        return now is not None and (now.due is not None or now.final is not None)

    def _deadline(self, was: Duty, about: Cadence | str, settings: str, values: dict[str, Any]) -> Problem:
        if isinstance(about, Cadence):
            values |= {"cadence": self._labels.cadences[about]}
            return problem("issued_deadline_changed", CellRef(settings), **values)
        now = self._duties[was.id]
        return problem("issued_due_changed", self._tables.rows[was.id].at("due" if now.due else "final"), **values)


def _dated(obligations: Iterable[Obligation]) -> dict[str, Obligation]:
    """Key → the obligation with dates."""
    return {each.key: each for each in obligations if each.due is not None and not each.subject}


def _dates(obligation: Obligation) -> str:
    return f"{obligation.due} / {obligation.final}"


def _same_text(one: Duty, other: Duty) -> bool:
    return fold(one.column) == fold(other.column) and fold(one.content) == fold(other.content)


def _number(duty_id: str) -> int:
    return int(duty_id[1:])


def _names(units: Sequence[str]) -> str:
    more = f" 等 {len(units)} 个单位" if len(units) > _LISTED else ""
    return "、".join(units[:_LISTED]) + more or _NOBODY


def _exists(roster: Roster, name: str, month: Month) -> bool:
    return any(unit.valid_in(month) for unit in roster if unit.name == name)
