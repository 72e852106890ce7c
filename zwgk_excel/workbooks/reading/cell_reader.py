"""Parses a cell by the type of its column; reports what cannot be parsed and what had to be guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache

from zwgk_excel.domain.cloud_links import cloud_link, is_cloud_link
from zwgk_excel.domain.companions import REVIEWS
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.persons import on_one_line
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.telephones import are_telephones
from zwgk_excel.domain.text import (
    clean,
    clean_name,
    clean_paragraph,
    has_several_links,
    is_clean,
    is_link,
    lacks_year,
    parse_date,
    text_length,
    visible,
    with_plain_spaces,
    years_without,
)
from zwgk_excel.layout.columns import OWN_LISTS, Column, ColumnKind
from zwgk_excel.layout.words import code_of, meant_code, word, words
from zwgk_excel.workbooks.contract.cell_pictures import is_wps_picture
from zwgk_excel.workbooks.contract.excel_value import FIRST_DAY, LAST_DAY, ExcelValue
from zwgk_excel.workbooks.excel import day_of, serial
from zwgk_excel.workbooks.opening.open_book import CellValue

ParsedValue = str | int | date | Month | None
"""A cell's value as its column means it; empty is ``""`` for text and None for the rest."""
ParsedCell = tuple[ParsedValue, list[Problem]]

_SERIALS = (20_000, 80_000)
"""Numbers in this range are days in a cell that lost its date format: 1954 to 2119."""
_FIRST_TYPED = date(1909, 1, 1)
"""A cell that is before this day has no day in it: a number was typed, as 11.5, which the cell's format shows as one.
Up to 1231, 31 December, with either epoch."""
_TIME_OF_DAY = re.compile(r"[ T]\s*\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$")
_MONTH = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?|(\d{4})(\d{2})")
_VALUES = frozenset({ColumnKind.DATE, ColumnKind.MONTH, ColumnKind.INTEGER})
"""Kinds whose value is no text."""
_DAYS = frozenset({ColumnKind.DATE, ColumnKind.MONTH})
_COUNTED = "(条|件|个|份|项|次|人次|人|篇)?"
"""What people count opinions and the like in; behind a number it adds nothing."""
_FUNCTIONS = "=_Dd"
"""How a text may begin that is WPS's function for a picture in the cell."""
_FREE_LISTS = frozenset({"", *OWN_LISTS})
"""Lists whose labels are not converted to codes here."""
_SHOWN = 60
"""Characters of a text that are quoted in a note; the whole text is in the value."""


@dataclass(frozen=True, slots=True)
class _Cell:
    column: Column
    raw: CellValue
    text: str
    place: CellRef
    by: date
    date_1904: bool = False
    since: date | None = None

    @property
    def typed(self) -> str:
        """The text as shown in the cell."""
        return visible(self.text)

    def wrong(self, code: str, **values: object) -> ParsedCell:
        """The result for an unparsable cell: no value, and a problem that quotes the text."""
        named: dict[str, object] = {"heading": self.column.heading, "value": self.typed}
        return empty(self.column), [problem(code, self.place, obligation="", **named | values)]

    def taken(self, value: ParsedValue, shown: str) -> ParsedCell:
        """The result for a parsed cell, with a note where more than space and what is not seen was ignored."""
        if shown == self.typed or shown == with_plain_spaces(self.typed):
            return value, []  # what is not seen is told once for all cells of a sheet
        values = {"heading": self.column.heading, "value": _short(self.typed), "result": _short(shown)}
        return value, [problem("normalised", self.place, obligation="", **values)]


def read_cell(
    column: Column,
    raw: CellValue,
    place: CellRef,
    *,
    by: date,
    since: date | None = None,
    date_1904: bool = False,
    shown: str = "",
) -> ParsedCell:
    """The value of a cell and the problems with it.

    ``by`` is the day by which the cell was filled: a date without a year is the latest such day not after it,
    or where ``since`` is given, the next such day from that on.
    ``date_1904`` and ``shown`` are those of its grid: a number whose format says more than it does is
    read as people see it, unless the column wants a number, or the number is a day. An
    unparsable cell gives no value and one problem that quotes the text; a value that breaks a rule of its column
    (cell_too_long, link_form, link_several, phone_form) is kept. Types: DATE gives a date, MONTH a :class:`Month`,
    INTEGER an int, CHOICE the code of its label (the text itself for ``tasks``), CHECK nothing, all others text.
    """
    if shown and not (column.kind is ColumnKind.INTEGER or (column.kind in _DAYS and _may_be_day(raw))):
        raw = shown
    text = as_text(raw)
    if column.kind is ColumnKind.CHECK or not clean(text):
        return empty(column), []
    if is_wps_picture(text):
        return empty(column), [problem("cell_picture", place, obligation="", heading=column.heading)]
    value, problems = _READERS.get(column.kind, _read_text)(_Cell(column, raw, text, place, by, date_1904, since))
    if isinstance(value, str) and (length := text_length(value)) > column.max_length:
        values = {"heading": column.heading, "length": length, "limit": column.max_length}
        return value, [problem("cell_too_long", place, obligation="", **values)]
    return value, problems


