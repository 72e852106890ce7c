"""Writes a 整改链接表: one unit, one asking, one .xlsx without macros, locked but for the unit's columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date
from io import BytesIO
from typing import Any

from zwgk_excel.domain.identity import AskedFault, FaultTableIdentity
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.site_faults import FaultCase, SiteFault
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout, layout
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.contract import fault_identity
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW, HEADER_ROW, HINT_ROW, TITLE_ROW
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.report.content import file_name, format_cycle
from zwgk_excel.workbooks.report.locked_book import (
    ProtectedWorkbook,
    centred,
    protect,
    repeat_header,
    set_page,
)
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import TEXT, Formats, new_book, row_height
from zwgk_excel.workbooks.writing.style import cell_text

_LEAST_HEIGHT = 48.0
_SCHEMES = ("http", "ｈｔｔｐ")
"""What stands in whatever intake takes for a link, also where it was pasted past the validation."""
_FROZEN = "url"
"""The first column that scrolls."""


@dataclass(frozen=True, slots=True)
class FaultTable:
    """What one 整改链接表 says: the cases that one act asked one unit about."""

    office: str
    unit: str
    cycle: Month
    table: int
    """The number of the act that asked."""
    issued_on: date
    mend_by: date
    cases: tuple[FaultCase, ...]
    signature: str = ""

    @property
    def identity(self) -> FaultTableIdentity:
        """What its signature covers."""
        schema: int = layout("site_faults").settings["schema"]
        return FaultTableIdentity(schema, self.unit, self.cycle, self.issued_on, self.table, self._asked)

    @property
    def _asked(self) -> tuple[AskedFault, ...]:
        # As they read from the cells, so that the signature holds for what came back.
        faults = ((str(each.number), each.fault.url, each.fault.found) for each in self.cases)
        return tuple(AskedFault(*(clean(cell_text(text)) for text in texts)) for texts in faults)


def fault_table_name(unit: str, cycle: Month, table: int, *, first: bool) -> str:
    """The file name: of the ``first`` table of a unit and month the plain one, of a later one with its number."""
    book = layout("site_faults")
    pattern = book.file_name if first else book.settings["again_name"].replace("{table}", str(table))
    return file_name(pattern, unit, cycle)


def fault_workbook(content: FaultTable) -> bytes:
    """The workbook as bytes; equal bytes for equal content. What pages say of themselves is written as text."""
    stream = BytesIO()
    sheet = layout("site_faults")["faults"]
    title = sheet.title.format(unit=content.unit, cycle_words=format_cycle(content.cycle))
    book = new_book(stream, title=title, author=content.office, created=content.issued_on, kind=ProtectedWorkbook)
    formats = Formats(book)
    page = book.add_worksheet(sheet.name)
    _write_identity(book, formats, content)
    _write_head(page, formats, sheet, content, title)
    for row, case in enumerate(content.cases, FIRST_ROW - 1):
        _write_row(page, formats, sheet, row, case)
    last = FIRST_ROW - 1 + len(content.cases) - 1
    _validate(page, sheet, last)
    _colour(page, formats, sheet, last)
    page.freeze_panes(HEADER_ROW, sheet.index(_FROZEN))
    page.print_area(0, 0, last, len(sheet.columns) - 1)
    repeat_header(page)
    set_page(page, footer=f"{content.unit} {content.cycle}")
    protect(page)
    book.close()
    return stream.getvalue()


def _write_identity(book: Any, formats: Formats, content: FaultTable) -> None:
    page = book.add_worksheet(layout("site_faults")["identity"].name)
    identity = content.identity
    values = {
        fault_identity.PRODUCT: fault_identity.PRODUCT_NAME,
        fault_identity.SCHEMA: str(identity.schema),
        fault_identity.UNIT: identity.unit,
        fault_identity.CYCLE: str(identity.cycle),
        fault_identity.ISSUED_ON: identity.issued_on.isoformat(),
        fault_identity.TABLE: str(identity.table),
        fault_identity.SIGNATURE: content.signature,
    }
    for row, (key, value) in enumerate(values.items()):
        page.write_string(row, 0, key, formats.plain)
        page.write_string(row, 1, value, formats.get(num_format=TEXT))
    for row, fault in enumerate(identity.faults, start=len(values)):
        page.write_string(row, 0, fault_identity.FAULT, formats.plain)
        for column, text in enumerate(astuple(fault), start=1):
            page.write_string(row, column, text, formats.get(num_format=TEXT))
    page.very_hidden()
    protect(page)


def _write_head(page: Any, formats: Formats, sheet: SheetLayout, content: FaultTable, title: str) -> None:
    last, width = len(sheet.columns) - 1, sum(column.width for column in sheet)
    for number, column in enumerate(sheet):
        page.set_column(number, number, column.width, formats.plain)
    hint = sheet.hint.format(mend_by=content.mend_by)
    page.merge_range(TITLE_ROW - 1, 0, TITLE_ROW - 1, last, cell_text(title), formats.title)
    page.set_row(TITLE_ROW - 1, 32)
    page.merge_range(HINT_ROW - 1, 0, HINT_ROW - 1, last, hint, formats.hint)
    page.set_row(HINT_ROW - 1, row_height([(hint, width)], least=20))
    for number, column in enumerate(sheet):
        form = formats.input_head if column.input else formats.head
        page.write_string(HEADER_ROW - 1, number, column.display, form)
    page.set_row(HEADER_ROW - 1, 28)


def _write_row(page: Any, formats: Formats, sheet: SheetLayout, row: int, case: FaultCase) -> None:
    fault, texts = case.fault, locked_texts(case.fault)
    for place, column in enumerate(sheet):
        middle = {"align": "center"} if centred(column) else {}
        if column.key == "number":
            page.write_number(row, place, case.number, formats.integer)
        elif column.key == "check":
            formula = check_formula(sheet, row + 1)
            page.write_formula(row, place, formula, formats.named("cell"), self_check("", "", "", url=fault.url))
        elif column.input:
            page.write_blank(row, place, None, formats.named("input_text", num_format=TEXT, **middle))
        else:
            page.write_string(row, place, texts[column.key], formats.named("text"))
    heights = [(text, sheet[key].width) for key, text in texts.items()]
    page.set_row(row, row_height(heights, least=_LEAST_HEIGHT))


def locked_texts(fault: SiteFault) -> dict[str, str]:
    """Key of a locked column → what its cell says of a fault."""
    return {key: cell_text(getattr(fault, key)) for key in fault_identity.LOCKED}


def check_formula(sheet: SheetLayout, row: int) -> str:
    """The formula of 自查 in a row (from 1); it gives what :func:`self_check` gives."""
    texts = _texts()
    cell = {column.key: f"${column_letters(place)}{row}" for place, column in enumerate(sheet)}
    said = {key: f"LEN(TRIM({cell[key]}))>0" for key in ("status", "new_url", "explanation")}
    mended = words("fault_answer")["mended"]
    nowhere = f'AND(LEN({cell["url"]})=0,LEN(TRIM({cell["new_url"]}))=0)'
    as_mended = f'IF({nowhere},"{texts["no_link"]}","{texts["done"]}")'
    otherwise = f'IF({said["explanation"]},"{texts["done"]}","{texts["no_explanation"]}")'
    chosen = f'IF({cell["status"]}="{mended}",{as_mended},{otherwise})'
    unchosen = f'IF(OR({said["new_url"]},{said["explanation"]}),"{texts["no_status"]}","{texts["blank"]}")'
    schemes = ",".join(f'ISNUMBER(SEARCH("{scheme}",{cell["new_url"]}))' for scheme in _SCHEMES)
    bad_link = f"AND({said['new_url']},NOT(OR({schemes})))"
    return f'=IF({bad_link},"{texts["bad_link"]}",IF({said["status"]},{chosen},{unchosen}))'


def self_check(status: str, new_url: str, explanation: str, *, url: str) -> str:
    """自查 of a row: what is still to be filled; ``status`` is the word chosen."""
    texts = _texts()
    if new_url.strip() and not any(scheme in new_url.casefold() for scheme in _SCHEMES):
        return texts["bad_link"]
    if not status.strip():
        return texts["no_status"] if new_url.strip() or explanation.strip() else texts["blank"]
    if status == words("fault_answer")["mended"]:
        return texts["done"] if url or new_url.strip() else texts["no_link"]
    return texts["done"] if explanation.strip() else texts["no_explanation"]


def _texts() -> Mapping[str, str]:
    found: Mapping[str, str] = layout("site_faults").settings["texts"]
    return found


def _validate(page: Any, sheet: SheetLayout, last: int) -> None:
    for place, column in enumerate(sheet):
        if column.input:
            page.data_validation(FIRST_ROW - 1, place, last, place, _rule(column, place))


def _rule(column: Column, place: int) -> dict[str, Any]:
    cell = f"{column_letters(place)}{FIRST_ROW}"
    rules: dict[ColumnKind, tuple[dict[str, Any], str]] = {
        ColumnKind.CHOICE: (
            {"validate": "list", "source": list(words("fault_answer").values())},
            f"请从下拉列表中选择{column.heading}。",
        ),
        ColumnKind.URL: (
            {
                "validate": "custom",
                "value": f'=AND(OR(LEFT({cell},7)="http://",LEFT({cell},8)="https://"),LEN({cell})<={column.max_length})',
            },
            f"{column.heading}应为完整网址，以 http:// 或 https:// 开头。",
        ),
    }
    length = {"validate": "length", "criteria": "<=", "value": column.max_length}
    rule, error = rules.get(column.kind, (length, f"{column.heading}不超过 {column.max_length} 字。"))
    prompt = {"input_title": column.heading, "input_message": column.prompt}
    shown = {"error_title": f"{column.heading}有误", "error_message": error, "error_type": "stop"}
    return {"ignore_blank": True, **prompt, **shown, **rule}


def _colour(page: Any, formats: Formats, sheet: SheetLayout, last: int) -> None:
    place = sheet.index("check")
    for mark, colour in ((style.GOOD, "green"), (style.BAD, "red"), (style.OPTIONAL, "grey")):
        rule = {"type": "text", "criteria": "begins with", "value": mark, "format": getattr(formats, colour)}
        page.conditional_format(FIRST_ROW - 1, place, last, place, rule)
