"""Parses the rows of the roster's sheet 栏目报送员: who reports which duty of a unit.

The sheet is the office's help and the month does not depend on it: what is wrong in it is never an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zwgk_excel.domain.duties import Duty, DutyOfficer, Unit, UnitKind
from zwgk_excel.domain.lint.cells import CellReader, split_names
from zwgk_excel.domain.lint.directory import Directory
from zwgk_excel.domain.lint.tables import TableRow
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.text import clean_name, fold

_ID = re.compile(r"D0*(\d+)(?!\d)")


@dataclass(frozen=True, slots=True)
class OfficerReader:
    """Understands the rows of 栏目报送员 by the two tables."""

    directory: Directory
    units: Sequence[Unit]
    """All of the roster, rows with errors included."""
    duties: Sequence[Duty]
    complete: bool
    """Whether ``duties`` are all of the duty table; else one that is not found is no problem of this sheet."""
    kind_groups: Mapping[str, UnitKind]
    headings: Mapping[str, str]
    """Column key → heading, for the messages."""

    def read(self, rows: Sequence[TableRow]) -> tuple[list[DutyOfficer], list[Problem]]:
        """(The officers, one for each duty of a row; the problems)."""
        officers: list[DutyOfficer] = []
        problems: list[Problem] = []
        first: dict[tuple[str, str], int] = {}
        for row in rows:
            cells = CellReader(row, self.headings)
            for each in self._officers(cells):
                number = first.setdefault((each.unit, each.duty), row.number)
                if number != row.number:
                    cells.complain("officer_repeated", "duty", value=f"{each.unit} {each.duty}", row=number)
                officers.append(each)
            problems += cells.problems
        return officers, problems

    def _officers(self, cells: CellReader) -> list[DutyOfficer]:
        row = cells.row
        unit, duties = self._unit(cells), self._duties(cells)
        names = tuple(clean_name(each) for each in split_names(row["officers"]))
        phones, mails = tuple(split_names(row["phones"])), cells.mails("mails", "officer_mail_form")
        if not names:
            cells.complain("officer_missing", "officers")
        if not unit:
            return []
        theirs = [each for each in duties if self._owes(unit, each)]
        # A column may be two duties (重大项目建设): meant is what the unit reports of them.
        for each in () if theirs else duties:
            cells.complain("officer_duty_foreign", "duty", value=f"{each.id} {each.column}", unit=unit)
        return [DutyOfficer(unit, each.id, names, phones, mails) for each in theirs or duties]

    def _unit(self, cells: CellReader) -> str:
        """The unit's proper name; empty, with a problem, where the roster has none of the name."""
        text = clean_name(cells.row["name"])
        known = self.directory.find(text) if text else None
        if known is None or known.group:
            nearest = self.directory.nearest(text) if text else ""
            suggestion = f"（最接近的是“{nearest}”）" if nearest else ""
            cells.complain("officer_unit_unknown", "name", suggestion=suggestion)
            return ""
        return known.name

    def _duties(self, cells: CellReader) -> list[Duty]:
        """The duties of a cell: ids, names of columns, or both (``D02 政府采购``), several with marks between."""
        text = cells.row["duty"]
        if whole := self._named(text):  # a column's own name may hold such marks
            return whole
        found: list[Duty] = []
        for name in split_names(text) or [text]:
            named = self._named(name)
            if not named and self.complete:
                cells.complain("officer_duty_unknown", "duty", **({"value": name} if name else {}))
            found += [each for each in named if each not in found]
        return found

    def _named(self, text: str) -> list[Duty]:
        plain = fold(text)
        columns = [each for each in self.duties if plain and fold(each.column) == plain]
        code = _ID.match(plain.upper())
        if columns or code is None:
            return columns
        rest = plain[code.end() :]
        return [
            each
            for each in self.duties
            if (number := _ID.fullmatch(each.id)) and number[1] == code[1] and rest in {"", fold(each.column)}
        ]

    def _owes(self, unit: str, duty: Duty) -> bool:
        """Whether the unit, or one that it took over, reports the duty or is advised to, in whatever month."""
        before = {name for each in self.units if each.name == unit for name in each.predecessors}
        rows = [each for each in self.units if each.name == unit or each.name in before]
        phrases = {*duty.owners, *duty.advisory}
        return any(
            phrases & {each.name, *each.groups} or any(self.kind_groups.get(name) is each.kind for name in phrases)
            for each in rows
        )