def plain_value(column: Column, raw: CellValue) -> ParsedValue:
    """The result of :func:`read_cell` for usual cells without problems; None where :func:`read_cell` must be called.

    It is ten times as fast, and a report has hundreds of such cells.
    """
    kind = column.kind
    if kind is ColumnKind.DATE:
        return raw if type(raw) is date and FIRST_DAY <= raw <= LAST_DAY else None
    if type(raw) is not str or not raw or text_length(raw) > column.max_length or not is_clean(raw):
        return None
    if raw[0] in _FUNCTIONS and is_wps_picture(raw):
        return None
    match kind:
        case ColumnKind.MONTH | ColumnKind.INTEGER | ColumnKind.CHECK:
            return None
        case ColumnKind.CHOICE if column.list not in _FREE_LISTS:
            return _codes(column.list).get(raw)
        case ColumnKind.URL:
            return raw if is_link(raw) and not has_several_links(raw) and not is_cloud_link(raw) else None
        case ColumnKind.NAME:
            return raw if " " not in raw else None
        case ColumnKind.PHONE:
            return raw if are_telephones(raw) else None
        case _:
            return raw


@cache
def _codes(name: str) -> Mapping[str, str]:
    """Label → code, for the labels of a list that are written as they are."""
    found = {shown: code_of(name, shown) for shown in words(name).values()}
    return {shown: code for shown, code in found.items() if code and word(name, code) == shown}


def empty(column: Column) -> ParsedValue:
    """The value of an empty cell of a column."""
    return None if column.kind in _VALUES else ""


def as_text(raw: CellValue) -> str:
    """A raw value as shown in the cell: whole numbers without ``.0``, days in ISO form."""
    match raw:
        case None:
            return ""
        case bool():
            return str(raw).upper()
        case float():
            return f"{raw:.15g}"
        case datetime():
            return raw.isoformat(sep=" ")
        case date():
            return raw.isoformat()
        case _:
            return str(raw)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _read_text(cell: _Cell) -> ParsedCell:
    value = clean(cell.text)
    return cell.taken(value, value)


def _read_paragraph(cell: _Cell) -> ParsedCell:
    value = clean_paragraph(cell.text)
    # Excel, WPS and LibreOffice differ in how they end a line within a cell.
    same = value == cell.typed.replace("\r\n", "\n").replace("\r", "\n")
    return (value, []) if same else cell.taken(value, value)


def _read_name(cell: _Cell) -> ParsedCell:
    several = cell.column.key in REVIEWS and ("\n" in cell.text or "\r" in cell.text)
    value = clean_name(on_one_line(cell.typed) if several else cell.text)
    return cell.taken(value, value)


def _read_link(cell: _Cell) -> ParsedCell:
    value = cell.typed
    if is_link(value) and has_several_links(value):
        return value, [problem("link_several", cell.place, obligation="", heading=cell.column.heading)]
    if is_link(value) and is_cloud_link(value):
        values = {"heading": cell.column.heading, "link": cloud_link(value)}
        return value, [problem("link_cloud", cell.place, obligation="", **values)]
    if is_link(value):
        return value, []
    if is_link(narrow := unicodedata.normalize("NFKC", value)):
        return cell.taken(narrow, narrow)
    return value, [problem("link_form", cell.place, obligation="", heading=cell.column.heading, value=value)]


def _read_phone(cell: _Cell) -> ParsedCell:
    value = clean(cell.text)
    if are_telephones(value):
        return cell.taken(value, value)
    values = {"heading": cell.column.heading, "value": _short(cell.typed)}
    return value, [problem("phone_form", cell.place, obligation="", **values)]


def _read_choice(cell: _Cell) -> ParsedCell:
    name = cell.column.list
    if name in _FREE_LISTS:
        return _read_text(cell)
    code = meant_code(name, cell.text)
    if code is None:
        return cell.wrong("choice_unknown", choices="、".join(words(name).values()))
    return cell.taken(code, word(name, code))


