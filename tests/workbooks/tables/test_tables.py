"""The duty table and the roster as workbooks: sound, stable, and read back however the office rearranged them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter

from tests.calc.office import Office
from tests.ooxml import validate_all
from tests.xlsx_lint import lint
from zwgk_excel.domain.duties import Cadence, UnitKind
from zwgk_excel.domain.lint.tables import ReferenceTables
from zwgk_excel.domain.periods import Month, MonthDay
from zwgk_excel.domain.problem_catalogue import Severity
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.policy import load_policy, shipped_policy
from zwgk_excel.layout.seed import duty_rows, office_groups, unit_rows
from zwgk_excel.workbooks.excel import A3
from zwgk_excel.workbooks.tables.read_tables import (
    duty_table_workbook,
    load_tables,
    read_duty_table,
    read_roster,
    read_table,
    roster_workbook,
)

DUTIES, UNITS, OFFICERS = layout("duty_table")["duties"], layout("roster")["units"], layout("roster")["officers"]
BOTH = [(duty_table_workbook, DUTIES, 41), (roster_workbook, UNITS, 38)]
IDS = ["duties", "roster"]


def load(duties: bytes | None = None, roster: bytes | None = None) -> ReferenceTables:
    return load_tables(duties or duty_table_workbook(), "责任表.xlsx", roster or roster_workbook(), "通讯录.xlsx")


def workbook(*rows: Sequence[Any], name: str = "表") -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return stream.getvalue()


def edited(data: bytes, edit: Any) -> bytes:
    """A workbook after ``edit`` was called with its sheet, as a spreadsheet program saves it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book.active)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def codes(tables: ReferenceTables) -> list[tuple[str, str]]:
    return [(each.code, each.place.cell) for each in tables.problems]


# --- as shipped ----------------------------------------------------------------------------------


def test_shipped_tables_come_back_exactly() -> None:
    tables = load()
    seed = duty_rows()
    assert [duty.id for duty in tables.duties] == [row["id"] for row in seed]
    assert [duty.content for duty in tables.duties] == [row["content"] or row["content_filled"] for row in seed]
    assert [duty.requirement for duty in tables.duties] == [row["requirement"] for row in seed]
    assert [duty.column for duty in tables.duties] == [row["column"] or row["column_text"] for row in seed]
    assert [duty.category for duty in tables.duties] == [row["category"] for row in seed]
    assert ["、".join(duty.owners) for duty in tables.duties] == [row["owners"] for row in seed]
    assert [duty.policy for duty in tables.duties] == [row["policy"] == "是" for row in seed]
    assert [duty.id for duty in tables.duties if duty.advisory or duty.companions] == ["D01", "D10", "D15", "D26"]
    assert [duty.cadence for duty in tables.duties].count(Cadence.MONTHLY) == 15
    assert [(unit.name, "、".join(unit.aliases)) for unit in tables.roster] == [
        (row["name"], row["aliases"]) for row in unit_rows()
    ]
    assert len(tables.roster.members("各部门", Month(2026, 11))) == 24
    assert len(tables.roster.members("各乡镇(街道)", Month(2026, 11))) == 14


def test_shipped_rows_are_read_verbatim() -> None:
    rows, problems = read_duty_table(duty_table_workbook(), "x")
    assert problems == []
    assert [dict(row.cells) for row in rows] == [dict(row) for row in duty_rows()]
    units, problems = read_roster(roster_workbook(), "x")
    assert problems == []
    assert [dict(row.cells) for row in units] == [dict(row) for row in unit_rows()]
    assert (str(rows[0].place), rows[0].places["owners"]) == ("x!责任分工表!A4", "J4")


