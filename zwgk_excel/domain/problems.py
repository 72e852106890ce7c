"""Problems (问题): findings with their cells, made from the catalogue."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from zwgk_excel.domain.problem_catalogue import CATALOGUE, Severity

_MOST_CELLS_NAMED = 8
_MOST_CHOICES_NAMED = 6
_CELL = re.compile(r"([A-Z]+)(\d+)")
_RANGE = re.compile(r"([A-Z]+)(\d+):([A-Z]+)(\d+)")


@dataclass(frozen=True, slots=True)
class CellRef:
    """A cell reference ``file!sheet!cell``, each part empty where it does not apply."""

    file: str = ""
    sheet: str = ""
    cell: str = ""

    def at(self, cell: str) -> CellRef:
        """The reference of another cell of the same sheet."""
        return replace(self, cell=cell)

    def __str__(self) -> str:
        cells = self.cell.split("、")
        more = f" 等 {len(cells)} 处" if len(cells) > _MOST_CELLS_NAMED else ""
        shown = "、".join(cells[:_MOST_CELLS_NAMED]) + more
        return "!".join(part for part in (self.file, self.sheet, shown) if part)


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: what was found, where, what was expected, and what to do."""

    code: str
    severity: Severity
    place: CellRef
    found: str
    expected: str
    action: str
    obligation: str = ""
    """The key of the obligation it is about, if any."""

    @property
    def is_error(self) -> bool:
        """Whether its severity is error."""
        return self.severity is Severity.ERROR

    @property
    def counts(self) -> bool:
        """Whether it is to be corrected: an error or a warning, not a note."""
        return self.severity is not Severity.NOTE

    def __str__(self) -> str:
        where = f"{self.place}：" if str(self.place) else ""
        return f"{where}{self.cause}{'；' if self.expected else '，'}{self.action}。"

    @property
    def cause(self) -> str:
        """What was found and, where that does not say it already, what was expected, in brief."""
        expected = self.expected_briefly
        if not expected:
            return self.found
        space = " " if expected[0].isascii() and expected[0].isalnum() else ""
        return f"{self.found}，应为{space}{expected}"

    @property
    def expected_briefly(self) -> str:
        """What was expected; of a long list of choices the first, and how many they are."""
        choices = self.expected.split("、")
        if len(choices) <= _MOST_CHOICES_NAMED + 1:
            return self.expected
        return f"{'、'.join(choices[:_MOST_CHOICES_NAMED])} 等 {len(choices)} 项之一"

    def as_dict(self) -> dict[str, str]:
        """The problem as an object of ``status --json``."""
        place = {"file": self.place.file, "sheet": self.place.sheet, "cell": self.place.cell}
        texts = {"found": self.found, "expected": self.expected, "action": self.action}
        return {"code": self.code, "severity": str(self.severity), **place, **texts, "obligation": self.obligation}


def problem(code: str, place: CellRef, *, obligation: str = "", **values: object) -> Problem:
    """A problem of the catalogue at ``place``; ``values`` fill its sentences.

    Raises KeyError for an unknown code or a missing value.
    """
    kind = CATALOGUE[code]
    return Problem(
        code,
        kind.severity,
        place,
        kind.found.format_map(values),
        kind.expected.format_map(values),
        kind.action.format_map(values),
        obligation,
    )


def with_severities(problems: Iterable[Problem], severities: Mapping[str, str]) -> list[Problem]:
    """The problems with the office's severities (code → severity) in place of the catalogue's."""
    return [
        replace(each, severity=Severity(severities[each.code])) if each.code in severities else each
        for each in problems
    ]


def most_severe_per_cell(problems: Iterable[Problem]) -> list[Problem]:
    """One problem per cell: the most severe, of equal ones the first; all problems without a cell.

    What is said of a cell with regard to several obligations stays one problem of each.
    """
    problems = list(problems)
    weight = {severity: number for number, severity in enumerate(Severity)}
    chosen: dict[CellRef, Problem] = {}
    for each in problems:
        rival = chosen.get(each.place)
        if rival is None or weight[each.severity] < weight[rival.severity]:
            chosen[each.place] = each
    return [each for each in problems if not each.place.cell or _is_same_statement(each, chosen[each.place])]


def _is_same_statement(each: Problem, chosen: Problem) -> bool:
    if each is chosen:
        return True
    return each.obligation != chosen.obligation and replace(each, obligation=chosen.obligation) == chosen


def merge_equal(problems: Iterable[Problem], *, across_obligations: bool = False) -> list[Problem]:
    """Equal problems of one sheet merged to one that names every cell, in order of first appearance.

    Problems about different obligations are not merged, so that each can be counted, unless ``across_obligations`` (for
    people to read).
    """
    groups: dict[tuple[str, ...], list[Problem]] = defaultdict(list)
    for each in problems:
        about = "" if across_obligations else each.obligation
        groups[(each.code, each.place.file, each.place.sheet, each.found, each.expected, about)].append(each)
    return [_joined(group) for group in groups.values()]


def joint_cells(cells: Iterable[str]) -> str:
    """Cells as one text, neighbours in a column written as a range: ``E4:E18、E20``; accepts such texts as input."""
    single = dict.fromkeys(each for cell in cells for part in cell.split("、") for each in _cells_of(part))
    runs = groupby(enumerate(single), key=lambda each: _column_and_offset(*each))
    ends = [[cell for _, cell in run] for _, run in runs]
    return "、".join(run[0] if len(run) == 1 else f"{run[0]}:{run[-1]}" for run in ends)


def single_cells(place: CellRef) -> tuple[str, ...]:
    """The cells that a reference names, ranges resolved; one empty text for a sheet or a file as a whole."""
    return tuple(each for part in place.cell.split("、") for each in _cells_of(part))


def cell_count(place: CellRef) -> int:
    """The number of cells that a reference names; 1 for a sheet or a file as a whole."""
    return len(single_cells(place))


def _cells_of(part: str) -> list[str]:
    found = _RANGE.fullmatch(part)
    if not found or found[1] != found[3]:
        return [part]
    return [f"{found[1]}{row}" for row in range(int(found[2]), int(found[4]) + 1)]


def _column_and_offset(position: int, cell: str) -> tuple[str, int]:
    """A key that is equal for cells which follow each other in one column."""
    found = _CELL.fullmatch(cell)
    return (found[1], int(found[2]) - position) if found else (cell, -position)


def _joined(group: list[Problem]) -> Problem:
    if len(group) == 1:
        return group[0]
    return replace(group[0], place=group[0].place.at(joint_cells(each.place.cell for each in group)))
