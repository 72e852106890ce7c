"""The code in a subject: found again in whatever a reply makes of it, and in nobody else's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.subject_codes import find_reply_code, message_id, reply_code

KEY, OTHER_KEY = b"k" * 32, b"x" * 32
NOVEMBER = Month(2026, 11)
UNITS, CYCLES = ("市教育局", "市财政局", "茗山乡"), (Month(2026, 10), NOVEMBER)
CODE = reply_code(KEY, "市教育局", NOVEMBER)


@pytest.mark.parametrize(
    "subject",
    [
        f"2026年11月政务公开信息报送表 [市教育局 2026-11 {CODE}]",
        f"回复：Re: 转发: [{CODE}]",
        CODE.lower(),
        f"[市教育局 2026-11 {CODE[:5]}\r\n {CODE[5:]}]",
        CODE.replace("-", "\uff0d"),
        CODE.replace("-", "\u2013"),
        CODE.replace("-", "\u2011"),
        CODE.replace("-", "\u2212"),
        CODE.replace("ZW", "\uff3a\uff37"),
        f"{CODE} {CODE}",
        f"ZW-AAAAAAAA {CODE}",
    ],
)
def test_a_reply_is_known_again(subject):
    assert find_reply_code(KEY, subject, UNITS, CYCLES) == ("市教育局", NOVEMBER)


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "[市教育局 2026-11]",
        "ZW-AAAAAAAA",
        reply_code(OTHER_KEY, "市教育局", NOVEMBER),
        reply_code(KEY, "市教育局", Month(2026, 9)),
        reply_code(KEY, "别的单位", NOVEMBER),
        CODE[:-1],
        f"{CODE}A",
        f"{CODE} {reply_code(KEY, '市财政局', NOVEMBER)}",
        f"{CODE} {reply_code(KEY, '市教育局', Month(2026, 10))}",
    ],
)
def test_what_is_not_ours_or_not_one_names_nobody(subject):
    assert find_reply_code(KEY, subject, UNITS, CYCLES) is None


@given(st.text(), st.text(), st.sampled_from(UNITS), st.sampled_from(CYCLES))
def test_whatever_stands_around_it(before, after, unit, cycle):
    text = f"{before}[{reply_code(KEY, unit, cycle)}]{after}"
    assert find_reply_code(KEY, text, UNITS, CYCLES) == (unit, cycle)


def test_a_letter_has_one_message_id():
    made = message_id(KEY, "issue/2026-11/市教育局/1", "zwgk@example.gov.cn")
    assert made == message_id(KEY, "issue/2026-11/市教育局/1", "zwgk@example.gov.cn")
    assert made != message_id(KEY, "issue/2026-11/市教育局/2", "zwgk@example.gov.cn")
    assert made.endswith("@example.gov.cn>")
    assert made.isascii()
