"""Writes the two hidden sheets of a report workbook: 字典 with lists and counts, ``_zwgk`` with the identity."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import zip_longest
from typing import Any

from zwgk_excel.domain.companions import ABOUT, NOTHING, NUMBERED, TITLED, Companion
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.persons import TITLES
from zwgk_excel.layout.columns import ColumnKind, layout
from zwgk_excel.layout.words import meanings, words
from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.contract import identity_sheet as identity
from zwgk_excel.workbooks.contract.aside_rows import ASIDE, ASIDE_TITLED
from zwgk_excel.workbooks.contract.excel_value import BRACKETS, COUNTERS, NAME_SEPARATORS, NAMELESS
from zwgk_excel.workbooks.excel import column_letters, day_of, serial
from zwgk_excel.workbooks.report import formulas
from zwgk_excel.workbooks.report.content import ReportContent, TaskRow, asked_tasks, list_names, tasks_of
from zwgk_excel.workbooks.report.first_state import FirstState
from zwgk_excel.workbooks.report.locked_book import protect
from zwgk_excel.workbooks.report.self_check import ItemCounts, latest_days, slow_after
from zwgk_excel.workbooks.writing.formats import Formats

_COLUMNS = (
    *("label", "criterion", "words", "words_criterion", "id", "id_criterion", "tight", "tight_criterion"),
    *(*Companion, "issued_id", "asks", "published_from", "policy", "expected", "nil", "bad", "useful", "unfit"),
    *("entry_first", "entry_count", "slow_after", defined_names.NOBODY),
)
"""The columns of 字典 that have a row for each task, and a number for all; texts that rules know, and the dropdowns,
follow."""
_TEXTS = {
    defined_names.NOTHING: (*NOTHING, ""),
    defined_names.NAME_SIGNS: (*NAME_SEPARATORS, *BRACKETS, *TITLES),
    defined_names.ASIDE: ASIDE,
    defined_names.ASIDE_TITLED: ASIDE_TITLED,
    defined_names.COUNTERS: (*COUNTERS, ""),
    defined_names.ABOUT: ABOUT,
    defined_names.NUMBERED: NUMBERED,
    defined_names.TITLED: TITLED,
    **{defined_names.said(each): meanings("answer", each) for each in words("answer")},
}
"""Defined name → the texts that it stands for."""
_NAMES = ("label", "words", "id", "tight")
_CRITERIA = ("criterion", "words_criterion", "id_criterion", "tight_criterion")
_FIRST = 2
BACKLOG_EXPECTED = 2
"""Stands in the column ``expected`` for a task of an earlier month; 1 for one that must be answered, 0 for the rest."""
_WILDCARD = re.compile(r"([~*?])")


@dataclass(frozen=True, slots=True)
class ListRanges:
    """The cell ranges of 字典, as references for other sheets."""

    tasks: int

    def range(self, name: str) -> str:
        """The cells of a list, as a data validation refers to them."""
        if name == "tasks":
            return _range("label", self.tasks)
        return _range(name, len(words(name)))

    def facts(self, number: int) -> dict[str, str]:
        """The arguments of ``task_check_formula`` for task ``number``, from 0."""
        flags = {key: f"{_cell(key, number)}=1" for key in ("expected", "nil", "policy")}
        flags["backlog"] = f"{_cell('expected', number)}={BACKLOG_EXPECTED}"
        return flags | {key: _cell(key, number) for key in ("bad", "useful", "unfit")}

    def criteria(self, number: int) -> list[str]:
        """The cells that COUNTIF uses to find a task's items: its label and its other names."""
        return [_cell(key, number) for key in _CRITERIA]


