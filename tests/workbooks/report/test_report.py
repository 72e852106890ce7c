"""The report workbook as a file: its sheets, locks, dropdowns, limits, identity, and that it is always the same."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from tests.ooxml import validate_all
from tests.workbooks.report_sample import AGENCIES, CYCLE, LONG, POLICY_FILES, PROCUREMENT, TASKS, content, duty, listed
from tests.xlsx_lint import lint
from zwgk_excel.domain.identity import AskedTask, is_valid_signature
from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.columns import ColumnKind, layout
from zwgk_excel.layout.resources import read_toml
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.contract import identity_sheet as identity
from zwgk_excel.workbooks.report.content import format_task_counts, list_names, tasks_of
from zwgk_excel.workbooks.report.cover import deadline, format_days_left
from zwgk_excel.workbooks.report.report_workbook import fingerprint, report_name, report_workbook
from zwgk_excel.workbooks.report.self_check import ItemCounts, TaskFlags, task_check

LAYOUT = layout("report")
TASK_SHEET, ITEM_SHEET = LAYOUT["tasks"], LAYOUT["items"]
LAST = identity.FIRST_ROW + LAYOUT.settings["rows"] - 1
DRAWN = identity.FIRST_ROW + LAYOUT.settings["rows_drawn"] - 1


def opened(data: bytes, **options: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), **options)


@pytest.fixture(scope="module")
def data() -> bytes:
    return report_workbook(content())


@pytest.fixture(scope="module")
def book(data: bytes) -> Any:
    return opened(data)


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


# --- the file ----------------------------------------------------------------------------------


def test_the_same_content_gives_the_same_bytes(data: bytes) -> None:
    assert report_workbook(content()) == data


def test_it_is_small(data: bytes) -> None:
    assert len(data) < 250_000


@pytest.mark.parametrize(
    "tasks",
    [
        TASKS,
        (),
        TASKS[:1],
        tuple(listed(duty(f"D{n:02}", f"栏目{n}", content=LONG)) for n in range(1, 61)),
        (listed(duty("D01", '="甲"&<b>*?~', content="+1", requirement="@SUM(A1)")),),
    ],
    ids=["usual", "none", "one", "sixty", "hostile"],
)
def test_it_is_sound(tmp_path: Path, tasks: Any) -> None:
    path = tmp_path / "报送表.xlsx"
    path.write_bytes(report_workbook(content(tasks)))
    assert lint(path) == []
    assert validate_all([path]) == {}


def test_text_that_looks_like_a_formula_stays_text() -> None:
    sheet = opened(report_workbook(content([listed(duty("D01", "=1+1", content="+1", requirement="@A1"))])))
    row = {c.key: sheet[TASK_SHEET.name].cell(4, n) for n, c in enumerate(TASK_SHEET, start=1)}
    assert [(row[key].value, row[key].data_type) for key in ("column", "content", "requirement")] == [
        ("=1+1", "s"),
        ("+1", "s"),
        ("@A1", "s"),
    ]


def test_sheets_and_who_sees_them(book: Any) -> None:
    keys = ("cover", "tasks", "items", "example", "lists", "identity")
    assert book.sheetnames == [LAYOUT[key].name for key in keys]
    states = ["visible", "visible", "visible", "visible", "hidden", "veryHidden"]
    assert [sheet.sheet_state for sheet in book] == states
    assert book.active.title == LAYOUT["cover"].name
    assert book.security.lockStructure


def test_identity(book: Any) -> None:
    cells = list(book[LAYOUT["identity"].name].iter_rows(values_only=True))
    rows = {row[0]: row[1] for row in cells if row[0] != identity.TASK}
    tasks = [AskedTask(*row[1:4]) for row in cells if row[0] == identity.TASK]
    assert tuple(rows) == (*identity.KEYS, identity.ADDED)
    assert tasks[0] == AskedTask("D01", "2026-11", "2026-11-25")
    assert [each.due for each in tasks[-3:]] == ["建议报", "实时更新", "补报（原时限 2026-10-25）"]
    assert rows[identity.PRODUCT] == identity.PRODUCT_NAME
    assert (rows[identity.UNIT], rows[identity.CYCLE]) == (content().unit, str(CYCLE))
    issued = date.fromisoformat(rows[identity.ISSUED_ON])
    schema = int(rows[identity.SCHEMA])
    assert schema in LAYOUT.settings["schemas_read"]
    signed = b"key", schema, content().unit, CYCLE, issued, identity.added_text(), tasks
    assert is_valid_signature(rows[identity.SIGNATURE], *signed)


# --- what stands in it -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "frozen"), [(TASK_SHEET, "D4"), (ITEM_SHEET, "C4")], ids=["tasks", "items"]
)
def test_headings_are_the_layouts(book: Any, sheet: Any, frozen: str) -> None:
    page = book[sheet.name]
    headings = [cell.value for cell in page[identity.HEADER_ROW]]
    assert headings == [column.display for column in sheet]
    assert [sheet.find(heading).key for heading in headings] == [column.key for column in sheet]
    assert content().unit in page.cell(identity.TITLE_ROW, 1).value
    assert page.cell(identity.HINT_ROW, 1).value == sheet.hint
    assert page.freeze_panes == frozen


def test_one_row_for_each_task(book: Any) -> None:
    page = book[TASK_SHEET.name]
    keys = [column.key for column in TASK_SHEET]
    rows = [dict(zip(keys, row, strict=True)) for row in page.iter_rows(min_row=4, values_only=True)]
    assert [row["id"] for row in rows] == [each.obligation.duty.id for each in TASKS]
    assert [row["reference"] for row in rows] == ["2026-11"] * 5 + ["2026-10"]
    expected = ["2026-11-25"] * 3 + ["建议报", "实时更新", "补报（原时限 2026-10-25）"]
    assert [row["due"] for row in rows] == expected
    assert rows[2]["content"] == LONG
    assert {row["status"] for row in rows} == {None}


def test_long_texts_get_high_rows(book: Any) -> None:
    heights = [book[TASK_SHEET.name].row_dimensions[row].height for row in range(4, 10)]
    assert heights[2] > 150 > heights[1]
    huge = listed(duty("D01", "甲", content="很长的内容" * 500))
    page = opened(report_workbook(content([huge])))[TASK_SHEET.name]
    assert 400 < page.row_dimensions[4].height <= 409


def test_backlog_and_optional_tasks_look_different(book: Any) -> None:
    page, column = book[TASK_SHEET.name], TASK_SHEET.index("due") + 1
    fills = {row: page.cell(row, column).fill.fgColor.rgb for row in range(4, 10)}
    assert len({fills[4], fills[7], fills[9]}) == 3
    assert fills[7] == fills[8]
    assert fills[4] == fills[5] == fills[6]


def test_values_are_there_without_recalculation(data: bytes) -> None:
    book = opened(data, data_only=True)
    checks = [book[TASK_SHEET.name].cell(row, TASK_SHEET.index("check") + 1).value for row in range(4, 10)]
    assert checks == [task_check({}, TaskFlags.of(each), ItemCounts()) for each in TASKS]
    cover = {cell.value for row in book[LAYOUT["cover"].name].iter_rows() for cell in row}
    assert "还有 3 行未填或有误" in cover
    assert "还有 23 天（按 11月2日算）" in cover
    assert not {cell for cell in cover if isinstance(cell, str) and "{" in cell}


def test_every_row_checks_itself(book: Any) -> None:
    page, column = book[ITEM_SHEET.name], ITEM_SHEET.index("check") + 1
    assert {page.cell(row, column).value for row in range(4, LAST + 1)} == {"=zwgk_item_check"}
    assert page.cell(LAST + 1, column).value is None


def test_formulas_are_old_and_short(data: bytes, book: Any) -> None:
    volatile = re.compile(r"\b(NOW|TODAY|OFFSET|INDIRECT|RAND)\(")
    check = book.defined_names["zwgk_item_check"].attr_text
    formulas = [
        str(cell.value)
        for key in ("tasks", "items", "lists")
        for row in book[LAYOUT[key].name].iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert len(formulas) > LAYOUT.settings["rows"]
    for formula in [check, *formulas]:
        assert len(formula) < 8192
        assert not volatile.search(formula)
        assert "{" not in formula
    assert 'cm="' not in parts(data)["xl/worksheets/sheet3.xml"]  # no dynamic arrays


# --- locks, dropdowns, limits ------------------------------------------------------------------


def test_only_inputs_are_unlocked(book: Any) -> None:
    page = book[TASK_SHEET.name]
    assert page.protection.sheet
    for row in page.iter_rows(min_row=1, max_row=9):
        for cell in row:
            column = TASK_SHEET.columns[cell.column - 1]
            assert cell.protection.locked is not (column.input and cell.row >= identity.FIRST_ROW), cell.coordinate


def test_item_columns_are_unlocked_from_top_to_bottom(book: Any) -> None:
    page = book[ITEM_SHEET.name]
    assert page.protection.sheet
    for number, column in enumerate(ITEM_SHEET, start=1):
        styled = next(each for each in page.column_dimensions.values() if each.min <= number <= each.max)
        assert styled.protection.locked is not column.input, column.key
        for row in (identity.TITLE_ROW, identity.HINT_ROW, identity.HEADER_ROW):
            assert page.cell(row, number).protection.locked
        for row in (identity.FIRST_ROW, DRAWN):
            assert page.cell(row, number).protection.locked is not column.input
            expected = {ColumnKind.DATE: "yyyy-mm-dd", ColumnKind.INTEGER: "0"}.get(column.kind, "@")
            assert not column.input or page.cell(row, number).number_format == styled.number_format == expected


def test_protection_lets_people_work(book: Any) -> None:
    for sheet in book:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
    for key in ("tasks", "items"):
        # In the file these attributes say what is forbidden.
        found = book[LAYOUT[key].name].protection
        assert not any((found.formatRows, found.formatColumns, found.formatCells, found.autoFilter, found.sort))


def test_filters_print_areas_and_pages(book: Any) -> None:
    tasks, items = book[TASK_SHEET.name], book[ITEM_SHEET.name]
    assert tasks.auto_filter.ref == "A3:L9"
    assert items.auto_filter.ref == f"A3:W{LAST}"
    for sheet in (tasks, items):
        assert sheet.print_title_rows == "$1:$3"
    for key in ("cover", "tasks", "items"):
        page = book[LAYOUT[key].name]
        assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")
        assert page.sheet_properties.pageSetUpPr.fitToPage
        high = page.page_setup.fitToHeight  # a cover is one page; where nothing is said it is 1
        wide = 3 if key == "items" else 1  # with the columns of two companions
        assert (page.page_setup.fitToWidth or 1, high) == (wide, None if key == "cover" else 0)
        assert "&P" in page.oddFooter.center.text


def validations(page: Any) -> dict[str, Any]:
    found = {}
    for each in page.data_validations.dataValidation:
        for area in each.sqref.ranges:
            found[area.coord] = each
    return found


def test_every_input_of_the_items_is_validated_to_the_last_row(book: Any) -> None:
    found = validations(book[ITEM_SHEET.name])
    assert len(found) == len(ITEM_SHEET.inputs)
    for number, column in enumerate(ITEM_SHEET, start=1):
        if not column.input:
            continue
        letter = get_column_letter(number)
        each = found[f"{letter}4:{letter}{LAST}"]
        kinds = {ColumnKind.CHOICE: "list", ColumnKind.DATE: "date", ColumnKind.URL: "custom"}
        kinds |= {ColumnKind.INTEGER: "whole", ColumnKind.PHONE: "custom"}
        assert each.type == kinds.get(column.kind, "textLength")
        assert column.heading in each.error
        assert each.allowBlank
        assert each.errorStyle in ({"warning"} if column.kind is ColumnKind.PHONE else {None, "stop"})
        assert (each.prompt or "") == column.prompt
        assert max(len(each.prompt or ""), len(each.error)) <= 255
        assert max(len(each.promptTitle or ""), len(each.errorTitle)) <= 32
        if each.type == "textLength":
            assert (each.operator, each.formula1) == ("lessThanOrEqual", str(column.max_length))


def test_dates_are_bounded(book: Any) -> None:
    letter = get_column_letter(ITEM_SHEET.index("formed_on") + 1)
    each = validations(book[ITEM_SHEET.name])[f"{letter}4:{letter}{LAST}"]
    assert (each.operator or "between", each.formula1, each.formula2) == ("between", "36526", "INT(NOW())")


@pytest.mark.parametrize(
    ("key", "expected"),
    [("task", [each.label for each in TASKS]), ("type", list(words("item_type").values()))],
)
def test_dropdowns_show_the_lists(book: Any, key: str, expected: list[str]) -> None:
    letter = get_column_letter(ITEM_SHEET.index(key) + 1)
    source = validations(book[ITEM_SHEET.name])[f"{letter}4:{letter}{LAST}"].formula1
    assert dropdown(book, source) == expected


def test_the_status_dropdown(book: Any) -> None:
    source = validations(book[TASK_SHEET.name])["H4:H9"].formula1
    assert dropdown(book, source) == list(words("answer").values())


def dropdown(book: Any, source: str) -> list[str]:
    sheet, area = source.replace("$", "").replace("'", "").split("!")
    return [row[0].value for row in book[sheet][area]]


# --- changes -----------------------------------------------------------------------------------


def test_fingerprint_tells_what_the_workbook_shows() -> None:
    first = fingerprint(content())
    assert first == fingerprint(content(issued_on=date(2026, 11, 9)))
    assert first == fingerprint(replace(content(), signature="00"))
    others = replace(PROCUREMENT, owners=("市财政局", "市教育局"))
    assert first == fingerprint(content([*TASKS[:1], listed(others), *TASKS[2:]]))
    changed = [
        content(unit="市财政局"),
        content(mailbox="b@example.gov.cn"),
        content(office="办公室"),
        content(contact=("李科员", "")),
        replace(content(), cycle=Month(2026, 12)),
        content(TASKS[:-1]),
        content(TASKS[::-1]),
        content([listed(replace(POLICY_FILES, requirement="每月")), *TASKS[1:]]),
        content([listed(replace(POLICY_FILES, companions=())), *TASKS[1:]]),
        content([replace(TASKS[0], label="D01 政策文件（2026-11）"), *TASKS[1:]]),
    ]
    assert len({first, *map(fingerprint, changed)}) == len(changed) + 1


def test_equal_fingerprints_mean_equal_workbooks(data: bytes) -> None:
    others = replace(PROCUREMENT, owners=("市财政局", "市教育局"))
    same = content([*TASKS[:1], listed(others), *TASKS[2:5], listed(others, backlog=True)])
    assert fingerprint(same) == fingerprint(content())
    assert report_workbook(same) == data


@pytest.fixture
def reworded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[str, dict[str, str]]], None]]:
    """Change lists of ``lists.toml`` for a test: list → code → word."""
    shipped = read_toml("lists.toml")

    def change(changes: dict[str, dict[str, str]]) -> None:
        made = {name: {**each, **changes.get(name, {})} for name, each in shipped.items()}
        read = {"lists.toml": made}.get
        monkeypatch.setattr("zwgk_excel.layout.words.read_toml", lambda name: read(name) or read_toml(name))
        words.cache_clear()

    yield change
    monkeypatch.undo()
    words.cache_clear()


def test_words_of_other_sheets_do_not_change_a_workbook(data: bytes, reworded: Any) -> None:
    first = fingerprint(content())
    reworded({name: {"new": "新词"} for name in read_toml("lists.toml") if name not in list_names()})
    assert fingerprint(content()) == first
    assert report_workbook(content()) == data


@pytest.mark.parametrize(
    "change",
    [
        *({name: {"new": "新词"}} for name in list_names()),
        {"cadence": {"on_demand": "随时"}},
        {"mandatory": {"no": "可报"}},
    ],
)
def test_words_that_a_workbook_shows_change_it(data: bytes, reworded: Any, change: dict[str, dict[str, str]]) -> None:
    first = fingerprint(content())
    reworded(change)
    assert fingerprint(content()) != first
    assert report_workbook(content()) != data


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("市教育局", "市教育局_2026-11_信息报送表.xlsx"),
        ('市:教/育*局?"', "市_教_育_局__2026-11_信息报送表.xlsx"),
        ("局. ", "局_2026-11_信息报送表.xlsx"),
        ("CON", "CON__2026-11_信息报送表.xlsx"),
        ("...", "__2026-11_信息报送表.xlsx"),
    ],
)
def test_file_names_are_safe(unit: str, name: str) -> None:
    assert report_name(unit, CYCLE) == name


def test_long_names_are_cut() -> None:
    assert len(report_name("很长的单位名称" * 30, CYCLE).encode()) < 200


# --- who reports which column --------------------------------------------------------------------


def test_the_cover_names_the_officers_of_its_duties(data: bytes) -> None:
    named = (("D01 政策文件", "报送员甲 0714-8700001"), ("D02 政府采购", "报送员乙"), ("D06 环境保护", "报送员丙"))
    given = content(officers=named)
    page = opened(report_workbook(given))[LAYOUT["cover"].name]
    rows = [[cell.value for cell in row if cell.value] for row in page.iter_rows(min_row=10)]
    assert rows[-3:] == [["栏目报送员"], [*named[0], *named[1]], [*named[2]]]
    assert page.print_area.endswith(f"$F${page.max_row}")
    assert fingerprint(given) != fingerprint(content()), "another officer is another workbook"
    assert "栏目报送员" not in {cell.value for row in opened(data)[LAYOUT["cover"].name] for cell in row}


def test_the_cover_says_whom_to_ask() -> None:
    page = opened(report_workbook(content(contact=("李科员", "0714-0000000"))))[LAYOUT["cover"].name]
    rows = [[cell.value for cell in row if cell.value] for row in page.iter_rows()]
    assert ["联系人", "李科员", "联系电话", "0714-0000000"] in rows


# --- the cover's words -------------------------------------------------------------------------


def test_the_nearest_date() -> None:
    found = deadline(tasks_of(TASKS))
    assert (found.due, found.due_words) == (date(2026, 11, 25), "2026年11月25日（星期三）")
    assert found.final_words == "2026年11月30日（星期一）"
    assert deadline(tasks_of([TASKS[-1]])).due == date(2026, 10, 25)
    assert deadline(tasks_of([listed(AGENCIES)])).due is None


def test_days_left_in_words() -> None:
    due = date(2026, 11, 25)
    days = [format_days_left(due, date(2026, 11, day)) for day in (20, 25, 27)]
    assert days == [
        "还有 5 天（按 11月20日算）", "当天截止（按 11月25日算）", "已过 2 天，请尽快报送（按 11月27日算）"
    ]


def test_counts_in_words() -> None:
    assert format_task_counts(TASKS, CYCLE) == "本月应报 3 项，补报 1 项，有信息即报 2 项"
    assert format_task_counts((), CYCLE) == "本月没有报送任务"
