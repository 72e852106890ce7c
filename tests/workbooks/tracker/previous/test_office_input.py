"""What the office typed is read whatever it did to the sheet, and what it added survives every refresh."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from tests.calc.office import Office
from tests.ooxml import validate_all
from tests.workbooks.sheets import book as plain_book
from tests.workbooks.tracker_sample import added_to, realistic, typed_into
from tests.xlsx_lint import lint
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.ooxml.package import MAIN, OoxmlPackage, sheets_of
from zwgk_excel.workbooks.opening.guard import RejectedFileError
from zwgk_excel.workbooks.tracker.previous.formula_moves import RowMapping
from zwgk_excel.workbooks.tracker.previous.office_input import OfficeInput
from zwgk_excel.workbooks.tracker.previous.user_additions import ExtraCell, ExtraColumn, UserAdditions, removed_values
from zwgk_excel.workbooks.tracker.rows.row_values import tracking_order, tracking_rows
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_ROW, HEADER_ROW
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

pytestmark = pytest.mark.slow

TRACKER = layout("tracker")
SHEET = TRACKER["tracking"]
NAME = "总台账.xlsx"
VIEW = realistic(date(2026, 11, 26), 2)
KEYS = [row.status.obligation.key for row in tracking_order(VIEW)]
OFFICE_KEYS = [column.key for column in SHEET if column.office]


def edit(data: bytes, change: Callable[[Any], None]) -> bytes:
    """A workbook after ``change`` had its way with it, saved by another library."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def column_of(key: str) -> int:
    return SHEET.index(key) + 1


def row_of(key: str) -> int:
    return FIRST_ROW + 1 + KEYS.index(key)


def typing(*cells: tuple[str, str, Any]) -> Callable[[Any], None]:
    """Type values into office columns: (obligation key, column key, value)."""

    def change(book: Any) -> None:
        for key, column, value in cells:
            book[SHEET.name].cell(row_of(key), column_of(column), value)

    return change


@pytest.fixture(scope="module")
def data() -> bytes:
    return tracker_workbook(VIEW)


def standings(found: OfficeInput) -> dict[str, ActiveDecisions]:
    return {entry.obligation: entry.over(ActiveDecisions()) for entry in found.entries}


EXPECTED = {row.status.obligation.key: row.status.decisions for row in VIEW.rows}


# --- reading -----------------------------------------------------------------------------------


def test_an_untouched_tracker_says_what_it_was_written_with(data: bytes):
    found = typed_into(data)
    assert found.problems == ()
    assert found.revision == 7
    assert [entry.obligation for entry in found.entries] == KEYS
    assert standings(found) == EXPECTED
    assert any(entry.extended_to for entry in found.entries)
    assert any(entry.waived for entry in found.entries)


def test_typed_values_are_read_with_their_place(data: bytes):
    first, second, third = KEYS[0], KEYS[5], KEYS[-1]
    changed = edit(
        data,
        typing(
            (first, "extended_to", date(2026, 12, 9)),
            (first, "opinion", "先电话\n再发函"),
            (second, "waived", "是 "),
            (second, "extended_to", "2026年12月10日"),
            (third, "extended_to", 46_366),
        ),
    )
    found = typed_into(changed)
    assert standings(found) == {
        **EXPECTED,
        first: replace(EXPECTED[first], extended_to=date(2026, 12, 9), opinion="先电话\n再发函"),
        second: replace(EXPECTED[second], waived=True, extended_to=date(2026, 12, 10)),
        third: replace(EXPECTED[third], extended_to=date(2026, 12, 10)),
    }
    assert not [each for each in found.problems if each.counts]
    place = next(entry.place for entry in found.entries if entry.obligation == first)
    assert (place.file, place.sheet) == (NAME, SHEET.name)
    assert place.cell == f"{openpyxl.utils.get_column_letter(column_of('extended_to'))}{row_of(first)}"