def write_lists(
    book: Any, formats: Formats, tasks: Sequence[TaskRow], state: FirstState, cycle: Month, publish_within: int
) -> ListRanges:
    """Write 字典 and the defined names; the sheet is hidden and locked. ``publish_within`` is in working days."""
    page = book.add_worksheet(layout("report")["lists"].name)
    for number, key in enumerate(_all_columns()):
        page.write_string(0, number, key, formats.head)
    unfit = _unfit(max((len(task.flags.unfit) for task in tasks), default=0))
    choices, places = _choices(tasks)
    for row, task in enumerate(tasks, start=1):
        _write_task(page, formats, row, task, unfit, state.counts[row - 1])
        page.write_number(row, _number("entry_first"), places.get(task.flags.entries, 0), formats.plain)
        page.write_number(row, _number("entry_count"), len(task.flags.entries), formats.plain)
    for row, text in enumerate(choices[1:], start=2):
        page.write_string(row, _number("entries"), text, formats.plain)
    for name in list_names():
        for row, text in enumerate(words(name).values(), start=1):
            page.write_string(row, _number(name), text, formats.plain)
    for name, texts in _TEXTS.items():
        for row, text in enumerate(filter(None, texts), start=1):
            page.write_string(row, _number(name), text, formats.plain)
    page.write_number(_FIRST - 1, _number("slow_after"), slow_after(publish_within), formats.plain)
    page.write_string(_FIRST - 1, _number(defined_names.NOBODY), NAMELESS, formats.plain)
    for key, latest in latest_days(cycle).items():
        page.write_number(_FIRST - 1, _number(defined_names.latest(key)), latest, formats.plain)
    page.set_column(0, len(_all_columns()) - 1, 16)
    protect(page)
    page.hide()
    _define_names(book, len(tasks), len(choices), cycle)
    return ListRanges(len(tasks))


def write_identity(book: Any, formats: Formats, content: ReportContent) -> None:
    """Write the very hidden sheet with the signed identity."""
    page = book.add_worksheet(layout("report")["identity"].name)
    values = {
        identity.PRODUCT: identity.PRODUCT_NAME,
        identity.SCHEMA: str(layout("report").settings["schema"]),
        identity.UNIT: content.unit,
        identity.CYCLE: str(content.cycle),
        identity.ISSUED_ON: content.issued_on.isoformat(),
        identity.SIGNATURE: content.signature,
    }
    if added := identity.added_text():
        values[identity.ADDED] = added
    for row, (key, value) in enumerate(values.items()):
        page.write_string(row, 0, key, formats.plain)
        page.write_string(row, 1, value, formats.get(num_format="@"))
    for row, task in enumerate(asked_tasks(tasks_of(content.listed)), start=len(values)):
        page.write_string(row, 0, identity.TASK, formats.plain)
        for column, text in enumerate(astuple(task), start=1):
            page.write_string(row, column, text, formats.get(num_format="@"))
    page.set_column(0, 0, 14)
    page.set_column(1, 1, 70)
    protect(page)
    page.very_hidden()


def _write_task(
    page: Any, formats: Formats, row: int, task: TaskRow, unfit: Sequence[str], counts: ItemCounts
) -> None:
    """Write the row of a task; ``unfit`` are the columns for the types that do not satisfy it."""
    names = [task.label, *(name or formulas.NO_NAME for name in task.flags.other_names)]
    for keys, name in zip(zip(_NAMES, _CRITERIA, strict=True), names, strict=True):
        for key, shown in zip(keys, (name, _WILDCARD.sub(r"~\1", name)), strict=True):
            page.write_string(row, _number(key), shown, formats.plain)
    page.write_string(row, _number("issued_id"), task.id, formats.plain)
    for companion in Companion:
        page.write_number(row, _number(companion), int(companion in task.flags.companions), formats.plain)
    page.write_number(row, _number("asks"), int(bool(task.flags.companions)), formats.plain)
    first = task.flags.published_from
    page.write_number(row, _number("published_from"), serial(first) if first else 0, formats.plain)
    for key in ("policy", "nil"):
        page.write_number(row, _number(key), int(getattr(task.flags, key)), formats.plain)
    expected = BACKLOG_EXPECTED if task.flags.backlog else int(task.flags.expected)
    page.write_number(row, _number("expected"), expected, formats.plain)
    page.write_string(row, _number("unfit"), "、".join(task.flags.unfit), formats.plain)
    for key, shown in zip_longest(unfit, task.flags.unfit, fillvalue=formulas.NO_TYPE):
        page.write_string(row, _number(key), shown, formats.plain)
    cells = [_cell(key, row - 1) for key in _CRITERIA]
    page.write_formula(row, _number("bad"), formulas.bad_formula(cells), formats.plain, counts.bad)
    if not task.flags.policy:
        return  # counting takes a while, and nothing asks for it
    types = f"{_cell(unfit[0], row - 1)}:{_cell(unfit[-1], row - 1).partition('!')[2]}"
    page.write_formula(row, _number("useful"), formulas.useful_formula(cells, types), formats.plain, counts.useful)


