"""Published catalogues in the forms that counties use: every entry is read, every cell not understood is told."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest

from tests.workbooks.catalogue import published as made
from zwgk_excel.domain.catalogue.updates import OFFICIAL
from zwgk_excel.workbooks.catalogue import official_tables
from zwgk_excel.workbooks.catalogue.official_form import official_form, rows_of
from zwgk_excel.workbooks.catalogue.official_tables import PublishedTables, read_published
from zwgk_excel.workbooks.catalogue.sample import sample_catalogue
from zwgk_excel.workbooks.opening.guard import RejectedFileError


def cells(found: PublishedTables) -> list[dict[str, str]]:
    return [dict(row.cells) for row in found.rows]


def column(found: PublishedTables, key: str) -> list[str]:
    return [row[key] for row in found.rows]


def told(found: PublishedTables) -> set[tuple[str, str]]:
    return {(each.code, each.place.cell) for each in found.problems}


def test_two_domains_on_one_sheet():
    found = read_published(made.usual(), "目录.xlsx")
    assert column(found, "domain") == ["义务教育", "义务教育", "就业"]
    assert column(found, "primary") == ["招生管理", "招生管理", "岗位信息"], "merged cells"
    assert column(found, "secondary") == ["招生计划", "学区划分", "招聘会"]
    assert column(found, "limit") == ["20个工作日内", "20个工作日内", "及时"], "同上"
    assert column(found, "channels") == [*["■政府网站 □政府公报"] * 2, "■政府网站 □广播电视"]
    assert column(found, "audience") == ["全社会", "特定群体：适龄儿童家长", "全社会"]
    assert column(found, "mode") == ["主动"] * 3
    assert column(found, "level") == ["县级", "县级、乡级", "县级"]
    assert [str(row.place) for row in found.rows][1] == "目录.xlsx!目录!A5"
    assert told(found) == {("catalogue_row_aside", "A6")}


def test_every_entry_whole_in_its_row_the_first_is_no_heading():
    found = read_published(made.flat(), "目录.xlsx")
    assert column(found, "secondary") == ["环评审批", "处罚决定", "机构备案"]
    assert column(found, "domain") == ["生态环境", "生态环境", "养老服务"]
    assert column(found, "limit") == ["7个工作日内", "7个工作日内", "每年1月底前"]
    assert {(row["audience"], row["mode"], row["level"]) for row in found.rows} == {("全社会", "主动", "县级")}
    assert told(found) == set()


def test_the_columns_of_the_office_are_no_published_tables_to_fill():
    heads = ["序号", "一级事项", "公开内容", "公开时限", "责任单位", "停用", "备注"]
    rows = [["义务教育领域目录"], heads, ["1", "招生", "人数", "及时", "市教育局", "是", "待定"]]
    found = read_published(made.workbook(("目录", rows, ())), "目录.xlsx")
    (entry,) = cells(found)
    assert (entry["owner"], "remark" in entry) == ("市教育局", False)
    assert told(found) == {("catalogue_column_unknown", "F2"), ("catalogue_column_unknown", "G2")}


def test_a_note_among_the_headings_leaves_them_headings():
    noted = list(made.USUAL_SUBS)
    noted[5] = "（工作日）"
    entry_row = ["1", "招生", "计划", "人数", "条例", "及时", "教育局", "", "√"]
    rows = [["义务教育领域目录"], made.USUAL_HEADS, noted, entry_row]
    (entry,) = cells(read_published(made.workbook(("目录", rows, ("B2:C2", "I2:J2", "K2:L2", "M2:N2"))), "目录.xlsx"))
    assert (entry["secondary"], entry["limit"], entry["audience"]) == ("计划", "及时", "全社会")


def test_the_form_of_townships():
    found = read_published(made.townships(), "镇.xlsx")
    (entry,) = cells(found)
    assert (entry["domain"], entry["primary"], entry["secondary"]) == ("涉农补贴", "资金明细", "")
    assert (entry["channels"], entry["level"]) == ("■政府网站 □政府公报 □两微一端", "乡级")
    assert told(found) == {("catalogue_box_typed", "G3")}


def test_a_table_copied_from_a_page():
    found = read_published(made.from_page(), "页.xlsx")
    assert column(found, "primary") == ["通用政策", "通用政策"]
    assert column(found, "channels") == ["■政府网站 ■公开查阅点", "■政府网站"]
    assert column(found, "domain") == ["养老服务"] * 2
    assert told(found) == {("catalogue_blank_filled", "B6")}


def test_what_no_form_has_is_told():
    found = read_published(made.with_more(), "汇编.xlsx")
    assert column(found, "domain") == ["财政预决算"] * 2
    assert column(found, "limit") == ["批复后20日内"] * 2
    assert column(found, "level") == ["乡级、样市级", "乡级"]
    assert column(found, "channels") == ["t政府网站", "■政府网站"], "kept as it is written"
    assert told(found) == {
        ("catalogue_column_unknown", "L3"),
        ("catalogue_part_own", "J3"),
        ("catalogue_channels_unknown", "I4"),
        ("catalogue_tick_unknown", "J5"),
    }


def test_a_sheet_for_each_domain():
    found = read_published(made.domains_by_sheet(), "领域.xlsx")
    assert column(found, "domain") == ["公共法律服务", "灾害救助"]
    assert column(found, "mode") == ["主动", "依申请"]
    assert not found.problems


def test_a_word_document():
    found = read_published(made.document(), "目录.docx")
    assert column(found, "domain") == ["医疗卫生", "医疗卫生", "税收管理"]
    assert column(found, "primary") == ["疾病防控", "疾病防控", "政策文件"]
    assert {row.place.sheet for row in found.rows} == {"第 1 个表", "第 2 个表"}


def test_an_old_workbook(office, tmp_path):
    (tmp_path / "新.xlsx").write_bytes(made.usual())
    with office.open(tmp_path / "新.xlsx") as document:
        saved = document.save_as(tmp_path / "旧.xls")
    assert cells(read_published(saved.read_bytes(), "旧.xls")) == cells(read_published(made.usual(), "目录.xlsx"))


@pytest.mark.parametrize("layout", ["usual", "townships", "from_page", "with_more", "domains_by_sheet", "document"])
def test_what_is_exported_is_imported_again(layout):
    name = "目录.docx" if layout == "document" else "目录.xlsx"
    first = cells(read_published(getattr(made, layout)(), name))
    again = read_published(official_form(rows_of(first)), "公布.xlsx")
    assert cells(again) == first
    assert official_form(rows_of(cells(again))) == official_form(rows_of(first))


def test_the_sample_is_understood_whole():
    found = read_published(sample_catalogue(), "样表.xlsx")
    assert (len(found.rows), found.problems) == (7, [])
    assert all(row[key] for row in found.rows for key in OFFICIAL)


def test_a_table_without_a_domain_says_so_and_takes_the_one_that_is_named():
    rows = [made.USUAL_HEADS, made.USUAL_SUBS, ENTRY]
    data = made.workbook(("Sheet1", rows, ()))
    assert ("catalogue_domain_missing", "A3") in told(read_published(data, "x.xlsx"))
    assert column(read_published(data, "x.xlsx", domain="就业"), "domain") == ["就业"]


@pytest.mark.parametrize(
    ("typed", "kept", "is_told"),
    [
        *[("?", "?", True), ("？", "？", True), ("?政府网站 ?政府公报", "?政府网站 ?政府公报", True)],
        *[("■? □政府公报", "■? □政府公报", True), ("■�", "■�", True), ("√", "√", True), ("是", "是", True)],
        *[("—", "—", True), ("无", "无", True), ("1", "1", True)],
        ("政府网站、政务服务中心", "■政府网站 ■政务服务中心", False),
        ("■LED显示屏□微信", "■LED显示屏 □微信", False),
    ],
)
def test_a_channel_that_nobody_can_read_is_told_and_kept(typed, kept, is_told):
    row = [*ENTRY[:7], typed, *ENTRY[8:]]
    found = read_published(made.workbook(("就业领域", [made.USUAL_HEADS, made.USUAL_SUBS, row], ())), "x.xlsx")
    assert column(found, "channels") == [kept]
    assert (("catalogue_channels_unknown", "H3") in told(found)) is is_told


def test_a_file_without_such_a_table():
    found = read_published(made.workbook(("通知", [["关于做好工作的通知"], ["一、", "请各单位"]], ())), "通知.xlsx")
    assert (found.rows, told(found)) == ([], {("catalogue_no_table", "")})


# --- hostile tables ------------------------------------------------------------------------------


ENTRY = ["1", "甲", "乙", "丙", "丁", "及时", "戊", "■政府网站", "√", "", "√", "", "√", ""]


def _with_sheet(change: Callable[[bytes], bytes]) -> bytes:
    """The usual table with the XML of its sheet changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made.usual())) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            changed = change(content) if name.endswith("sheet1.xml") else content
            new.writestr(name, changed, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def test_what_is_beyond_the_most_entries_is_told_once(monkeypatch):
    monkeypatch.setattr(official_tables, "MOST_ENTRIES", 3)
    body = [[*ENTRY[:2], f"事项{n}", *ENTRY[3:]] for n in range(6)]
    found = read_published(made.workbook(("就业", [made.USUAL_HEADS, made.USUAL_SUBS, *body], ())), "长.xlsx")
    assert len(found.rows) == 3
    assert [each.code for each in found.problems] == ["catalogue_too_long"]


def test_a_hundred_thousand_rows_are_refused_before_they_are_read():
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(11, 100_000))
    found = read_published(_with_sheet(lambda sheet: sheet.replace(b"</sheetData>", rows + b"</sheetData>")), "长.xlsx")
    assert found.rows == []
    assert "sheet_too_large" in {each.code for each in found.problems}