@pytest.mark.parametrize(
    ("column", "value"),
    [("extended_to", "下周"), ("extended_to", "12月32日"), ("extended_to", "2026-13-01"), ("extended_to", 3),
     ("waived", "也许"), ("waived", 7), ("extended_to", "=1/0")],
)
def test_what_cannot_be_understood_is_named_and_changes_nothing(data: bytes, column: str, value: Any):
    key = next(key for key, standing in EXPECTED.items() if standing.extended_to)
    found = typed_into(edit(data, typing((key, column, value))))
    entry = next(entry for entry in found.entries if entry.obligation == key)
    assert entry.unread == {column}
    assert entry.over(EXPECTED[key]) == EXPECTED[key]
    letters = openpyxl.utils.get_column_letter(column_of(column))
    wrong = [each.problem for each in found.refused]
    assert found.problems == ()
    assert [(each.code, each.place.cell, each.obligation) for each in wrong] == [
        ("office_cell_form", f"{letters}{row_of(key)}", key)
    ]
    assert SHEET.heading(column) in wrong[0].found


def test_rows_sorted_filtered_and_hidden_columns_moved_and_renamed_by_alias(data: bytes):
    def change(book: Any) -> None:
        page = book[SHEET.name]
        rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=FIRST_ROW + 1)]
        heads = [cell.value for cell in page[HEADER_ROW + 1]]
        order = list(range(len(heads)))
        luck = random.Random(7)
        luck.shuffle(rows)
        luck.shuffle(order)
        heads[SHEET.index("extended_to")] = f" {SHEET['extended_to'].aliases[0]} "
        for number, row in enumerate([heads, *rows], HEADER_ROW + 1):
            for place, old in enumerate(order, 1):
                page.cell(number, place).value = row[old]
            page.row_dimensions[number].hidden = number % 2 == 0
        page.tables.clear()
        page.insert_rows(1, 3)

    assert standings(typed_into(edit(data, change))) == EXPECTED


def test_a_renamed_sheet_is_found_by_its_headings(data: bytes):
    def change(book: Any) -> None:
        book[SHEET.name].title = "台账（办公室用）"

    assert standings(typed_into(edit(data, change))) == EXPECTED


@pytest.mark.parametrize("key", ["extended_to", "waived", "opinion"])
def test_a_deleted_column_takes_back_no_decision(data: bytes, key: str):
    def change(book: Any) -> None:
        book[SHEET.name].tables.clear()
        book[SHEET.name].delete_cols(column_of(key))

    found = typed_into(edit(data, change))
    assert {entry.obligation: entry.over(EXPECTED[entry.obligation]) for entry in found.entries} == EXPECTED
    assert [each.code for each in found.problems] == ["table_heading_missing"]
    assert SHEET.heading(key) in found.problems[0].found


def test_without_a_key_column_nothing_is_taken(data: bytes):
    def change(book: Any) -> None:
        book[SHEET.name].cell(HEADER_ROW + 1, column_of("duty"), "别的")

    found = typed_into(edit(data, change))
    assert found.entries == ()
    assert [each.code for each in found.problems] == ["table_heading_missing"]


def test_a_row_twice_and_text_beside_no_row_are_told(data: bytes):
    last = FIRST_ROW + len(KEYS)

    def change(book: Any) -> None:
        page = book[SHEET.name]
        for place in range(1, len(SHEET.columns) + 1):
            page.cell(last + 1, place, page.cell(row_of(KEYS[0]), place).value)
        page.cell(last + 1, column_of("opinion"), "另一个意见")
        page.cell(last + 4, column_of("opinion"), "写在表外")

    found = typed_into(edit(data, change))
    assert [each.code for each in found.problems] == ["office_row_repeated", "text_outside"]
    assert standings(found) == EXPECTED


def test_no_tracker_at_all():
    found = typed_into(plain_book({"别的": [["a", "b"], [1, 2]]}))
    assert (found.entries, [each.code for each in found.problems]) == ((), ["sheet_missing"])
    for read in (typed_into, added_to):
        with pytest.raises(RejectedFileError) as caught:
            read(b"%PDF-1.4")
        assert caught.value.problem.code == "file_pictured"


def test_what_libreoffice_saves_reads_the_same(data: bytes, office: Office, tmp_path: Path):
    path = tmp_path / NAME
    path.write_bytes(edit(data, typing((KEYS[3], "extended_to", datetime(2026, 12, 8)), (KEYS[4], "waived", "是"))))
    with office.open(path) as document:
        saved = document.save_as(tmp_path / "saved.xlsx").read_bytes()
    assert typed_into(saved) == replace(typed_into(path.read_bytes()))
    found = added_to(saved)
    assert (found.columns, found.sheets) == ((), ())
    assert standings(typed_into(tracker_workbook(VIEW, found))) == EXPECTED


