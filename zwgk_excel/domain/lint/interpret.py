"""``zwgk check``: parses the duty table and the roster together; every finding has its cell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from zwgk_excel.domain.duties import Cadence, Roster, UnitKind
from zwgk_excel.domain.lint.catalogue import EntryReader
from zwgk_excel.domain.lint.cells import joint_cell_ref, split_names
from zwgk_excel.domain.lint.directory import Directory, directory_of
from zwgk_excel.domain.lint.duties import DutyReader
from zwgk_excel.domain.lint.officers import OfficerReader
from zwgk_excel.domain.lint.one_off_tasks import TaskReader
from zwgk_excel.domain.lint.owners import Owners
from zwgk_excel.domain.lint.roster import read_units
from zwgk_excel.domain.lint.similar import DutyEntry, similar
from zwgk_excel.domain.lint.tables import LintLabels, ReferenceTables, TableRow
from zwgk_excel.domain.periods import LAST_DAY, Month, MonthDay
from zwgk_excel.domain.problems import Problem, merge_equal, problem
from zwgk_excel.domain.text import fold

_MONTH_END = re.compile(r"月底|月末")


def lint_tables(
    duty_rows: Sequence[TableRow],
    roster_rows: Sequence[TableRow],
    *,
    kind_groups: Mapping[str, UnitKind],
    office_groups: Sequence[str],
    labels: LintLabels,
    due_day: int | None = None,
    unissued: Month | None = None,
    final: MonthDay | None = None,
    task_rows: Sequence[TableRow] = (),
    officer_rows: Sequence[TableRow] = (),
    entry_rows: Sequence[TableRow] = (),
    used_entry_ids: Collection[str] = (),
) -> ReferenceTables:
    """Duties, one-off tasks, units and problems of the rows; an error in one row does not hide problems of others.

    ``due_day`` is the day of the month by which the notice wants monthly duties; None skips the comparison with the
    table. ``final`` is the end of their grace, None the month's end. With an empty roster the owners are not checked,
    because reading it has reported an error already. ``unissued`` is the first month that is not issued, None where
    none is: no change is suggested for one before it. ``officer_rows`` are those of the roster's sheet of officers for
    single duties, none where it has no such sheet. ``entry_rows`` are those of the catalogue, none without one,
    and ``used_entry_ids`` the numbers that imports have given.
    """
    directory = directory_of(roster_rows, kind_groups, office_groups)
    headings = labels.roster_headings
    units, sound, unit_problems = read_units(roster_rows, directory, labels.kinds, headings, kind_groups)
    owners = Owners(directory, units, kind_groups, labels.kinds, headings["groups"], unissued)
    entries, duty_problems = _read_duties(duty_rows, DutyReader(owners, labels))
    ids = {entry.duty.id for entry in entries}
    tasks, task_problems = TaskReader(ids, owners, labels.task_headings, labels.yes_no).read(task_rows)
    standing = [entry for entry in entries if entry.duty.valid_to is None]
    duty_problems += similar(standing)
    duty_problems += _due_conflict(standing, due_day, final or MonthDay(0, LAST_DAY))
    unit_problems += _unused_groups(duty_rows, roster_rows, directory, kind_groups)
    duties, complete = [entry.duty for entry in entries], len(entries) == len(duty_rows)
    officer_reader = OfficerReader(directory, units, duties, complete, kind_groups, labels.officer_headings)
    officers, officer_problems = officer_reader.read(officer_rows)
    entry_reader = EntryReader(duties, owners, labels.entry_headings, labels.yes_no, used_entry_ids)
    catalogue, entry_problems = entry_reader.read(entry_rows)
    return ReferenceTables(
        duties=tuple(duties),
        roster=Roster(tuple(sound), kind_groups, tuple(officers)),
        problems=tuple(
            each
            for found in (duty_problems, task_problems, unit_problems, officer_problems, entry_problems)
            for each in _in_order(found)
        ),
        rows={entry.duty.id: entry.row for entry in entries}
        | {row["id"]: row for row in task_rows if row["id"]}
        | {row["name"]: row for row in roster_rows if row["name"]},
        tasks=tuple(tasks),
        everyone=tuple(units),
        entries=tuple(catalogue),
    )


def _read_duties(rows: Sequence[TableRow], reader: DutyReader) -> tuple[list[DutyEntry], list[Problem]]:
    entries: list[DutyEntry] = []
    problems: list[Problem] = []
    for row in rows:
        duty, found = reader.read(row)
        problems += found
        if duty is not None:
            entries.append(DutyEntry(row, duty))
    return entries, problems


def _due_conflict(entries: Iterable[DutyEntry], due_day: int | None, final: MonthDay) -> Iterator[Problem]:
    """Reported once: the notice (part 二) wants monthly reports by the 25th, the duty table by the month's end."""
    monthly = (entry for entry in entries if entry.duty.cadence is Cadence.MONTHLY and entry.duty.due is None)
    rows = [entry.row for entry in monthly if _MONTH_END.search(entry.duty.requirement)]
    if rows and due_day is not None and due_day < LAST_DAY:
        at = joint_cell_ref(rows, "requirement")
        yield problem("duty_due_conflict", at, due=due_day, final=_day_words(final), count=len(rows))


def _day_words(day: MonthDay) -> str:
    month = {0: "", 1: "次月"}.get(day.months, f"之后第 {day.months} 个月")
    return f"{month}{'月底' if not month else '底'}" if day.day >= LAST_DAY else f"{month} {day.day} 日".strip()


def _unused_groups(
    duty_rows: Iterable[TableRow], roster_rows: Iterable[TableRow], directory: Directory, kind_groups: Iterable[str]
) -> Iterator[Problem]:
    """Groups of the roster that no duty names: probably misspelt."""
    names = [name for row in duty_rows for key in ("owners", "advisory") for name in directory.split(row[key])]
    named = {fold(name): name for name in names}
    known = {*named, *map(fold, kind_groups)}
    for row in roster_rows if named else ():
        for group in split_names(row["groups"]):
            if fold(group) not in known:
                close = get_close_matches(fold(group), named, n=1)
                suggestion = f"（最接近的是“{named[close[0]]}”）" if close else ""
                yield problem("group_unused", row.at("groups"), value=group, suggestion=suggestion)


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    """The problems with equal ones merged, ordered by the row of their first cell."""
    return sorted(merge_equal(problems), key=lambda each: _row_of(each.place.cell))


def _row_of(cell: str) -> int:
    digits = re.search(r"\d+", cell)
    return int(digits[0]) if digits else 0
