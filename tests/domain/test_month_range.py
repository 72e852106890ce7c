"""Ranges of months as people write them."""

import pytest

from zwgk_excel.domain.month_range import MonthRange
from zwgk_excel.domain.periods import Month, Period


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-11", "2026-11", "2026-11"),
        (" 2026-1 ", "2026-01", "2026-01"),
        ("2026q4", "2026-10", "2026-12"),
        ("2026", "2026-01", "2026-12"),
        ("2026-01..2026-12", "2026-01", "2026-12"),
        ("2025-07 .. 2026-06", "2025-07", "2026-06"),
        ("2025..2026Q2", "2025-01", "2026-06"),
        ("2026-03..2026-03", "2026-03", "2026-03"),
    ],
)
def test_texts(text, first, last):
    found = MonthRange.parse(text)
    assert (str(found.first), str(found.last)) == (first, last)
    assert MonthRange.parse(str(found)) == found


@pytest.mark.parametrize("text", ["", "..", "2026-13", "2026-01..", "..2026-01", "2026-12..2026-01", "2026Q5", "去年"])
def test_texts_that_name_no_months(text):
    with pytest.raises(ValueError, match=r".+"):
        MonthRange.parse(text)


def test_months_in_it():
    winter = MonthRange.parse("2025-12..2026-02")
    assert [str(month) for month in winter] == ["2025-12", "2026-01", "2026-02"]
    assert Month(2026, 1) in winter
    assert Month(2026, 3) not in winter
    assert "2026-01" not in winter


def test_of_whatever_names_months():
    november = Month(2026, 11)
    assert MonthRange.of(november) == MonthRange(november, november) == MonthRange.of("2026-11")
    assert MonthRange.of(Period.parse("2026Q4")) == MonthRange.of("2026-10..2026-12")
    assert MonthRange.of(MonthRange.of("2026")) == MonthRange.of("2026")