# --- columns -----------------------------------------------------------------------------------


def with_columns(view: TrackerView = VIEW) -> bytes:
    """A tracker in which the office added columns in four places."""
    first, second = KEYS[0], KEYS[7]
    day = {second: ExtraCell(datetime(2026, 11, 2))}
    columns = (
        ExtraColumn("序", "", "A", 6.7109375, cells={key: ExtraCell(n) for n, key in enumerate(KEYS)}),
        ExtraColumn("联系人", "unit", "D", 20.7109375, cells={first: ExtraCell("=张三"), second: ExtraCell("李四")}),
        ExtraColumn("核对日", "opinion", "V", None, number_format="yyyy/m/d", cells=day),
        ExtraColumn("金额", "correction", "X", None, True, '0.00"元"', {first: ExtraCell(1.5)}),
    )
    return tracker_workbook(view, UserAdditions(columns))


def _plain(found: UserAdditions) -> list[tuple[Any, ...]]:
    return [(c.heading, c.after, c.width, c.hidden, c.number_format, dict(c.cells)) for c in found.columns]


def test_columns_stay_beside_their_neighbours_with_values_and_formats():
    data = with_columns()
    found = added_to(data)
    assert [(c.heading, c.after) for c in found.columns] == [
        ("序", ""), ("联系人", "unit"), ("核对日", "opinion"), ("金额", "correction")
    ]
    page = openpyxl.load_workbook(io.BytesIO(data))[SHEET.name]
    heads = [cell.value for cell in page[HEADER_ROW + 1]]
    assert heads[0] == "序"
    assert heads[heads.index(SHEET.heading("unit")) + 1] == "联系人"
    assert heads[-1] == "金额"
    names, money, day = found.columns[1], found.columns[3], found.columns[2]
    assert names.cells[KEYS[0]] == ExtraCell("=张三")
    assert (money.number_format, money.hidden) == ('0.00"元"', True)
    assert day.cells == {KEYS[7]: ExtraCell(datetime(2026, 11, 2))}
    assert found.columns[0].width == pytest.approx(6.71, abs=0.02)
    assert standings(typed_into(data)) == EXPECTED


def test_a_second_refresh_with_nothing_new_is_byte_identical():
    data = with_columns()
    once = tracker_workbook(VIEW, added_to(data))
    assert tracker_workbook(VIEW, added_to(once)) == once
    assert _plain(added_to(once)) == _plain(added_to(data))


