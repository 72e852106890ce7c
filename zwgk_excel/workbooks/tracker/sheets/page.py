"""Shared by the tracker's sheets: title, header, page set-up, cells by type, links to files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from xlsxwriter.url import Url, UrlTypes

from zwgk_excel.domain.file_names import is_disguised, may_open
from zwgk_excel.domain.text import shown_in_a_name
from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout, layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks import excel
from zwgk_excel.workbooks.excel import serial, serial_of_moment
from zwgk_excel.workbooks.tracker.rows.row_values import CellPicture, FileLink, RowValues, WrittenValue
from zwgk_excel.workbooks.writing import paper, style
from zwgk_excel.workbooks.writing.formats import TEXT, Formats, row_height
from zwgk_excel.workbooks.writing.style import cell_text

TITLE_ROW, HINT_ROW, HEADER_ROW, FIRST_ROW = 0, 1, 2, 3
"""Rows of every table sheet, 0 for the first."""
ROWS = excel.ROWS - FIRST_ROW
"""Rows of a table that a worksheet has room for."""
LONG_ROWS = 10_000
"""Beyond so many rows a table is written row by row through the disk, in a tenth of the memory. Its texts then stand in
their cells, not once for all: a larger file until Excel or WPS saves it. A city's year stays below."""
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
"""Days that may be typed into the tracker."""
LINK_LIMIT = 65_530
"""Links of one sheet that Excel opens; further files are plain text."""
LINK_LENGTH = 255
"""Characters of a link that Excel 2010 follows."""
_ROW_HEIGHT = 15
HEAD_HEIGHT = 34
"""Points: two lines, so that a column need not be wider than what stands in it."""
_ESCAPED = re.compile(r"""[\x00-\x20"#%<>?\[\\\]^`{|}\x7f]""")
_CENTRED = frozenset({ColumnKind.CHOICE, ColumnKind.INTEGER, ColumnKind.MONTH})


@dataclass(slots=True)
class SheetWriter:
    """Writes one worksheet."""

    sheet: Any
    """An ``xlsxwriter`` worksheet, or a stand-in for one."""
    formats: Formats
    office: str
    links: int = 0
    """Links written so far."""
    cells: dict[ColumnKind, Any] = field(default_factory=dict)

    def format_of(self, column: Column) -> Any:
        """The cell format of a column that the office does not fill."""
        if column.kind not in self.cells:
            self.cells[column.kind] = _format(self.formats, column.kind)
        return self.cells[column.kind]


_LOOKS: Mapping[str, Mapping[str, str]] = {
    "severity": {"error": "red", "warning": "amber"},
    "verdict": {
        "returned": "red",
        "quarantined": "red",
        "accepted_with_problems": "amber",
        "accepted": "green",
        "duplicate": "grey",
    },
    "timeliness": {
        "overdue": "red",
        "late": "red",
        "in_grace": "amber",
        "grace": "amber",
        "due_soon": "yellow",
        "on_time": "green",
        "not_due": "grey",
        "on_demand": "grey",
    },
    "agreement": {"absent": "red", "unreported": "amber", "differs": "yellow"},
    "coverage": {"never": "red", "missed": "amber", "late": "yellow", "covered": "green"},
    "letter_state": {"refused": "red", "uncertain": "amber", "sent": "green"},
    "link_verdict": {
        "unreachable": "red",
        "gone": "red",
        "title_differs": "amber",
        "date_differs": "amber",
        "uncertain": "yellow",
        "fine": "green",
    },
    "fault_outcome": {
        "overdue": "red",
        "unmended": "red",
        "asked": "amber",
        "explained": "yellow",
        "answered": "yellow",
        "mended": "green",
        "accepted": "green",
        "withdrawn": "grey",
    },
}
"""List → code → colour of the cells with its label."""
_MARKED = frozenset({"link_verdict", "fault_outcome"})
"""Lists whose words alone do not tell good from bad at a glance: a mark before each says what its colour says."""
_MARKS = {
    "red": style.BAD,
    "amber": style.WATCH,
    "yellow": style.WATCH,
    "green": style.GOOD,
    "grey": style.OPTIONAL,
}


