"""Each kind of damage by itself: what is still read, and what is told."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from tests.workbooks.report_sample import content as issued
from tests.workbooks.sheets import IDENTITY, Formula, book, headed, report
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import ITEM_COLUMNS, AnswerStatus
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.excel import address, column_letters
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.reading.read_return import ParsedReturn, read_return
from zwgk_excel.workbooks.report.fill_in import type_into
from zwgk_excel.workbooks.report.report_workbook import report_workbook

COVER, TASKS, ITEMS = (layout("report")[key] for key in ("cover", "tasks", "items"))
ITEM: dict[str, Any] = {
    "task": "D02 政府采购",
    "title": "关于采购目录的通知",
    "type": "通知公告",
    "formed_on": date(2026, 11, 3),
    "published_on": date(2026, 11, 5),
    "url": "https://www.example.gov.cn/1.html",
    "section": "采购办",
    "officer": "张三",
    "first_review": "李四",
    "second_review": "王五",
    "final_review": "赵六",
}
TASK: dict[str, Any] = {"id": "D02", "category": "政务信息公开", "column": "政府采购", "reference": "2026-11"}


def read(sheets: dict[str, Any], name: str = "回.xlsx", **options: Any) -> ParsedReturn:
    return read_return(book(sheets, **options), name, by=date(2026, 11, 20))


def with_items(rows: list[list[Any]], **options: Any) -> ParsedReturn:
    return read({TASKS.name: headed("tasks", [TASK]), ITEMS.name: rows}, **options)


def told(reading: ParsedReturn) -> list[tuple[str, str, str]]:
    return [(each.code, each.place.sheet, each.place.cell) for each in reading.content.problems]


def titles(reading: ParsedReturn) -> list[str]:
    return [item.title for item in reading.content.items]


# --- sheets ------------------------------------------------------------------------------------


def test_renamed_and_reordered_sheets_are_found_by_their_headings():
    reading = read(
        {"明细": headed("items", [ITEM]), "说明": [], "清单": headed("tasks", [TASK | {"status": "未报送"}])}
    )
    assert titles(reading) == [ITEM["title"]]
    assert reading.content.answers[0].status is AnswerStatus.PENDING
    assert told(reading) == [("sheet_found", "清单", ""), ("sheet_found", "明细", "")]
    assert reading.locator.place("items", "title", 4).sheet == "明细"


def test_a_copy_with_other_rows_is_read_too_and_equal_rows_count_once():
    first, second = headed("items", [ITEM]), headed("items", [ITEM, ITEM | {"title": "乙"}, ITEM | {"type": "无"}])
    del second[0]
    reading = read({"信息明细 (2)": second, ITEMS.name: first, TASKS.name: headed("tasks", [TASK])})
    assert [(item.title, item.sheet, item.row) for item in reading.content.items] == [
        (ITEM["title"], "", 4),
        ("乙", "信息明细 (2)", 4),
        (ITEM["title"], "信息明细 (2)", 5),
    ]
    assert told(reading) == [("sheet_copied", "信息明细 (2)", ""), ("choice_unknown", "信息明细 (2)", "C5")]
    assert "1 行" in reading.content.problems[0].found
    place = reading.locator.place("items", "title", 5, "信息明细 (2)")
    assert (place.sheet, place.cell) == ("信息明细 (2)", "B5")


def test_of_a_copied_task_list_only_what_is_new_counts():
    tasks = [TASK, TASK | {"id": "D03"}]
    copy = [TASK | {"status": "未报送"}, TASK | {"id": "D03"}]
    reading = read(
        {TASKS.name: headed("tasks", tasks), "任务清单_2": headed("tasks", copy), ITEMS.name: headed("items", [])}
    )
    assert [(answer.row, answer.sheet) for answer in reading.content.answers] == [(4, ""), (5, ""), (4, "任务清单_2")]
    assert told(reading) == [("sheet_copied", "任务清单_2", "")]


def test_text_on_a_sheet_the_unit_added_is_named_row_by_row():
    notes = [[None, "补充说明", 3], [], ["联系人", Formula("=1/0", "#DIV/0!")]]
    reading = read({ITEMS.name: headed("items", []), TASKS.name: headed("tasks", []), "备忘": notes})
    assert [(p.code, p.place.sheet, p.place.cell, p.found) for p in reading.content.problems] == [
        ("text_outside", "备忘", "B1", "表外有内容“补充说明 | 3”"),
        ("text_outside", "备忘", "A3", "表外有内容“联系人 | #DIV/0!”"),
    ]


def test_a_hint_that_was_typed_over_is_told_with_its_text():
    rows = headed("items", [ITEM])
    rows[1] = ["本月只有一条"]
    reading = with_items(rows)
    assert told(reading) == [("hint_changed", ITEMS.name, "A2")]
    assert "本月只有一条" in reading.content.problems[0].found
    assert titles(reading) == [ITEM["title"]]


def test_a_long_sheet_that_the_unit_added_is_named_to_its_end():
    notes = [[f"第{number}行", number] for number in range(1000)]
    reading = read({ITEMS.name: headed("items", []), TASKS.name: headed("tasks", []), "备忘": notes})
    *each, rest = reading.content.problems
    assert len(each) == 300
    assert (rest.code, rest.place.cell) == ("sheet_rest", "A301:B1000")
    assert "700" in rest.found


def test_an_added_sheet_with_the_headings_of_items_is_read():
    reading = read(
        {
            ITEMS.name: headed("items", [ITEM]),
            TASKS.name: headed("tasks", []),
            "二科": headed("items", [ITEM | {"title": "乙"}]),
        }
    )
    assert titles(reading) == [ITEM["title"], "乙"]
    assert told(reading) == [("sheet_copied", "二科", "")]


def test_a_list_of_people_is_no_item_sheet():
    people = [["科室", "姓名", "电话", "备注"], ["办公室", "张三", "1", "无"]]
    reading = read({ITEMS.name: headed("items", []), TASKS.name: headed("tasks", []), "联系人": people})
    assert [code for code, *_ in told(reading)] == ["text_outside"] * 2


def test_what_is_typed_beside_our_text_on_the_cover_is_named():
    data = type_into(report_workbook(issued()), {COVER.name: {"H3": "本月无更新", "B40": "张三"}})
    reading = read_return(data, "回.xlsx", by=date(2026, 11, 20))
    assert told(reading) == [("text_outside", COVER.name, "H3"), ("text_outside", COVER.name, "B40")]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_officers_on_the_cover_are_ours(count: int):
    officers = tuple((f"D0{number} 某栏目", f"报送员{number} 0714-8700001") for number in range(count))
    data = report_workbook(issued(officers=officers))
    assert told(read_return(data, "回.xlsx", by=date(2026, 11, 20))) == []
    page = openpyxl.load_workbook(io.BytesIO(data))[COVER.name]
    below = {f"B{page.max_row + 1}": "本月无更新", "H3": "张三", f"G{page.max_row}": "李四"}
    typed = read_return(type_into(data, {COVER.name: below}), "回.xlsx", by=date(2026, 11, 20))
    assert sorted(told(typed)) == sorted(("text_outside", COVER.name, cell) for cell in below)


@pytest.mark.parametrize("contact", [("", ""), ("李科员", "0714-1"), ("李科员", "")])
@pytest.mark.parametrize(
    ("count", "common", "amended_on"),
    [(0, (), None), (1, (("officer", "张三"),), None), (2, (), date(2026, 11, 20))],
)
def test_nothing_on_the_cover_or_the_example_as_issued_is_named(contact, count, common, amended_on):
    officers = tuple((f"D0{number} 某栏目", f"报送员{number} 0714-8700001") for number in range(count))
    data = report_workbook(issued(contact=contact, officers=officers, common=common, amended_on=amended_on))
    assert told(read_return(data, "回.xlsx", by=date(2026, 11, 20))) == []


def test_what_is_typed_over_our_text_is_named():
    example = layout("report")["example"].name
    typed = {COVER.name: {"C4": "本单位 11 月无更新"}, example: {"B5": "关于采购目录的通知", "C6": "已在网站公开了"}}
    reading = read_return(type_into(report_workbook(issued()), typed), "回.xlsx", by=date(2026, 11, 20))
    assert told(reading) == [("text_outside", sheet, cell) for sheet, cells in typed.items() for cell in cells]
    said = "".join(each.found for each in reading.content.problems)
    assert all(text in said for cells in typed.values() for text in cells.values())


# --- headings ----------------------------------------------------------------------------------


def test_inserted_rows_and_columns_move_nothing():
    rows = headed("items", [ITEM])
    rows = [
        [],
        *([*row[:3], None, *row[3:]] for row in rows[:2]),
        [],
        *([*row[:3], None, *row[3:]] for row in rows[2:]),
    ]
    reading = with_items(rows)
    assert (titles(reading), reading.content.items[0].published_on) == ([ITEM["title"]], ITEM["published_on"])
    assert told(reading) == []
    assert reading.locator.place("items", "published_on", 6).cell == "G6"


def test_a_deleted_column_is_missing_and_the_rest_is_read():
    at = ITEMS.index("section")
    reading = with_items([[*row[:at], *row[at + 1 :]] for row in headed("items", [ITEM])])
    assert (reading.content.items[0].section, reading.content.items[0].officer) == ("", "张三")
    assert told(reading) == [("heading_missing", ITEMS.name, "")]


@pytest.mark.parametrize(
    ("heading", "guessed"),
    [("公开日期", 0), ("发布 日期*", 0), ("发布日期（必填）", 1), ("发布的日期", 1), ("发布时日", 1), (None, 1)],
)
def test_an_edited_heading_is_still_the_column(heading: str | None, guessed: int):
    rows = headed("items", [ITEM])
    rows[2][ITEMS.index("published_on")] = heading
    reading = with_items(rows)
    assert reading.content.items[0].published_on == ITEM["published_on"]
    assert told(reading) == [("heading_guessed", ITEMS.name, "F3")] * guessed


def test_a_heading_unlike_all_is_no_column():
    rows = headed("items", [ITEM | {"doc_no": "一号"}])
    rows[2][ITEMS.index("doc_no")] = "我的列"
    reading = with_items(rows)
    assert reading.content.items[0].doc_no == ""
    assert told(reading) == [
        ("heading_missing", ITEMS.name, ""),
        ("text_outside", ITEMS.name, "D3"),
        ("text_outside", ITEMS.name, "D4"),
    ]


def test_a_header_in_two_rows_is_one():
    rows = headed("items", [ITEM])
    upper, lower = list(rows[2]), [None] * len(rows[2])
    at = ITEMS.index("first_review")
    lower[at : at + 3], upper[at : at + 3] = upper[at : at + 3], ["三审", None, None]
    reading = with_items(
        [rows[0], rows[1], upper, lower, rows[3]], merged={ITEMS.name: [(2, 0, 3, 0), (2, at, 2, at + 2)]}
    )
    (item,) = reading.content.items
    assert (item.row, item.title, item.first_review, item.final_review) == (5, ITEM["title"], "李四", "赵六")
    assert told(reading) == [("heading_split", ITEMS.name, "K4"), ("text_outside", ITEMS.name, "K3")]


def test_an_error_below_a_heading_of_the_upper_row_is_told():
    rows = headed("items", [ITEM])
    upper, lower = list[Any](rows[2]), list[Any]([None] * len(rows[2]))
    at, place = ITEMS.index("first_review"), ITEMS.index("opinions")
    lower[at : at + 3], upper[at : at + 3] = upper[at : at + 3], ["三审", None, None]
    lower[place] = Formula("=1/0", "#DIV/0!")
    reading = with_items([rows[0], rows[1], upper, lower, rows[3]])
    assert ("text_outside", ITEMS.name, address(3, place)) in told(reading)


def test_without_any_heading_the_columns_are_as_issued():
    rows = headed("items", [ITEM])
    del rows[2]
    reading = with_items(rows)
    assert (reading.content.items[0].title, reading.content.items[0].row) == (ITEM["title"], 3)
    assert told(reading) == [("headings_assumed", ITEMS.name, "")]


def test_without_headings_moved_columns_are_not_guessed():
    rows = [[None, *row] for row in headed("items", [ITEM])]
    del rows[2]
    reading = with_items(rows)
    assert reading.content.items == ()
    assert {code for code, *_ in told(reading)} == {"heading_missing", "text_outside"}
    assert len(reading.content.problems) == len(ITEM_COLUMNS) + len(ITEM)


# --- rows --------------------------------------------------------------------------------------


def test_headings_and_title_in_the_middle_are_skipped_and_told():
    rows = headed("items", [ITEM])
    reading = with_items([*rows, *rows[:3], rows[3]])
    assert [item.row for item in reading.content.items] == [4, 8]
    assert {(code, cell[1:]) for code, _, cell in told(reading)} == {("header_repeated", row) for row in "567"}


@pytest.mark.parametrize("total", [["合计", 3], ["共 3 条"], [None, "小计：", None, "3条"], [None, "总计 12 条"]])
def test_totals_are_no_items(total: list[Any]):
    reading = with_items([*headed("items", [ITEM]), [], total])
    assert titles(reading) == [ITEM["title"]]
    assert [code for code, *_ in told(reading)] == ["total_skipped"] * sum(cell is not None for cell in total)


def test_a_title_that_speaks_of_totals_is_an_item():
    assert titles(with_items(headed("items", [ITEM | {"title": "合计"}]))) == ["合计"]


def test_merged_cells_speak_for_every_row_they_reach():
    blank = ITEM | {"task": None, "officer": None, "title": "乙"}
    rows = headed("items", [ITEM, blank, {}, blank | {"title": "丙"}])
    task, officer, title = (ITEMS.index(key) for key in ("task", "officer", "title"))
    reading = with_items(rows, merged={ITEMS.name: [(3, task, 6, task), (3, officer, 4, officer)]})
    assert [(item.task, item.officer, item.row) for item in reading.content.items] == [
        ("D02 政府采购", "张三", 4),
        ("D02 政府采购", "张三", 5),
        ("D02 政府采购", "", 7),
    ]
    assert told(reading) == [("merged_filled", ITEMS.name, cell) for cell in ("A5", "I5", "A7")]
    # A title is one item's own.
    rows = headed("items", [ITEM, ITEM | {"title": None}])
    assert titles(with_items(rows, merged={ITEMS.name: [(3, title, 4, title)]})) == [ITEM["title"], ""]


def test_what_a_merged_cell_holds_in_vain_is_told_in_every_row():
    rows = headed("items", [ITEM | {"type": "无"}, ITEM | {"type": None}])
    reading = with_items(rows, merged={ITEMS.name: [(3, 2, 4, 2)]})
    assert told(reading) == [("choice_unknown", ITEMS.name, "C4"), ("choice_unknown", ITEMS.name, "C5")]


# --- the task list -----------------------------------------------------------------------------


def test_rows_of_the_task_list_are_known_by_their_other_columns():
    rows = [
        TASK | {"id": "一", "status": "未报送"},
        TASK | {"id": None, "status": "未报送"},
        {"id": "合计", "count": 2},
    ]
    reading = read({TASKS.name: headed("tasks", rows), ITEMS.name: headed("items", [])})
    assert [(answer.task, answer.column) for answer in reading.content.answers] == [
        (("一", "2026-11"), "政府采购"),
        (("", "2026-11"), "政府采购"),
    ]
    assert told(reading) == [("total_skipped", TASKS.name, "A6"), ("total_skipped", TASKS.name, "J6")]


def test_a_task_that_the_unit_added_is_named_whole():
    rows = [
        TASK,
        {"category": "其他", "column": "新栏目", "content": "内容", "reference": "2026-11", "status": "已报送"},
    ]
    reading = read({TASKS.name: headed("tasks", rows), ITEMS.name: headed("items", [])})
    assert len(reading.content.answers) == 1
    assert told(reading) == [("text_outside", TASKS.name, f"{column}5") for column in "BCDFH"]


# --- proposals ---------------------------------------------------------------------------------


def test_the_cover_and_titles_propose_unit_and_month():
    reading = read_return(report_workbook(issued()), "x.xlsx", by=date(2026, 11, 20))
    assert (reading.hints.unit, reading.hints.cycle) == (issued().unit, issued().cycle)


@pytest.mark.parametrize(
    ("name", "unit", "cycle"),
    [
        ("市教育局_2026-11_信息报送表.xlsx", "市教育局", Month(2026, 11)),
        ("市教育局2026年9月信息报送表(1).xlsx", "市教育局", Month(2026, 9)),
        ("教育局 12月.csv", "教育局", Month(2025, 12)),
        ("附件1.xlsx", "附件1", None),
    ],
)
def test_without_titles_the_file_name_does(name: str, unit: str, cycle: Month | None):
    reading = read({ITEMS.name: headed("items", [])[2:]}, name)
    assert (reading.hints.unit, reading.hints.cycle) == (unit, cycle)
    assert reading.identity is None
    assert (reading.content.unit, reading.content.cycle) == ("", None)


def test_a_renamed_identity_sheet_is_still_one():
    data = book({"Sheet9": IDENTITY, ITEMS.name: headed("items", []), TASKS.name: headed("tasks", [])})
    reading = read_return(data, "回.xlsx", by=date(2026, 11, 20))
    assert reading.identity == read_return(report(), "回.xlsx", by=date(2026, 11, 20)).identity
    assert told(reading) == []


def test_a_merged_cell_over_a_row_of_formulas_alone_breaks_nothing():
    rows = headed("items", [ITEM, {"title": Formula("=A1")}])
    reading = with_items(rows, merged={ITEMS.name: [(3, 0, 4, 0), (4, 2, 5, 2)]})
    assert [(item.row, item.task) for item in reading.content.items] == [(4, "D02 政府采购"), (5, "D02 政府采购")]
    assert told(reading) == [("cell_formula", ITEMS.name, "B5"), ("merged_filled", ITEMS.name, "A5")]


def test_hidden_rows_and_columns_and_filters_left_on_hide_nothing():
    """Somebody filtered the sheet, hid a column and sent it as it was."""
    rows = [ITEM | {"title": f"通知{number}"} for number in range(4)]
    data = book({TASKS.name: headed("tasks", [TASK]), ITEMS.name: headed("items", rows)})
    plain = read_return(data, "回.xlsx", by=date(2026, 11, 20))
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    page = workbook[ITEMS.name]
    page.auto_filter.ref = page.dimensions
    page.auto_filter.add_filter_column(1, ["通知0"])
    for number in (2, 3):
        page.row_dimensions[page.max_row - number + 1].hidden = True
    page.column_dimensions[column_letters(ITEMS.index("url"))].hidden = True
    hidden = io.BytesIO()
    workbook.save(hidden)
    reading = read_return(hidden.getvalue(), "回.xlsx", by=date(2026, 11, 20))
    assert titles(reading) == ["通知0", "通知1", "通知2", "通知3"]
    assert reading.content == plain.content


def test_more_rows_than_any_unit_can_mean_are_refused_before_they_are_understood(monkeypatch):
    monkeypatch.setitem(layout("report").settings, "rows_read", 3)
    assert titles(with_items(headed("items", [ITEM] * 3))) == [ITEM["title"]] * 3
    with pytest.raises(RejectedFileError) as refused:
        with_items(headed("items", [ITEM] * 4))
    assert (refused.value.problem.code, refused.value.problem.place.sheet) == ("rows_too_many", ITEMS.name)
