"""Writes 任务清单: the tasks of the unit, and the cells for its answers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from zwgk_excel.domain.returns import AnswerStatus
from zwgk_excel.layout.columns import Column, SheetLayout, layout
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW, HEADER_ROW, HINT_ROW, TITLE_ROW
from zwgk_excel.workbooks.report import formulas, self_check
from zwgk_excel.workbooks.report.content import ReportContent, TaskRow, format_cycle
from zwgk_excel.workbooks.report.first_state import FirstState
from zwgk_excel.workbooks.report.inputs import number_format, validation
from zwgk_excel.workbooks.report.lists import ListRanges
from zwgk_excel.workbooks.report.locked_book import centred, protect, repeat_header, set_page
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import Formats, row_height

_STATUS = "status"
_FROZEN = "content"
"""The first column that scrolls."""
_CENTRED = frozenset({"id", "category", "column", "reference", "due", "status", "count"})
_LEAST_HEIGHT = 66.0
"""Points: four lines, because the longest texts of 自查 take four."""


def write_tasks(
    page: Any,
    formats: Formats,
    content: ReportContent,
    tasks: Sequence[TaskRow],
    lists: ListRanges,
    state: FirstState,
) -> None:
    """Write the sheet into ``page``; ``lists`` has the ranges of its dropdowns and counts."""
    sheet = layout("report")["tasks"]
    for number, column in enumerate(sheet):
        page.set_column(number, number, column.width, formats.plain)
    write_head(page, formats, sheet, content)
    for number, task in enumerate(tasks):
        _write_task(page, formats, sheet, number, task, lists, state)
    last = last_row(len(tasks))
    if not tasks:
        text = "本月没有报送任务。"
        page.merge_range(FIRST_ROW - 1, 0, FIRST_ROW - 1, len(sheet.columns) - 1, text, formats.centre)
    _validate(page, sheet, lists, last, [task.flags.nil for task in tasks] or [True])
    _colour(page, formats, sheet, last)
    page.freeze_panes(HEADER_ROW, sheet.index(_FROZEN))
    page.autofilter(HEADER_ROW - 1, 0, last - 1, len(sheet.columns) - 1)
    page.print_area(0, 0, last - 1, len(sheet.columns) - 1)
    repeat_header(page)
    set_page(page, footer=f"{content.unit} {content.cycle}")
    page.set_tab_color(style.HEAD_FILL)
    protect(page)


def last_row(tasks: int) -> int:
    """The last row of the sheet in use, from 1."""
    return FIRST_ROW + max(tasks, 1) - 1


def write_head(
    page: Any, formats: Formats, sheet: SheetLayout, content: ReportContent, *, hint_until: str | None = None
) -> None:
    """Write title, hint and headings; the cells beside title and hint are locked because they are merged.

    ``hint_until`` is the key of the last column that the hint takes, where not all of them are on the first page.
    """
    last = len(sheet.columns) - 1
    end = last if hint_until is None else sheet.index(hint_until)
    width = sum(column.width for column in sheet.columns[: end + 1])
    title = sheet.title.format(unit=content.unit, cycle_words=format_cycle(content.cycle))
    page.merge_range(TITLE_ROW - 1, 0, TITLE_ROW - 1, last, style.cell_text(title), formats.title)
    page.set_row(TITLE_ROW - 1, 32)
    page.merge_range(HINT_ROW - 1, 0, HINT_ROW - 1, end, sheet.hint, formats.hint)
    if end + 1 < last:
        page.merge_range(HINT_ROW - 1, end + 1, HINT_ROW - 1, last, "", formats.hint)
    page.set_row(HINT_ROW - 1, row_height([(sheet.hint, width)], least=20))
    for number, column in enumerate(sheet):
        page.write_string(HEADER_ROW - 1, number, column.display, formats.input_head if column.input else formats.head)
    page.set_row(HEADER_ROW - 1, row_height([(column.display, column.width - 1) for column in sheet], least=28) + 4)


def _write_task(
    page: Any,
    formats: Formats,
    sheet: SheetLayout,
    number: int,
    task: TaskRow,
    lists: ListRanges,
    state: FirstState,
) -> None:
    row = FIRST_ROW - 1 + number
    for place, column in enumerate(sheet):
        kind = _format(formats, column, task)
        match column.key:
            case "count":
                formula = formulas.total_formula(lists.criteria(number))
                page.write_formula(row, place, formula, kind, state.counts[number].total)
            case "check":
                formula = formulas.task_check_formula(row + 1, lists.facts(number))
                page.write_formula(row, place, formula, kind, state.tasks[number])
            case _ if column.input:
                page.write_blank(row, place, None, kind)
            case key:
                page.write_string(row, place, task.text(key), kind)
    texts = [(task.text(c.key), c.width) for c in sheet if not c.input and hasattr(task, c.key)]
    page.set_row(row, row_height(texts, least=_LEAST_HEIGHT))


def _format(formats: Formats, column: Column, task: TaskRow) -> Any:
    middle = {"align": "center"} if column.key in _CENTRED or (column.input and centred(column)) else {}
    if column.input:
        return formats.named("input_text", **middle, num_format=number_format(column))
    if column.key in {"reference", "due"} and task.backlog:
        return formats.named("cell", bold=True, bg_color=style.AMBER_FILL, font_color=style.AMBER_INK, **middle)
    if not task.owed and not task.backlog:
        return formats.named("cell", bg_color=style.LOCKED_FILL, **middle)
    return formats.named("cell", **middle)


def _validate(page: Any, sheet: SheetLayout, lists: ListRanges, last: int, nil: Sequence[bool]) -> None:
    """Write the data validations; ``nil`` says of each row whether it may be answered with a nil report."""
    for number, column in enumerate(sheet):
        if column.key == _STATUS:
            _validate_status(page, number, column, validation(column, sheet, lists), nil)
        elif column.input:
            page.data_validation(FIRST_ROW - 1, number, last - 1, number, validation(column, sheet, lists))


def _validate_status(page: Any, number: int, column: Column, usual: dict[str, Any], nil: Sequence[bool]) -> None:
    choices = [shown for code, shown in words(column.list).items() if code != AnswerStatus.NIL]
    always = {**usual, "source": choices, "input_message": layout("report").settings["texts"]["always"]}
    row = FIRST_ROW - 1
    for allowed, rows in groupby(nil):
        last = row + len(list(rows)) - 1
        page.data_validation(row, number, last, number, usual if allowed else always)
        row = last + 1


def _colour(page: Any, formats: Formats, sheet: SheetLayout, last: int) -> None:
    for rule in self_check.task_rules(sheet):
        colour = formats.amber if rule.warning else formats.red
        for key in rule.marks:
            place = sheet.index(key)
            condition = {
                "type": "formula",
                "criteria": formulas.check_contains(rule, sheet, FIRST_ROW),
                "format": colour,
            }
            page.conditional_format(FIRST_ROW - 1, place, last - 1, place, condition)
    colour_check(page, formats, sheet, last)


def colour_check(page: Any, formats: Formats, sheet: SheetLayout, last: int) -> None:
    """Colour the cells of 自查 by their mark."""
    colours = {style.GOOD: "green", style.BAD: "red", style.WATCH: "amber", style.OPTIONAL: "grey"}
    place = sheet.index("check")
    for mark, colour in colours.items():
        condition = {"type": "text", "criteria": "begins with", "value": mark, "format": getattr(formats, colour)}
        page.conditional_format(FIRST_ROW - 1, place, last - 1, place, condition)
