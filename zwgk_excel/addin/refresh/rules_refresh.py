"""Conditional formats and validations of the open tracker: where they do not reach every row, they are laid anew."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from zwgk_excel.addin.refresh.live_book import cells_at
from zwgk_excel.addin.refresh.row_writer import TableArea
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.recording_workbook import Area, ConditionalFormat, RecordedSheet, Validation

_REFERENCE = re.compile(r"\$?[A-Z]{1,3}\$?\d+")
_COMPARISONS = {"==": "equal_to", ">": "greater_than"}
_KINDS = {"list": "list", "date": "date", "length": "text_length", "integer": "whole_number"}
_WITH_VALIDATION = -4174  # xlCellTypeAllValidation
_TITLES = {
    "input_title": "InputTitle",
    "input_message": "InputMessage",
    "error_title": "ErrorTitle",
    "error_message": "ErrorMessage",
}


def refresh_rules(
    sheet: Any,
    recorded: RecordedSheet,
    table: TableArea,
    *,
    rows_change: bool,
    used: Any = None,
    settled: Collection[int] = (),
    own: Mapping[int, tuple[int, bool]] | None = None,
    changing: Callable[[], object] = lambda: None,
) -> None:
    """See that every recorded rule and validation reaches from the first row of the table to its last.

    Programs extend them when rows are inserted between others. At the edges not all do; then all rules of the writer
    on this sheet are taken off (those of others stay) and laid over the whole table. Where no ``rows_change`` they are
    only counted, in the ``used`` cells of the sheet for who has them at hand, else in the last row: enough to see that
    somebody cleared them. So they are in rows that are ``settled``: they were there before, and what reached them does.
    ``changing`` is called before anything is laid. ``own`` maps the recorded rows (from 0) of a sheet whose rows have
    lists of their own to the rows where they stand, and whether these were put in just now.
    """
    edges = {row: row not in settled for row in (table.first, table.last)} if rows_change else {table.last: False}
    edges = {row: new for row, new in edges.items() if new or row == table.last}
    counted = None if rows_change else used
    if not all(_reach(sheet, row, recorded.rules, table, new, counted) for row, new in edges.items()):
        rules = [(_moved(rule.area, table), _spoken(rule, table)) for rule in recorded.rules]
        changing()
        for area, rule in rules:
            _remove(sheet, area, rule)
        with _in_front(sheet):
            # The newest rule comes first in Excel's order.
            for area, rule in reversed(rules):
                _add(sheet, area, rule)
    lists = [each for each in recorded.validations if own is not None and each.options["validate"] == "list"]
    for run in _side_by_side([each for each in recorded.validations if each not in lists], table):
        if not all(_all_laid(sheet, run, table, row) for row in edges):
            for each in run:
                if not _is_laid(sheet, each, table):
                    changing()
                    _validate(sheet, _moved(each.area, table), each)
    if own is not None:
        _validate_rows(sheet, lists, table, own, rows_change, changing)


def _validate_rows(
    sheet: Any,
    lists: Sequence[Validation],
    table: TableArea,
    own: Mapping[int, tuple[int, bool]],
    rows_change: bool,
    changing: Callable[[], object],
) -> None:
    """Lay the lists of rows that were put in, because they have that of their neighbour; all of them where that of the
    last other row, or where rows come and go of the first, is gone: enough to see that somebody cleared them."""
    places = [(own[each.area[0]], table.columns[each.area[1]], each) for each in lists]
    kept = [(row, column) for (row, new), column, _ in places if not new]
    looked_at = dict.fromkeys((*kept[:rows_change], *kept[-1:]))
    there = all(cells_at(sheet, (*cell, *cell)).data_validation.type == "list" for cell in looked_at)
    for (row, new), column, each in places:
        if new or not there:
            changing()
            _validate(sheet, (row, column, row, column), each)


def _reach(
    sheet: Any, row: int, rules: Sequence[ConditionalFormat], table: TableArea, thorough: bool, counted: Any
) -> bool:
    """Whether all rules reach a row, or the cells in which they are ``counted``: as many as there should be, or
    ``thorough``, just these."""
    if not rules:
        return True
    columns = [table.columns[rule.area[side]] for rule in rules for side in (1, 3)]
    cells = cells_at(sheet, (row, min(columns), row, max(columns))) if counted is None else counted
    found = cells.conditional_formats
    if not thorough:
        return len(found) >= len(rules)
    return not Counter(map(_rule_key, rules)) - Counter(map(_key, found))


def _side_by_side(validations: Sequence[Validation], table: TableArea) -> list[list[Validation]]:
    """Runs of validations whose columns stand beside each other on the sheet."""
    found: list[list[Validation]] = []
    ordered = sorted(validations, key=lambda each: table.columns[each.area[1]])
    for before, each in zip([None, *ordered], ordered, strict=False):
        beside = before is not None and table.columns[before.area[1]] + 1 == table.columns[each.area[1]]
        found = [*found[:-1], [*found[-1], each]] if beside else [*found, [each]]
    return found


def _all_laid(sheet: Any, run: Sequence[Validation], table: TableArea, row: int) -> bool:
    """Whether every cell of a row in these columns has a validation, which one question answers."""
    left, right = (table.columns[each.area[1]] for each in (run[0], run[-1]))
    if sys.platform == "darwin" or len(run) == 1:
        found = cells_at(sheet, (row, left, row, right)).data_validation.type
        return found in {*(_KINDS[each.options["validate"]] for each in run), *(["inconsistent"] if run[1:] else [])}
    # xlwings asks eight times for the kind of several, which is none that says more.
    block = f"{column_letters(left - 1)}{row}:{column_letters(right - 1)}{row}"
    try:
        cells = sheet.api.Range(block).SpecialCells(_WITH_VALIDATION)
    except Exception:  # Excel's answer where no cell has any
        return False
    return int(cells.CountLarge) == len(run)


def _is_laid(sheet: Any, validation: Validation, table: TableArea) -> bool:
    """Whether the first and the last cell have the validation, by its kind."""
    column, kind = table.columns[validation.area[1]], _KINDS[validation.options["validate"]]
    rows = dict.fromkeys((table.first, table.last))
    return all(cells_at(sheet, (row, column, row, column)).data_validation.type == kind for row in rows)


@contextmanager
def _in_front(sheet: Any) -> Iterator[None]:
    """Let cells of a sheet be selected, a hidden one too; afterwards it has its own selection again."""
    visible = sheet.visible
    sheet.visible = True
    sheet.activate()
    cells = selected_cells(sheet.book.app)
    try:
        yield
    finally:
        select_again(cells)
        sheet.visible = visible


def selected_cells(app: Any) -> Any:
    """What is selected in an xlwings app; None where that is no cells.

    By itself xlwings asks three times, each time with an address, and then for the number of cells.
    """
    from xlwings import Range

    found = app.impl.selection
    return None if found is None else Range(impl=found)


def select_again(cells: Any) -> None:
    """Select the cells that were selected; the application's own object follows rows that came above."""
    try:
        if cells is not None:
            cells.select()
    except Exception:  # whatever the application says of cells whose row is gone; there is nothing to select then
        return