def test_what_check_says_of_the_shipped_tables() -> None:
    tables = load()
    assert {each.severity for each in tables.problems} == {Severity.WARNING}
    assert codes(tables) == [
        ("duty_due_conflict", "E4:E18"),
        ("duty_column_filled", "B9"),
        ("duty_likely_duplicate", "C12"),  # 社会保障 names 医疗保障 (D23)
        ("duty_likely_duplicate", "C12"),  # and 社会福利 (D28)
        ("group_empty", "J18"),
        ("duty_column_filled", "B22"),
        ("group_empty", "J29"),
        ("duty_questioned", "C30"),
        ("duty_likely_duplicate", "C30"),  # 就业创业 and 稳岗就业
        ("duty_likely_duplicate", "C36"),  # 市场监管执法 and 食品监管
        ("group_empty", "J37"),
        ("duty_column_repeated", "B37"),
        ("duty_likely_duplicate", "C37"),  # 重大项目建设, twice
        ("duty_column_repeated", "B39"),
        ("group_empty", "J42"),
        ("unit_mail_missing", "G4:G41"),
        ("unit_township_unconfirmed", "L28:L41"),
    ]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ({"final": MonthDay(0, 28)}, "现按 25 日为时限、28 日为最迟时限"),
        ({"final": MonthDay(1, 5)}, "现按 25 日为时限、次月 5 日为最迟时限"),
        ({"final": MonthDay(1, 31)}, "现按 25 日为时限、次月底为最迟时限"),
        ({"due": MonthDay(0, 20)}, ""),
    ],
)
def test_the_conflict_of_notice_and_table_tells_the_dates_in_force(days: dict[str, MonthDay], told: str) -> None:
    monthly = replace(shipped_policy().deadlines[Cadence.MONTHLY], **days)
    policy = replace(shipped_policy(), deadlines={**shipped_policy().deadlines, Cadence.MONTHLY: monthly})
    tables = load_tables(duty_table_workbook(), "a", roster_workbook(), "b", policy=policy)
    found = [each for each in tables.problems if each.code == "duty_due_conflict"]
    assert [each.action.partition("；")[0] for each in found] == ([told] if told else [])
    assert all("通知要求每月 25 日前报送" in each.found for each in found)


def test_office_policy_decides_due_day_and_severities() -> None:
    monthly = replace(shipped_policy().deadlines[Cadence.MONTHLY], due=MonthDay(0, 31))
    deadlines = {**shipped_policy().deadlines, Cadence.MONTHLY: monthly}
    policy = replace(load_policy({"severities": {"group_empty": "error"}}), deadlines=deadlines)
    tables = load_tables(duty_table_workbook(), "a", roster_workbook(), "b", policy=policy)
    assert "duty_due_conflict" not in dict(codes(tables))
    assert {each.code for each in tables.problems if each.is_error} == {"group_empty"}


@pytest.mark.parametrize(("write", "sheet", "count"), BOTH, ids=IDS)
def test_same_bytes_every_time(write: Any, sheet: Any, count: int) -> None:
    assert write() == write()


