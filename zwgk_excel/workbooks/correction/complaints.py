"""Problems prepared for marking: grouped by cell, equal ones merged, errors first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from zwgk_excel.domain.problems import Problem
from zwgk_excel.workbooks.ooxml.addresses import Area, Cell, areas_in, joined

_SEPARATOR = "、"


@dataclass(frozen=True, slots=True)
class MergedProblem:
    """Equal problems of one sheet, as one line for people to read."""

    problem: Problem
    """The first of them."""
    areas: tuple[Area, ...]

    @property
    def cells(self) -> str:
        """``F4:F12、F15``; empty for a problem of a whole sheet or file."""
        return _SEPARATOR.join(map(str, self.areas))


def by_cell(problems: Iterable[Problem], most: int) -> dict[str, dict[Cell, list[Problem]]]:
    """Sheet name → cell → its problems, for the first ``most`` cells."""
    found: dict[str, dict[Cell, list[Problem]]] = defaultdict(dict)
    room = most
    for each in problems:
        for cell in (cell for area in areas_in(each.place.cell) for cell in area.cells()):
            known = found[each.place.sheet]
            if cell not in known:
                if room == 0:
                    break
                room -= 1
                known[cell] = []
            known[cell].append(each)
    return dict(found)


def merge_problems(problems: Iterable[Problem]) -> list[MergedProblem]:
    """Equal problems of one sheet merged, in order of first appearance."""
    groups: dict[tuple[str, ...], list[Problem]] = defaultdict(list)
    for each in problems:
        groups[each.severity, each.place.sheet, each.found, each.expected, each.action].append(each)
    return [_complaint(group) for group in groups.values()]


def _complaint(group: Sequence[Problem]) -> MergedProblem:
    areas = [area for each in group for area in areas_in(each.place.cell)]
    return MergedProblem(group[0], tuple(joined(areas)))


def by_severity(problems: Iterable[Problem]) -> list[Problem]:
    """The problems to be corrected: errors, then warnings, each in the order given; notes left out."""
    return sorted((each for each in problems if each.counts), key=lambda each: not each.is_error)


def errors_and_warnings(problems: Iterable[Problem]) -> str:
    """Both numbers of :func:`count` for a table, as ``9/1``; empty where there is nothing to correct."""
    counted = count([each for each in problems if each.counts])
    return f"{counted[True]}/{counted[False]}" if any(counted.values()) else ""


def count(problems: Collection[Problem]) -> Mapping[bool, int]:
    """The number of cells with errors (key True) and with warnings (False); a problem without a cell counts one."""
    counted = {True: 0, False: 0}
    # A cell may be complained about once for each task that it concerns.
    for place, is_error in dict.fromkeys((each.place, each.is_error) for each in problems if each.place.cell):
        counted[is_error] += sum(area.size for area in areas_in(place.cell)) or 1
    for each in problems:
        counted[each.is_error] += not each.place.cell
    return counted
