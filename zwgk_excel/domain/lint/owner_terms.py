"""Owners as typed in a cell, each with its months: ``市财政局（2027-01起）、市住建局（至2026-12）``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zwgk_excel.domain.duties import OwnerTerm
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.text import clean

_SEPARATORS = "、,，;；/／\n"
_OPENING, _CLOSING = "（(", "）)"
_TERM = re.compile(r"(.*?)\s*[（(]([^（）()]*\d[^（）()]*)[）)]?\s*", re.DOTALL)
_MONTH = r"(\d{4})(?:[-./年](\d{1,2})月?|(\d{2}))"
_FROM = re.compile(rf"(?:自|从)?{_MONTH}(?:份)?(?:起|开始|以后)")
_UNTIL = re.compile(rf"(?:截?至|截?止|到){_MONTH}(?:份)?(?:底|止|为止)?|{_MONTH}(?:份)?(?:止|为止)")
_BETWEEN = re.compile(rf"(?:自|从)?{_MONTH}(?:份)?起?(?:至|到|[-—–~]+){_MONTH}(?:份)?(?:底|止|为止)?")
_EVER, _FOR_GOOD = Month(1900, 1), Month(9999, 12)


@dataclass(frozen=True, slots=True)
class TypedOwner:
    """One owner of a cell as typed."""

    name: str
    months: str = ""
    """What stands in brackets behind the name and has a digit in it."""


def typed_owners(text: str) -> Iterator[TypedOwner]:
    """The owners of a cell, separated by punctuation outside brackets, or by line breaks."""
    for part in _parts(text):
        found = _TERM.fullmatch(part)
        if found and found[1].strip():
            yield TypedOwner(clean(found[1]), clean(found[2]))
        elif name := clean(part):
            yield TypedOwner(name)


def _parts(text: str) -> Iterator[str]:
    depth, part = 0, ""
    for sign in text:
        # A bracket that is never closed ends with its line, or it would hide all other names.
        depth = 0 if sign == "\n" else depth + (sign in _OPENING) - (sign in _CLOSING and depth > 0)
        if sign in _SEPARATORS and not depth:
            yield part
            part = ""
        else:
            part += sign
    yield part


def parse_months(text: str) -> tuple[Month | None, Month | None] | None:
    """The first and last month that ``2027-01起``, ``至2026年12月`` or ``2026-01至2026-12`` mean; None for others."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    try:
        if found := _FROM.fullmatch(plain):
            return _month(found.groups()), None
        if found := _UNTIL.fullmatch(plain):
            return None, _month(found.groups())
        if found := _BETWEEN.fullmatch(plain):
            return _month(found.groups()[:3]), _month(found.groups()[3:])
    except ValueError:  # a thirteenth month
        return None
    return None


def _month(parts: Iterable[str | None]) -> Month:
    year, month = (int(each) for each in parts if each)
    return Month(year, month)


def owner_text(term: OwnerTerm) -> str:
    """An owner as :func:`typed_owners` and :func:`parse_months` read it back."""
    first, last = term.valid_from, term.valid_to
    if first and last:
        return f"{term.name}（{first}至{last}）"
    if first:
        return f"{term.name}（{first}起）"
    return f"{term.name}（至{last}）" if last else term.name


def reassigned(owners: Iterable[OwnerTerm], names: Iterable[str], month: Month) -> tuple[OwnerTerm, ...]:
    """The owners after a duty was given to ``names`` from ``month`` on; before it everything stays as it was.

    Who has the duty already when the month begins keeps it, without an end.
    """
    wanted = tuple(dict.fromkeys(names))
    kept: list[OwnerTerm] = []
    going: set[str] = set()
    for each in owners:
        if each.valid_from and each.valid_from >= month:
            continue
        if each.name in wanted and (each.valid_to is None or each.valid_to >= month - 1):
            kept.append(OwnerTerm(each.name, each.valid_from))
            going.add(each.name)
        elif each.valid_to is None or each.valid_to >= month:
            kept.append(OwnerTerm(each.name, each.valid_from, month - 1))
        else:
            kept.append(each)
    new = [OwnerTerm(name, month) for name in wanted if name not in going]
    return (*new, *kept)


def gaps(terms: Iterable[OwnerTerm]) -> Iterator[tuple[Month, Month]]:
    """First and last month of each span between the terms in which nobody has the duty, oldest first."""
    spans = sorted((each.valid_from or _EVER, each.valid_to or _FOR_GOOD) for each in terms)
    covered = spans[0][1] if spans else _FOR_GOOD
    for first, last in spans:
        if covered < _FOR_GOOD and covered + 1 < first:
            yield covered + 1, first - 1
        covered = max(covered, last)
