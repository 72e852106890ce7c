"""Parses the rows of 标准目录.xlsx: which duties offer an entry, and which units publish it.

The catalogue is the office's help and no month depends on it: what is wrong in a row is never an error, and a row that
is tied to nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from zwgk_excel.domain.catalogue.entries import CatalogueEntry
from zwgk_excel.domain.catalogue.time_limits import parse_limit
from zwgk_excel.domain.catalogue.updates import free_ids
from zwgk_excel.domain.duties import Duty
from zwgk_excel.domain.lint.cells import CellReader, joint_cell_ref, split_names
from zwgk_excel.domain.lint.owners import Owners
from zwgk_excel.domain.lint.tables import TableRow
from zwgk_excel.domain.problem_catalogue import Severity
from zwgk_excel.domain.problems import Problem, problem
from zwgk_excel.domain.text import fold

_ID = re.compile(r"M\d+")
_NEEDED = frozenset({"id", "domain", "primary", "secondary", "limit", "duties", "units", "cancelled"})
"""Columns of which an entry is made: a row in which one of these cannot be read is left out."""
_DUTY = re.compile(r"([A-Z])0*(\d+)")


@dataclass(slots=True)
class EntryReader:
    """Understands the rows of the catalogue by the two tables."""

    duties: Sequence[Duty]
    owners: Owners
    headings: Mapping[str, str]
    """Column key → heading, for the messages."""
    yes_no: Mapping[str, str]
    used_ids: Collection[str] = ()
    """Numbers that imports have given, also to rows that are not there any more."""
    _ids: set[str] = field(default_factory=set)

    def read(self, rows: Iterable[TableRow]) -> tuple[list[CatalogueEntry], list[Problem]]:
        """The entries that are tied and not ended, and the problems of all rows."""
        entries: list[CatalogueEntry] = []
        problems: list[Problem] = []
        untied: list[TableRow] = []
        without: list[TableRow] = []
        rows = tuple(rows)
        for row in rows:
            cells = CellReader(row, self.headings)
            if cells.choice("cancelled", self.yes_no, "duty_flag_unknown", empty="no") == "yes":
                continue
            without += [] if row["id"] else [row]
            entry = self._entry(cells)
            if entry is not None and not (entry.duties and entry.owners):
                untied += [] if any(each.counts for each in cells.problems) else [row]
            elif entry is not None:
                entries.append(entry)
            problems += map(softened, cells.problems)
        if without:
            problems += unnumbered(without, [*self.used_ids, *(row["id"] for row in rows)], self.headings["id"])
        if untied:
            values = {"count": len(untied)}
            problems.append(problem("catalogue_untied", joint_cell_ref(untied, "duties"), obligation="", **values))
        return entries, problems

    def _entry(self, cells: CellReader) -> CatalogueEntry | None:
        row = cells.row
        id_ = fold(row["id"]).upper()
        if not id_ or row.unread & _NEEDED:
            return None
        if not _ID.fullmatch(id_) or id_ in self._ids:
            cells.complain("catalogue_id", "id")
            return None
        self._ids.add(id_)
        duties = tuple(self._duties(cells))
        owners = tuple(dict.fromkeys(each.name for each in self.owners.read(cells, "units", ended=False)))
        for name in owners if duties else ():
            if not any(self._owes(name, each) for each in self.duties if each.id in duties):
                cells.complain("catalogue_owner_foreign", "units", value=name, duties="、".join(duties))
        if row["limit"] and parse_limit(row["limit"]) is None:
            cells.complain("catalogue_limit_unknown", "limit")
        return CatalogueEntry(id_, row["domain"], row["secondary"] or row["primary"], row["limit"], duties, owners)

    def _owes(self, name: str, duty: Duty) -> bool:
        """Whether a unit or a group reports a duty or is advised to, in whatever month."""
        phrases, groups = {*duty.owners, *duty.advisory}, self.owners.kind_groups
        rows = [each for each in self.owners.units if each.name == name]
        named = any(phrases & set(each.groups) or any(groups.get(p) is each.kind for p in phrases) for each in rows)
        return name in phrases or named

    def _duties(self, cells: CellReader) -> Iterator[str]:
        for name in split_names(cells.row["duties"]):
            found = _DUTY.match(fold(name).upper())
            known = next((each.id for each in self.duties if found and _same(each.id, found)), "")
            if known:
                yield known
            else:
                cells.complain("catalogue_duty_unknown", "duties", value=name)


def _same(id_: str, found: re.Match[str]) -> bool:
    own = _DUTY.match(id_)
    return own is not None and own.groups() == found.groups()


def softened(found: Problem) -> Problem:
    """A problem of the catalogue's rows, which is never an error: no month waits for it."""
    return replace(found, severity=Severity.WARNING) if found.is_error else found


def unnumbered(rows: Iterable[TableRow], used: Iterable[str], heading: str) -> list[Problem]:
    """One problem with the rows without a number, which names the next free one; none where all have theirs.

    ``used`` are or were numbers of others. Of a cell that could not be read its reader has told.
    """
    lacking = [row for row in rows if not row["id"] and "id" not in row.unread]
    if not lacking:
        return []
    place, free = joint_cell_ref(lacking, "id"), next(free_ids(used))
    return [problem("catalogue_id_missing", place, obligation="", heading=heading, next=free)]
