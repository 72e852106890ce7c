import json
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zwgk_excel.domain.file_names import safe_name
from zwgk_excel.domain.text import (
    clean,
    clean_name,
    clean_paragraph,
    fold,
    hidden_in,
    is_clean,
    is_link,
    json_on_screen,
    on_screen,
    one_line,
    parse_date,
    shown_in_a_name,
    text_length,
    visible,
    with_plain_spaces,
)

BY = date(2026, 11, 22)
WITHOUT_WIDTH = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"]


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05",
        "2026.3.5",
        "2026/3/5",
        "2026年3月5日",
        "2026 年 3 月 5 日",
        "２０２６．３．５",
        "２０２６年３月５日",
        "20260305",
        " 2026-03-05 00:00:00 ",
        "3月5日",
        "3.5",
        "３月５日",
        "3月5号",
    ],
)
def test_dates_as_people_write_them(text):
    assert parse_date(text, by=BY) == date(2026, 3, 5)


def test_without_a_year_the_last_such_day_is_meant():
    assert parse_date("12月30日", by=date(2027, 1, 10)) == date(2026, 12, 30)
    assert parse_date("1月9日", by=date(2027, 1, 10)) == date(2027, 1, 9)
    assert parse_date("1月9日", by=BY, since=date(2026, 12, 20)) == date(2027, 1, 9)
    assert parse_date("12月20日", by=BY, since=date(2026, 12, 20)) == date(2026, 12, 20)
    assert parse_date("2026.3.5", by=BY, since=date(2026, 12, 20)) == date(2026, 3, 5)
    assert parse_date("2月29日", by=BY, since=date(2026, 12, 20)) is None
    assert parse_date("2月29日", by=date(2025, 6, 1)) == date(2024, 2, 29)


def test_a_screen_gets_what_shows_and_nothing_that_acts():
    assert on_screen("表\u202excod.exe\x1b[2J\x9b31m\x00\ud83d") == "表xcod.exe[2J31m"
    assert on_screen("一\r\n二\r三\u2028四\x85五\t六") == "一 二 三 四 五\t六"
    assert on_screen("一\r\n二\r三\n四", lines=True) == "一\n二 三\n四"
    assert on_screen("\ue000\u3000𠀀") == "\ue000\u3000𠀀", "rare characters of names, spaces that align"


@given(st.text())
def test_json_for_a_screen_says_the_same(text):
    shown = json_on_screen(json.dumps([text], ensure_ascii=False, indent=1))
    assert json.loads(shown) == [text]
    assert on_screen(shown, lines=True) == shown


@pytest.mark.parametrize(
    "text", ["", "3月", "三月五日", "2026-13-01", "2026-02-30", "2026", "上旬", "2026-03-05至06", "=1+1"]
)
def test_what_is_no_date(text):
    assert parse_date(text, by=BY) is None


def test_cleaning_keeps_chinese_punctuation():
    assert clean("　冶政发〔２０２６〕１号\n（试行） ") == "冶政发〔2026〕1号 （试行）"
    assert clean_name("张　三") == "张三"
    assert clean_name("Li  Si") == "Li Si"
    assert clean_paragraph("\n一、甲 \r\n 二、乙\n\n") == "一、甲\n二、乙"


def test_links():
    typed = ("http://a", "http://a.cn", "HTTPS://a.cn/x", "http://", "ftp://a.cn/x", "见 http://a.cn")
    assert [text for text in typed if is_link(text)] == ["http://a.cn", "HTTPS://a.cn/x"]


def test_folding_for_comparison():
    assert fold("信息 标题*") == fold("信息标题＊")
    assert fold("各乡镇（街道）") == fold("各乡镇(街道)")