def _read_date(cell: _Cell) -> ParsedCell:
    day = _day(cell)
    if day is None:
        return _no_day(cell)
    if isinstance(cell.raw, date) and day < _FIRST_TYPED:
        number = _typed_number(cell.raw, date_1904=cell.date_1904)
        return cell.wrong("date_form", value=f"{number}（显示为 {cell.typed}）")
    if not FIRST_DAY <= day <= LAST_DAY:
        return cell.wrong("date_range", first=FIRST_DAY, last=LAST_DAY)
    if isinstance(cell.raw, date) and not isinstance(cell.raw, datetime):
        return day, []
    values = {"heading": cell.column.heading, "value": _short(cell.typed), "result": day}
    if cell.typed == str(day):
        return day, []
    code = "date_year" if isinstance(cell.raw, str) and _lacks_year(cell) else "normalised"
    return day, [problem(code, cell.place, obligation="", **values)]


def _no_day(cell: _Cell) -> ParsedCell:
    """What is no date; of 29 February it is told which years have none."""
    value, problems = cell.wrong("date_form")
    text = isinstance(cell.raw, str)
    if text and (years := years_without(_without_time(cell), by=cell.by, since=cell.since)):
        told = f"，{'、'.join(map(str, years))} 年{'都' if years[1:] else ''}没有这一天"
        problems = [replace(each, found=each.found + told) for each in problems]
    return value, problems


def _typed_number(raw: date, *, date_1904: bool) -> str:
    """The number that a cell for dates shows as a day of more than a hundred years ago."""
    moment = raw if isinstance(raw, datetime) else datetime(raw.year, raw.month, raw.day)
    first = day_of(0, date_1904=date_1904)
    return f"{(moment - datetime(first.year, first.month, first.day)) / timedelta(days=1):.15g}"


def _without_time(cell: _Cell) -> str:
    return _TIME_OF_DAY.sub("", unicodedata.normalize("NFKC", cell.typed))


def _lacks_year(cell: _Cell) -> bool:
    return lacks_year(_without_time(cell)) or (_written_day(cell) is None and not ExcelValue(cell.raw).day)


def _day(cell: _Cell) -> date | None:
    """The day, also where only 自查 understands it: what it lets pass is not sent back."""
    if (day := _written_day(cell)) is not None:
        return day
    found = ExcelValue(cell.raw, 0 if cell.since else serial(cell.by)).day
    return day_of(found) if found else None


def _written_day(cell: _Cell) -> date | None:
    match cell.raw:
        case datetime():
            return cell.raw.date()
        case date():
            return cell.raw
        case bool() | None:
            return None
        case int() | float() if _is_serial(cell.raw):
            return day_of(cell.raw, date_1904=cell.date_1904)
        case float():
            # 3.1 may have been typed as 3.10: the number does not tell 1 March from 10 March.
            return None
    return parse_date(_without_time(cell), by=cell.by, since=cell.since)


def _may_be_day(raw: CellValue) -> bool:
    return isinstance(raw, int) and _is_serial(raw)


def _is_serial(number: float) -> bool:
    return _SERIALS[0] <= number <= _SERIALS[1]


def _read_month(cell: _Cell) -> ParsedCell:
    month = _month(cell)
    if month is None:
        return cell.wrong("month_form")
    # Excel makes the first day of the month of a typed 2026-11.
    if isinstance(cell.raw, date) and cell.raw == month.first:
        return month, []
    return cell.taken(month, str(month))


def _month(cell: _Cell) -> Month | None:
    if isinstance(cell.raw, int | float) and not isinstance(cell.raw, bool) and _is_serial(cell.raw):
        return Month.of(day_of(cell.raw, date_1904=cell.date_1904))
    if isinstance(cell.raw, date):
        return Month.of(cell.raw)
    if isinstance(cell.raw, float):
        # 2026.1 may have been typed as 2026.10.
        return None
    found = _MONTH.fullmatch(clean(unicodedata.normalize("NFKC", cell.text)))
    try:
        return Month(int(found[1] or found[3]), int(found[2] or found[4])) if found else None
    except ValueError:
        return None


def _read_integer(cell: _Cell) -> ParsedCell:
    if isinstance(cell.raw, int) and not isinstance(cell.raw, bool):
        return (cell.raw, []) if cell.raw >= 0 else cell.wrong("number_form")
    digits = clean(unicodedata.normalize("NFKC", cell.text))
    found = re.fullmatch(rf"(\+?\d{{1,15}})\s*{_COUNTED}", digits)
    if not found:
        return cell.wrong("number_form")
    return cell.taken(int(found[1]), str(int(found[1])))


_READERS: Mapping[ColumnKind, Callable[[_Cell], ParsedCell]] = {
    ColumnKind.PARAGRAPH: _read_paragraph,
    ColumnKind.NAME: _read_name,
    ColumnKind.DATE: _read_date,
    ColumnKind.MONTH: _read_month,
    ColumnKind.CHOICE: _read_choice,
    ColumnKind.URL: _read_link,
    ColumnKind.PHONE: _read_phone,
    ColumnKind.INTEGER: _read_integer,
}
"""Kinds that are read in a way of their own; TEXT and the rest are plain text."""
