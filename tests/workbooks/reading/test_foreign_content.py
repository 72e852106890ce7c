"""What comes into a report from elsewhere: characters nobody sees, links to cloud documents, later errors."""

from __future__ import annotations

from datetime import date

import pytest

from tests.workbooks.sheets import book, cell, edited, report
from zwgk_excel.domain.problems import Problem
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.reading.read_return import ParsedReturn, read_return

DAY = date(2026, 11, 20)


def read(data: bytes, name: str = "x.xlsx") -> ParsedReturn:
    return read_return(data, name, by=DAY)


def told(found: ParsedReturn, code: str) -> list[Problem]:
    return [each for each in found.content.problems if each.code == code]


def test_hidden_characters_are_one_note_for_a_sheet_and_change_nothing():
    names = ["李\u200b明", "\u202a李明\u202c", "李明\u00a0", "\ufeff李明", "李\u2060明"]
    found = read(report([{"task": "D02 政府采购", "title": "采购\u00a0公告", "officer": name} for name in names]))
    assert {item.officer for item in found.content.items} == {"李明"}
    assert {item.title for item in found.content.items} == {"采购 公告"}
    (note,) = found.content.problems
    assert (note.code, note.place.sheet) == ("hidden_characters", "信息明细")
    assert note.found == "10 个单元格中有看不见的字符（特殊空格、零宽字符、方向标记），已去除"
    ranges = [f"{cell('items', key, 4)}:{cell('items', key, 8)}" for key in ("title", "officer")]
    assert sorted(note.place.cell.split("、")) == sorted(ranges)


@pytest.mark.parametrize("mark", ["\u200e", "\u202d", "\u2066", "\u2069", "\u061c", "\ufeff", "\u200b"])
def test_marks_around_dates_links_and_choices_do_not_make_them_wrong(mark: str):
    values = {"task": "D02 政府采购", "type": "新闻动态", "published_on": "2026-11-05", "url": "https://a.cn/1"}
    found = read(report([{key: f"{mark}{value}{mark}" for key, value in values.items()}]))
    (item,) = found.content.items
    assert (item.published_on, item.url, item.task) == (date(2026, 11, 5), "https://a.cn/1", "D02 政府采购")
    assert item.type == "news"
    assert {each.code for each in found.content.problems} == {"hidden_characters"}


def test_a_name_with_joiners_and_variants_is_kept_without_a_word():
    found = read(report([{"title": "x", "officer": "葛\U000e0100天"}, {"title": "می\u200cخواهم"}]))
    assert [item.officer or item.title for item in found.content.items] == ["葛\U000e0100天", "می\u200cخواهم"]
    assert found.content.problems == ()


@pytest.mark.parametrize(
    "link",
    ["https://docs.qq.com/sheet/DA", "https://www.kdocs.cn/l/c", "https://a.feishu.cn/sheets/s", "https://1drv.ms/x/s"],
)
def test_a_cloud_document_is_no_published_page(link: str):
    found = read(report([{"title": "公告", "url": link}]))
    (problem,) = told(found, "link_cloud")
    assert (problem.place.cell, problem.is_error) == (cell("items", "url", 4), False)
    assert link in problem.found
    assert found.content.items[0].url == link


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("报送表在线填好了，请看 https://docs.qq.com/sheet/DA 谢谢".encode(), "链接.txt"),
        ("https://docs.qq.com/sheet/DA".encode("utf-16"), "链接.txt"),
        (
            b"<html><body><table><tr><td>https://docs.qq.com/sheet/DA</td></tr></table></body></html>",
            "链接.htm",
        ),
        (book({"Sheet1": [["市教育局 11 月报送表"], [None, "https://docs.qq.com/sheet/DA"]]}), "链接.xlsx"),
        (b"[InternetShortcut]\r\nURL=https://docs.qq.com/sheet/DA\r\nIconIndex=0\r\n", "报送表.url"),
        (b"\xef\xbb\xbf[InternetShortcut]\nURL = https://docs.qq.com/sheet/DA", "报送表.url"),
        (b"<plist><dict><key>URL</key><string>https://docs.qq.com/sheet/DA</string></dict></plist>", "报送表.webloc"),
        (b"[Desktop Entry]\nType=Link\nURL=https://docs.qq.com/sheet/DA\n", "报送表.desktop"),
    ],
)
def test_a_file_that_only_says_where_the_report_lies_is_named(data: bytes, name: str):
    with pytest.raises(RejectedFileError) as caught:
        read(data, name)
    assert caught.value.problem.code == "file_shortcut"
    assert "https://docs.qq.com/sheet/DA" in caught.value.problem.found


def test_a_file_of_other_content_with_a_link_in_it_is_no_report():
    rows = [[f"第 {n} 行", n] for n in range(50)]
    with pytest.raises(RejectedFileError) as caught:
        read(book({"Sheet1": [*rows, ["https://docs.qq.com/sheet/DA"]]}))
    assert caught.value.problem.code == "not_a_report"


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#BUSY!", "#GETTING_DATA"])
def test_an_error_of_a_later_excel_is_a_problem_with_its_cell(error: str):
    data = report([{"title": "甲", "remark": "#待换#"}, {"title": "乙"}])
    index = shared_index(data, "#待换#")
    spoilt = edited(
        data,
        "xl/worksheets/sheet2.xml",
        lambda xml: xml.replace(f't="s"><v>{index}</v>', f't="e"><v>{error}</v>'),
    )
    found = read(spoilt)
    assert [item.title for item in found.content.items] == ["甲", "乙"]
    (problem,) = told(found, "cell_error")
    assert (problem.place.cell, error in problem.found) == (cell("items", "remark", 4), True)


def shared_index(data: bytes, text: str) -> int:
    import io
    import re
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        strings = re.findall(r"<si>(.*?)</si>", archive.read("xl/sharedStrings.xml").decode())
    return next(number for number, each in enumerate(strings) if text in each)
