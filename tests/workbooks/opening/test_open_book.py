"""Grids: values with their types, at the addresses people see, and the cells that the bulk reader cannot show."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbooks.sheets import Formula, book, edited, raw_book
from zwgk_excel.workbooks.opening import sheet_survey
from zwgk_excel.workbooks.opening.guard import RejectedFileError
from zwgk_excel.workbooks.opening.open_book import Grid, open_book

SHEET = "xl/worksheets/sheet1.xml"


def grid(data: bytes, sheet: str = "S") -> Grid:
    found = open_book(data, "x.xlsx").grid(sheet)
    assert found is not None
    return found


def test_values_keep_their_types():
    row = [
        "文字",
        " 留白 ",
        3,
        3.5,
        True,
        False,
        0,
        date(2026, 3, 5),
        datetime(2026, 3, 5, 8, 30),
        datetime(2026, 3, 5),
    ]
    read = grid(book({"S": [row]})).rows[0]
    assert read == [
        "文字",
        " 留白 ",
        3,
        3.5,
        True,
        False,
        0,
        date(2026, 3, 5),
        datetime(2026, 3, 5, 8, 30),
        date(2026, 3, 5),
    ]
    assert [type(value) for value in read[2:7]] == [int, float, bool, bool, int]
    assert type(read[9]) is date


def test_cells_stand_where_people_see_them():
    read = grid(book({"S": [[], [], [None, None, "C3"], [], [None, "B5"], [None, " "], []]}))
    assert read.value(2, 2) == "C3"
    assert read.value(4, 1) == "B5"
    assert read.value(0, 0) is None
    assert [len(row) for row in read.rows] == [3] * 6
    assert read.value(99, 0) is read.value(0, 99) is read.value(-1, 0) is None


def test_times_of_day_are_text():
    styles = book({"S": [[0.5]]})
    timed = edited(styles, SHEET, lambda xml: xml.replace('r="A1"', 'r="A1" s="1"'))
    timed = edited(
        timed, "xl/styles.xml", lambda xml: re.sub(r"(<cellXfs.*?<xf)(.*?)/>", r'\1\2/><xf numFmtId="20"/>', xml)
    )
    assert grid(timed).rows == [["12:00:00"]]


def test_error_cells_are_known_with_their_text():
    read = grid(book({"S": [["a", Formula("=1/0", "#DIV/0!")], [None, Formula("=NA()", "#N/A")]]}))
    assert read.errors == {(0, 1): "#DIV/0!", (1, 1): "#N/A"}
    assert read.value(0, 1) is None


def test_formulas_without_a_result_are_known_and_those_with_one_are_not():
    row = [Formula("=1+1"), Formula("=1+1", 2), Formula('="a"', "a"), Formula("=A1", 0)]
    read = grid(book({"S": [row]}))
    assert set(read.uncached) == {(0, 0)}
    assert read.rows == [[None, 2, "a", 0]]


@pytest.mark.parametrize(
    ("cell", "is_uncached"),
    [
        ('<c r="A1"><f>1+1</f></c>', True),
        ('<c r="A1"><f>1+1</f><v/></c>', True),
        ('<c r="A1"><f>1+1</f><v></v></c>', True),
        ('<c r="A1" t="str"><f>1+1</f></c>', True),
        ('<c r="A1"><f t="shared" si="0"/></c>', True),
        ('<c r="A1">\n <f>1+1</f>\n <v></v>\n</c>', True),
        ("<c r='A1'><f>1+1</f></c>", True),
        ("<c><f>1+1</f></c>", True),
        ('<c r="A1" t="str"><f>""</f><v></v></c>', False),
        ('<c r="A1"><f>1&gt;0</f><v>1</v></c>', False),
        ('<c r="A1"><f t="shared" si="0"/><v>1</v></c>', False),
        ('<c r="A1" t="str"><f>"&lt;f>"</f><v>x</v></c>', False),
        ('<c r="A1"><v>5</v></c>', False),
    ],
)
def test_every_spelling_of_a_formula_is_understood(cell: str, is_uncached: bool):
    read = grid(raw_book(f'<row r="1">{cell}<c r="B1"><v>1</v></c></row>'))
    assert set(read.uncached) == ({(0, 0)} if is_uncached else set())


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B2" s="0" t="e"><v>#REF!</v></c>',
        '<c r="B2" t="e"><f>X</f><v>#REF!</v></c>',
        "<c t='e' r='B2'><v>#REF!</v></c>",
        '<x:c xmlns:x="u" r="B2" t="e"><x:v>#REF!</x:v></x:c>',
        '<c r="B2" t = "e"><v>#REF!</v></c>',
    ],
)
def test_every_spelling_of_an_error_is_understood(cell: str):
    read = grid(raw_book(f'<row r="1"><c r="A1"><v>1</v></c></row><row r="2">{cell}</row>'))
    assert read.errors == {(1, 1): "#REF!"}


def test_our_own_check_at_the_end_of_a_row_is_no_uncached_formula():
    row = '<row r="{0}"><c r="A{0}"><v>1</v></c><c r="Q{0}" s="0"><f>{1}</f><v/></c></row>'
    read = grid(raw_book("".join(row.format(n, "zwgk_item_check") for n in (1, 2)) + row.format(3, "1+1")))
    assert set(read.uncached) == {(2, 16)}
    assert read.rows[0][0] == 1


UNCACHED = Formula('=IF(A1>B1,"c r=""A1""","")')
VALUES = st.one_of(
    st.none(),
    st.integers(-(10**6), 10**6),
    st.text("甲a<>&\"'c ", max_size=8),
    st.sampled_from([Formula("=1/0", "#DIV/0!"), UNCACHED, Formula("=1+1", 2)]),
)


