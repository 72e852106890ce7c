"""Returned report workbooks: identity, answers, items, and nothing typed is lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.calc.office import Office
from tests.workbooks.report_sample import content as issued
from tests.workbooks.sheets import IDENTITY, Formula, book, headed, report
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import ITEM_COLUMNS, AnswerStatus, Item, TaskAnswer
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.opening.guard import RejectedFileError
from zwgk_excel.workbooks.reading.read_return import ClaimedIdentity, ParsedReturn, read_return
from zwgk_excel.workbooks.report.fill_in import fill
from zwgk_excel.workbooks.report.report_workbook import report_workbook

ITEMS, TASKS = layout("report")["items"], layout("report")["tasks"]
BESIDE = column_letters(len(ITEMS.columns))
"""The first column that is none of ours."""
BY = date(2026, 11, 20)
ITEM: dict[str, Any] = {
    "task": "D02 政府采购",
    "title": "关于采购目录的通知",
    "type": "通知公告",
    "doc_no": "冶财〔2026〕1号",
    "formed_on": date(2026, 11, 3),
    "published_on": date(2026, 11, 5),
    "url": "https://www.example.gov.cn/1.html",
    "section": "采购办",
    "officer": "张三",
    "phone": "0714-8700000",
    "first_review": "李四",
    "second_review": "王五",
    "final_review": "赵六",
    "draft_note": "说明.docx",
    "reading": "解读.docx",
    "remark": "第一行\n第二行",
}
TASK: dict[str, Any] = {
    "id": "D02",
    "category": "政务信息公开",
    "column": "政府采购",
    "reference": "2026-11",
    "due": "2026-11-25",
}


def read(data: bytes):
    return read_return(data, "回.xlsx", by=BY)


def problems(data: bytes) -> list[tuple[str, str, str]]:
    return [(each.code, each.place.sheet, each.place.cell) for each in read(data).content.problems]


# --- what is read ------------------------------------------------------------------------------


def test_a_filled_workbook_comes_back_whole():
    tasks = [
        TASK | {"status": "已报送", "remark": "无"},
        TASK
        | {"id": "D03", "status": "本期无更新", "statement": "经核实，本期无应公开信息。", "count": 0, "check": "√"},
        TASK | {"id": "D41", "reference": "2026 市本级"},
    ]
    reading = read(report([ITEM, {}, ITEM | {"title": "乙", "check": "√ 完整"}], tasks))
    plain = {**ITEM, "type": "notice"}
    assert reading.content.items == (Item(**plain, row=4), Item(**plain | {"title": "乙"}, row=6))
    assert reading.content.answers == (
        TaskAnswer("", ("D02", "2026-11"), AnswerStatus.REPORTED, "", "无", 4, "政府采购"),
        TaskAnswer("", ("D03", "2026-11"), AnswerStatus.NIL, "经核实，本期无应公开信息。", "", 5, "政府采购"),
        TaskAnswer("", ("D41", "2026 市本级"), None, "", "", 6, "政府采购"),
    )
    assert reading.content.problems == ()
    assert (reading.content.unit, reading.content.cycle) == ("市教育局", Month(2026, 11))


def test_the_locator_names_the_cells():
    locator = read(report([ITEM], [TASK])).locator
    assert str(locator.place("items", "published_on", 7)) == "回.xlsx!信息明细!F7"
    assert str(locator.place("tasks", "status", 4)) == "回.xlsx!任务清单!H4"
    assert locator.heading("items", "published_on") == "发布日期"


def test_the_identity_is_read_but_not_believed():
    assert read(report()).identity == ClaimedIdentity(1, "市教育局", Month(2026, 11), date(2026, 11, 1), "ab" * 32)


@pytest.mark.parametrize(
    "identity",
    [
        None,
        [],
        [["product"]],
        [["product", "other"], *IDENTITY[1:]],
        [row for row in IDENTITY if row[0] != "unit"],
        [row for row in IDENTITY if row[0] != "cycle"],
        [["issued_on", "gestern"] if row[0] == "issued_on" else row for row in IDENTITY],
        [["schema", "x"] if row[0] == "schema" else row for row in IDENTITY],
    ],
)
def test_without_a_sound_identity_there_is_none_but_the_content_is_read(identity):
    reading = read(report([ITEM], identity=identity))
    assert reading.identity is None
    assert (reading.content.unit, reading.content.cycle) == ("", None)
    assert (reading.hints.unit, reading.hints.cycle) == ("市教育局", Month(2026, 11))
    assert len(reading.content.items) == 1


def test_retyped_identity_values_are_understood():
    retyped = {"schema": 1, "cycle": "2026-11", "issued_on": date(2026, 11, 1)}
    claim = read(report(identity=[[key, retyped.get(key, value)] for key, value in IDENTITY])).identity
    assert claim is not None
    assert (claim.schema, claim.issued_on) == (1, date(2026, 11, 1))


def test_rows_far_below_the_drawn_ones_are_read():
    rows: list[dict[str, Any]] = [*({} for _ in range(6000)), ITEM]
    assert [item.row for item in read(report(rows)).content.items] == [6004]


# --- problems, each at its cell ----------------------------------------------------------------


def test_cells_that_cannot_be_understood_are_unread_and_named():
    item = ITEM | {"published_on": "3月", "type": "通告", "title": Formula("=1/0", "#DIV/0!"), "url": Formula("=A1")}
    reading = read(report([item]))
    (read_item,) = reading.content.items
    assert read_item.unread == {"published_on", "type", "title", "url"}
    assert (read_item.published_on, read_item.type, read_item.title, read_item.url) == (None, "", "", "")
    assert [(p.code, p.place.cell, p.found) for p in reading.content.problems] == [
        ("cell_error", "B4", "信息标题是错误值 #DIV/0!"),
        ("choice_unknown", "C4", "信息类型是“通告”"),
        ("date_form", "F4", "发布日期是“3月”"),
        ("cell_formula", "G4", "发布链接是公式，没有可读的结果"),
    ]


def test_what_was_normalised_is_told():
    reading = read(report([ITEM | {"published_on": "2026.11.5", "officer": "张 三", "doc_no": "　１号"}]))
    (item,) = reading.content.items
    assert (item.published_on, item.officer, item.doc_no) == (date(2026, 11, 5), "张三", "1号")
    assert not item.unread
    assert [(p.code, p.place.cell) for p in reading.content.problems] == [
        ("normalised", "D4"),
        ("normalised", "F4"),
        ("normalised", "I4"),
    ]


def test_reviewers_below_one_another_are_several():
    reading = read(report([ITEM | {"first_review": "张三\n李 四", "section": "办公室\n一科"}]))
    (item,) = reading.content.items
    assert (item.first_review, item.section) == ("张三、李四", "办公室一科")


def test_a_day_without_a_year_is_one_of_the_workbooks_month_whenever_it_arrives():
    data = report([ITEM | {"formed_on": "12月28日", "published_on": "11.5"}])
    for by in (BY, date(2027, 3, 1)):
        (item,) = read_return(data, "回.xlsx", by=by).content.items
        assert (item.formed_on, item.published_on) == (date(2026, 12, 28), date(2026, 11, 5)), by


def test_phantom_rows_are_none():
    rows: list[dict[str, Any]] = [{"check": Formula("=A1")}, {"check": "× 缺标题"}, {"title": "  "}]
    reading = read(report(rows))
    assert reading.content.items == ()
    assert reading.content.problems == ()


def test_a_status_that_is_none_is_named():
    reading = read(report(tasks=[TASK | {"status": "报了"}]))
    assert reading.content.answers[0].status is None
    assert [(p.code, p.place.cell) for p in reading.content.problems] == [("choice_unknown", "H4")]


@pytest.mark.parametrize(
    ("typed", "status"),
    [("已报", "reported"), ("已上报", "reported"), ("无", "nil"), ("本月无更新", "nil"), ("无更新。", "nil")],
)
def test_a_status_in_other_words_is_understood_and_told(typed, status):
    reading = read(report(tasks=[TASK | {"status": typed, "statement": "经核实，本期无应公开信息"}]))
    assert reading.content.answers[0].status == status
    assert [(p.code, p.place.cell) for p in reading.content.problems] == [("normalised", "H4")]


@pytest.mark.parametrize("typed", ["https：//a.gov.cn/1", "https:／／a.gov.cn/1", "ｈｔｔｐ：／／a.gov.cn/1"])
def test_a_link_typed_in_full_width_is_understood_and_told(typed):
    reading = read(report([ITEM | {"url": typed}]))
    assert reading.content.items[0].url.removeprefix("https").removeprefix("http") == "://a.gov.cn/1"
    assert [(p.code, p.place.cell) for p in reading.content.problems] == [("normalised", "G4")]


def test_typed_input_in_a_row_without_task_is_outside():
    reading = read(
        report(tasks=[TASK, {"status": "已报送", "remark": "另补", "count": 2, "check": "×"}, {"content": "小结"}])
    )
    assert len(reading.content.answers) == 1
    assert [(p.code, p.place.cell, p.found) for p in reading.content.problems] == [
        ("text_outside", "H5", "表外有内容“已报送”"),
        ("text_outside", "J5", "表外有内容“2”"),
        ("text_outside", "L5", "表外有内容“另补”"),
        ("text_outside", "D6", "表外有内容“小结”"),
    ]


def test_locked_texts_of_a_task_are_ours():
    assert problems(report(tasks=[TASK | {"content": "改过的内容", "requirement": Formula("=1/0", "#DIV/0!")}])) == []


def test_text_beside_the_table_is_named():
    rows = [ITEM | {"科室意见": "同意"}, {"科室意见": 3}, {"科室意见": Formula("=1/0", "#DIV/0!")}]
    reading = read(report(rows, extra=["科室意见"]))
    assert len(reading.content.items) == 1
    places = [(p.code, p.place.sheet, p.place.cell, p.found) for p in reading.content.problems]
    assert ("text_outside", "信息明细", f"{BESIDE}4", "表外有内容“同意”") in places
    assert ("text_outside", "信息明细", f"{BESIDE}5", "表外有内容“3”") in places
    assert ("text_outside", "信息明细", f"{BESIDE}6", "表外有内容“#DIV/0!”") in places
    assert ("text_outside", "信息明细", f"{BESIDE}3", "表外有内容“科室意见”") in places


def test_text_above_the_table_is_named_except_our_own():
    rows = headed("items", [ITEM])
    rows[1] = [rows[1][0], None, "写在提示行"]
    reading = read(book({"信息明细": [["上报稿"], *rows], "任务清单": headed("tasks", [])}))
    assert reading.content.items[0].row == 5
    assert [(p.code, p.place.cell, p.found) for p in reading.content.problems] == [
        ("text_outside", "A1", "表外有内容“上报稿”"),
        ("text_outside", "C3", "表外有内容“写在提示行”"),
    ]


def test_columns_may_stand_in_any_order_and_names_be_aliases():
    heads = ["备注", "标题", "公开日期", "任务", "类型"]
    rows: list[list[Any]] = [heads, ["注", "甲", date(2026, 11, 5), "D02", "其他"]]
    reading = read(book({"信息明细": rows, "任务清单": headed("tasks", [])}))
    (item,) = reading.content.items
    assert (item.remark, item.title, item.published_on, item.task, item.type) == (
        "注",
        "甲",
        date(2026, 11, 5),
        "D02",
        "other",
    )
    missing = {p.found for p in reading.content.problems if p.code == "heading_missing"}
    given = {"remark", "title", "published_on", "task", "type"}
    assert missing == {f"找不到“{c.heading}”一列" for c in ITEMS.inputs if c.key in ITEM_COLUMNS - given}
    assert reading.locator.place("items", "title", 2).cell == "B2"


def test_a_repeated_column_is_told_and_its_text_named():
    heads = [column.heading for column in ITEMS] + ["文号"]
    rows: list[list[Any]] = [heads, ["D02"] + [None] * (len(heads) - 2) + ["冶财1号"]]
    found = problems(book({"信息明细": rows, "任务清单": headed("tasks", [])}))
    assert found == [("row_repaired", "信息明细", f"{BESIDE}1"), ("text_outside", "信息明细", f"{BESIDE}2")]


def test_without_headings_everything_is_named():
    found = problems(book({"信息明细": [["甲", "乙"], ["丙"]], "任务清单": headed("tasks", [])}))
    assert [each for each in found if each[0] == "text_outside"] == [
        ("text_outside", "信息明细", "A1"),
        ("text_outside", "信息明细", "B1"),
        ("text_outside", "信息明细", "A2"),
    ]
    assert [code for code, *_ in found].count("heading_missing") == len(ITEM_COLUMNS)


def test_a_missing_sheet_is_a_problem_and_the_other_is_read():
    reading = read(book({"信息明细": headed("items", [ITEM])}))
    assert len(reading.content.items) == 1
    assert [(p.code, p.found) for p in reading.content.problems] == [("sheet_missing", "缺少“任务清单”工作表")]


def test_a_task_list_without_ids_loses_nothing():
    heads = [column.heading for column in TASKS if column.key != "id"]
    row = ["已报送" if column.key == "status" else None for column in TASKS if column.key != "id"]
    reading = read(book({"任务清单": [heads, row], "信息明细": headed("items", [])}))
    assert reading.content.answers == ()
    assert [(p.code, p.place.cell) for p in reading.content.problems] == [
        ("heading_missing", ""),
        ("text_outside", "G2"),
    ]


def test_a_reference_retyped_as_a_date_is_its_month():
    assert read(report(tasks=[TASK | {"reference": date(2026, 11, 1)}])).content.answers[0].task == ("D02", "2026-11")


# --- what the report writer makes -------------------------------------------------------------


ANSWERS = {
    ("D02", "2026-11"): {"status": "已报送"},
    ("D06", "2026-11"): {"status": "本期无更新", "statement": "经核实，本期无"},
}


def test_a_workbook_as_issued_is_empty_and_sound():
    reading = read(report_workbook(issued()))
    assert reading.identity is not None
    assert (reading.identity.unit, reading.identity.cycle) == (issued().unit, issued().cycle)
    assert reading.content.problems == ()
    assert reading.content.items == ()
    assert len(reading.content.answers) == len(issued().listed)
    assert all(answer.is_empty for answer in reading.content.answers)


def test_a_workbook_as_issued_and_filled_comes_back():
    assert_filled(read(filled()))


def test_a_filled_workbook_that_libreoffice_saved_comes_back(office: Office, tmp_path: Path):
    source, target = tmp_path / "回.xlsx", tmp_path / "存.xlsx"
    source.write_bytes(filled())
    with office.open(source) as document:
        document.save_as(target)
    assert_filled(read(target.read_bytes()))


def filled() -> bytes:
    return fill(report_workbook(issued()), answers=ANSWERS, items=[ITEM, ITEM | {"title": "乙"}])


def assert_filled(reading: ParsedReturn) -> None:
    assert reading.identity is not None
    assert reading.content.problems == ()
    plain = {**ITEM, "type": "notice"}
    assert reading.content.items == (Item(**plain, row=4), Item(**plain | {"title": "乙"}, row=5))
    given = {
        answer.task: (answer.status, answer.statement) for answer in reading.content.answers if not answer.is_empty
    }
    assert given == {
        ("D02", "2026-11"): (AnswerStatus.REPORTED, ""),
        ("D06", "2026-11"): (AnswerStatus.NIL, "经核实，本期无"),
    }


# --- files that are none -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (book({"Sheet1": [["任务", "信息标题"]]}), "not_a_report"),
        (b"", "file_kind"),
        (b"PK\x03\x04" + b"x" * 100, "file_unreadable"),
        ("任务,信息标题".encode(), "not_a_report"),
    ],
)
def test_what_is_no_report_is_rejected(data: bytes, code: str):
    with pytest.raises(RejectedFileError) as caught:
        read(data)
    assert caught.value.problem.code == code
    assert caught.value.problem.place.file == "回.xlsx"
