"""Writes the block of the cover in which a unit fills once what is the same for all its items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zwgk_excel.layout.columns import Column, ColumnKind, common_columns, layout
from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.contract.common_cells import PAIRS
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.report import formulas
from zwgk_excel.workbooks.report import items as report_items
from zwgk_excel.workbooks.report.inputs import number_format, text_rule
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import Formats

_SIZE, _HEIGHT = 11, 26


def write_common(page: Any, formats: Formats, values: Mapping[str, str], row: int, column: int) -> int:
    """Write the labels and cells of the block from ``row`` and ``column`` on, from 0; returns the row below.

    ``values`` are those that the unit may leave as they are, by column key. The title and the hint are the cover's.
    """
    label = formats.named("input_head", font_size=_SIZE)
    for number, each in enumerate(common_columns()):
        at, left = row + number // PAIRS, column + 2 * (number % PAIRS)
        look = formats.named("input_text", font_size=_SIZE, indent=1, num_format=number_format(each))
        page.set_row(at, _HEIGHT)
        page.write_string(at, left, each.heading, label)
        if value := values.get(each.key):
            page.write_string(at, left + 1, style.cell_text(value), look)
        else:
            page.write_blank(at, left + 1, None, look)
        page.data_validation(at, left + 1, at, left + 1, _validation(each, formulas.Ref(_address(at, left + 1))))
        _colour(page, formats, each, at, left + 1)
    return row + -(-len(common_columns()) // PAIRS)


def define_common_names(book: Any, sheet: str, row: int, column: int) -> None:
    """Define the names of the cells that :func:`write_common` writes from ``row`` and ``column`` on.

    And the name of 自查 of all items, by which their colours tell what is missing.
    """
    for number, each in enumerate(common_columns()):
        cell = _address(row + number // PAIRS, column + 2 * (number % PAIRS) + 1)
        book.define_name(defined_names.common(each.key), f"={formulas.quoted(sheet)}!{cell}")
    items = layout("report")["items"]
    book.define_name(defined_names.ITEM_CHECKS, "=" + formulas.area(items, "check", report_items.last_row()))


def _validation(column: Column, cell: formulas.Ref) -> dict[str, Any]:
    rule, error = text_rule(column, cell)
    return {
        "input_title": column.heading,
        "input_message": layout("report").settings["common"]["prompt"],
        "ignore_blank": True,
        "error_title": f"{column.heading}有误",
        "error_message": error,
        "error_type": "stop",
        **rule,
    }


def _colour(page: Any, formats: Formats, column: Column, row: int, place: int) -> None:
    cell = formulas.Ref(_address(row, place))
    conditions = [f"={cell.length}>{column.max_length}"]
    if column.required:
        conditions.append(formulas.lacking_condition(column, cell))
    for condition in conditions:
        rule = {"type": "formula", "criteria": condition, "format": formats.red}
        page.conditional_format(row, place, row, place, rule)
    if column.kind is ColumnKind.PHONE:
        doubtful = f"=AND(NOT({cell.blank}),NOT({cell.could_be_telephones(column.max_length)}))"
        rule = {"type": "formula", "criteria": doubtful, "format": formats.amber}
        page.conditional_format(row, place, row, place, rule)


def _address(row: int, column: int) -> str:
    return f"${column_letters(column)}${row + 1}"
