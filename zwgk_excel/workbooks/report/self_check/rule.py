"""A rule of 自查: its words, its condition in Excel, and the same in Python over one row as the rules see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from zwgk_excel.domain.companions import Companion
from zwgk_excel.domain.obligations import ReportTask
from zwgk_excel.domain.returns import AnswerStatus
from zwgk_excel.layout.words import meanings, words
from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.contract.defined_names import TASK_NAMES
from zwgk_excel.workbooks.contract.excel_value import ExcelValue
from zwgk_excel.workbooks.writing.style import cell_text

CONCATENATION_LIMIT = 32767


@dataclass(frozen=True, slots=True)
class TaskFlags:
    """The flags of a task that the self-check uses."""

    expected: bool = False
    """It must be answered in this workbook: mandatory, of its month, due by that month's end, not waived."""
    policy: bool = False
    companions: tuple[Companion, ...] = ()
    published_from: date | None = None
    """The first day of publication of items that count; None for any."""
    nil: bool = True
    """It may be answered with a nil report."""
    other_names: tuple[str, str, str] = ("", "", "")
    """Its 栏目 and its 编号 alone, which are understood as it, and its label without spaces; empty texts where they may
    mean another task, or are no others."""
    unfit: tuple[str, ...] = ()
    """Of a policy column the words of the types that alone do not satisfy it, in the order of the list."""
    backlog: bool = False
    """Of an earlier month, and not waived (补报): intake only remarks that it is open."""
    entries: tuple[str, ...] = ()
    """What its items may choose of the catalogue."""

    @classmethod
    def of(cls, listed: ReportTask) -> TaskFlags:
        """The flags of a report task."""
        duty = listed.obligation.duty
        companions, first = duty.companions, listed.obligation.published_from
        unfit = tuple(word for code, word in words("item_type").items() if duty.policy and code in duty.unfit_types)
        plain = listed.label == f"{duty.id} {duty.column}"
        alone = (cell_text(duty.column), cell_text(duty.id)) if plain else ("", "")
        tight = cell_text(listed.label).replace(" ", "")
        names = (*alone, tight if tight != listed.label else "")
        expected, backlog = listed.expected and not listed.backlog, listed.expected and listed.backlog
        entries = tuple(map(cell_text, listed.entries))
        return cls(expected, duty.policy, companions, first, duty.nil, names, unfit, backlog, entries)


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """The counts of one task's items."""

    total: int = 0
    bad: int = 0
    """The number of these with × in their own check."""
    useful: int = 0
    """Of these, items that are not bad and of a type that satisfies a policy column."""


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One row as the rules see it."""

    cells: Mapping[str, ExcelValue]
    flags: TaskFlags = TaskFlags()
    known: bool = True
    """An item's task is on the unit's list."""
    label: str = ""
    """The label of an item's task; what was typed where it is none."""
    tally: ItemCounts = ItemCounts()
    above: Sequence[Mapping[str, object]] = ()
    """The raw values of the item rows above an item."""
    slow_after: int = 0
    """Calendar days between forming and publishing beyond which an item surely came too late."""

    def __getitem__(self, key: str) -> ExcelValue:
        return self.cells[key]

    def status(self, code: AnswerStatus | None = None) -> bool:
        """Whether a task's status is this one; for None, whether none is chosen."""
        chosen = self["status"].plain.casefold()
        return chosen in map(str.casefold, meanings("answer", code)) if code else not chosen


@dataclass(frozen=True, slots=True)
class CheckRule:
    """One rule of 自查."""

    words: str
    excel: str
    holds: Callable[[CheckedRow], bool]
    marks: tuple[str, ...] = ()
    """Keys of the columns to colour."""
    warning: bool = False


def says(answer: AnswerStatus) -> str:
    """The condition that a task's status is an answer, in its word or in one that units type in its place."""
    return f"SUMPRODUCT(--({defined_names.said(answer)}={{status.plain}}))>0"


OF_TASK = f"({'+'.join(f'({each}={{task}})' for each in TASK_NAMES)})"
"""Of the tasks, whether what was typed is one of the names of one."""


def is_one_of(types: Iterable[str]) -> str:
    """The condition that an item is of one of some types."""
    return f"OR({','.join(f'{{type.plain}}={{types[{each}]}}' for each in types)})"


def is_type(row: CheckedRow, type_: str) -> bool:
    return row["type"].plain.casefold() == words("item_type")[type_].casefold()


def holds_any(cell: str, name: str) -> str:
    """The condition that a cell's text holds one of the texts that a defined name stands for."""
    return f"SUMPRODUCT(--ISNUMBER(FIND({name},{cell})))>0"


def errors_first(rules: Iterable[CheckRule]) -> tuple[CheckRule, ...]:
    return tuple(sorted(rules, key=lambda rule: rule.warning))