@pytest.mark.parametrize("mark", ["\u200b", "\u200e", "\u202a", "\u2066", "\ufeff", "\u00ad", "\u2060", "\x00", "\x9f"])
def test_what_has_no_width_is_as_if_it_was_not_there(mark):
    assert clean(f"{mark}关于{mark}公开{mark}") == "关于公开"
    assert clean_name(f"张{mark}三") == "张三"
    assert clean_paragraph(f"甲{mark}\n{mark}乙") == "甲\n乙"
    assert fold(f"信息{mark}标题") == fold("信息标题")
    assert parse_date(f"{mark}20{mark}26-11-05{mark}", by=BY) == date(2026, 11, 5)
    assert visible(f"{mark} http://a.cn/{mark}x \n") == "http://a.cn/x"
    assert one_line(f"报{mark}送\r\n表") == "报送 表"
    assert safe_name(f"表{mark}.xlsx{mark}") == "表.xlsx"


def test_every_format_character_of_unicode_is_one_of_them():
    assert len(WITHOUT_WIDTH) > 150
    assert clean("".join(WITHOUT_WIDTH)) == fold("".join(WITHOUT_WIDTH)) == one_line("".join(WITHOUT_WIDTH)) == ""


def test_rare_characters_of_names_stay_in_cells_and_not_in_names_of_files():
    rare = "\ue000"  # private: what old Chinese fonts draw names with
    assert clean_name(f"张{rare}") == f"张{rare}"
    assert shown_in_a_name(f"张{rare}.xlsx") == "张.xlsx"


@given(st.text())
def test_a_look_is_right(text):
    if is_clean(text):
        assert clean(text) == text == visible(text)


@given(st.text())
def test_one_line_can_be_printed(text):
    assert one_line(text).isprintable()
    assert one_line(one_line(text)) == one_line(text)


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)
    assert clean_name(clean_name(text)) == clean_name(text)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_written_form_of_a_day_is_understood(day):
    for form in ("{0.year}-{0.month}-{0.day}", "{0.year}年{0.month}月{0.day}日", "{0:%Y%m%d}", "{0:%Y.%m.%d}"):
        assert parse_date(form.format(day), by=BY) == day


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",  # a joiner between Arabic letters, as Uyghur and Kazakh are written with
        "ᠮᠣᠩᠭᠣᠯ\u180eᠠ",  # Mongolian
        "क्\u200dष",
        "👨\u200d👩\u200d👧",
        "❤\ufe0f\u200d🔥",
    ],
)
def test_joiners_stay_where_they_mean_something(text):
    assert clean(text) == visible(text) == text
    assert hidden_in(text) == []
    assert fold(text) == fold(text.replace("\u200c", "").replace("\u200d", "").replace("\u180e", ""))


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d", "\u180e"])
def test_joiners_between_other_characters_are_left_over(joiner):
    assert clean(f"{joiner}张{joiner}三{joiner}a{joiner}1{joiner}") == "张三a1"
    assert hidden_in(f"张{joiner}三") == ["零宽字符"]


def test_a_variant_of_a_character_in_a_name_stays_and_is_the_same_person():
    rare = "葛\U000e0100"
    assert clean_name(f"张{rare}") == f"张{rare}"
    assert fold(f"张{rare}") == fold("张葛")
    assert hidden_in(f"张{rare}") == []


@pytest.mark.parametrize("blank", ["\u3164", "\u2800", "\uffa0", "\u115f"])
def test_a_letter_that_shows_nothing_is_a_space(blank):
    assert clean(blank * 3) == fold(blank) == ""
    assert clean(f"甲{blank}乙") == "甲 乙"


def test_what_is_hidden_is_told_by_kind():
    assert hidden_in("甲\u200f乙\u202a") == ["方向标记"]
    assert hidden_in("\ufeff甲\u00a0乙\x07") == ["零宽字符", "特殊空格", "控制字符"]
    assert hidden_in("甲\n乙\t丙\r\n") == hidden_in("甲　乙") == hidden_in("") == []
    assert with_plain_spaces("甲\u00a0乙　丙") == "甲 乙　丙"


@given(st.text())
def test_what_is_cleaned_hides_nothing(text):
    assert hidden_in(clean(text)) in ([], ["零宽字符"])
    assert clean(clean(text)) == clean(text)


def test_a_character_beyond_the_basic_plane_counts_as_two_as_in_excel():
    assert [text_length(text) for text in ("", "abc", "市局", "𠮷镇", "\ud800")] == [0, 3, 2, 3, 1]
