"""Possible duplicates among duties: repeated columns, similar contents; and questions written into the table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from zwgk_excel.domain.duties import Duty
from zwgk_excel.domain.lint.tables import TableRow
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.text import fold

_ALIKE = 0.8
"""difflib ratio of two contents: D11 and D33 have 0.98; the highest of two that differ in substance is 0.64."""
_SHORTEST_CONTENT = 10
_SHORTEST_NAME = 4
"""Characters: 教育 or 医疗 in another content is too common, 医疗保障 is not."""
_BOILERPLATE = re.compile(r"需?结合\s*2\s*化目录要求公开")
_DOUBT = r"(?:是不是|是否|吗|待定|待核实|待商定|[？?])"
_QUESTION = re.compile(rf"[（(]([^（）()]*{_DOUBT}[^（）()]*)[）)]|([^，。；、（）()\s]*(?:是不是|[？?]))")


@dataclass(frozen=True, slots=True)
class DutyEntry:
    """A valid duty with its row."""

    row: TableRow
    duty: Duty

    @property
    def column_place(self) -> CellRef:
        """The cell that names the column: the office's where it is filled, else the notice's."""
        return self.row.at("column" if self.row["column"] else "column_text")

    @property
    def content_place(self) -> CellRef:
        """The cell of the content."""
        return self.row.at("content" if self.row["content"] else "content_filled")


def similar(entries: Sequence[DutyEntry]) -> Iterator[Problem]:
    """A problem for each pair of duties that may be the same, each pair once."""
    yield from _repeated_columns(entries)
    for entry in entries:
        for question in _questions(entry.duty.content):
            yield problem("duty_questioned", entry.content_place, value=question)
    for number, later in enumerate(entries):
        for earlier in entries[:number]:
            if pair := _duplicate_pair(earlier, later):
                yield _likely(*pair)


def _repeated_columns(entries: Sequence[DutyEntry]) -> Iterator[Problem]:
    seen: dict[str, list[str]] = {}
    for entry in entries:
        others = seen.setdefault(fold(entry.duty.column), [])
        if others:
            values = {"value": entry.duty.column, "others": "、".join(others)}
            yield problem("duty_column_repeated", entry.column_place, **values)
        others.append(entry.duty.id)


def _questions(content: str) -> Iterator[str]:
    for found in _QUESTION.finditer(content):
        yield found[1] or found[2]


def _duplicate_pair(earlier: DutyEntry, later: DutyEntry) -> tuple[DutyEntry, DutyEntry] | None:
    """(The entry to report, the entry it duplicates); None for two that differ.

    Departments word their duties alike (政策文件、工作进展…), so only pairs with a common owner or a common name count.
    """
    a, b = earlier.duty, later.duty
    if not set(a.owners) & set(b.owners) and fold(a.column) != fold(b.column):
        return None
    if _names(b, a):
        return earlier, later
    return (later, earlier) if _names(a, b) or _same_topic(a, b) or _alike(a, b) else None


def _names(named: Duty, naming: Duty) -> bool:
    """Whether the content of ``naming`` contains the column name of ``named``."""
    name = named.column
    return len(name) >= _SHORTEST_NAME and name != naming.column and name in naming.content


def _same_topic(a: Duty, b: Duty) -> bool:
    """Whether both columns have a word in common that both contents repeat (稳岗就业、就业创业: 就业)."""
    words = _pairs(a.column) & _pairs(b.column)
    return a.column != b.column and any(min(a.content.count(word), b.content.count(word)) > 1 for word in words)


def _pairs(name: str) -> set[str]:
    return {part[i : i + 2] for part in re.split(r"\W+", name) for i in range(len(part) - 1)}


def _alike(a: Duty, b: Duty) -> bool:
    first, second = _substance(a), _substance(b)
    if min(len(first), len(second)) < _SHORTEST_CONTENT:
        return False
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _substance(duty: Duty) -> str:
    return re.sub(r"[\W_]+", "", _BOILERPLATE.sub("", duty.content))


def _likely(entry: DutyEntry, other: DutyEntry) -> Problem:
    values: Mapping[str, str] = {
        "value": entry.duty.column,
        "other": other.duty.id,
        "other_value": other.duty.column,
    }
    return problem("duty_likely_duplicate", entry.content_place, **values)
