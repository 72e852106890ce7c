"""From which day on a list of the website has everything."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from zwgk_excel.domain.published import listed_from

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
        ([*MONTH[:3], date(2025, 11, 3), date(2025, 11, 4), date(2025, 11, 5)], date(2025, 11, 3)),  # no few
        ([date(2026, month, 5) for month in (1, 4, 8, 11)], date(2026, 1, 5)),  # thin throughout
    ],
)
def test_a_few_days_far_before_all_others_are_none_of_it(days, first):
    assert listed_from(days) == first