@pytest.mark.parametrize(("write", "sheet", "count"), BOTH, ids=IDS)
def test_sound_for_every_office(write: Any, sheet: Any, count: int, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(write())
    assert lint(path) == []
    assert validate_all([path]) == {}


@pytest.mark.parametrize(("write", "sheet", "count"), BOTH, ids=IDS)
def test_looks(write: Any, sheet: Any, count: int) -> None:
    page: Any = openpyxl.load_workbook(io.BytesIO(write())).active
    assert page.title == sheet.name
    assert [cell.value for cell in page[3]] == [column.heading for column in sheet]
    assert sheet.title in {cell.value for cell in page[1]}
    assert sheet.hint in {cell.value for cell in page[2]}
    last_column = get_column_letter(len(sheet.columns))
    assert page.auto_filter.ref == f"A3:{last_column}{3 + count + sheet.blank_rows}"
    assert page.freeze_panes == {"id": "C4", "name": "B4"}[sheet.columns[0].key]
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", A3)
    assert page.print_title_rows == "$3:$3"
    fills = {column.key: page.cell(4, place).fill.fgColor.rgb for place, column in enumerate(sheet, start=1)}
    assert {fills[column.key] for column in sheet if column.office} == {"FFFFF9E5"}
    assert {fills[column.key] for column in sheet if not column.office} <= {"00000000"}
    assert not page.protection.sheet


def test_every_cell_of_the_notice_fits_its_row() -> None:
    page: Any = openpyxl.load_workbook(io.BytesIO(duty_table_workbook())).active
    for row in range(4, 45):
        lines = -(-len(page.cell(row, 3).value or "x") * 2 // page.column_dimensions["C"].width)
        assert page.row_dimensions[row].height >= lines * 15
        assert page.row_dimensions[row].height <= 409


@pytest.mark.parametrize(("write", "sheet", "count"), BOTH, ids=IDS)
def test_dropdowns_reach_the_rows_to_be_added(write: Any, sheet: Any, count: int) -> None:
    page: Any = openpyxl.load_workbook(io.BytesIO(write())).active
    rules = {area.min_col: (area, rule) for rule in page.data_validations.dataValidation for area in rule.sqref.ranges}
    for place, column in enumerate(sheet, start=1):
        assert (place in rules) == bool(column.list or column.prompt)
        if place not in rules:
            continue
        area, rule = rules[place]
        assert area.min_row == 4
        assert area.max_row >= 3 + count + sheet.blank_rows
        if column.list:
            assert rule.type == "list"
            assert rule.showErrorMessage


def test_roster_offers_the_groups_only_the_office_can_fill() -> None:
    page: Any = openpyxl.load_workbook(io.BytesIO(roster_workbook())).active
    letter = get_column_letter(UNITS.index("groups") + 1)
    (rule,) = [each for each in page.data_validations.dataValidation if str(each.sqref).startswith(letter)]
    assert office_groups()
    assert all(group in rule.prompt and group in rule.formula1 for group in office_groups())
    assert not rule.showErrorMessage, "several groups can be typed"


def test_conditions_mark_what_is_missing(office: Office, tmp_path: Path) -> None:
    """The condition on a required column, calculated: only a row that has begun and has not ended must have it."""
    letter, ended = (get_column_letter(DUTIES.index(key) + 1) for key in ("cadence", "valid_to"))
    beside = get_column_letter(len(DUTIES.columns) + 2)
    typed = {46: {"A": "D42"}, 47: {"A": "D43", ended: "2026-01"}, 48: {"A": "D44", letter: "每月"}, 49: {"C": "内容"}}

    def with_formula_as_cells(page: Any) -> None:
        areas = [area for area in page.conditional_formatting if str(area.sqref).startswith(letter)]
        (formula,) = [rule.formula[0] for area in areas for rule in area.rules]
        for row, cells in typed.items():
            for column, text in cells.items():
                page[f"{column}{row}"] = text
        for row in (4, 45, *typed):
            cell = f"{beside}{row}"
            page[cell] = Translator(f"={formula}", origin=f"{beside}4").translate_formula(cell)

    path = tmp_path / "表.xlsx"
    path.write_bytes(edited(duty_table_workbook(), with_formula_as_cells))
    with office.open(path) as document:
        document.recalculate()
        marked = [row for row in (4, 45, *typed) if document.value(DUTIES.name, f"{beside}{row}")]
    assert marked == [46, 49]


# --- as the office edits them --------------------------------------------------------------------

HEAD = ("编号", "栏目", "内容", "责任部门", "报送要求", "大项", "频次", "责任单位")
D42 = ("D42", "民意征集", "征集公告", "市司法局", "每月报送", "调查征集", "每月", "市司法局")


def one_duty(*rows: Sequence[Any]) -> tuple[list[dict[str, str]], list[str]]:
    """The non-empty cells of the rows read, and the codes found."""
    found, problems = read_duty_table(workbook(*rows), "x")
    return [{key: text for key, text in row.cells.items() if text} for row in found], [each.code for each in problems]


EXPECTED = {
    "id": "D42",
    "column_text": "民意征集",
    "content": "征集公告",
    "owners_text": "市司法局",
    "requirement": "每月报送",
    "category": "调查征集",
    "cadence": "每月",
    "owners": "市司法局",
}


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([HEAD, D42], id="title row deleted"),
        pytest.param([("表",), ("说明",), (), HEAD, D42], id="rows above"),
        pytest.param([HEAD[::-1], D42[::-1]], id="reordered"),
        pytest.param([(*HEAD[:3], "科室意见", *HEAD[3:]), (*D42[:3], "同意", *D42[3:])], id="inserted"),
        pytest.param(
            [("事项编号", "栏目（原文）", "报送内容", *HEAD[3:6], "报送频次", " 责任 单位"), D42], id="aliases"
        ),
        pytest.param([HEAD, (), D42, ("", "  "), (), (" ",) * 8], id="blank rows"),
        pytest.param([HEAD, D42, ("",) * 8 + ("页脚",)], id="text beside the table"),
    ],
)
def test_read_however_it_was_rearranged(rows: list[Sequence[Any]]) -> None:
    found, problems = one_duty(*rows)
    assert found == [EXPECTED]
    assert problems == ["table_column_absent"]


