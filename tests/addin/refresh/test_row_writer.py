"""The cells of a table: only what is different is written, in few blocks, and text stays text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import xlwings as xw

from tests.addin.grid import GridApp
from tests.addin.sheets import journal_on, rows_of, sheet_of
from zwgk_excel.addin.refresh import row_writer
from zwgk_excel.addin.refresh.defined_names import DefinedNames
from zwgk_excel.addin.refresh.journal import Journal
from zwgk_excel.addin.refresh.live_book import read_grid
from zwgk_excel.addin.refresh.row_plan import LiveRow, plan_rows
from zwgk_excel.addin.refresh.row_writer import RowWriter, TableArea
from zwgk_excel.workbooks.tracker.recording_workbook import Cell, Link

TEXT, DAY = {"num_format": "@"}, {"num_format": "yyyy-mm-dd"}
HEADINGS = ["编号", "标题", "条数", "剩余"]


class Watched(Journal):
    """Remembers what was written where."""

    def __init__(self, sheet: xw.Sheet) -> None:
        super().__init__(DefinedNames(sheet.book))
        self.written: list[str] = []

    def write(self, cells: Any, rows: Sequence[Sequence[Any]]) -> None:
        self.written.append(cells.get_address(False, False))
        super().write(cells, rows)

    def fill(self, cells: Any, rows: Sequence[Sequence[Any]]) -> None:
        self.written.append(cells.get_address(False, False))
        super().fill(cells, rows)

    def link(self, cell: Any, address: str, text: str) -> None:
        self.written.append(f"{cell.get_address(False, False)} → {address}")
        super().link(cell, address, text)


def cells_of(key: str, title: Any, count: Any, recorded_row: int) -> list[Cell | None]:
    """A recorded row: two texts, a number, and a formula about its own row."""
    return [
        Cell(key, TEXT),
        Cell(title, TEXT),
        Cell(count, {}),
        Cell(f"=C{recorded_row}-1", {}, is_formula=True),
    ]


def laid(sheet: xw.Sheet, rows: dict[str, tuple[Any, Any]], columns: tuple[int, ...] = (1, 2, 3, 4)) -> Watched:
    """Write rows (key → title and number), recorded from row 4 on, over a table below row 1; returns what was written.

    Rows that come are put in first, as the table's refresh does.
    """
    grid, journal = read_grid(sheet), Watched(sheet)
    live = [LiveRow(str(row[columns[0] - 1] or ""), not any(row)) for row in grid.rows[1:]]
    plan = plan_rows(live, 2, list(rows))
    targets = {key: (3 + n, cells_of(key, *values, 4 + n)) for n, (key, values) in enumerate(rows.items())}
    old = TableArea(1, 2, 1 + len(live), columns)
    writer = RowWriter(sheet, grid, old, TableArea(1, 2, plan.last, columns), plan, targets)
    for row, count in plan.inserts:
        journal.insert_rows(sheet, row, count, "format_from_right_or_below")
    writer.write(journal)
    return journal


@pytest.fixture
def sheet(grid: GridApp) -> xw.Sheet:
    made = sheet_of([HEADINGS, *([f"D{n:02}", f"标题{n}", n, f"=C{n + 1}-1"] for n in range(1, 51))])
    made.range("A2:B51").number_format = "@"
    return made


def same(count: int = 50) -> dict[str, tuple[Any, Any]]:
    return {f"D{n:02}": (f"标题{n}", n) for n in range(1, count + 1)}


def test_where_nothing_is_different_nothing_is_written(sheet: xw.Sheet):
    assert laid(sheet, same()).written == []


def test_one_block_holds_what_is_different_and_what_is_near(sheet: xw.Sheet):
    assert laid(sheet, same() | {"D03": ("新", 3), "D06": ("也新", 6)}).written == ["A4:D7"]
    assert rows_of(sheet, "A4:D5") == [["D03", "新", "3", "=C4-1"], ["D04", "标题4", "4", "=C5-1"]]


def test_of_a_large_block_only_the_columns_that_differ_are_written(sheet: xw.Sheet, monkeypatch: pytest.MonkeyPatch):
    """What depends on cells that stay the same need not be computed anew."""
    monkeypatch.setattr(row_writer, "_LARGE", 100)
    other = {key: (title, count + 1) for key, (title, count) in same().items()}
    assert laid(sheet, other).written == ["C2:C51"]
    assert rows_of(sheet, "A2:D2") == [["D01", "标题1", "2", "=C2-1"]]
    both = {"D01": ("新", 2), **{key: (title, count + 2) for key, (title, count) in list(same().items())[1:]}}
    assert laid(sheet, both).written == ["B2:C51"]


def test_what_is_far_apart_is_written_apart(sheet: xw.Sheet):
    assert laid(sheet, same() | {"D01": ("新", 1), "D50": ("也新", 50)}).written == ["A2:D2", "A51:D51"]


def test_a_row_that_is_not_ours_is_never_in_a_block(sheet: xw.Sheet):
    sheet.range("A5:D5").value = [["", "", "合计", 99]]
    rows = {key: value for key, value in same().items() if key != "D04"}
    assert laid(sheet, rows | {"D03": ("新", 3), "D05": ("也新", 5)}).written == ["A4:D4", "A6:D6"]
    assert sheet.range("C5:D5").value == ["合计", 99]


def test_a_column_of_the_office_between_ours_is_never_in_a_block(sheet: xw.Sheet):
    sheet.range("C:C").insert("right", copy_origin="format_from_left_or_above")
    sheet.range("C4").value = "我的"
    written = laid(sheet, same() | {"D03": ("新", 7)}, columns=(1, 2, 4, 5)).written
    assert written == ["A4:B4", "D4:E4"]
    assert rows_of(sheet, "A4:E4") == [["D03", "新", "我的", "7", "=D4-1"]]


@pytest.mark.parametrize("title", ["00123", "=1+1", "2026-11-03", "1E5"])
def test_text_stays_text_whatever_it_looks_like(sheet: xw.Sheet, title: str):
    """Also where somebody took the text format off."""
    sheet.range("A2:D51").number_format = "General"
    laid(sheet, same() | {"D03": (title, 3)})
    assert sheet.range("B4").value == title
    assert sheet.range("B4").number_format == "@"


def test_a_new_row_gets_formats_values_and_its_own_formula(sheet: xw.Sheet):
    laid(sheet, {"D00": ("最新", 9)} | same())
    assert rows_of(sheet, "A2:D3") == [["D00", "最新", "9", "=C2-1"], ["D01", "标题1", "1", "=C3-1"]]
    assert sheet.range("A2:B2").number_format == "@"


def test_a_formula_that_somebody_overwrote_comes_back(sheet: xw.Sheet):
    sheet.range("D4").value = 77
    assert laid(sheet, same()).written == ["A4:D4"]
    assert sheet.range("D4").formula == "=C4-1"


def test_spaces_and_quotes_of_other_programs_are_no_difference(sheet: xw.Sheet):
    sheet.range("D4").formula = "= c4 - 1"
    assert laid(sheet, same()).written == []


def test_links_are_written_last_one_by_one_where_rows_were(grid: GridApp):
    sheet = sheet_of([["文件", "条数"], ["甲.xlsx", 1], ["乙.xlsx", 2]])
    journal = Watched(sheet)
    grid_ = read_grid(sheet)
    plan = plan_rows([LiveRow("甲.xlsx", False), LiveRow("乙.xlsx", False)], 2, ["丙.xlsx", "甲.xlsx", "乙.xlsx"])
    names = {"丙.xlsx": 5, "甲.xlsx": 1, "乙.xlsx": 3}
    targets = {
        name: (
            3 + n,
            [Cell(Link(name, f"收件箱/{name}", f'=HYPERLINK("收件箱/{name}","{name}")'), {}), Cell(count, {})],
        )
        for n, (name, count) in enumerate(names.items())
    }
    writer = RowWriter(sheet, grid_, TableArea(1, 2, 3, (1, 2)), TableArea(1, 2, 4, (1, 2)), plan, targets)
    for row, count in plan.inserts:
        journal.insert_rows(sheet, row, count, "format_from_right_or_below")
    writer.write(journal)
    assert journal.written[-2:] == ["A4 → 收件箱/乙.xlsx", "A2"], "甲 reads as before and keeps its link"
    assert rows_of(sheet, "A2:B4") == [
        ['=HYPERLINK("收件箱/丙.xlsx","丙.xlsx")', "5"],
        ["甲.xlsx", "1"],
        ["乙.xlsx", "3"],
    ]
    assert sheet.range("A4").hyperlink == "收件箱/乙.xlsx"


def linked(texts: Sequence[str], formulas: bool = True) -> xw.Sheet:
    """A table of files below one that was there before; all are links, or those that are too long for a formula."""
    sheet = sheet_of([["文件", "条数"], ["甲.xlsx", 1]])
    journal = Watched(sheet)
    names = ["甲.xlsx", *texts]
    plan = plan_rows([LiveRow("甲.xlsx", False)], 2, names)
    made = {name: f'=HYPERLINK("收件箱/{name}","{name}")' if formulas else "" for name in names}
    targets = {
        name: (3 + n, [Cell(Link(name, f"收件箱/{name}", made[name]), {}), Cell(2, {})]) for n, name in enumerate(names)
    }
    area = TableArea(1, 2, 1 + len(names), (1, 2))
    writer = RowWriter(sheet, read_grid(sheet), TableArea(1, 2, 2, (1, 2)), area, plan, targets)
    for row, count in plan.inserts:
        journal.insert_rows(sheet, row, count, "format_from_right_or_below")
    writer.write(journal)
    return sheet


def test_a_link_too_long_for_a_formula_is_a_link_all_the_same(grid: GridApp):
    name = "长" * 200 + ".xlsx"
    sheet = linked([name], formulas=False)
    assert sheet.range("A3").value == name
    assert sheet.range("A3").hyperlink == f"收件箱/{name}"


@pytest.mark.parametrize("name", ["=1+1.xlsx", "=HYPERLINK(A1).xlsx", "+1.xlsx", "-1.xlsx", "@SUM(1).xlsx"])
@pytest.mark.parametrize("formulas", [True, False])
def test_a_file_named_like_a_formula_is_none(grid: GridApp, name: str, formulas: bool):
    sheet = linked([name], formulas)
    assert sheet.range("A3").value == name


def test_links_over_what_was_there_keep_the_name_a_text(grid: GridApp):
    sheet = sheet_of([["文件"], ["旧.xlsx"]])
    name = "=1+1.xlsx"
    journal = journal_on(sheet)
    journal.link(sheet.range("A2"), f"收件箱/{name}", name)
    # xlwings itself would look for a link in the text.
    assert (sheet.range("A2").value, sheet.range("A2").impl.hyperlink) == (name, f"收件箱/{name}")
    assert sheet.range("A2").number_format == "@"
    journal.roll_back()
    assert (sheet.range("A2").value, sheet.range("A2").number_format) == ("旧.xlsx", "General")


def test_a_closed_month_turns_formulas_into_values_and_changes_its_colour(sheet: xw.Sheet):
    grid, journal = read_grid(sheet), Watched(sheet)
    plan = plan_rows([LiveRow(f"D{n:02}", False) for n in range(1, 51)], 2, [f"D{n:02}" for n in range(1, 51)])
    targets = {key: (3 + n, cells_of(key, *values, 4 + n)) for n, (key, values) in enumerate(same().items())}
    grey = {"bg_color": "#EEEEEE"}
    targets["D02"] = 4, [Cell("D02", TEXT | grey), Cell("标题2", TEXT | grey), Cell(2, grey), Cell("按时", grey)]
    area = TableArea(1, 2, 51, (1, 2, 3, 4))
    RowWriter(sheet, grid, area, area, plan, targets).write(journal)
    assert sheet.range("D3").formula == "按时"
    assert [sheet.range(place).color for place in ("A3", "D3", "A4")] == [(238, 238, 238), (238, 238, 238), None]
    assert journal.written == ["A3:D3"]
