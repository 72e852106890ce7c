"""Dates in an office worker's words."""

from __future__ import annotations

import pytest

from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.lint.due_words import DUE_FORMS, parse_due
from zwgk_excel.domain.periods import MonthDay


@pytest.mark.parametrize(
    ("text", "cadence", "day"),
    [
        ("每月20日", Cadence.MONTHLY, (0, 20)),
        ("20日前", Cadence.MONTHLY, (0, 20)),
        ("当月 ２０ 日", Cadence.MONTHLY, (0, 20)),
        ("月底", Cadence.MONTHLY, (0, 31)),
        ("每月末", Cadence.MONTHLY, (0, 31)),
        ("每月最后一天", Cadence.MONTHLY, (0, 31)),
        ("每月30号", Cadence.MONTHLY, (0, 30)),
        ("20", Cadence.MONTHLY, (0, 20)),
        ("季末", Cadence.QUARTERLY, (0, 31)),
        ("季度末", Cadence.QUARTERLY, (0, 31)),
        ("季末月15号", Cadence.QUARTERLY, (0, 15)),
        ("次年2月末", Cadence.YEARLY, (2, 31)),
        ("次月5日", Cadence.MONTHLY, (1, 5)),
        ("次月底", Cadence.MONTHLY, (1, 31)),
        ("季末月15日", Cadence.QUARTERLY, (0, 15)),
        ("季底", Cadence.QUARTERLY, (0, 31)),
        ("次月10日", Cadence.QUARTERLY, (1, 10)),
        ("次年2月20日", Cadence.YEARLY, (2, 20)),
        ("次年2月底", Cadence.ANNUAL_REPORT, (2, 31)),
        ("当年12月20日前", Cadence.YEARLY, (0, 20)),
        ("当年10月1日", Cadence.YEARLY, (-2, 1)),
    ],
)
def test_a_date(text: str, cadence: Cadence, day: tuple[int, int]) -> None:
    assert parse_due(text, cadence) == MonthDay(*day)


@pytest.mark.parametrize(
    ("text", "cadence"),
    [
        ("", Cadence.MONTHLY),
        ("底", Cadence.MONTHLY),
        ("每月32日", Cadence.MONTHLY),
        ("每月0日", Cadence.MONTHLY),
        ("32", Cadence.MONTHLY),
        ("20", Cadence.QUARTERLY),
        ("季末月15日", Cadence.MONTHLY),
        ("每月20日", Cadence.QUARTERLY),
        ("2月20日", Cadence.YEARLY),
        ("次年13月1日", Cadence.YEARLY),
        ("每月20日", Cadence.ON_DEMAND),
    ],
)
def test_what_says_no_date_of_the_cadence(text: str, cadence: Cadence) -> None:
    assert parse_due(text, cadence) is None


@pytest.mark.parametrize("cadence", [each for each in Cadence if each is not Cadence.ON_DEMAND])
def test_every_form_that_is_told_is_understood(cadence: Cadence) -> None:
    assert all(parse_due(each.removesuffix("这样的日期"), cadence) for each in DUE_FORMS[cadence].split("、"))