def test_a_merged_range_over_the_whole_sheet_costs_nothing():
    deep = b'<mergeCell ref="A1:XFD1048576"/>' * 100_000
    found = read_published(
        _with_sheet(lambda sheet: sheet.replace(b"</mergeCells>", deep + b"</mergeCells>")), "并.xlsx"
    )
    assert found.rows == []
    assert found.problems


def test_formulas_and_errors_are_told_and_not_taken():
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(made.usual()))
    book["目录"]["E4"] = '=HYPERLINK("http://a.cn","条例")'
    stream = io.BytesIO()
    book.save(stream)
    found = read_published(stream.getvalue(), "式.xlsx")
    assert ("cell_formula", "E4") in told(found)
    assert column(found, "basis")[0] == ""


def test_a_text_that_would_act_stays_a_text():
    rows = [made.USUAL_HEADS, made.USUAL_SUBS, ["1", '=cmd|"/c calc"!A1', "@乙", "丙\x07\u202e", "丁", "及时", "戊"]]
    found = read_published(made.workbook(("就业", rows, ())), "x.xlsx")
    written = official_form(rows_of(cells(found)))
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        assert not any(b"<f>" in package.read(name) for name in package.namelist() if "sheet" in name)
    assert column(found, "content") == ["丙"]


def _packed(document: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made.document())) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = document if name == "word/document.xml" else old.read(name)
            new.writestr(name, content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


@pytest.mark.parametrize(
    "document",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body>"
        + b"<w:tbl><w:tr>" + b"<w:tc></w:tc>" * 300_000 + b"</w:tr></w:tbl></w:body></w:document>",
        b" " * 40_000_000,
        b"<a>" * 100_000,
        b"no xml",
    ],
    ids=["entity", "cells", "bomb", "deep", "damaged"],
)
def test_a_hostile_document_is_refused(document):
    with pytest.raises(RejectedFileError):
        read_published(_packed(document), "x.docx")


def test_a_span_over_a_million_columns_is_cut():
    made_document = docx.Document()
    table = made_document.add_table(3, 3)
    table.cell(0, 0)._tc.grid_span = 1_000_000
    stream = io.BytesIO()
    made_document.save(stream)
    assert read_published(stream.getvalue(), "x.docx").rows == []