def test_columns_follow_their_obligations_when_rows_move_and_come():
    older = replace(VIEW, rows=VIEW.rows[: len(VIEW.rows) // 2])
    old_keys = [row.status.obligation.key for row in tracking_order(older)]
    added = UserAdditions((ExtraColumn("记", "due", "J", cells={key: ExtraCell(key) for key in old_keys}),))
    found = added_to(tracker_workbook(VIEW, added_to(tracker_workbook(older, added))))
    assert {key: cell.value for key, cell in found.columns[0].cells.items()} == {key: key for key in old_keys}
    assert len(found.rows) == len(VIEW.rows)


def formulas_in(data: bytes, heading: str) -> dict[str, str]:
    """Obligation key → formula under a heading."""
    column = next(column for column in added_to(data).columns if column.heading == heading)
    return {key: cell.formula for key, cell in column.cells.items()}


def test_formulas_move_with_their_rows(office: Office, tmp_path: Path):
    late, left = (openpyxl.utils.get_column_letter(column_of(key)) for key in ("days_late", "days_left"))
    last = FIRST_ROW + len(KEYS)
    place = len(SHEET.columns) + 1

    def change(book: Any) -> None:
        page = book[SHEET.name]
        page.cell(HEADER_ROW + 1, place, "算")
        page.cell(HEADER_ROW + 1, place + 1, "占比")
        for row in range(FIRST_ROW + 1, last + 1):
            page.cell(row, place, f"={late}{row}*2+N({left}{row})")
            page.cell(row, place + 1, f"=IF(SUM(${late}${FIRST_ROW + 1}:${late}${last})=0,0,{late}{row})")

    older = replace(VIEW, rows=VIEW.rows[: len(VIEW.rows) // 2])
    last = FIRST_ROW + len(older.rows)
    data = tracker_workbook(VIEW, added_to(edit(tracker_workbook(older), change)))
    new_last = FIRST_ROW + len(KEYS)
    assert formulas_in(data, "算") == {key: f"={late}{row_of(key)}*2+N({left}{row_of(key)})" for key in KEYS}
    assert formulas_in(data, "占比") == {
        key: f"=IF(SUM(${late}${FIRST_ROW + 1}:${late}${new_last})=0,0,{late}{row_of(key)})" for key in KEYS
    }
    path = tmp_path / NAME
    path.write_bytes(tracker_workbook(replace(VIEW, live=False), added_to(data)))
    with office.open(path) as document:
        letters = openpyxl.utils.get_column_letter(place)
        shown = document.values(SHEET.name, f"{letters}{FIRST_ROW + 1}:{letters}{new_last}")
    expected = [row["days_late"] * 2 + (row["days_left"] or 0) for row in tracking_rows(VIEW)]  # type: ignore[operator]
    assert [row[0] or 0 for row in shown] == expected
    assert any(expected)


def test_references_follow_columns_obligations_and_spans():
    moves = RowMapping("台 账", {5: 50, 6: 7}, {(4, 9): (4, 99)}, {"A": "B", "K": "L"})
    assert moves.formula("=A4+$K5+A$6", 4, 20) == "=B20+$L50+B$7"
    assert moves.formula("=SUM($K$4:$K$9)+SUM(K:K)", 4, 20) == "=SUM($L$4:$L$99)+SUM(L:L)"
    assert moves.formula("='台 账'!A5&别的!A5&t[[#This Row],[单位]]&\"A5\"", 4, 20) == (
        "='台 账'!B50&别的!A5&t[[#This Row],[单位]]&\"A5\""
    )
    assert moves.formula("=统计日期-A4", 4, 20) == "=统计日期-B20"


def test_widths_and_hidden_columns_of_ours_are_kept(data: bytes):
    def change(book: Any) -> None:
        page = book[SHEET.name]
        page.column_dimensions["B"].width = 31.7109375
        page.column_dimensions["E"].hidden = True

    page = openpyxl.load_workbook(io.BytesIO(tracker_workbook(VIEW, added_to(edit(data, change)))))[SHEET.name]
    assert page.column_dimensions["B"].width == pytest.approx(31.71, abs=0.01)
    assert page.column_dimensions["E"].hidden


def test_headings_that_repeat_ours_get_a_number():
    heading = SHEET.heading("unit")
    cells = {KEYS[0]: ExtraCell("x")}
    added = UserAdditions((ExtraColumn(heading, "unit", "C", cells=cells), ExtraColumn(heading, "due", "K")))
    book = openpyxl.load_workbook(io.BytesIO(tracker_workbook(VIEW, added)))
    heads = [column.name for column in book[SHEET.name].tables[SHEET.table].tableColumns]
    assert [head for head in heads if head.startswith(heading)] == [heading, f"{heading}2", f"{heading}3"]


def test_comments_stay_with_their_obligation():
    older = replace(VIEW, rows=VIEW.rows[: len(VIEW.rows) // 2])
    keys = [row.status.obligation.key for row in tracking_order(older)]

    def change(book: Any) -> None:
        page = book[SHEET.name]
        page.cell(FIRST_ROW + 6, column_of("outcome")).comment = Comment("领导已批示\n下周一前补", "办公室")
        page.cell(1, 1).comment = Comment("写在标题上", "办公室")

    found = added_to(edit(tracker_workbook(older), change))
    assert [note for note in found.notes if "A1" in note]
    data = tracker_workbook(VIEW, found)
    page = openpyxl.load_workbook(io.BytesIO(data))[SHEET.name]
    comments = {cell.coordinate: cell.comment for row in page.iter_rows() for cell in row if cell.comment}
    letters = openpyxl.utils.get_column_letter(column_of("outcome"))
    assert list(comments) == [f"{letters}{row_of(keys[5])}"]
    comment = comments[f"{letters}{row_of(keys[5])}"]
    assert (comment.text, comment.author) == ("领导已批示\n下周一前补", "办公室")
    assert tracker_workbook(VIEW, added_to(data)) == data


def test_times_stay_and_are_listed_as_text_where_their_row_is_gone(data: bytes):
    place, below = len(SHEET.columns) + 1, FIRST_ROW + len(KEYS) + 3

    def change(book: Any) -> None:
        page = book[SHEET.name]
        for number, (row, value) in enumerate([(row_of(KEYS[0]), time(8, 30)), (row_of(KEYS[1]), timedelta(hours=30))]):
            page.cell(row, place + number, value)
            page.cell(below, place + number, time(9))

    found = added_to(edit(data, change))
    assert [each.value for each in removed_values(VIEW, found)] == ["09:00:00", "09:00:00"]
    once = tracker_workbook(VIEW, found)
    page = openpyxl.load_workbook(io.BytesIO(once))[SHEET.name]
    assert page.cell(row_of(KEYS[0]), place).value == time(8, 30)
    assert page.cell(row_of(KEYS[1]), place + 1).value == timedelta(hours=30)
    assert tracker_workbook(VIEW, added_to(once)) == once


@pytest.mark.parametrize("cell", ['<c r="{}" t="str"><f>IF(A{},"","")</f><v></v></c>', '<c r="{}"><f>A{}/0</f></c>'])
def test_a_formula_that_shows_nothing_stays(data: bytes, cell: str):
    """No heading over it, and no result in the file or an empty one."""
    letters, row = openpyxl.utils.get_column_letter(len(SHEET.columns) + 1), row_of(KEYS[0])
    part, end = sheet_part(data, SHEET.name), f'<row r="{row + 1}"'.encode()
    added = cell.format(f"{letters}{row}", row).encode()
    changed = with_part(data, part, lambda xml: xml.replace(b"</row>" + end, added + b"</row>" + end))
    (column,) = added_to(changed).columns
    assert column.cells[KEYS[0]].formula.startswith("=")
    page = openpyxl.load_workbook(io.BytesIO(tracker_workbook(VIEW, added_to(changed))))[SHEET.name]
    assert str(page[f"{letters}{row}"].value).startswith("=")


# --- rows that vanish --------------------------------------------------------------------------


def test_values_of_vanished_obligations_are_listed_kept_and_brought_back():
    data = with_columns()
    fewer = replace(VIEW, rows=tuple(row for row in VIEW.rows if row.status.obligation.key != KEYS[7]))
    found = added_to(data)
    lost = removed_values(fewer, found)
    assert {(each.obligation, each.heading, each.value) for each in lost} == {
        (KEYS[7], "序", 7), (KEYS[7], "联系人", "李四"), (KEYS[7], "核对日", datetime(2026, 11, 2))
    }
    assert lost[0].problem(NAME).code == "office_value_moved"
    without = tracker_workbook(fewer, found)
    assert TRACKER["removed"].name in openpyxl.load_workbook(io.BytesIO(without)).sheetnames
    again = tracker_workbook(fewer, added_to(without))
    assert again == without
    back = added_to(tracker_workbook(VIEW, added_to(again)))
    assert _plain(back) == _plain(added_to(tracker_workbook(VIEW, found)))


def test_what_was_typed_beside_no_obligation_is_listed(data: bytes):
    place = len(SHEET.columns) + 1

    def change(book: Any) -> None:
        page = book[SHEET.name]
        page.cell(HEADER_ROW + 1, place, "随手记")
        page.cell(row_of(KEYS[2]), place, "表内")
        page.cell(FIRST_ROW + len(KEYS) + 3, place, "表下")

    found = added_to(edit(data, change))
    assert [each.value for each in removed_values(VIEW, found)] == ["表下"]
    column = added_to(tracker_workbook(VIEW, found)).columns[0]
    assert column.heading == "随手记"
    assert {cell.value for cell in column.cells.values()} == {"表内", "表下"}


# --- sheets ------------------------------------------------------------------------------------


def add_sheet(book: Any) -> None:
    """A sheet of the office's own, with a bit of everything."""
    page = book.create_sheet("办公室分析")
    page.sheet_properties.tabColor = "00B050"
    page["A1"] = "逾期"
    page["A1"].font = Font(name="楷体", size=18, color="00C00000")
    page["A1"].fill = PatternFill("solid", fgColor="00FFF2CC")
    column = openpyxl.utils.get_column_letter(column_of("timeliness"))
    page["B1"] = f"=COUNTIF({SHEET.name}!{column}:{column},\"逾期\")"
    page["B1"].number_format = '0"项"'
    page["B2"] = "=统计日期"
    page["B3"] = 5
    page.merge_cells("A5:C5")
    page["A1"].comment = Comment("每周一看", "办公室")
    rule = DataValidation(type="list", formula1='"甲,乙"')
    rule.add("D1:D9")
    page.add_data_validation(rule)
    page.conditional_formatting.add("B1:B9", CellIsRule(operator="greaterThan", formula=["3"], font=Font(bold=True)))
    chart = BarChart()
    chart.add_data(Reference(page, min_col=2, min_row=1, max_row=3))
    page.add_chart(chart, "E2")
    book.create_sheet("草稿").sheet_state = "hidden"


def test_the_offices_sheets_survive_two_refreshes(data: bytes, office: Office, tmp_path: Path):
    found = added_to(edit(data, add_sheet))
    assert found.sheets == ("办公室分析", "草稿")
    assert found.notes == ()
    once = tracker_workbook(VIEW, found)
    assert tracker_workbook(VIEW, added_to(once)) == once
    path = tmp_path / NAME
    path.write_bytes(once)
    book = openpyxl.load_workbook(path)
    page = book["办公室分析"]
    assert book.sheetnames[-2:] == ["办公室分析", "草稿"]
    assert book["草稿"].sheet_state == "hidden"
    assert (page["A1"].font.name, page["A1"].fill.fgColor.rgb) == ("楷体", "00FFF2CC")
    assert (page["B1"].number_format, page["A1"].comment.text) == ('0"项"', "每周一看")
    assert (len(page._charts), len(page.merged_cells.ranges), len(page.data_validations.dataValidation)) == (1, 1, 1)
    assert len(list(page.conditional_formatting)) == 1
    assert [str(defect) for defect in lint(path)] == []
    assert validate_all([path]) == {}
    with office.open(path) as document:
        letters = openpyxl.utils.get_column_letter(column_of("timeliness"))
        states = [row[0] for row in document.values(SHEET.name, f"{letters}1:{letters}{FIRST_ROW + len(KEYS)}")]
        assert document.value("办公室分析", "B1") == states.count(word("timeliness", "overdue")) > 0
        assert document.value("办公室分析", "B2") == document.value(TRACKER["overview"].name, "B4")


def test_sheets_columns_and_decisions_together(data: bytes, tmp_path: Path):
    def change(book: Any) -> None:
        add_sheet(book)
        typing((KEYS[0], "opinion", "待议"))(book)

    changed = edit(with_columns(), change)
    refreshed = tracker_workbook(VIEW, added_to(changed))
    path = tmp_path / NAME
    path.write_bytes(refreshed)
    assert [column.heading for column in added_to(refreshed).columns] == ["序", "联系人", "核对日", "金额"]
    assert added_to(refreshed).sheets == ("办公室分析", "草稿")
    assert [str(defect) for defect in lint(path)] == []
    assert validate_all([path], ("Office2010", "Microsoft365")) == {}


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one of its parts rewritten."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, change(old.read(each)) if each == name else old.read(each))
    return stream.getvalue()


def sheet_part(data: bytes, sheet: str) -> str:
    """The name of a sheet's part."""
    return next(entry.part for entry in sheets_of(OoxmlPackage(data)) if entry.name == sheet)


def test_a_workbook_that_cannot_be_carried_over_is_refused(data: bytes):
    """Better no refresh than one that forgets what the office added: Strict Open XML names everything otherwise."""
    strict = with_part(
        data, "xl/workbook.xml", lambda part: part.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")
    )
    assert standings(typed_into(strict)) == EXPECTED
    with pytest.raises(RejectedFileError) as caught:
        added_to(strict)
    assert caught.value.problem.code == "table_unreadable"


def test_a_part_that_only_carrying_over_needs_may_be_damaged_too(data: bytes):
    damaged = with_part(data, "[Content_Types].xml", lambda part: part[:-9])
    with pytest.raises(RejectedFileError) as caught:
        added_to(damaged)
    assert caught.value.problem.code == "table_unreadable"


def test_mapping_of_kept_letters_and_rows(data: bytes):
    found = added_to(data)
    assert set(found.letters.values()) == {column.key for column in SHEET}
    assert list(found.rows.values()) == KEYS
    assert isinstance(found.widths, Mapping)
    assert OFFICE_KEYS