def _format(formats: Formats, kind: ColumnKind) -> Any:
    match kind:
        case ColumnKind.DATE:
            return formats.date
        case ColumnKind.DATETIME:
            return formats.datetime
        case ColumnKind.LINK:
            return formats.link
        case ColumnKind.PARAGRAPH:
            return formats.text
        case ColumnKind.INTEGER:
            return formats.integer
        case ColumnKind.NUMBER:
            return formats.named("centre", num_format="General")
        case ColumnKind.RATE:
            return formats.named("centre", num_format="0.0%")
        case _ if kind in _CENTRED:
            return formats.named("text", align="center", text_wrap=False)
        case _:
            return formats.named("text", text_wrap=False)


def is_long(rows: int) -> bool:
    """Whether a table of so many rows is streamed to disk."""
    return rows > LONG_ROWS


def open_page(
    book: Any, formats: Formats, sheet: SheetLayout, office: str, *, frozen: int, more: str = "", rows: int = 0
) -> SheetWriter:
    """Add a worksheet with title, hint, page set-up, and rows down to the header and ``frozen`` columns frozen.

    ``more`` is appended to the hint. With more than LONG_ROWS ``rows`` the sheet is streamed: its cells can only be
    written from top to bottom.
    """
    worksheet = book.add_long_worksheet(sheet.name) if is_long(rows) else book.add_worksheet(sheet.name)
    worksheet.hide_gridlines(2)
    worksheet.set_row(TITLE_ROW, 27)
    worksheet.set_row(HINT_ROW, 18)
    worksheet.set_row(HEADER_ROW, HEAD_HEIGHT)
    worksheet.write_string(TITLE_ROW, 0, sheet.title, formats.title)
    worksheet.write_string(HINT_ROW, 0, sheet.hint + more, formats.named("hint", text_wrap=False))
    worksheet.freeze_panes(FIRST_ROW, frozen)
    worksheet.repeat_rows(HEADER_ROW)
    set_page(worksheet, office)
    return SheetWriter(worksheet, formats, office)


def tell_beside_title(page: SheetWriter, sheet: SheetLayout, text: str, colour: str) -> None:
    """Say something in the cell of the title: below it there is room for the hint alone, beside it is the office's.

    It is printed on every page.
    """
    page.sheet.repeat_rows(TITLE_ROW, HEADER_ROW)
    formats = page.formats
    parts = (formats.title, sheet.title, formats.get(font_color=colour), f"　{text}")
    page.sheet.write_rich_string(TITLE_ROW, 0, *parts, formats.title)


def set_page(worksheet: Any, office: str) -> None:
    """A4 landscape, one page wide, with the office and the page number in the footer."""
    footer: str = layout("tracker").settings["texts"]["print_footer"]
    # An ampersand starts a code there; Excel reads no more than 255 characters.
    paper.set_page(worksheet, footer.replace("{office}", cell_text(office).replace("&", "&&")[:150]))


def fit_columns(page: SheetWriter, sheet: SheetLayout, count: int, repeated: int = 0) -> None:
    """Choose the paper for the printed columns of a table of ``count`` rows, and print no others."""
    shown = sheet.printed
    paper.fit_to_paper(page.sheet, [column.width for column in shown if not column.hidden], repeated)
    if len(shown) < len(sheet.columns):
        page.sheet.print_area(0, 0, last_row(count), len(shown) - 1)


