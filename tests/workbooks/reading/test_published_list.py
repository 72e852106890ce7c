"""Exports of a website's back office as they come: layouts, what is no item, what is hostile."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

import pytest
import xlsxwriter

from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.reading.published_list import (
    ExportedList,
    NoTableError,
    UnknownHeadingsError,
    read_published_list,
)

DAY, BY = date(2026, 11, 3), date(2026, 12, 1)
HEADINGS = ["标题", "发布时间", "链接", "栏目", "发布单位"]
GOOD = ["采购公告", "2026-11-03 08:15:00", "http://a.cn/1.html", "政府采购", "市财政局"]


def workbook(*rows: Sequence[object], sheet: str = "Sheet1") -> bytes:
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(stream, options) as book:
        page = book.add_worksheet(sheet)
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, datetime):
                    page.write_datetime(number, place, value, moment)
                elif isinstance(value, str) and value.startswith("{="):
                    page.write_formula(number, place, value[1:-1])
                elif value is not None:
                    page.write(number, place, value)
    return stream.getvalue()


def text(*rows: Sequence[str], delimiter: str = ",") -> bytes:
    return "\r\n".join(delimiter.join(row) for row in rows).encode("gb18030")


def read(data: bytes, name: str = "清单.xlsx", **options: object) -> ExportedList:
    return read_published_list(data, name, by=BY, **options)  # type: ignore[arg-type]


def told(found: ExportedList) -> list[tuple[str, str]]:
    return [(each.code, each.place.cell) for each in found.problems]


@pytest.mark.parametrize(
    "day",
    ["2026-11-03 08:15:00", "2026/11/3 8:15", "2026年11月3日", "20261103", datetime(2026, 11, 3, 23, 59), 46329],
)
def test_days_with_a_time_or_without(day):
    (found,) = read(workbook(HEADINGS, [GOOD[0], day, *GOOD[2:]])).rows
    assert (found.title, found.published_on, found.url) == ("采购公告", DAY, "http://a.cn/1.html")


def test_titles_above_columns_of_their_own_and_repeated_headings_between():
    other = ["序号", *HEADINGS, "点击量"]
    above, below = [["网站信息清单"], [], ["统计时间：2026-12-01"]], [[None, "合计"], ["共", None, None, None, "2 条"]]
    found = read(workbook(*above, other, [1, *GOOD, 7], other, [2, *GOOD, 8], *below))
    assert [str(each.source) for each in found.rows] == ["清单.xlsx!Sheet1!B5", "清单.xlsx!Sheet1!B7"]
    assert found.problems == ()


def test_the_office_says_which_column_is_which():
    data = workbook(["甲", "发布时间", "标题"], ["采购公告", "2026-11-03", "张三"])
    (found,) = read(data, headings={"title": ["甲"]}).rows
    assert found.title == "采购公告"
    with pytest.raises(UnknownHeadingsError, match="没有认出“信息标题”"):
        read(workbook(["甲", "发布时间", "栏目"], ["采购公告", "2026-11-03", "政府采购"]))
    with pytest.raises(UnknownHeadingsError, match="没有认出“信息标题、发布日期”"):
        read(workbook(["甲", "乙"], ["采购公告", "2026-11-03"]))


def test_what_is_no_list_at_all_is_told_so():
    with pytest.raises(NoTableError, match="不是网站清单：里面没有表格"):
        read(workbook(["只有一句话"], ["还有一句"]))
    with pytest.raises(NoTableError, match="不是网站清单"):
        read("请各单位按时报送。\n谢谢。".encode(), "通知.csv")


def test_what_is_not_on_the_site_is_left_out_and_counted():
    headings = [*HEADINGS, "状态"]
    rows = [[*GOOD, state] for state in ("已发布", "草稿", "已撤稿", "", "待审")]
    found = read(workbook(headings, *rows))
    assert (len(found.rows), found.unpublished) == (2, 3)


def test_what_cannot_be_used_is_told_by_its_cell_and_the_rest_is_read():
    rows = [
        GOOD,
        ["", *GOOD[1:]],
        ["没有日期", "", *GOOD[2:]],
        ["日期不对", "上个月", *GOOD[2:]],
        ["链接不对", GOOD[1], "javascript:alert(1)", *GOOD[3:]],
        ["长" * 201, *GOOD[1:]],
    ]
    found = read(workbook(HEADINGS, *rows))
    assert [each.title for each in found.rows] == ["采购公告", "链接不对"]
    assert found.rows[1].url == ""
    assert told(found) == [
        ("item_field_missing", "A3"),
        ("item_field_missing", "B4"),
        ("date_form", "B5"),
        ("link_form", "C6"),
        ("cell_too_long", "A7"),
    ]


def test_a_day_that_has_not_come_is_told_by_its_cell_and_its_row_is_not_read():
    headings = [*HEADINGS, "成文日期"]
    rows = [[*GOOD, ""], ["年份打错", "2062-11-06", *GOOD[2:], ""], ["形成得早", *GOOD[1:], "2027-11-01"]]
    found = read(workbook(headings, *rows))
    assert [(each.title, each.formed_on) for each in found.rows] == [("采购公告", None), ("形成得早", None)]
    assert told(found) == [("list_day_ahead", "B3"), ("list_day_ahead", "F4")]
    assert "发布时间是 2062-11-06，这一天还没有到" in found.problems[0].found


def test_a_day_without_a_year_is_read_and_told_by_its_cell():
    headings = [*HEADINGS, "成文日期"]
    rows = [["去年的", "12-17", *GOOD[2:], ""], ["今年的", "11月3日", *GOOD[2:], "11.2"], ["", "11-3", *GOOD[2:], ""]]
    found = read(workbook(headings, *rows))
    assert [each.published_on for each in found.rows] == [date(2025, 12, 17), DAY]
    years = [each for each in found.problems if each.code == "date_year"]
    assert [each.place.cell for each in years] == ["B2", "B3", "F3", "B4"]
    assert str(years[0]).endswith(
        "发布时间填的是“12-17”，没有写年份，已按 2025-12-17 理解，应为带年份的日期；"
        "意思是别的年份的，请在清单中写上年份，再导入一次。"
    )
    assert not any(each.counts for each in years)


def test_a_year_mistyped_into_the_past_is_told_by_its_cell_and_its_row_is_read():
    rows = [[f"公告{day}", f"2026-11-{day:02}", *GOOD[2:]] for day in range(1, 21)]
    found = read(workbook(HEADINGS, ["早年", "2006-11-01", *GOOD[2:]], *rows, ["去年", "2025-11-06", *GOOD[2:]]))
    early = list(found.early.values())
    assert len(found.rows) == 22
    assert [(each.code, each.place.cell) for each in early] == [("list_day_early", "B2"), ("list_day_early", "B23")]
    assert "发布时间是 2006-11-01，比清单的其余各行早得多" in early[0].found
    assert "2026-11-01 以后" in early[0].expected
    assert early[0].place.cell in next(iter(found.early)).replace("A", "B"), "named by its row"


def test_a_row_that_is_left_says_of_whom_it_was_and_a_note_below_the_table_is_nobody_s():
    rows = [GOOD, ["没有日期", "", "", "", "市教育局"], ["", GOOD[1], "", "", ""], ["制表：办公室", "", "", "", ""]]
    assert read(workbook(HEADINGS, *rows)).left == ("市教育局",)


def test_a_cell_that_leads_to_the_page_has_its_address_whatever_it_shows():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEADINGS)
        for row in range(1, 6):
            page.write_row(row, 0, [f"公告{row}", "2026-11-03", "", *GOOD[3:]])
        page.write_url(1, 0, "http://a.cn/1.html", string="公告1")
        page.write_url(2, 2, "http://a.cn/2.html", string="查看")
        page.write_formula(3, 2, '=HYPERLINK("http://a.cn/3.html","查看")', None, "查看")
        page.write_url(4, 2, "mailto:me@a.cn", string="查看")
        page.write_url(5, 0, "http://b.cn/5.html", string="公告5")
        page.write_string(5, 2, "http://a.cn/5.html")
    found = read(stream.getvalue())
    assert [each.url for each in found.rows] == [*(f"http://a.cn/{n}.html" for n in (1, 2, 3)), "", "http://a.cn/5.html"]
    assert told(found) == [("link_form", "C5")]


def test_cells_are_told_by_the_headings_of_the_file_itself():
    mapped = {"title": ["稿件题目"], "published_on": ["挂网日"]}
    other = read(workbook(HEADINGS, ["采购公告", "上个月", *GOOD[2:]], ["", *GOOD[1:]]), headings=mapped)
    assert [each.action for each in other.problems] == ["这一行没有导入，请在清单中改正后再导入一次"] * 2
    assert [each.found for each in other.problems] == ["发布时间是“上个月”", "缺标题（必填）"]
    with pytest.raises(UnknownHeadingsError, match="没有认出“信息标题”"):
        read(workbook(["甲", "发布时间", "栏目"], ["采购公告", "2026-11-03", "政府采购"]), headings=mapped)


# --- hostile -----------------------------------------------------------------------------------------


def test_formulas_are_text_or_told_and_never_computed():
    found = read(workbook(HEADINGS, ["=cmd|'/c calc'!A1", *GOOD[1:]], ['{=HYPERLINK("http://evil","点")}', *GOOD[1:]]))
    assert [each.title for each in found.rows][:1] == ["=cmd|'/c calc'!A1"]
    csv = read(text(HEADINGS, ["@SUM(1+1)", *GOOD[1:]], ["+1", *GOOD[1:]]), "清单.csv")
    assert [each.title for each in csv.rows] == ["@SUM(1+1)", "+1"]


def test_control_characters_and_marks_of_direction_do_not_stay():
    data = "\ufeff" + "\n".join([",".join(HEADINGS), ",".join(["采\u202e购\u200b公告", *GOOD[1:]])])
    (found,) = read(data.encode("utf-8"), "清单.csv").rows
    assert found.title == "采购公告"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_in_any_encoding(encoding: str, delimiter: str):
    data = "\r\n".join(delimiter.join(row) for row in (HEADINGS, GOOD, GOOD)).encode(encoding)
    assert [each.department for each in read(data, "清单.csv").rows] == ["市财政局", "市财政局"]


def test_a_bomb_garbage_and_what_is_no_table_are_refused():
    bomb = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(HEADINGS, GOOD))) as old, zipfile.ZipFile(bomb, "w", 8) as new:
        for part in old.namelist():
            new.writestr(part, old.read(part) + (b" " * (160 << 20) if part.endswith("sheet1.xml") else b""))
    for data, code in (
        (bomb.getvalue(), "file_unsafe"),
        (b"\x00\x01\x02" * 1000, "file_kind"),
        (b"", "file_kind"),
        (b"%PDF-1.7 \n", "file_pictured"),
    ):
        with pytest.raises(RejectedFileError) as refused:
            read(data)
        assert refused.value.problem.code in {code, "file_unreadable", "file_kind"}
    with pytest.raises(RejectedFileError) as refused:
        read(bomb.getvalue())
    assert refused.value.problem.code == "file_unsafe"


def test_a_cell_of_a_million_characters_is_one_row_that_is_told():
    found = read(text(HEADINGS, ["长" * 500_000, *GOOD[1:]], GOOD), "清单.csv")
    assert [each.title for each in found.rows] == ["采购公告"]
    assert told(found) == [("cell_too_long", "A2")]
