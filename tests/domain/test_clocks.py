"""How far two clocks are apart, in words that are read at a glance."""

from datetime import timedelta

import pytest

from zwgk_excel.domain.clocks import span_in_words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(minutes=7), "7 分钟"),
        (timedelta(minutes=-119), "119 分钟"),
        (timedelta(hours=2), "2 小时"),
        (timedelta(hours=47), "47 小时"),
        (timedelta(days=21, hours=1), "21 天"),
        (-timedelta(days=400), "400 天"),
    ],
)
def test_a_span(span, words):
    assert span_in_words(span) == words
