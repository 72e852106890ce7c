"""A report workbook read without its rows of nothing but the self-check reads as it does with them."""

from unittest.mock import patch

import pytest

from tests.workbooks.report_sample import content
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.contract.defined_names import ITEM_CHECK
from zwgk_excel.workbooks.opening import guard
from zwgk_excel.workbooks.opening.open_book import open_book
from zwgk_excel.workbooks.opening.template_rows import without_template_rows
from zwgk_excel.workbooks.report.fill_in import type_into
from zwgk_excel.workbooks.report.report_workbook import report_workbook

SHEET = layout("report")["items"].name
OWN = f'<row r="{{0}}" spans="17:17"><c r="Q{{0}}" s="24"><f>{ITEM_CHECK}</f><v/></c></row>'
DRAWN = OWN.replace("><c ", '><c r="A{0}" s="20"/><c r="B{0}"/><c ')
TYPED = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>字</t></is></c></row>'


def sheet(*rows: str) -> bytes:
    body = "".join(row.format(number) for number, row in enumerate(rows, 1))
    return f"<worksheet><sheetData>{body}</sheetData></worksheet>".encode()


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ([], []),
        ([OWN] * 3, []),
        ([TYPED, OWN, OWN], [1]),
        ([OWN, TYPED, OWN], [2]),
        ([OWN, OWN, TYPED], [3]),
        ([OWN, OWN.replace("<v/>", "<v></v>"), OWN], []),
        ([OWN, OWN.replace("<v/>", "<v>×</v>")], [2]),
        ([OWN, OWN.replace(ITEM_CHECK, "1+1")], [2]),
        ([OWN, '<row r="{0}"/>'], [2]),
        ([TYPED, DRAWN, DRAWN, OWN, OWN], [1]),
        ([DRAWN, TYPED, DRAWN, OWN], [2]),
        ([OWN, DRAWN.replace(' s="20"/>', ' s="20"><v>1</v></c>'), OWN], [2]),
        ([OWN.replace("17:17", "1:17"), OWN, OWN], []),
        ([OWN] * 3 + [OWN.replace('r="Q{0}"', 'r="Q9"')], []),
        ([OWN, OWN.replace("{0}", "9" * 5000)], []),
        ([OWN, OWN.replace("{0}", "9999999")], []),
    ],
)
def test_only_rows_of_nothing_else_are_left_out(rows, left):
    every = [row.format(number) for number, row in enumerate(rows, 1)]
    kept = "".join(every[number - 1] for number in left)
    assert without_template_rows(sheet(*rows)) == f"<worksheet><sheetData>{kept}</sheetData></worksheet>".encode()


@pytest.mark.parametrize(
    "cells", [{}, {"A4": "甲", "B4": "乙"}, {"B4999": "很下面"}, {"C5003": "最后一行", "R300": "表外"}]
)
def test_the_grid_is_the_same(cells):
    data = type_into(report_workbook(content()), {SHEET: cells})
    lean = open_book(data, "报.xlsx")
    with patch.object(guard, "without_template_rows", lambda part: part):
        whole = open_book(data, "报.xlsx")
    assert lean.sheet_names == whole.sheet_names
    for name in whole.sheet_names:
        assert lean.grid(name) == whole.grid(name), name
