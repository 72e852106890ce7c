"""Writes the two hidden sheets of a report workbook: 字典 with lists and counts, ``_zwgk`` with the identity."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

from zwgk_excel.domain.companions import ABOUT, NOTHING, NUMBERED, TITLED, Companion
from zwgk_excel.domain.persons import RANKS
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import meanings, words
from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.contract import identity_sheet as identity
from zwgk_excel.workbooks.excel import column_letters, serial
from zwgk_excel.workbooks.report import formulas
from zwgk_excel.workbooks.report.content import ReportContent, TaskRow, asked_tasks, list_names, tasks_of
from zwgk_excel.workbooks.report.locked_book import protect
from zwgk_excel.workbooks.writing.formats import Formats

_COLUMNS = (
    "label", "criterion", *Companion, "asks", "published_from", "policy", "expected", "nil", "bad", "useful"
)  # fmt: skip
"""The columns of 字典 that have a row for each task; texts that rules know, and the dropdowns, follow."""
_TEXTS = {
    defined_names.NOTHING: (*NOTHING, ""),
    defined_names.RANKS: RANKS,
    defined_names.ABOUT: ABOUT,
    defined_names.NUMBERED: NUMBERED,
    defined_names.TITLED: TITLED,
    **{defined_names.said(each): meanings("answer", each) for each in words("answer")},
}
"""Defined name → the texts that it stands for."""
_FIRST = 2
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
        return flags | {key: _cell(key, number) for key in ("bad", "useful")}

    def criterion(self, number: int) -> str:
        """The cell that COUNTIF uses to find a task's items."""
        return _cell("criterion", number)


def write_lists(book: Any, formats: Formats, tasks: Sequence[TaskRow]) -> ListRanges:
    """Write 字典 and the defined names; the sheet is hidden and locked."""
    page = book.add_worksheet(layout("report")["lists"].name)
    for number, key in enumerate(_all_columns()):
        page.write_string(0, number, key, formats.head)
    for row, task in enumerate(tasks, start=1):
        _write_task(page, formats, row, task)
    for name in list_names():
        for row, text in enumerate(words(name).values(), start=1):
            page.write_string(row, _number(name), text, formats.plain)
    for name, texts in _TEXTS.items():
        for row, text in enumerate(filter(None, texts), start=1):
            page.write_string(row, _number(name), text, formats.plain)
    page.set_column(0, len(_all_columns()) - 1, 16)
    protect(page)
    page.hide()
    _define_names(book, len(tasks))
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


def _write_task(page: Any, formats: Formats, row: int, task: TaskRow) -> None:
    label, criterion = task.label, _WILDCARD.sub(r"~\1", task.label)
    page.write_string(row, _number("label"), label, formats.plain)
    page.write_string(row, _number("criterion"), criterion, formats.plain)
    for companion in Companion:
        page.write_number(row, _number(companion), int(companion in task.flags.companions), formats.plain)
    page.write_number(row, _number("asks"), int(bool(task.flags.companions)), formats.plain)
    first = task.flags.published_from
    page.write_number(row, _number("published_from"), serial(first) if first else 0, formats.plain)
    for key in ("policy", "expected", "nil"):
        page.write_number(row, _number(key), int(getattr(task.flags, key)), formats.plain)
    cell = _cell("criterion", row - 1)
    page.write_formula(row, _number("bad"), formulas.bad_formula(cell), formats.plain, 0)
    page.write_formula(row, _number("useful"), formulas.useful_formula(cell), formats.plain, 0)


def _define_names(book: Any, tasks: int) -> None:
    book.define_name(defined_names.TASKS, "=" + _range("label", tasks))
    for companion in Companion:
        book.define_name(defined_names.needs(companion), "=" + _range(companion, tasks))
    book.define_name(defined_names.ASKS, "=" + _range("asks", tasks))
    book.define_name(defined_names.PUBLISHED_FROM, "=" + _range("published_from", tasks))
    for name, texts in _TEXTS.items():
        book.define_name(name, "=" + _range(name, len(texts)))
    for name in list_names():
        book.define_name(formulas.list_name(name), "=" + _range(name, len(words(name))))
    for name, formula in formulas.item_check_formulas().items():
        book.define_name(name, formula)


def _number(key: str) -> int:
    return _all_columns().index(key)


def _all_columns() -> tuple[str, ...]:
    return (*_COLUMNS, *_TEXTS, *list_names())


def _letter(key: str) -> str:
    return column_letters(_number(key))


def _cell(key: str, number: int) -> str:
    return f"{formulas.quoted(layout('report')['lists'].name)}!${_letter(key)}${_FIRST + number}"


def _range(key: str, count: int) -> str:
    """The range of a list; one empty cell for a unit without tasks."""
    return f"{_cell(key, 0)}:${_letter(key)}${_FIRST + max(count, 1) - 1}"
