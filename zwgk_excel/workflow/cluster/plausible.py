"""Whether an answer can be the reading of the file that was asked about, so that the office works with it safely.

A node may still lie about what a file says: only reading it here would show that. Whom to trust with that is the
office's choice (docs/cluster.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from zwgk_excel.domain.problem_catalogue import CATALOGUE
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.returns import CellValue, Item, TaskAnswer
from zwgk_excel.layout.columns import Column, common_columns, layout
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.reading.read_return import ParsedReturn

_SHEETS = ("tasks", "items")


def misplaced(name: str, found: ParsedReturn | Problem) -> str:
    """Why an answer cannot be that of the file called ``name``; empty where it can."""
    if isinstance(found, Problem):
        return _of_problem(name, found)
    content, locator = found.content, found.locator
    reasons = [_of_problem(name, each) for each in content.problems]
    reasons += [_of_entry(found, each, "tasks") for each in content.answers]
    reasons += [_of_entry(found, each, "items") for each in content.items]
    if locator.file != name:
        reasons.append("another file")
    if locator.headings != _headings() or locator.sheets.keys() != set(_SHEETS):
        reasons.append("other sheets")
    if not {*found.required, *found.companions} <= _columns("items").keys():
        reasons.append("unknown columns")
    reasons.append(_of_common(name, found))
    claimed = (found.identity.unit, found.identity.cycle) if found.identity else ("", None)
    if (content.unit, content.cycle) != claimed:
        reasons.append("another identity")
    return next(filter(None, reasons), "")


def _of_problem(name: str, told: Problem) -> str:
    if told.place.file != name:
        return "another file"
    kind = CATALOGUE.get(told.code)
    return "" if kind and kind.severity is told.severity else "an unknown problem"


def _of_common(name: str, found: ParsedReturn) -> str:
    """Of the cells that are filled once on the cover: each of one of our columns, and no value without its cell."""
    places, content = found.locator.common, found.content
    used = {*content.common, *(key for item in content.items for key in item.common)}
    known = places.keys() <= {column.key for column in common_columns()} and used <= places.keys()
    return "" if known and all(place.file == name for place in places.values()) else "unknown common cells"


def _of_entry(found: ParsedReturn, entry: TaskAnswer | Item, sheet: str) -> str:
    if entry.obligation or entry.row < 0 or (entry.sheet and entry.sheet not in found.locator.copies):
        return "a row that is nowhere"
    values = dict(entry.more)
    if isinstance(entry, Item):
        values["type"] = entry.type
        if not entry.valid or not entry.unread <= _columns(sheet).keys():
            return "judged already"
    return "" if all(_codes(sheet, values)) else "an unknown choice"


def _codes(sheet: str, values: Mapping[str, CellValue]) -> Iterator[bool]:
    """Whether each value stands in a column of ours and, where that is a choice, is one of its codes."""
    columns = _columns(sheet)
    for key, value in values.items():
        column = columns.get(key)
        yield column is not None and (not column.is_coded or value == "" or value in words(column.list))


@cache
def _columns(sheet: str) -> Mapping[str, Column]:
    return {each.key: each for each in layout("report")[sheet]}


@cache
def _headings() -> Mapping[tuple[str, str], str]:
    columns: Iterable[tuple[str, Column]] = ((sheet, each) for sheet in _SHEETS for each in layout("report")[sheet])
    return {(sheet, each.key): each.heading for sheet, each in columns}
