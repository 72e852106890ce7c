"""Writes 信息明细: the items a unit published, one a row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from xlsxwriter.utility import xl_range

from zwgk_excel.domain.companions import NAMED
from zwgk_excel.domain.prefilled import PrefilledRow
from zwgk_excel.domain.returns import CellValue
from zwgk_excel.layout.columns import Column, SheetLayout, layout
from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW, HEADER_ROW
from zwgk_excel.workbooks.excel import A4, ROWS, column_letters
from zwgk_excel.workbooks.report import formulas, self_check
from zwgk_excel.workbooks.report.content import ReportContent
from zwgk_excel.workbooks.report.first_state import FirstState
from zwgk_excel.workbooks.report.inputs import number_format, validation
from zwgk_excel.workbooks.report.lists import ListRanges
from zwgk_excel.workbooks.report.locked_book import centred, protect, repeat_header, set_page
from zwgk_excel.workbooks.report.tasks import colour_check, write_head
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import Formats
from zwgk_excel.workbooks.writing.paper import pages_across, room

_HINT_UNTIL = "title"
"""The last column of the hint: those down to it stand on every printed page, and what went on beyond was cut off."""
ENTRIES = "entries"
"""The list of the column that only tasks tied to the catalogue need."""
_FROZEN = "type"
"""The first column that scrolls."""
_READY = 3
"""Blank rows that are drawn below a filled one, for the next items."""
_DEFAULT_HEIGHT = 32.0
"""Points: two lines, as titles and links usually take. Set for the sheet, not for its rows, so that Excel makes a row
higher when somebody types a third line."""


def write_items(page: Any, formats: Formats, content: ReportContent, lists: ListRanges, state: FirstState) -> None:
    """Write the sheet into ``page``: prefilled and drawn rows, then plain ones that are drawn once they are filled.

    All are checked.
    """
    sheet = layout("report")["items"]
    page.set_default_row(_DEFAULT_HEIGHT)
    write_head(page, formats, sheet, content, hint_until=_HINT_UNTIL)
    _write_columns(page, formats, sheet, asked_of(content))
    _write_rows(page, formats, sheet, content.prefilled, state.items)
    _validate(page, sheet, lists)
    _colour(page, formats, sheet)
    _draw_filled(page, formats, sheet)
    page.freeze_panes(HEADER_ROW, sheet.index(_FROZEN))
    page.autofilter(HEADER_ROW - 1, 0, last_row() - 1, len(sheet.columns) - 1)
    repeat_header(page)
    set_page(page, footer=f"{content.unit} {content.cycle}")
    _set_pages(page, sheet, asked_of(content))
    page.set_tab_color(style.INPUT_HEAD_FILL)
    protect(page)


def _set_pages(page: Any, sheet: SheetLayout, asked: set[str]) -> None:
    """Two pages across or more, each with the title of its items: on one all columns would be too small to read."""
    repeated = sheet.index("title") + 1
    shown = [column for column in sheet.columns[: sheet.index("check")] if is_shown(column, asked)]
    page.fit_to_pages(pages_across([column.width for column in shown], repeated, room(A4)), 0)
    page.repeat_columns(0, repeated - 1)
    page.print_across()


def define_print_area(book: Any) -> None:
    """Let the filled rows and those drawn ready be printed, and nothing else, by every program.

    The area is whole columns up to 自查, which has a formula in every row that is checked: Excel counts those as
    content even where they show nothing. Nothing else stands in blank rows, no border and no fill (hence
    :func:`_draw_filled`), so that there is nothing to print below the last filled one: LibreOffice cuts such an area
    off there, Excel leaves out the blank pages (Microsoft's KB 288968). An area by a formula would be finer, but
    LibreOffice and openpyxl know none, and Excel makes a fixed one of it as soon as somebody changes the page set-up.
    Written with its rows, as openpyxl wants it; to Excel that is the same.
    """
    sheet = layout("report")["items"]
    name, last = formulas.quoted(sheet.name), column_letters(sheet.index("check") - 1)
    book.define_name(f"{name}!_xlnm.Print_Area", f"={name}!$A$1:${last}${ROWS}")


def last_row() -> int:
    """The last row that is checked, from 1."""
    return FIRST_ROW + int(layout("report").settings["rows"]) - 1


def _drawn() -> int:
    return int(layout("report").settings["rows_drawn"])


def asked_of(content: ReportContent) -> set[str]:
    """What some task of the workbook asks for beside what every item has: companions, and entries of the catalogue.

    Columns of others would only be in the way.
    """
    found: set[str] = {each for task in content.listed for each in task.obligation.duty.companions}
    return found | ({ENTRIES} if any(task.entries for task in content.listed) else set())


def is_shown(column: Column, asked: Collection[str]) -> bool:
    """Whether a column is shown where this is asked for."""
    needs = column.companion or (column.list if column.list == ENTRIES else "")
    return not needs or needs in asked


def _write_columns(page: Any, formats: Formats, sheet: SheetLayout, asked: set[str]) -> None:
    # Whole columns are unlocked, so that nobody hits a wall below the rows made ready.
    for number, column in enumerate(sheet):
        options = {"hidden": not is_shown(column, asked)}
        page.set_column(number, number, column.width, _format(formats, column, drawn=False), options)


def _write_rows(
    page: Any, formats: Formats, sheet: SheetLayout, prefilled: Sequence[PrefilledRow], states: Sequence[str]
) -> None:
    inputs = [(number, _format(formats, c, drawn=True)) for number, c in enumerate(sheet) if c.input]
    place, check = sheet.index("check"), sheet["check"]
    formula, ready = f"={defined_names.ITEM_CHECK}", max(_drawn(), len(prefilled))
    for number in range(ready):
        filled = prefilled[number].cells if number < len(prefilled) else {}
        row = FIRST_ROW - 1 + number
        for column, kind in inputs:
            _write_input(page, row, column, filled.get(sheet.columns[column].key), kind)
        said = states[number] if number < len(states) else ""
        page.write_formula(row, place, formula, _format(formats, check, drawn=True), said)
    page.repeat_formula(FIRST_ROW - 1 + ready, last_row() - 1, place, formula, _format(formats, check, drawn=False))


def _write_input(page: Any, row: int, column: int, value: CellValue | None, kind: Any) -> None:
    """Write an input cell, blank or prefilled: a day, or text of which nothing acts."""
    if value is None:
        page.write_blank(row, column, None, kind)
    elif isinstance(value, date):
        page.write_datetime(row, column, datetime.combine(value, time()), kind)
    else:
        page.write_string(row, column, str(value), kind)


def _format(formats: Formats, column: Column, *, drawn: bool) -> Any:
    look: dict[str, Any] = {"text_wrap": True}
    if column.input:
        look |= {"locked": False, "num_format": number_format(column)}
    if column.input and centred(column):
        look["align"] = "center"
    if drawn:
        look |= {"border": 1, "border_color": style.LINE}
        look["bg_color"] = style.INPUT_FILL if column.input else style.LOCKED_FILL
    return formats.get(**look)


def _validate(page: Any, sheet: SheetLayout, lists: ListRanges) -> None:
    for number, column in enumerate(sheet):
        if column.input:
            rule = validation(column, sheet, lists)
            page.data_validation(FIRST_ROW - 1, number, last_row() - 1, number, rule)


def _draw_filled(page: Any, formats: Formats, sheet: SheetLayout) -> None:
    """Draw rows below those made ready once they are started, and a few more, as conditions: these print nothing.

    Last, so that the colours of what is wrong come before.
    """
    first, check = FIRST_ROW + _drawn(), formulas.letter(sheet, "check")
    near = ",".join(f'${check}{first - back}<>""' for back in range(_READY + 1))
    fills = [style.INPUT_FILL if column.input else style.LOCKED_FILL for column in sheet]
    for fill, run in groupby(enumerate(fills), key=lambda pair: pair[1]):
        places = [place for place, _ in run]
        look = formats.condition(bg_color=fill, border=1, border_color=style.LINE)
        rule = {"type": "formula", "criteria": f"=OR({near})", "format": look}
        page.conditional_format(first - 1, places[0], last_row() - 1, places[-1], rule)


def _colour(page: Any, formats: Formats, sheet: SheetLayout) -> None:
    _colour_missing(page, formats, sheet)
    last = last_row() - 1
    ahead = f"={defined_names.day('published_on')}>{defined_names.TODAY}"
    place, condition = sheet.index("published_on"), {"type": "formula", "criteria": ahead, "format": formats.red}
    page.conditional_format(FIRST_ROW - 1, place, last, place, condition)
    for rule in self_check.item_rules(sheet):
        colour = formats.amber if rule.warning else formats.red
        condition = {"type": "formula", "criteria": formulas.check_contains(rule, sheet, FIRST_ROW), "format": colour}
        for key in rule.marks:
            place = sheet.index(key)
            page.conditional_format(FIRST_ROW - 1, place, last, place, condition)
    colour_check(page, formats, sheet, last_row())


def _colour_missing(page: Any, formats: Formats, sheet: SheetLayout) -> None:
    """Colour required cells of started rows red that are empty, unless the cover has the value, or name nobody.

    One condition reaches over all columns that only have to be filled and have no common value.
    """
    wanted = self_check.required(sheet)
    numbers = [sheet.index(column.key) for column in wanted if not column.common and column.key not in NAMED]
    runs = [[n for _, n in run] for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    areas = " ".join(xl_range(FIRST_ROW - 1, run[0], last_row() - 1, run[-1]) for run in runs)
    first = formulas.Ref(f"{formulas.letter(sheet, sheet.columns[numbers[0]].key)}{FIRST_ROW}")
    working = f'LEFT(${formulas.letter(sheet, "check")}{FIRST_ROW})="{style.BAD}"'
    condition = {"type": "formula", "criteria": f"=AND({working},{first.blank})", "format": formats.red}
    page.conditional_format(areas.split()[0], {**condition, "multi_range": areas})
    for column in wanted:
        if column.common or column.key in NAMED:
            place, cell = sheet.index(column.key), formulas.refs(sheet, FIRST_ROW)[column.key]
            own, common = (
                self_check.lacks(column.key).format_map({column.key: each})
                for each in (cell, formulas.Ref(defined_names.common(column.key)))
            )
            empty = f"IF({cell.blank},{common},{own})" if column.common else own
            lacking = f"=AND({working},{empty})"
            page.conditional_format(FIRST_ROW - 1, place, last_row() - 1, place, {**condition, "criteria": lacking})