def write_plain_table(
    page: SheetWriter,
    sheet: SheetLayout,
    rows: Iterable[RowValues],
    count: int,
    added: Sequence[str] = (),
    beside: Callable[[int, RowValues], None] | None = None,
) -> None:
    """The columns of ``sheet`` as an Excel table, filled with ``count`` rows; one blank row where there are none.

    ``added`` are headings to the right of them, whose cells ``beside`` writes, given the row (0 for the sheet's first)
    and its values. Raises ValueError where there are more or fewer ``rows`` than ``count``: the table would not fit.
    """
    for position, column in enumerate(sheet):
        page.sheet.set_column(position, position, column.width, None, {"hidden": column.hidden})
    fit_columns(page, sheet, count, _repeated(sheet))
    heads = [column.heading for column in sheet]
    forms = [page.formats.head] * len(heads) + [page.formats.input_head] * len(added)
    add_table(page, sheet.table, [*heads, *added], forms, count)
    plan = [(position, column.key, page.format_of(column)) for position, column in enumerate(sheet)]
    row = FIRST_ROW - 1
    for row, values in enumerate(rows if count else [{}], FIRST_ROW):
        fit_row(page, sheet, row, values)
        for position, key, form in plan:
            value = values.get(key)
            dated = isinstance(value, date) and form not in (page.formats.date, page.formats.datetime)
            put(page, row, position, value, page.formats.date if dated else form)
        if beside:
            beside(row, values)
    if row != last_row(count):
        raise ValueError(f"{sheet.name}: {row - FIRST_ROW + 1} rows, not {count}")
    colour_words(page, sheet, count)


def _repeated(sheet: SheetLayout) -> int:
    """How many columns say what a row is about, when the others are on another page: those up to the title."""
    return next((place for place, column in enumerate(sheet, 1) if column.key == "title"), 1)


def colours_of(list_: str) -> Mapping[str, str]:
    """Code → colour of the cells with its label, for a list of ``lists.toml``; empty for one without colours."""
    return _LOOKS.get(list_, {})


def colour_words(page: SheetWriter, sheet: SheetLayout, count: int) -> None:
    """Colour the cells of ``count`` data rows by the labels in them, some with a mark before the label."""
    for position, column in enumerate(sheet):
        for code, colour in colours_of(column.list).items():
            rule = {"type": "cell", "criteria": "==", "value": f'"{word(column.list, code)}"'}
            cells = (FIRST_ROW, position, last_row(count), position)
            marked = {"num_format": f'"{_MARKS[colour]} "@'} if column.list in _MARKED else {}
            page.sheet.conditional_format(*cells, {**rule, "format": page.formats.named(colour, **marked)})


def add_table(page: SheetWriter, name: str, headings: Sequence[str], formats: Sequence[Any], count: int) -> None:
    """Add an Excel table over header row and ``count`` data rows (Excel requires at least one)."""
    columns = [
        {"header": heading, "header_format": form} for heading, form in zip(headings, formats, strict=True)
    ]
    options = {"name": name, "style": "Table Style Light 1", "columns": columns}
    page.sheet.add_table(HEADER_ROW, 0, last_row(count), len(columns) - 1, options)


def last_row(count: int) -> int:
    """The last row of a table of ``count`` rows, from 0."""
    return FIRST_ROW + max(count, 1) - 1


def area(letters: str, count: int) -> str:
    """The data cells of a column of a table of ``count`` rows, absolute: ``$A$4:$A$99``."""
    return f"${letters}${FIRST_ROW + 1}:${letters}${last_row(count) + 1}"


def put(page: SheetWriter, row: int, column: int, value: WrittenValue | time | timedelta, form: Any) -> None:
    """Write one value; text is written as text, even if it looks like a number or formula."""
    sheet = page.sheet
    match value:
        case None | "":
            sheet.write_blank(row, column, None, form)
        case str():
            sheet.write_string(row, column, cell_text(value), form)
        case bool():
            sheet.write_boolean(row, column, value, form)
        case int() | float():
            sheet.write_number(row, column, value, form)
        case date() | time() | timedelta():
            sheet.write_datetime(row, column, value, form)
        case FileLink():
            _put_link(page, row, column, value, form)
        case CellPicture():
            sheet.write_formula(row, column, value.formula, form, value.shown)


