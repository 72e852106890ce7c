"""From which day on a list of the website has everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zwgk_excel.domain.published import PublishedItem, PublishedSpan, compare, listed_from

NOVEMBER = date(2026, 11, 1)
MONTH = [NOVEMBER + timedelta(days=number % 28) for number in range(40)]
YEAR = [date(2026, 1, 4) + timedelta(days=3 * number) for number in range(110)]


@pytest.mark.parametrize(
    ("days", "first"),
    [
        ([], None),
        ([NOVEMBER], NOVEMBER),
        ([date(2016, 11, 3), NOVEMBER], date(2016, 11, 3)),  # which of two is wrong nobody can say
        (MONTH, NOVEMBER),
        ([date(2025, 11, 3), *MONTH], NOVEMBER),
        ([date(2016, 11, 3), date(2025, 11, 3), *MONTH, date(2025, 11, 9)], NOVEMBER),
        ([date(2025, 11, 3), *YEAR], YEAR[0]),
        ([date(2025, 12, 24), *YEAR], date(2025, 12, 24)),
        ([date(2006, 11, 6), date(2024, 11, 6), date(2025, 11, 6), *MONTH[:9]], NOVEMBER),  # the year alone is wrong
        ([date(2006, 3, 1), date(2025, 11, 6), *MONTH[:9]], NOVEMBER),
        ([date(2006, 3, 1), date(2025, 3, 1), *MONTH[:9]], date(2025, 3, 1)),
        ([date(2025, 11, 6), date(2025, 11, 7), *MONTH[:6]], NOVEMBER),
        ([date(2025, 11, 6), date(2025, 11, 7), *MONTH[:5]], date(2025, 11, 6)),
        ([date(2026, 1, 5), date(2026, 1, 6), *MONTH[:9]], date(2026, 1, 5)),  # in January, and in November again
        ([date(2025, 11, 6 + place) for place in range(20)] + YEAR, date(2025, 11, 6)),  # two months without any
        ([*MONTH[:3], date(2025, 11, 3), date(2025, 11, 4), date(2025, 11, 5)], date(2025, 11, 3)),  # no few
        ([date(2026, month, 5) for month in (1, 4, 8, 11)], date(2026, 1, 5)),  # thin throughout
    ],
)
def test_a_few_days_far_before_all_others_are_none_of_it(days, first):
    assert listed_from(days) == first


_MONTHS = st.dates(date(2005, 1, 1), date(2030, 12, 1)).map(lambda day: day.replace(day=1))
_PLACES = st.lists(st.integers(0, 27), min_size=3, max_size=60)


@given(_MONTHS, _PLACES, st.lists(st.tuples(st.integers(1, 25), st.integers(0, 59)), max_size=20))
def test_years_mistyped_in_a_list_of_a_month_are_none_of_it_while_they_are_few(month, places, slips):
    days = [month + timedelta(days=place) for place in places]
    typed = [days[place % len(days)] for _, place in slips][: len(days) // 3]
    early = [day.replace(year=day.year - years) for day, (years, _) in zip(typed, slips, strict=False)]
    assert listed_from([*early, *days]) == min(days)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=80), _MONTHS)
def test_a_list_that_is_even_begins_with_its_first_day(steps, month):
    days = [month + timedelta(days=3 * sum(steps[: place + 1])) for place in range(len(steps))]
    assert listed_from(reversed(days)) == days[0]


SPAN = PublishedSpan(NOVEMBER, NOVEMBER, ())
NAMELESS = PublishedItem("采购公告", NOVEMBER, column="政府采购", key="一")
OWNED = PublishedItem("采购公告", NOVEMBER, column="政府采购", department="市财政局", unit="市财政局", duties=("D02",))


def test_who_published_it_may_be_said_later_or_no_more():
    (pair,) = compare([NAMELESS], [OWNED], SPAN).corrected
    assert pair == (NAMELESS, replace(OWNED, key="一"))
    known = replace(OWNED, key="二")
    assert compare([known], [replace(NAMELESS, key="")], SPAN).same == 1
    moved = compare([known], [replace(NAMELESS, key="", url="http://a.cn/2.html")], SPAN).corrected
    assert [after.unit for _, after in moved] == ["市财政局"]


@pytest.mark.parametrize(
    ("known", "rows"),
    [
        ([NAMELESS], [OWNED, replace(OWNED, department="市人社局", unit="市人社局")]),  # whose of both it was
        ([NAMELESS, replace(NAMELESS, key="二", department="甲")], [OWNED]),
        ([replace(OWNED, key="一")], [replace(OWNED, department="市人社局", unit="市人社局")]),
        ([NAMELESS], [replace(OWNED, column="预决算")]),
    ],
)
def test_what_may_be_another_item_stays_one(known, rows):
    assert len(compare(known, rows, SPAN).new) == len(rows)


def test_the_link_says_which_item_it_is_whatever_its_column():
    known = replace(NAMELESS, url="http://a.cn/1.html", department="本站")
    found = compare([known], [replace(OWNED, url="https://a.cn/1.html", column="预决算")], SPAN)
    assert (found.new, len(found.corrected)) == ((), 1)
