"""Names of cells and numbers of days, as openpyxl has them too."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import from_excel, to_excel

from zwgk_excel.workbooks.excel import (
    COLUMNS,
    ROWS,
    address,
    cell_at,
    column_letters,
    column_number,
    day_of,
    serial,
    serial_of_moment,
)


@pytest.mark.parametrize(
    ("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_letters_of_columns(column, letters):
    assert column_letters(column) == letters
    assert address(6, column) == f"{letters}7"


@given(st.integers(0, ROWS - 1), st.integers(0, COLUMNS - 1))
def test_cells(row, column):
    assert column_letters(column) == get_column_letter(column + 1)
    assert column_number(column_letters(column)) == column_index_from_string(column_letters(column)) - 1 == column
    assert cell_at(address(row, column)) == (row, column)


@pytest.mark.parametrize("letters", ["", "a", "AAAA", "A1", "甲"])
def test_what_no_column_is_called_is_beyond_every_sheet(letters):
    assert column_number(letters) == COLUMNS


@pytest.mark.parametrize("where", ["", "A", "7", "a7", "$A$7", "A7:B8", "AAAA1"])
def test_what_names_no_cell(where):
    with pytest.raises(ValueError, match="not a cell"):
        cell_at(where)


@given(st.datetimes(datetime(1901, 1, 1), datetime(2199, 12, 31)).map(lambda moment: moment.replace(microsecond=0)))
def test_days(moment):
    assert serial(moment) == serial(moment.date()) == to_excel(moment.date())
    assert from_excel(serial(moment)).date() == day_of(serial_of_moment(moment)) == moment.date()
    assert serial_of_moment(moment) == pytest.approx(to_excel(moment), abs=1e-9)


def test_the_day_that_excel_counts_right_first():
    assert serial(date(1900, 3, 1)) == 61