def test_places_follow_the_columns() -> None:
    rows, _ = read_duty_table(workbook((), ("x",), ("备注", *HEAD[::-1]), ("", *D42[::-1])), "文件.xlsx")
    assert str(rows[0].at("owners")) == "文件.xlsx!表!B4"
    assert str(rows[0].at("id")) == str(rows[0].place) == "文件.xlsx!表!I4"


def test_numbers_and_dates_of_cells_come_as_text() -> None:
    rows, _ = read_roster(
        edited(roster_workbook(), lambda page: (page.__setitem__("F4", 8712345), page.__setitem__("J4", "2026-11"))),
        "x",
    )
    assert (rows[0]["phones"], rows[0]["valid_from"]) == ("8712345", "2026-11")


def test_month_that_excel_made_a_date() -> None:
    tables = load(edited(duty_table_workbook(), lambda page: page.__setitem__("O5", datetime(2026, 11, 1))))
    assert tables.duties[1].valid_to == Month(2026, 11)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (workbook(("编号", "栏目", "内容", "大项", "频次"), ("D01",)), [("table_heading_missing", "A1")]),
        (workbook(("甲", "乙")), [("table_heading_missing", "")] * 4),
        (b"not a workbook", [("table_unreadable", "")]),
        (workbook(("说明",), HEAD), [("table_column_absent", "A2"), ("table_empty", "A2")]),
    ],
)
def test_what_is_no_duty_table(data: bytes, found: list[tuple[str, str]]) -> None:
    rows, problems = read_duty_table(data, "x")
    assert rows == []
    assert [(each.code, each.place.cell) for each in problems] == found
    assert problems[-1].is_error


def test_column_twice_is_told_and_the_first_one_read() -> None:
    rows, problems = read_duty_table(workbook((*HEAD, "频次"), (*D42, "每年")), "x")
    assert rows[0]["cadence"] == "每月"
    assert [(each.code, each.place.cell) for each in problems][1:] == [("table_heading_repeated", "I1")]


def test_renamed_sheet_and_a_sheet_before_it() -> None:
    def rearrange(page: Any) -> None:
        page.title = "2026 年用"
        page.parent.create_sheet("说明", 0)["A1"] = "内容"

    rows, problems = read_duty_table(edited(duty_table_workbook(), rearrange), "x")
    assert (len(rows), problems, rows[0].place.sheet) == (41, [], "2026 年用")


def test_damaged_cell_is_one_complaint() -> None:
    def damage(page: Any) -> None:
        page["J5"] = "#REF!"
        page["J5"].data_type = "e"
        page["I6"] = '="每"&"月"'
        page["J7"] = None

    tables = load(edited(duty_table_workbook(), damage))
    errors = [(each.code, each.place.cell) for each in tables.problems if each.is_error]
    assert errors == [("cell_error", "J5"), ("cell_formula", "I6"), ("duty_owner_missing", "J7")]
    assert not {"D02", "D03", "D04"} & {duty.id for duty in tables.duties}


def test_added_duty_new_unit_and_a_filled_group() -> None:
    def add_duty(page: Any) -> None:
        for place, text in enumerate(D42[:5], start=1):
            page.cell(45, place, text)
        for key, text in (("category", "调查征集"), ("cadence", "每月"), ("owners", "市水利局，各有规划编制的部门")):
            page.cell(45, DUTIES.index(key) + 1, text)

    def add_unit(page: Any) -> None:
        for key, text in (
            ("name", "市水利局"),
            ("kind", "部门"),
            ("groups", "各有规划编制的部门"),
            ("mails", "s@x.cn"),
        ):
            page.cell(42, UNITS.index(key) + 1, text)

    tables = load(edited(duty_table_workbook(), add_duty), edited(roster_workbook(), add_unit))
    assert not any(each.is_error for each in tables.problems)
    added = tables.duties[-1]
    assert (added.id, added.column, added.category, added.cadence) == ("D42", "民意征集", "调查征集", Cadence.MONTHLY)
    assert added.owners == ("市水利局", "各有规划编制的部门")
    unit = tables.roster.unit("市水利局")
    assert unit is not None
    assert (unit.kind, unit.mails) == (UnitKind.DEPARTMENT, ("s@x.cn",))
    assert tables.roster.members("各有规划编制的部门", Month(2026, 11)) == ("市水利局",)
    assert ("group_empty", "J18") not in codes(tables)


