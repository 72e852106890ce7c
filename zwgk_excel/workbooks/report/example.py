"""Writes 填写示例: an item filled in, column by column, and what the types of items mean."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from zwgk_excel.domain.duties import Duty
from zwgk_excel.layout.columns import companion_columns, layout
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW
from zwgk_excel.workbooks.contract.template_text import example_title, type_meaning
from zwgk_excel.workbooks.report.content import ReportContent, format_cycle
from zwgk_excel.workbooks.report.items import is_shown
from zwgk_excel.workbooks.report.locked_book import protect, set_page
from zwgk_excel.workbooks.report.tasks import write_head
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import Formats, row_height

_HEIGHT = 18.0


def write_example(page: Any, formats: Formats, content: ReportContent, asked: Collection[str]) -> None:
    """Write the sheet into ``page``, with the columns that are shown where this is ``asked`` for."""
    sheet, items = layout("report")["example"], layout("report")["items"]
    for number, column in enumerate(sheet):
        page.set_column(number, number, column.width, formats.plain)
    write_head(page, formats, sheet, content)
    shown = [column for column in items.inputs if is_shown(column, asked)]
    row = FIRST_ROW - 1
    samples = _samples(content) | {"entry": next((task.entries[0] for task in content.listed if task.entries), "")}
    for column in shown:
        _write_row(page, formats, row, (column.display, samples.get(column.key, column.sample), column.prompt))
        row += 1
    policies = (task.obligation.duty for task in content.listed if task.obligation.duty.policy)
    unfit = frozenset[str]().union(*(duty.unfit_types for duty in policies))
    page.write_string(row + 1, 0, items.heading("type"), formats.head)
    page.merge_range(row + 1, 1, row + 1, 2, layout("report").settings["texts"]["meaning"], formats.head)
    row += 2
    for code, word in words("item_type").items():
        _write_row(page, formats, row, (word, "", ""))
        meaning = style.cell_text(type_meaning(code, satisfies=code not in unfit))
        page.merge_range(row, 1, row, 2, meaning, formats.cell)
        row += 1
    page.print_area(0, 0, row - 1, len(sheet.columns) - 1)
    set_page(page, footer=f"{content.unit} {content.cycle}", landscape=False)
    page.hide_gridlines(2)
    protect(page)


def _samples(content: ReportContent) -> dict[str, str]:
    """Column key → what is shown instead of its sample, where these are about a task that the unit does not have.

    The type is one that satisfies the task.
    """
    instead = layout("report").settings["example"]
    duties = {task.obligation.duty.id: task.obligation.duty for task in content.listed}
    if not duties:
        return {}
    if known := duties.get(instead["task"]):
        shown = layout("report")["items"]["type"].sample
        return {"type": _fit(known, next(code for code, word in words("item_type").items() if word == shown))}
    own = next((task for task in content.listed if task.owed and not task.backlog), content.listed[0])
    title = example_title(format_cycle(content.cycle), own.obligation.duty.column)
    return {"task": own.label, "title": title, "type": _fit(own.obligation.duty, instead["type"])}


def _fit(duty: Duty, usual: str) -> str:
    """The word of the usual type, or of another that satisfies the duty, of which no companion is asked if possible."""
    fit = [code for code in words("item_type") if not (duty.policy and code in duty.unfit_types)]
    accompanied = {code for column in companion_columns() for code in column.types}
    code = min(fit, key=lambda each: (each != usual, each in accompanied))
    return words("item_type")[code]


def _write_row(page: Any, formats: Formats, row: int, texts: tuple[str, str, str]) -> None:
    columns = layout("report")["example"].columns
    label = formats.named("cell", bold=True, bg_color=style.LOCKED_FILL)
    for place, text in enumerate(texts):
        page.write_string(row, place, style.cell_text(text), label if place == 0 else formats.cell)
    cells = [(text, column.width) for text, column in zip(texts, columns, strict=True)]
    page.set_row(row, row_height(cells, least=_HEIGHT))
