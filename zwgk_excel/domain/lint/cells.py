"""Parses single cells of the duty table and the roster; what cannot be parsed becomes a problem with its cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from zwgk_excel.domain.addresses import is_address
from zwgk_excel.domain.lint.tables import TableRow
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, joint_cells, problem
from zwgk_excel.domain.text import clean, fold

_SEPARATORS = re.compile(r"[、,，;；/／\n]")
_MONTH = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?(?:\s*[-./]?\s*0?1日?(?:[ T]00:00(?::00)?)?)?")
_COMPACT_MONTH = re.compile(r"(\d{4})(\d{2})")
_EMPTY = "（空）"


def split_names(text: str) -> list[str]:
    """The names in a cell that lists several, separated by any punctuation or line break."""
    return [name for part in _SEPARATORS.split(text) if (name := clean(part))]


def parse_month(text: str) -> Month | None:
    """A month as typed: ``2026-11``, ``2026年11月``, ``202611``, a date of its first day; None for others."""
    plain = clean(unicodedata.normalize("NFKC", text))
    found = _MONTH.fullmatch(plain) or _COMPACT_MONTH.fullmatch(plain)
    try:
        return Month(int(found[1]), int(found[2])) if found else None
    except ValueError:
        return None


def overlap(
    first: tuple[Month | None, Month | None],
    second: tuple[Month | None, Month | None],
) -> bool:
    """Whether two (first, last) spans of months, open where None, have a month in common."""
    (a_from, a_to), (b_from, b_to) = first, second
    return (a_from is None or b_to is None or a_from <= b_to) and (b_from is None or a_to is None or b_from <= a_to)


class CellReader:
    """Parses the cells of one row and collects their ``problems``."""

    def __init__(self, row: TableRow, headings: Mapping[str, str]) -> None:
        """``headings`` maps column keys to headings, for the messages."""
        self.row, self._headings = row, headings
        self.problems: list[Problem] = []

    @property
    def sound(self) -> bool:
        """Whether every cell could be parsed and no problem found so far is an error."""
        return not self.row.unread and not any(each.is_error for each in self.problems)

    def heading(self, key: str) -> str:
        """The heading of a column."""
        return self._headings[key]

    def complain(self, code: str, key: str, **values: object) -> None:
        """Add a problem of the catalogue at a column's cell, with ``heading`` and ``value`` of the cell.

        Nothing is added for a cell that could not be read, because it has a problem already.
        """
        if key in self.row.unread:
            return
        values = {"heading": self._headings[key], "value": self.row[key] or _EMPTY, **values}
        self.problems.append(problem(code, self.row.at(key), obligation="", **values))

    def choice(self, key: str, words: Mapping[str, str], code: str, *, empty: str | None = None) -> str | None:
        """The code of the label in a cell, ``empty`` for an empty cell; a problem and None for others."""
        text = self.row[key]
        if not text and empty is not None:
            return empty
        found = next((each for each, word in words.items() if fold(word) == fold(text)), None)
        if found is None:
            self.complain(code, key, choices="、".join(words.values()))
        return found

    def month(self, key: str) -> Month | None:
        """The month of a cell, None for an empty cell; None and a problem where it is no month."""
        text = self.row[key]
        found = parse_month(text)
        if text and found is None:
            self.complain("month_form", key)
        return found

    def mails(self, key: str, code: str) -> tuple[str, ...]:
        """The mail addresses of a cell; a problem for each that is none."""
        plain = unicodedata.normalize("NFKC", self.row[key])
        mails = [each for part in split_names(plain) for each in part.split()]
        for mail in mails:
            if not is_address(mail):
                self.complain(code, key, value=mail)
        return tuple(mail for mail in mails if is_address(mail))

    def validity(self, first_key: str = "valid_from", last_key: str = "valid_to") -> tuple[Month | None, Month | None]:
        """The (first, last) month of a row, None where open; a problem where the last is before the first."""
        first, last = self.month(first_key), self.month(last_key)
        if first and last and last < first:
            self.complain("month_order", last_key, value=last, first=first, first_heading=self._headings[first_key])
        return first, last


def joint_cell_ref(rows: Sequence[TableRow], key: str) -> CellRef:
    """One reference for the cells of a column in several rows, neighbours as a range: ``E4:E18、E20``."""
    places = [row.at(key) for row in rows]
    return places[0].at(joint_cells(place.cell for place in places))
