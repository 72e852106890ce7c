"""Formats and data validation of the office's own columns."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout, layout
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_DAY, LAST_DAY, SheetWriter, area
from zwgk_excel.workbooks.writing.formats import Formats


def input_format(formats: Formats, column: Column) -> Any:
    """The format of a cell that the office fills."""
    centred = {"align": "center"} if column.kind is ColumnKind.CHOICE else {}
    return formats.named("input_date" if column.kind is ColumnKind.DATE else "input_text", **centred)


def validate_office_columns(
    page: SheetWriter,
    sheet: SheetLayout,
    count: int,
    letters: dict[str, str] | None = None,
    but: Collection[str] = (),
) -> None:
    """Prompts and checks on the office's columns of a table of ``count`` rows; ``letters`` where columns were moved.

    ``but`` are the keys of columns whose rows have checks of their own.
    """
    for column in (each for each in sheet if each.office and each.key not in but):
        place = letters[column.key] if letters else column_letters(sheet.index(column.key))
        page.sheet.data_validation(area(place, count), {**_rule(column), **choice_prompt(column)})


def choice_prompt(column: Column) -> dict[str, str]:
    """What is said beside a cell of a column, and when something else is typed there."""
    prompt = {"input_title": column.heading, "input_message": column.prompt} if column.prompt else {}
    texts = layout("tracker").settings["texts"]
    return {**prompt, "error_title": column.heading, "error_message": texts["not_taken"]}


def _rule(column: Column) -> dict[str, Any]:
    if column.kind is ColumnKind.DATE:
        return {"validate": "date", "criteria": "between", "minimum": FIRST_DAY, "maximum": LAST_DAY}
    if column.kind is ColumnKind.CHOICE:
        return {"validate": "list", "source": list(words(column.list).values())}
    return {"validate": "length", "criteria": "<=", "value": column.max_length}