@given(st.lists(st.lists(VALUES, max_size=5), max_size=5))
def test_the_fast_survey_agrees_with_the_exact_one(rows):
    with zipfile.ZipFile(io.BytesIO(book({"S": rows}))) as archive:
        part = archive.read(SHEET)
    fast, exact = (
        sheet_survey.survey_sheet(part),
        sheet_survey.survey_sheet(part.replace(b"<worksheet", b"<worksheet xmlns:x='spreadsheetml'")),
    )
    assert (fast.errors, fast.uncached) == (exact.errors, exact.uncached)
    wanted = {(r, c) for r, row in enumerate(rows) for c, value in enumerate(row) if value == UNCACHED}
    assert set(fast.uncached) == wanted


def test_sheets_are_listed_in_order_with_hidden_ones_and_unknown_ones_are_none():
    opened = open_book(book({"甲": [[1]], "乙": [[2]]}, hidden=["乙"]), "x.xlsx")
    assert opened.sheet_names == ["甲", "乙"]
    assert opened.grid("乙") == Grid("乙", [[2]])
    assert opened.grid("丙") is None


@pytest.mark.parametrize("index", ["-1", "abc", "1.5", " 0"])
@pytest.mark.parametrize("cell", ['<c r="B1" t="s">', '<c t="s" r="B1">', '<c r="B1" s="0" t="s">', "<c r='B1' t='s'>"])
def test_a_string_index_that_is_no_number_is_not_taken_for_the_first_string(cell: str, index: str):
    read = grid(raw_book(f'<row r="1"><c r="A1" t="s"><v>0</v></c>{cell}<v>{index}</v></c></row>'))
    assert (read.value(0, 0), read.value(0, 1)) == ("hi", None)
    assert read.errors == {(0, 1): "（文字丢失）"}


@pytest.mark.parametrize("cell", ['<c r="B1" t="s"/>', '<c r="B1" t="s"><v></v></c>', '<c r="B1" s="0" t="s"></c>'])
def test_a_string_cell_without_an_index_is_blank(cell: str):
    assert grid(raw_book(f'<row r="1"><c r="A1" t="s"><v>0</v></c>{cell}</row>')).value(0, 1) is None


def test_an_empty_sheet_is_an_empty_grid():
    assert grid(book({"S": []})).rows == []


def test_what_makes_the_reader_fail_is_a_problem_with_its_sheet():
    opened = open_book(raw_book('<row r="1"><c r="1"><v>1</v></c></row>'), "x.xlsx")
    with pytest.raises(RejectedFileError) as caught:
        opened.grid("S")
    assert caught.value.problem.code == "file_unreadable"
    assert caught.value.problem.place.sheet == "S"


def test_a_workbook_without_a_sound_directory_is_unreadable():
    data = raw_book('<row r="1"><c r="A1"><v>1</v></c></row>', workbook="<workbook")
    with pytest.raises(RejectedFileError) as caught:
        open_book(data, "x.xlsx").grid("S")
    assert caught.value.problem.code == "file_unreadable"