def _moved(area: Area, table: TableArea) -> Area:
    """A recorded area on the sheet as it is, rows and columns from 1."""
    _, left, _, right = area
    return table.first, table.columns[left], table.last, table.columns[right]


def _spoken(rule: ConditionalFormat, table: TableArea) -> ConditionalFormat:
    """The rule with its formula about the sheet's own columns and first row."""
    letters = {column_letters(n): column_letters(column - 1) for n, column in enumerate(table.columns)}

    def moved(found: re.Match[str]) -> str:
        mark, name, row_mark, row = re.fullmatch(r"(\$?)([A-Z]+)(\$?)(\d+)", found[0]).groups()  # type: ignore[union-attr]
        number = table.first + int(row) - 1 - rule.area[0]
        return f"{mark}{letters.get(name, name)}{row_mark}{number}"

    parts = re.split(r'("(?:[^"]|"")*")', rule.formula)
    parts[::2] = [_REFERENCE.sub(moved, part) for part in parts[::2]]
    return ConditionalFormat(rule.area, "".join(parts), rule.format, rule.compares, rule.stops)


def _key(live: Any) -> tuple[str, str]:
    """What tells rules apart: how they compare, and with what; rows in a live formula depend on the selected cell."""
    kind = str(live.type)
    return kind, _bare((live.formula1 if kind == "cell_value" else live.formula) or "")


def _rule_key(rule: ConditionalFormat) -> tuple[str, str]:
    return "cell_value" if rule.compares else "custom", _bare(rule.formula)


def _bare(formula: str) -> str:
    return _REFERENCE.sub("#", formula).replace(" ", "").removeprefix("=")


def _remove(sheet: Any, area: Area, rule: ConditionalFormat) -> None:
    for each in reversed(list(cells_at(sheet, area).conditional_formats)):
        if _key(each) == _rule_key(rule):
            each.delete()


def _add(sheet: Any, area: Area, rule: ConditionalFormat) -> None:
    cells = cells_at(sheet, area)
    # Excel reads the references of a new rule from the selected cell.
    sheet.range(area[:2]).select()
    looks: Mapping[str, Any] = {
        "fill_color": rule.format.get("bg_color"),
        "font_color": rule.format.get("font_color"),
        "font_bold": rule.format.get("bold"),
        "font_italic": rule.format.get("italic"),
        "stop_if_true": rule.stops,
    }
    if rule.compares:
        made = cells.conditional_formats.add_cell_value(_COMPARISONS[rule.compares], f"={rule.formula}", **looks)
    else:
        made = cells.conditional_formats.add_custom(rule.formula, **looks)
    if (code := rule.format.get("num_format")) and sys.platform != "darwin":
        # xlwings itself has no number format for rules; on a Mac the mark before the word is left out.
        made.impl.api.NumberFormat = code


def _validate(sheet: Any, area: Area, validation: Validation) -> None:
    options = validation.options
    kind = _KINDS[options["validate"]]
    rule = cells_at(sheet, area).data_validation
    if kind == "list":
        rule.set_list(_choices(sheet, options["source"]))
    elif kind == "date":
        rule.set_date("between", options["minimum"], options["maximum"])
    else:
        rule.set_text_length("less_than_or_equal", options["value"])
    if sys.platform != "darwin":
        for name, native in _TITLES.items():
            if name in options:
                setattr(rule.api, native, options[name])


def _choices(sheet: Any, source: Sequence[str] | str) -> Any:
    return sheet.range(source.removeprefix("=")) if isinstance(source, str) else list(source)