def _choices(tasks: Sequence[TaskRow]) -> tuple[list[str], dict[tuple[str, ...], int]]:
    """(A blank, then what items may choose of the catalogue; the place of the first choice of those of a task)."""
    choices, places = [""], {}
    for task in tasks:
        if task.flags.entries and task.flags.entries not in places:
            places[task.flags.entries] = len(choices)
            choices += task.flags.entries
    return choices, places


def _define_names(book: Any, tasks: int, choices: int, cycle: Month) -> None:
    for name, key in zip(defined_names.TASK_NAMES, _NAMES, strict=True):
        book.define_name(name, "=" + _range(key, tasks))
    for companion in Companion:
        book.define_name(defined_names.needs(companion), "=" + _range(companion, tasks))
    book.define_name(defined_names.ISSUED_IDS, "=" + _range("issued_id", tasks))
    book.define_name(defined_names.ASKS, "=" + _range("asks", tasks))
    book.define_name(defined_names.PUBLISHED_FROM, "=" + _range("published_from", tasks))
    book.define_name(defined_names.SLOW_AFTER, "=" + _cell("slow_after", 0))
    book.define_name(defined_names.NOBODY, "=" + _cell(defined_names.NOBODY, 0))
    book.define_name(defined_names.ENTRIES, "=" + _range("entries", choices))
    book.define_name(defined_names.ENTRY_FIRST, "=" + _range("entry_first", tasks))
    book.define_name(defined_names.ENTRY_COUNT, "=" + _range("entry_count", tasks))
    for key, latest in latest_days(cycle).items():
        book.define_name(defined_names.latest(key), "=" + _cell(defined_names.latest(key), 0))
        last = day_of(latest).year
        book.define_name(defined_names.years(key), f"={{{last - 1},{last}}}")  # of cells only one would be taken
    for name, texts in _TEXTS.items():
        book.define_name(name, "=" + _range(name, len(texts)))
    for name in list_names():
        book.define_name(formulas.list_name(name), "=" + _range(name, len(words(name))))
    for name, formula in (formulas.item_check_formulas() | formulas.cover_formulas(tasks)).items():
        book.define_name(name, formula)


def _number(key: str) -> int:
    return _all_columns().index(key)


def _all_columns() -> tuple[str, ...]:
    dates = [column.key for column in layout("report")["items"].inputs if column.kind is ColumnKind.DATE]
    latest, unfit = map(defined_names.latest, dates), _unfit(len(words("item_type")))
    return (*_COLUMNS, *latest, *unfit, *_TEXTS, *list_names(), "entries")


def _unfit(count: int) -> list[str]:
    """The columns for so many types that do not satisfy a task."""
    return [f"unfit_{number}" for number in range(1, count + 1)]


def _letter(key: str) -> str:
    return column_letters(_number(key))


def _cell(key: str, number: int) -> str:
    return f"{formulas.quoted(layout('report')['lists'].name)}!${_letter(key)}${_FIRST + number}"


def _range(key: str, count: int) -> str:
    """The range of a list; one empty cell for a unit without tasks."""
    return f"{_cell(key, 0)}:${_letter(key)}${_FIRST + max(count, 1) - 1}"
