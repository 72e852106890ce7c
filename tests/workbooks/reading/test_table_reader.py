"""Tables found by their headings, and cells understood as people type them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from tests.workbooks.sheets import Formula, book, headed
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef
from zwgk_excel.layout.columns import Column, ColumnKind, layout
from zwgk_excel.layout.words import word, words
from zwgk_excel.workbooks.opening.open_book import Grid, open_book
from zwgk_excel.workbooks.reading.cell_reader import read_cell
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, ParsedRow, find_table, read_row, typed_rows

ITEMS, TASKS = layout("report")["items"], layout("report")["tasks"]
MATRIX = layout("tracker")["matrix"]
BY = date(2026, 11, 20)


def grid_of(rows) -> Grid:
    grid = open_book(book({"S": rows}), "x.xlsx").grid("S")
    assert grid is not None
    return grid


def rows_of(table: LocatedTable) -> list[ParsedRow]:
    """The rows that hold something a unit may have typed, read."""
    return [read_row(table, row, ITEMS.inputs, "x.xlsx", by=BY) for row in typed_rows(table, ITEMS.inputs)]


# --- the table ---------------------------------------------------------------------------------


def test_the_sheet_as_issued():
    table = find_table(grid_of(headed("items", [])), ITEMS)
    assert table is not None
    assert table.header == 2
    assert table.positions == {column.key: number for number, column in enumerate(ITEMS)}
    assert not table.unknown
    assert not table.repeated
    assert not table.missing(ITEMS)


def test_headings_are_found_in_any_order_shape_and_row():
    row = [None, "发 布\n日期＊", "科室意见", "标题", "任务*", "备　注", 12]
    table = find_table(grid_of([["某表"], [], [], ["小标题"], row, ["x"] * 7]), ITEMS)
    assert table is not None
    assert table.header == 4
    assert table.positions == {"published_on": 1, "title": 3, "task": 4, "remark": 5}
    assert table.unknown == {2: "科室意见", 6: "12"}
    assert {column.key for column in table.missing(ITEMS.inputs)} == {c.key for c in ITEMS.inputs} - set(
        table.positions
    )


def test_of_a_repeated_heading_the_proper_one_counts_else_the_first():
    table = find_table(grid_of([["标题", "信息标题", "文号", "文号", "任务"]]), ITEMS)
    assert table is not None
    assert table.positions == {"title": 1, "doc_no": 2, "task": 4}
    assert table.repeated == {0: "title", 3: "doc_no"}


@pytest.mark.parametrize("rows", [[], [["任务"]], [["甲", "乙"], ["丙", "丁"]], [[None]] * 30 + [["任务", "信息标题"]]])
def test_no_table(rows):
    assert find_table(grid_of(rows), ITEMS) is None


def test_a_narrow_sheet_needs_one_heading_only():
    table = find_table(grid_of([["单位", "2026-10", "2026-11"]]), MATRIX)
    assert table is not None
    assert table.positions == {"unit": 0}


def test_the_row_with_most_headings_is_the_header():
    table = find_table(grid_of([["任务", "备注"], ["任务", "信息标题", "备注"], ["任务", "备注"]]), ITEMS)
    assert table is not None
    assert table.header == 1


def test_rows_with_formatting_spaces_or_check_texts_only_are_none():
    rows: list[dict[str, Any]] = [{"check": "缺"}, {"title": "  \n"}, {"title": "甲"}, {}, {"remark": 0}]
    table = find_table(grid_of(headed("items", rows)), ITEMS)
    assert table is not None
    assert [row.number for row in rows_of(table)] == [6, 8]


def test_errors_and_formulas_without_result_are_rows_too_and_are_named():
    rows: list[dict[str, Any]] = [
        {"title": Formula("=1/0", "#DIV/0!")},
        {},
        {"doc_no": Formula("=A1")},
        {"check": Formula("=A1")},
    ]
    table = find_table(grid_of(headed("items", rows)), ITEMS)
    assert table is not None
    read = rows_of(table)
    assert [(row.number, set(row.unread)) for row in read] == [(4, {"title"}), (6, {"doc_no"})]
    found = [(p.code, str(p.place), p.found) for row in read for p in row.problems]
    assert found == [
        ("cell_error", "x.xlsx!S!B4", "信息标题是错误值 #DIV/0!"),
        ("cell_formula", "x.xlsx!S!D6", "文号是公式，没有可读的结果"),
    ]


def test_a_column_that_is_not_there_is_empty():
    table = find_table(grid_of([["任务", "信息标题"], ["D02", "甲"]]), ITEMS)
    assert table is not None
    (row,) = rows_of(table)
    assert row.values["published_on"] is None
    assert row.values["remark"] == ""


@pytest.mark.parametrize(
    ("published", "until"),
    [(date(2026, 11, 5), date(2026, 12, 15)), (date(2025, 12, 20), date(2026, 12, 15)), (None, date(2026, 12, 15))],
)
def test_a_day_that_lies_ahead_is_the_next_one(published, until):
    headings = [ITEMS.heading(key) for key in ("title", "type", "published_on", "opinions_until")]
    rows = [["甲", word("item_type", each), published, "12月15日"] for each in ("survey", "feedback")]
    table = find_table(grid_of([headings, *rows]), ITEMS)
    assert table is not None
    call, result = rows_of(table)
    assert call.values["opinions_until"] == until
    assert [(each.code, each.place.cell) for each in call.problems] == [("date_year", "D2")]
    assert result.values["opinions_until"] == date(2025, 12, 15), "of what is over"


# --- cells -------------------------------------------------------------------------------------


def column(kind: ColumnKind, **more) -> Column:
    return Column("k", "某列", kind, 10, **more)


def read(of: Column, raw):
    value, problems = read_cell(of, raw, CellRef("x.xlsx", "S", "B4"), by=BY)
    assert all(each.place == CellRef("x.xlsx", "S", "B4") for each in problems)
    return value, [(each.code, each.found) for each in problems]


def told(typed: str, meant: object) -> list[tuple[str, str]]:
    return [("normalised", f"某列“{typed}”已按“{meant}”理解")]


@pytest.mark.parametrize("kind", list(ColumnKind))
@pytest.mark.parametrize("raw", [None, "", "  ", "\u3000\u00a0\n", "\u200b\ufeff"])
def test_blank_cells_are_empty_and_nothing_to_tell(kind: ColumnKind, raw):
    value, problems = read(column(kind), raw)
    assert value is None if kind in {ColumnKind.DATE, ColumnKind.MONTH, ColumnKind.INTEGER} else value == ""
    assert problems == []


@pytest.mark.parametrize(
    ("raw", "value", "problems"),
    [
        ("通知", "通知", []),
        (" \u3000通知\n", "通知", []),
        ("通知（一）", "通知（一）", []),
        ("１２号", "12号", told("１２号", "12号")),
        ("上\n下", "上 下", told("上\n下", "上 下")),
        (12, "12", []),
        (12.0, "12", []),
        (0, "0", []),
        (1.5, "1.5", []),
        (True, "TRUE", []),
        (date(2026, 3, 1), "2026-03-01", []),
        ("=1+1", "=1+1", []),
    ],
)
def test_text(raw, value, problems):
    assert read(column(ColumnKind.TEXT), raw) == (value, problems)


def test_long_texts_are_kept_and_told():
    assert read(column(ColumnKind.TEXT, max_length=3), "一二三") == ("一二三", [])
    assert read(column(ColumnKind.TEXT, max_length=3), "一二三四") == (
        "一二三四",
        [("cell_too_long", "某列有 4 个字")],
    )


def test_notes_show_long_texts_in_part_only():
    value, ((code, found),) = read(column(ColumnKind.TEXT), "长" * 200 + "\n尾")
    assert value == "长" * 200 + " 尾"
    assert code == "normalised"
    assert len(found) < 150


def test_paragraphs_keep_their_lines():
    assert read(column(ColumnKind.PARAGRAPH), "一\r\n二\r三") == ("一\n二\n三", [])
    assert read(column(ColumnKind.PARAGRAPH), " 一 \n２") == ("一\n2", told("一 \n２", "一\n2"))


def test_names_lose_the_space_that_lines_them_up():
    assert read(column(ColumnKind.NAME), "张 三") == ("张三", told("张 三", "张三"))
    assert read(column(ColumnKind.NAME), "张　三") == ("张三", told("张　三", "张三"))
    assert read(column(ColumnKind.NAME), "John Smith") == ("John Smith", [])


DAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("raw", "typed"),
    [
        (" 2026.3.5 ", "2026.3.5"),
        ("2026.03.05.", "2026.03.05."),
        ("2026年3月5号", "2026年3月5号"),
        ("2026年3月5日", "2026年3月5日"),
        ("2026/3/5", "2026/3/5"),
        ("２０２６．３．５", "２０２６．３．５"),
        ("20260305", "20260305"),
        (20260305, "20260305"),
        (46086, "46086"),
        (46086.75, "46086.75"),
        ("2026-03-05 10:30", "2026-03-05 10:30"),
        ("2026年3月5日 10:30:00", "2026年3月5日 10:30:00"),
        (datetime(2026, 3, 5, 10, 30), "2026-03-05 10:30:00"),
    ],
)
def test_dates_in_other_forms_are_understood_and_told(raw, typed: str):
    assert read(column(ColumnKind.DATE), raw) == (DAY, told(typed, DAY))


@pytest.mark.parametrize(
    ("raw", "typed"),
    [(each, each) for each in ("2026年3月5日10:00", "2026-03-05T10:00:00+08:00", "2026-03-05T10:00:00Z")]
    + [(each, each) for each in ("2026-03-05 10:00-12:00", "2026-3-5-", "2026.3.5..")]
    + [(20260305.5, "20260305.5")],
)
def test_what_the_self_check_takes_for_a_day_is_one(raw, typed: str):
    assert read(column(ColumnKind.DATE), raw) == (DAY, told(typed, DAY))


def test_a_day_as_it_is_to_be_written_is_not_told_though_it_is_text() -> None:
    assert read(column(ColumnKind.DATE), "2026-03-05 ") == (DAY, [])


def test_real_dates_are_nothing_to_tell():
    assert read(column(ColumnKind.DATE), DAY) == (DAY, [])


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        *(("3月5日", DAY), ("3.5", DAY), ("3-5 10:30", DAY), ("３月５号", DAY), ("12月31日", date(2025, 12, 31))),
        ("3月5日10:00-12:00", DAY),
    ],
)
def test_a_date_without_year_is_the_last_one_and_its_year_is_told(typed, day):
    note = ("date_year", f"某列填的是“{typed}”，没有写年份，已按 {day} 理解")
    assert read(column(ColumnKind.DATE), typed) == (day, [note])


@pytest.mark.parametrize(
    ("typed", "years"),
    [("2月29日", "2025、2026 年都"), ("2.29", "2025、2026 年都"), ("2026-2-29", "2026 年"), ("20250229", "2025 年")],
)
def test_of_the_29th_of_february_it_is_told_which_years_have_none(typed, years):
    assert read(column(ColumnKind.DATE), typed) == (None, [("date_form", f"某列是“{typed}”，{years}没有这一天")])


@pytest.mark.parametrize(
    ("raw", "typed", "shown"),
    [
        (datetime(1900, 1, 10, 12), "11.5", "1900-01-10 12:00:00"),
        (date(1900, 1, 4), "5", "1900-01-04"),
        (date(1903, 5, 14), "1230", "1903-05-14"),
        (datetime(1900, 4, 20, 2, 24), "111.1", "1900-04-20 02:24:00"),
    ],
)
def test_a_number_in_a_cell_for_days_is_told_as_typed_and_as_shown(raw, typed, shown):
    assert read(column(ColumnKind.DATE), raw) == (None, [("date_form", f"某列是“{typed}（显示为 {shown}）”")])


@pytest.mark.parametrize(
    ("raw", "typed"),
    [
        ("3月", "3月"),
        ("2026-02-30", "2026-02-30"),
        ("昨天", "昨天"),
        (3.1, "3.1"),
        (5, "5"),
        (True, "TRUE"),
        (-1, "-1"),
    ],
)
def test_what_is_no_date_is_named_and_has_no_value(raw, typed: str):
    assert read(column(ColumnKind.DATE), raw) == (None, [("date_form", f"某列是“{typed}”")])


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (date(1999, 12, 31), "date_range"),
        (date(2100, 1, 1), "date_range"),
        ("1999-12-31", "date_range"),
        (25569, "date_range"),
        ("2062-1-1 and", "date_form"),
        ("0226-03-05", "date_range"),
    ],
)
def test_unlikely_dates_are_named(raw, expected):
    value, ((code, _),) = read(column(ColumnKind.DATE), raw)
    assert (value, code) == (None, expected)


def test_an_unlikely_date_says_which_are_likely():
    _, problems = read_cell(column(ColumnKind.DATE), "1926-03-05", CellRef(), by=BY)
    assert [(p.code, p.found, p.expected) for p in problems] == [
        ("date_range", "某列是 1926-03-05", "2000-01-01 至 2099-12-31 之间的日期")
    ]


@pytest.mark.parametrize(
    ("raw", "problems"),
    [
        ("2026-11", []),
        (date(2026, 11, 1), []),
        ("2026年11月", told("2026年11月", "2026-11")),
        ("２０２６－１１", told("２０２６－１１", "2026-11")),
        (202611, told("202611", "2026-11")),
        (date(2026, 11, 9), told("2026-11-09", "2026-11")),
        (46327, told("46327", "2026-11")),
    ],
)
def test_months(raw, problems):
    assert read(column(ColumnKind.MONTH), raw) == (Month(2026, 11), problems)


@pytest.mark.parametrize("raw", ["2026-13", "11月", "明年", 2026.11, "2026-00"])
def test_what_is_no_month_is_named(raw):
    value, ((code, found),) = read(column(ColumnKind.MONTH), raw)
    assert (value, code) == (None, "month_form")
    assert str(raw) in found


def test_choices_are_codes():
    types = column(ColumnKind.CHOICE, list="item_type")
    assert read(types, "规范性文件") == ("normative", [])
    assert read(types, " 规范性文件 ") == ("normative", [])
    assert read(types, "规范性 文件") == ("normative", told("规范性 文件", "规范性文件"))


def test_an_unknown_choice_lists_the_choices():
    value, (found,) = read_cell(column(ColumnKind.CHOICE, list="answer"), "有", CellRef(), by=BY)
    assert (value, found.code, found.found) == ("", "choice_unknown", "某列是“有”")
    assert found.expected == "、".join(words("answer").values())


def test_a_choice_among_tasks_is_text():
    assert read(column(ColumnKind.CHOICE, list="tasks"), "D02 政府采购") == ("D02 政府采购", [])


def test_links_are_kept_as_typed():
    assert read(column(ColumnKind.URL), " https://x.gov.cn/Ａ?b= 1\n") == ("https://x.gov.cn/Ａ?b= 1", [])
    assert read(column(ColumnKind.URL), "www.x.gov.cn") == ("www.x.gov.cn", [("link_form", "某列是“www.x.gov.cn”")])
    assert read(column(ColumnKind.URL), 5)[1][0][0] == "link_form"
    two = "http://a.cn/1\nhttps://a.cn/2"
    assert read(column(ColumnKind.URL), two) == (two, [("link_several", "某列里不止一个网址")])


def test_telephone_numbers_have_no_decimals():
    assert read(column(ColumnKind.PHONE), 13900000000) == ("13900000000", [])
    typed, plain = "０７１４－８７０００００", "0714－8700000"
    assert read(column(ColumnKind.PHONE), typed) == (plain, told(typed, plain))
    assert read(column(ColumnKind.PHONE), "问门卫") == ("问门卫", [("phone_form", "某列是“问门卫”")])


def test_integers():
    assert read(column(ColumnKind.INTEGER), 7) == (7, [])
    assert read(column(ColumnKind.INTEGER), "７") == (7, told("７", "7"))
    assert read(column(ColumnKind.INTEGER), 7.5) == (None, [("number_form", "某列是“7.5”")])
    assert read(column(ColumnKind.INTEGER), -3) == (None, [("number_form", "某列是“-3”")])
    assert read(column(ColumnKind.INTEGER), "-3条") == (None, [("number_form", "某列是“-3条”")])
    assert read(column(ColumnKind.INTEGER), "七") == (None, [("number_form", "某列是“七”")])


def test_checks_are_not_read():
    assert read(column(ColumnKind.CHECK), "× 缺标题") == ("", [])