def fit_row(page: SheetWriter, sheet: SheetLayout, row: int, values: RowValues, *wrapped: str) -> None:
    """Set the height of a row to show its paragraphs and links whole; only Excel adjusts heights by itself.

    ``wrapped`` are keys of further columns whose texts are broken into lines.
    """
    if not getattr(page.sheet, "sizes_rows", True):
        return
    shown = (ColumnKind.PARAGRAPH, ColumnKind.LINK)
    cells = [(values.get(each.key) or "", each.width) for each in sheet if each.kind in shown or each.key in wrapped]
    texts = [(text.text if isinstance(text, FileLink) else str(text), width) for text, width in cells]
    if texts:
        page.sheet.set_row(row, row_height(texts, least=_ROW_HEIGHT))


def excel_value(value: Any) -> Any:
    """A value as the cached result of a formula: days as serial numbers, None as an empty text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return serial_of_moment(value)
    return serial(value) if isinstance(value, date) else value


def _put_link(page: SheetWriter, row: int, column: int, link: FileLink, form: Any) -> None:
    url = file_url(link)
    if url is None or page.links >= LINK_LIMIT:
        plain = page.formats.named("text", num_format=TEXT, text_wrap=False)
        put(page, row, column, _shown(link.text), plain)
        return
    page.links += 1
    page.sheet.write_url(row, column, url, form)


class _FileUrl(Url):  # type: ignore[misc]
    """A relative link with ``/``: xlsxwriter would write ``\\``, which only Windows accepts.

    A sheet keeps up to LINK_LIMIT of them in memory until it is written, so common values are class attributes.
    """

    _link_type = UrlTypes.EXTERNAL
    _original_url = "external:file"
    _tip = ""
    _is_object_link = False
    _rel_index = 0

    def __init__(self, target: str, anchor: str, text: str, path: str) -> None:
        self._relationship_link, self._anchor, self._text, self._path = target, anchor, text, path

    @property
    def _link(self) -> str:
        return self._relationship_link

    @property
    def address(self) -> str:
        """The link as a browser writes it."""
        return f"{self._relationship_link}#{self._anchor}" if self._anchor else self._relationship_link

    @property
    def formula(self) -> str:
        """The link as a formula, with the path as it is on the disk; empty where it is too long for one."""
        return _link_formula(f"{self._path}#{self._anchor}" if self._anchor else self._path, self._text)


def file_url(link: FileLink) -> Url | None:
    """The link as xlsxwriter takes it; None where there is none, it is too long, or it may not be opened at a click."""
    if not may_open(link.path):
        return None
    # Chinese characters stay as they are, as Excel writes them; nine for each would soon be too long.
    target = _ESCAPED.sub(lambda found: f"%{ord(found[0]):02X}", cell_text(link.path))
    anchor = _anchor(link)
    if len(target) > LINK_LENGTH or len(anchor) > LINK_LENGTH:
        return None
    # In a formula the path is as it is on the disk, but for the two characters that mean something there.
    path = cell_text(link.path).replace("%", "%25").replace("#", "%23")
    return _FileUrl(target, anchor, cell_text(_shown(link.text)) or link.path, path)


def _link_formula(address: str, text: str) -> str:
    """The link as a formula relative to the workbook's folder; empty where a formula may not be so long."""
    if max(len(address), len(text)) > LINK_LENGTH:
        return ""
    address, text = (part.replace('"', '""') for part in (address, text))
    return f'=HYPERLINK("{address}","{text}")'


def _shown(name: str) -> str:
    return shown_in_a_name(name) if is_disguised(name) else name


def _anchor(link: FileLink) -> str:
    if not link.sheet or not link.cell:
        return ""
    name = cell_text(link.sheet).replace("'", "''")
    return f"'{name}'!{link.cell}"
