"""Proposes unit and month of a workbook without a valid signature, from cover, titles and file name.

A proposal counts only after a person has confirmed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.text import clean
from zwgk_excel.workbooks.contract.template_text import COVER_TITLE, title_pattern
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.find_sheets import TASKS, Sheets, TableSheet
from zwgk_excel.workbooks.reading.titles import find_cover_title, find_title

_DATED = re.compile(r"(?<!\d)(20\d{2})\s*[-_.年]?\s*(1[0-2]|0?[1-9])(?!\d)\s*月?")
_MONTH = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])月")
_EDGES = " _-—.（）()【】[]　"


@dataclass(frozen=True, slots=True)
class IdentityHints:
    """The texts in a workbook that suggest its unit and month; none is proven."""

    unit: str = ""
    """The most probable text: a name, an alias, or a text that contains one."""
    cycle: Month | None = None
    units: tuple[str, ...] = ()
    """All texts that may hold the unit's name, the likeliest first."""
    titles: tuple[tuple[str, Month | None], ...] = ()
    """(Text with the unit's name, month) of the cover and of 任务清单, which the office wrote; copies left out."""


def hints_of(found: Sheets, file: str, by: date) -> IdentityHints:
    """Hints from the cover, the titles of the sheets, and the file's name, in this order.

    ``by`` as for ``read_return``: a month without a year in a file name is the latest such month not after it.
    """
    covers, tasks = list(_covers(found)), list(_titles(part for part in found.parts[TASKS] if not part.copy))
    others = _titles(part for parts in found.parts.values() for part in parts)
    clues = [*covers, *tasks, *others, *_file_name(file, by)]
    units = tuple(dict.fromkeys(unit for unit, _ in clues if unit))
    cycle = next((month for _, month in clues if month), None)
    return IdentityHints(units[0] if units else "", cycle, units, (*covers[:1], *tasks))


_Clue = tuple[str, Month | None]


def _covers(found: Sheets) -> Iterator[_Clue]:
    for grid in found.covers:
        if title := find_cover_title(grid):
            unit, match = grid.value(title[0] + 1, title[1]), COVER_TITLE.fullmatch(as_text(grid.value(*title)).strip())
            assert match is not None
            yield clean(as_text(unit)), _month(match["cycle"])


def _titles(parts: Iterable[TableSheet]) -> Iterator[_Clue]:
    for part in parts:
        if title := find_title(part.grid, part.sheet):
            match = title_pattern(part.sheet).fullmatch(clean(as_text(part.grid.value(*title))))
            assert match is not None
            yield match["unit"], _month(match["cycle"])


def _file_name(file: str, by: date) -> Iterator[_Clue]:
    stem = clean(PurePosixPath(file.replace("\\", "/")).stem)
    if dated := _DATED.search(stem):
        yield stem[: dated.start()].strip(_EDGES), Month(int(dated[1]), int(dated[2]))
    elif found := _MONTH.search(stem):
        month = int(found[1])
        year = by.year if month <= by.month else by.year - 1
        yield stem[: found.start()].strip(_EDGES), Month(year, month)
    yield stem, None


def _month(words: str) -> Month | None:
    year, month = (int(number) for number in re.findall(r"\d+", words))
    try:
        return Month(year, month)
    except ValueError:
        return None
