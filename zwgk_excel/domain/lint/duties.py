"""Parses the rows of the duty table to duties, with the problems of each row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from zwgk_excel.domain.companions import OF_OLD, Companion
from zwgk_excel.domain.duties import Cadence, Duty, OwnerTerm
from zwgk_excel.domain.lint.cells import CellReader, split_names
from zwgk_excel.domain.lint.counted_names import LONGEST_NAME, is_too_long
from zwgk_excel.domain.lint.due_words import DUE_FORMS, parse_due
from zwgk_excel.domain.lint.owners import Owners
from zwgk_excel.domain.lint.tables import LintLabels, TableRow
from zwgk_excel.domain.periods import MonthDay
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.text import clean, fold, text_length

_CONSULTATION = "consultation"
"""The category (大项) of the notice's second part, 调查征集."""
_ID = re.compile(r"D\d+")
_LEADING_ZEROS = re.compile(r"^D0+(?=\d)")
_CADENCES: Sequence[tuple[re.Pattern[str], Cadence]] = (
    (re.compile(r"每年\s*1\s*月\s*31\s*日"), Cadence.ANNUAL_REPORT),
    (re.compile(r"每个?月|按月"), Cadence.MONTHLY),
    (re.compile(r"每个?季|按季"), Cadence.QUARTERLY),
    (re.compile(r"每年|按年"), Cadence.YEARLY),
    (re.compile(r"实时|及时|同步|根据|按照|随时"), Cadence.ON_DEMAND),
)
"""Words of a requirement (报送要求) → cadence; the first match counts, because 同步报送 also occurs with 每月."""


def expected_cadence(requirement: str) -> Cadence | None:
    """The cadence that the words of a requirement (报送要求) state; None where they state no known one."""
    return next((cadence for pattern, cadence in _CADENCES if pattern.search(requirement)), None)


class DutyReader:
    """Parses the rows of the duty table."""

    def __init__(self, owners: Owners, words: LintLabels) -> None:
        self._owners, self._words = owners, words
        self._rows: dict[str, int] = {}

    def read(self, row: TableRow) -> tuple[Duty | None, list[Problem]]:
        """The duty of a row (None where the row has an error) and the row's problems."""
        cells = CellReader(row, self._words.duty_headings)
        fields = self._identity(cells) | self._rules(cells) | self._owned(cells)
        return (Duty(**fields) if cells.sound else None), cells.problems

    def _identity(self, cells: CellReader) -> dict[str, Any]:
        row = cells.row
        category = cells.choice("category", self._words.categories, "duty_category_unknown")
        return {
            "id": self._id(cells),
            "column": _column(cells),
            "category": self._words.categories[category] if category else "",
            "content": row["content"] or row["content_filled"],
            "requirement": row["requirement"],
        }

    def _rules(self, cells: CellReader) -> dict[str, Any]:
        cadence = cells.choice("cadence", self._words.cadences, "duty_cadence_unknown")
        if cadence is not None:
            self._compare_cadence(cells, Cadence(cadence))
        policy = cells.choice("policy", self._words.yes_no, "duty_flag_unknown", empty="no") == "yes"
        chosen = Cadence(cadence) if cadence else None
        dates = _dates(cells, chosen) if chosen else {}
        return {"cadence": chosen, "policy": policy, "companions": self._companions(cells), **dates}

    def _companions(self, cells: CellReader) -> tuple[Companion, ...]:
        """The companions that a cell names, in their own order; 是 and 否 are of tables of before."""
        text, labels = cells.row["companions"], self._words.companions
        yes_no = {fold(label): code for code, label in self._words.yes_no.items()}
        codes = {fold(label): code for code, label in labels.items()}
        if code := yes_no.get(fold(text)):
            named: set[str] = set(OF_OLD if code == "yes" else ())
        else:
            named = {codes.get(fold(name), "") for name in split_names(text)}
        column, asked = self._words.shipped_companions.get(fold(cells.row["id"]).upper(), ("", ""))
        if asked and not text and fold(column) == fold(cells.row["column_text"]):
            cells.complain("duty_companion_left", "companions", value=asked)
        if "" in named:
            cells.complain("duty_companion_unknown", "companions", choices="、".join(labels.values()))
        if fold(cells.row["category"]) == fold(self._words.categories[_CONSULTATION]):
            named.add(Companion.CONSULTATION)  # what is collected opinions on says so, whatever the cell says
        return tuple(each for each in Companion if each in named)

    def _owned(self, cells: CellReader) -> dict[str, Any]:
        row = cells.row
        first, last = cells.validity()
        ended = bool(row["valid_to"])
        if not row["owners"] and not ended:
            cells.complain("duty_owner_missing", "owners")
        if not (row["content"] or row["content_filled"] or ended):
            cells.complain("duty_content_empty", "content")
        owners = self._owners.read(cells, "owners", ended=ended)
        advisory = self._owners.read(cells, "advisory", ended=ended)
        return {
            "owners": _names(owners),
            "advisory": _names(advisory),
            "terms": _limited(owners),
            "advisory_terms": _limited(advisory),
            "valid_from": first,
            "valid_to": last,
        }

    def _id(self, cells: CellReader) -> str:
        duty_id = fold(cells.row["id"]).upper()
        if not duty_id:
            cells.complain("duty_id_missing", "id")
            return ""
        if not _ID.fullmatch(duty_id):
            cells.complain("duty_id_form", "id")
        same = _LEADING_ZEROS.sub("D", duty_id)  # nobody would tell D1 from D01
        if same in self._rows:
            cells.complain("duty_id_repeated", "id", row=self._rows[same])
        self._rows.setdefault(same, cells.row.number)
        return duty_id

    def _compare_cadence(self, cells: CellReader, chosen: Cadence) -> None:
        requirement = cells.row["requirement"]
        expected = expected_cadence(requirement)
        if expected is not None and expected is not chosen:
            word = self._words.cadences[expected]
            cells.complain("duty_cadence_contradicts", "cadence", requirement=requirement, expected_cadence=word)


def _dates(cells: CellReader, cadence: Cadence) -> dict[str, MonthDay | None]:
    """The duty's own due and final date; None for an empty cell."""
    found = {key: parse_due(cells.row[key], cadence) for key in ("due", "final")}
    for key, day in found.items():
        if cells.row[key] and day is None:
            cells.complain("duty_due_form", key, forms=DUE_FORMS[cadence])
    due, final = found["due"], found["final"]
    if due and final and final < due:
        cells.complain("duty_due_order", "final", due=cells.row["due"], due_heading=cells.heading("due"))
    return found


def _names(terms: Sequence[OwnerTerm]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.name for each in terms))


def _limited(terms: Sequence[OwnerTerm]) -> tuple[OwnerTerm, ...]:
    """The terms of the owners that have no term without limits."""
    always = {each.name for each in terms if each == OwnerTerm(each.name)}
    return tuple(each for each in terms if each.name not in always)


def _column(cells: CellReader) -> str:
    """The column's name: the office's where it is filled, else the notice's."""
    written, chosen = clean(cells.row["column_text"]), clean(cells.row["column"])
    if not written and not chosen:
        cells.complain("duty_column_missing", "column")
    elif not written:
        cells.complain("duty_column_filled", "column_text", value=chosen)
    if is_too_long(chosen or written):
        length = text_length(chosen or written)
        cells.complain("name_too_long", "column" if chosen else "column_text", length=length, limit=LONGEST_NAME)
    return chosen or written
