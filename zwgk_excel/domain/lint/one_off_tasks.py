"""Parses the rows of the sheet 临时任务, with the problems of each row."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from zwgk_excel.domain.lint.cells import CellReader
from zwgk_excel.domain.lint.owners import Owners
from zwgk_excel.domain.lint.tables import TableRow
from zwgk_excel.domain.one_off_tasks import OneOffTask
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.text import clean, fold, parse_date

LONGEST_TITLE = 40
"""Characters: a title stands in a cell and in the dropdown of tasks."""
_NO_YEAR = date(1901, 1, 1)
"""What a day without a year is taken to be of: no task has such a date."""
_ID = re.compile(r"T\d+")
_LEADING_ZEROS = re.compile(r"^T0+(?=\d)")


def title_fault(title: str) -> bool:
    """Whether a text cannot be a task's title: empty, too long, or with a slash, which parts an obligation's key."""
    return not title or len(title) > LONGEST_TITLE or "/" in title


class TaskReader:
    """Parses the rows of 临时任务."""

    def __init__(
        self, duties: Collection[str], owners: Owners, headings: Mapping[str, str], yes_no: Mapping[str, str]
    ) -> None:
        """``duties`` are the ids of the duty table; ``headings`` and ``yes_no`` as in LintLabels."""
        self._duties, self._owners, self._headings, self._yes_no = duties, owners, headings, yes_no
        self._ids: set[str] = set()
        self._asked: set[tuple[str, str, Month]] = set()

    def read(self, rows: Iterable[TableRow]) -> tuple[list[OneOffTask], list[Problem]]:
        """The tasks of the sound rows that are not cancelled, and the problems of all rows."""
        tasks: list[OneOffTask] = []
        problems: list[Problem] = []
        for row in rows:
            cells = CellReader(row, self._headings)
            cancelled = cells.choice("cancelled", self._yes_no, "duty_flag_unknown", empty="no") == "yes"
            task = self._task(cells, cancelled=cancelled)
            problems += cells.problems
            if task and cells.sound and not cancelled:
                tasks.append(task)
        return tasks, problems

    def _task(self, cells: CellReader, *, cancelled: bool) -> OneOffTask | None:
        row = cells.row
        id_, title, duty = fold(row["id"]).upper(), clean(row["title"]), fold(row["duty"]).upper()
        if not _ID.fullmatch(id_) or _LEADING_ZEROS.sub("T", id_) in self._ids:
            cells.complain("one_off_id", "id")
        self._ids.add(_LEADING_ZEROS.sub("T", id_))
        if title_fault(title):
            cells.complain("one_off_title", "title", longest=LONGEST_TITLE)
        if duty not in self._duties and not cancelled:
            cells.complain("one_off_duty", "duty")
        if not row["owners"]:
            cells.complain("duty_owner_missing", "owners")
        owners = self._owners.read(cells, "owners", ended=cancelled)
        due, final = self._day(cells, "due"), self._day(cells, "final")
        if due and final and final < due:
            cells.complain("duty_due_order", "final", due=row["due"], due_heading=cells.heading("due"))
        if due is None:
            return None
        self._check_repeated(cells, (duty, title, Month.of(due)), cancelled=cancelled)
        names = tuple(dict.fromkeys(each.name for each in owners))
        return OneOffTask(id_, title, duty, names, due, final or due, row["content"])

    def _day(self, cells: CellReader, key: str) -> date | None:
        """The date of a cell, None for an empty one that may be; None and a problem for others."""
        text = cells.row[key]
        found = parse_date(text, by=_NO_YEAR)
        if found is not None and found <= _NO_YEAR:
            found = None
        if found is None and (text or key == "due"):
            cells.complain("one_off_day", key)
        return found

    def _check_repeated(self, cells: CellReader, asked: tuple[str, str, Month], *, cancelled: bool) -> None:
        """The same title, duty and month twice would be one task."""
        if not cancelled:
            if asked in self._asked:
                cells.complain("one_off_repeated", "title", month=asked[2])
            self._asked.add(asked)