def test_columns_moved_in_the_shipped_table() -> None:
    def move(page: Any) -> None:
        page.move_range("P3:P64", cols=2)
        page.insert_cols(3)
        page["C3"] = "办公室批注"
        page.delete_rows(1, 2)

    moved = load(edited(duty_table_workbook(), move))
    assert moved.duties == load().duties
    assert ("duty_column_filled", "B7") in codes(moved)
    assert ("group_empty", "K16") in codes(moved)


def test_unreadable_roster_does_not_make_every_owner_unknown() -> None:
    tables = load(roster=b"x")
    assert [each.code for each in tables.problems if each.is_error] == ["table_unreadable"]
    assert len(tables.duties) == 41


def test_saved_by_libreoffice(office: Office, tmp_path: Path) -> None:
    for name, write in (("duties", duty_table_workbook), ("roster", roster_workbook)):
        (tmp_path / f"{name}.xlsx").write_bytes(write())
        with office.open(tmp_path / f"{name}.xlsx") as document:
            document.save_as(tmp_path / f"{name}-saved.xlsx")
    saved = load((tmp_path / "duties-saved.xlsx").read_bytes(), (tmp_path / "roster-saved.xlsx").read_bytes())
    assert saved == load()


# --- officers for single duties -----------------------------------------------------------------------


def with_officers(*rows: Sequence[str], edit: Any = None) -> bytes:
    """The shipped roster with these rows on its sheet of officers."""
    book = openpyxl.load_workbook(io.BytesIO(roster_workbook()))
    for number, row in enumerate(rows, start=4):
        for column, text in enumerate(row, start=1):
            book[OFFICERS.name].cell(number, column, text)
    if edit:
        edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


ROWS = (
    ("市财政局", "D02", "报送员甲", "8712345", "jia@example.gov.cn"),
    ("财政局", "D19", "报送员乙", "", ""),
    ("市教育局", "政府采购", "报送员丙", "", "bing"),
)


def test_roster_has_an_empty_sheet_of_officers_that_offers_the_units() -> None:
    book: Any = openpyxl.load_workbook(io.BytesIO(roster_workbook()))
    assert book.sheetnames == [UNITS.name, OFFICERS.name]
    page = book[OFFICERS.name]
    assert [page.cell(3, place).value for place in range(1, 7)] == [column.heading for column in OFFICERS]
    rules = {str(each.sqref).split(":")[0]: each for each in page.data_validations.dataValidation}
    assert rules["A4"].formula1 == f"'{UNITS.name}'!$A$4:$A$61"
    assert not rules["A4"].showErrorMessage
    assert read_table(roster_workbook(), "x", OFFICERS) == ([], [])


def test_officers_are_read_with_the_roster() -> None:
    tables = load(roster=with_officers(*ROWS))
    named = [(each.unit, each.duty, each.contact, each.mails) for each in tables.roster.duty_officers]
    assert named == [
        ("市财政局", "D02", "报送员甲 8712345", ("jia@example.gov.cn",)),
        ("市教育局", "D02", "报送员丙", ()),
    ]
    told = [(each.code, str(each.place)) for each in tables.problems if each.code.startswith("officer_")]
    assert told == [
        ("officer_unit_unknown", "通讯录.xlsx!栏目报送员!A5"),
        ("officer_mail_form", "通讯录.xlsx!栏目报送员!E6"),
        ("officer_duty_foreign", "通讯录.xlsx!栏目报送员!B6"),
    ]


def test_a_roster_without_the_sheet_is_read_as_before() -> None:
    tables = load(roster=with_officers(edit=lambda book: book.remove(book[OFFICERS.name])))
    assert tables == load()


def test_the_sheet_may_have_another_order() -> None:
    def rearrange(book: Any) -> None:
        page = book[OFFICERS.name]
        page.insert_cols(1)
        page["A3"], page["A4"] = "序号", "1"
        page["C3"] = "栏目"

    rows, problems = read_table(with_officers(*ROWS[:1], edit=rearrange), "x", OFFICERS)
    assert [dict(row.cells)["duty"] for row in rows] == ["D02"]
    assert (rows[0].places["duty"], problems) == ("C4", [])


def test_a_heading_that_the_sheet_lacks_is_told() -> None:
    data = with_officers(*ROWS, edit=lambda book: book[OFFICERS.name].__setitem__("B3", "什么"))
    rows, (problem,) = read_table(data, "x", OFFICERS)
    assert (rows, problem.code, str(problem.place)) == ([], "table_heading_missing", "x!栏目报送员!A3")
