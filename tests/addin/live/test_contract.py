"""The grid in memory against LibreOffice: the same xlwings code, and what is seen afterwards is the same."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwings as xw
from xlwings.constants import CellType

from tests.addin.grid import GridApp
from tests.addin.grid import register as register_grid
from tests.addin.sheets import journal_on
from tests.addin.tracker_desk import (
    AS_OF,
    LAYOUT,
    POLICY,
    TRACKING,
    click,
    correct,
    decorate,
    returns,
    tracker,
    type_live,
)
from tests.calc.engine import CalcApp
from tests.workflow.desk import CYCLE, DUTIES, Desk
from zwgk_excel.workbooks.tracker.rows.formulas import name_of
from zwgk_excel.workflow.issuing.generation import generate

HEADINGS = ["编号", "单位", "日期", "合计"]
ABOVE, BELOW = "format_from_left_or_above", "format_from_right_or_below"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A workbook with a table, a rule, a validation, a name, a chart, a comment, and formulas over sheets."""
    found = tmp_path / "台账.xlsx"
    with xlsxwriter.Workbook(found) as made:
        sheet = made.add_worksheet("台账")
        text, day = made.add_format({"num_format": "@"}), made.add_format({"num_format": "yyyy-mm-dd"})
        grey = made.add_format({"bg_color": "#DDDDDD"})
        sheet.add_table(2, 0, 7, 3, {"name": "t_a", "columns": [{"header": each} for each in HEADINGS]})
        for row in range(3, 8):
            sheet.write_string(row, 0, f"{row:05}", text)
            sheet.write_string(row, 1, f"单位{row % 2}", grey if row == 5 else None)
            sheet.write_datetime(row, 2, dt.datetime(2026, 11, row), day)
            sheet.write_formula(row, 3, f'=IF($B{row + 1}="单位1",SUM(其他!A1:A2),"B4,;$B$4")', None, "")
        red = made.add_format({"bg_color": "#FF0000"})
        sheet.conditional_format("B4:B8", {"type": "formula", "criteria": '=$B4="单位1"', "format": red})
        sheet.data_validation("B4:B8", {"validate": "list", "source": ["单位0", "单位1"]})
        sheet.write_comment("B5", "电话问过")
        other = made.add_worksheet("其他")
        other.write_column(0, 0, [2, 3.5])
        other.write_formula("B1", "=SUM(台账!$C$4:$C$8)+台账!A6", None, "")
        chart = made.add_chart({"type": "column"})
        chart.add_series({"categories": "=台账!$B$4:$B$8", "values": "=台账!$C$4:$C$8"})
        other.insert_chart("D2", chart)
        made.define_name("全部", "='台账'!$A$4:$A$8")
        made.add_worksheet("锁定").protect()
    return found


def seen(book: xw.Book) -> dict[str, Any]:
    """What xlwings shows of a workbook, formulas as they read without needless marks."""
    sheet = book.sheets["台账"]
    rows = range(3, 13)
    return {
        "formulas": {each.name: _plain(each.range("A1:F14").formula) for each in book.sheets},
        "table": sheet.tables["t_a"].range.address,
        "name": _plain(book.names["全部"].refers_to),
        "formats": [[sheet.range((r, c)).number_format for c in range(1, 5)] for r in rows],
        "colours": [sheet.range((r, 2)).color for r in rows],
        "rules": [[rule.type for rule in sheet.range((r, 2)).conditional_formats] for r in rows],
        "validations": [sheet.range((r, 2)).data_validation.type for r in rows],
        "validated": sheet.api.Range("A3:F12").SpecialCells(CellType.xlCellTypeAllValidation).CountLarge,
        "notes": [(each.Parent.Row, each.Parent.Column, each.Text()) for each in sheet.api.Comments],
        "series": [_plain(chart.api[1].SeriesCollection(1).Formula) for chart in book.sheets["其他"].charts],
    }


def _plain(formula: Any) -> Any:
    if isinstance(formula, tuple | list):
        return [_plain(each) for each in formula]
    text = str(formula).replace("'", "").replace("$台账", "台账").replace(" ", "")
    return re.sub(r"台账[.!][$A-Z]*#REF![$\d:#REF!]*", "台账!#REF!", text)


def _insert(at: int, count: int, formats: str) -> Callable[[xw.Book], None]:
    return lambda book: book.sheets["台账"].range(f"{at}:{at + count - 1}").insert("down", copy_origin=formats)


def _delete(first: int, last: int) -> Callable[[xw.Book], None]:
    return lambda book: book.sheets["台账"].range(f"{first}:{last}").delete("up")


def _write(place: str, value: Any, code: str = "") -> Callable[[xw.Book], None]:
    def do(book: xw.Book) -> None:
        cells = book.sheets["其他"].range(place)
        if code:
            cells.number_format = code
        cells.value = value

    return do


def _type_formulas(book: xw.Book) -> None:
    book.sheets["其他"].range("E1:E3").formula = [["=SUM(台账!$C$4:$C$8)"], ["00123"], ['=A1&","']]


def _back_and_forth(book: xw.Book) -> None:
    """What a roll back does: formulas read, the block overwritten, the same formulas written."""
    cells = book.sheets["台账"].range("A4:D8")
    old = cells.formula
    cells.clear_contents()
    cells.formula = old


def _new_rule(book: xw.Book) -> None:
    book.sheets["台账"].range("B4:B8").conditional_formats.clear()
    book.sheets["台账"].range("B4:B6").conditional_formats.add_cell_value("greater_than", "=5", fill_color="#00FF00")


def _no_rule(book: xw.Book) -> None:
    for each in list(book.sheets["台账"].range("B6").conditional_formats):
        each.delete()


def _new_validation(book: xw.Book) -> None:
    rule = book.sheets["台账"].range("B7:B9").data_validation
    rule.set_text_length("less_than_or_equal", 200)
    rule.api.InputMessage = "写短些"


def _grow(book: xw.Book) -> None:
    sheet = book.sheets["台账"]
    sheet.tables["t_a"].resize(sheet.range("A3:D9"))
    book.names["全部"].refers_to = "='台账'!$A$4:$A$9"
    book.names.add("新名", "='台账'!$B$4:$B$9")


def _look(book: xw.Book) -> None:
    sheet = book.sheets["台账"]
    sheet.range("B4:B5").color = (255, 235, 156)
    sheet.range("C6").number_format = "General"


def _show_fewer(book: xw.Book) -> None:
    series = book.sheets["其他"].charts[0].api[1].SeriesCollection(1)
    series.Formula = series.Formula.replace("$8", "$6")


CHANGES: dict[str, Callable[[xw.Book], object]] = {
    "nothing": lambda book: None,
    "rows before the first": _insert(4, 2, BELOW),
    "rows inside": _insert(6, 3, ABOVE),
    "rows after the last": _insert(9, 2, ABOVE),
    "the first row goes": _delete(4, 4),
    "rows inside go": _delete(5, 7),
    "the last row goes": _delete(8, 8),
    "a column": lambda book: book.sheets["台账"].range("B:B").insert("right", copy_origin=BELOW),
    "a column goes": lambda book: book.sheets["台账"].range("D:D").delete("left"),
    "numbers that are text": _write("C1:E1", ["00123", "12 000", "5%"]),
    "text cells": _write("C1:E1", ["00123", "=1+1", "2026-11-03"], "@"),
    "dates": _write("C1:C3", [[dt.date(2026, 11, 3)], [dt.datetime(2026, 11, 3, 9, 30)], [3]]),
    "dates in cells of dates": _write("C1", dt.date(2026, 11, 3), "yyyy-mm-dd"),
    "nothing over something": _write("A1:A2", [[None], [""]]),
    "formulas": _type_formulas,
    "roll back": _back_and_forth,
    "cleared": lambda book: book.sheets["台账"].range("B4:C5").clear_contents(),
    "a new rule": _new_rule,
    "a rule goes": _no_rule,
    "a new validation": _new_validation,
    "table and names": _grow,
    "looks": _look,
    "a series": _show_fewer,
    "a sheet": lambda book: book.sheets.add("新表", after=book.sheets[1]),
    "a link": lambda book: book.sheets["其他"].range("A3").add_hyperlink("收件箱/表.xlsx", "表"),
}


def on_both(path: Path, live: CalcApp, look: Callable[[xw.Book], Any]) -> tuple[Any, Any]:
    """The same done in both programs, the grid first."""
    register_grid()
    first = look(xw.books.open(path))
    xw.engines[live.engine.name].activate()
    return first, look(xw.books.open(path))


@pytest.mark.parametrize("change", CHANGES)
def test_both_show_the_same_after(change: str, path: Path, live: CalcApp):
    def look(book: xw.Book) -> dict[str, Any]:
        before = seen(book)
        CHANGES[change](book)
        assert (seen(book) == before) is (change in {"nothing", "roll back"})
        return seen(book)

    grid, calc = on_both(path, live, look)
    assert grid == calc


def test_both_deliver_the_same_values(path: Path, live: CalcApp):
    def look(book: xw.Book) -> Any:
        sheet, other = book.sheets["台账"], book.sheets["其他"]
        other.range("C1:C4").value = [[True], ["文"], [dt.datetime(2026, 1, 2, 3, 4)], [-0.5]]
        return (
            sheet.range("A3:C8").options(ndim=2, err_to_str=True).value,
            other.range("A1:A3").value,
            other.range("C1:C4").value,
            other.range("A9").value,
            sheet.range("A4:B4").number_format,
            sheet.range("B4:B6").color,
            sheet.range((1, 3)).get_address(False, False),
            [each.name for each in book.sheets],
            [each.name for each in sheet.tables],
            "全部" in book.names,
            book.names["全部"].refers_to_range.address,
        )

    grid, calc = on_both(path, live, look)
    assert grid == calc


def test_both_filter_the_same(path: Path, live: CalcApp):
    def look(book: xw.Book) -> Any:
        table = book.sheets["台账"].tables["t_a"]
        found = []
        for do in (
            lambda: table.autofilter.apply_values(2, ["单位1"]),
            table.autofilter.clear,
            lambda: table.autofilter.apply_comparison(1, "not_equal_to", "单位1"),
        ):
            do()
            found.append([(each.type, each.values, each.operator, each.value1) for each in table.autofilter.criteria])
        own = book.sheets["其他"].range("A1:B2").autofilter
        return found, [each.type for each in own.criteria]

    grid, calc = on_both(path, live, look)
    assert grid == calc


def test_in_both_a_selection_follows_its_cells(path: Path, live: CalcApp):
    def look(book: xw.Book) -> Any:
        sheet = book.sheets["台账"]
        sheet.activate()
        sheet.range("A5:B6").select()
        cells = book.selection
        assert cells
        sheet.range("4:4").insert("down")
        book.sheets["其他"].activate()
        sheet.activate()
        cells.select()
        return book.sheets.active.name, book.selection and book.selection.address

    grid, calc = on_both(path, live, look)
    assert grid == calc == ("台账", "$A$6:$B$7")


@pytest.mark.parametrize(("first", "last", "formats"), [(4, 4, BELOW), (5, 6, ABOVE), (7, 8, ABOVE)])
def test_in_both_rows_that_a_journal_gives_back_belong_to_table_and_name_again(
    first: int, last: int, formats: str, path: Path, live: CalcApp
):
    kept = ("table", "name", "formats", "rules", "validations")

    def look(book: xw.Book) -> Any:
        before, journal = seen(book), journal_on(book.sheets["台账"])
        journal.delete_rows(book.sheets["台账"], first, last, formats)
        gone = seen(book)
        journal.roll_back()
        after = seen(book)
        assert gone["table"] != before["table"]
        assert [after[each] for each in kept] == [before[each] for each in kept]
        assert after["formulas"]["台账"] == before["formulas"]["台账"]
        return [after[each] for each in kept]

    grid, calc = on_both(path, live, look)
    assert grid == calc


def test_both_refuse_on_a_protected_sheet(path: Path, live: CalcApp):
    def look(book: xw.Book) -> Any:
        sheet = book.sheets["锁定"]
        refused = []
        for attempt in (
            lambda: setattr(sheet["A1"], "value", "x"),
            lambda: sheet["1:1"].insert("down"),
            lambda: sheet["1:1"].delete("up"),
            sheet["A1"].clear_contents,
            lambda: setattr(sheet["A1"], "number_format", "@"),
        ):
            with pytest.raises(xw.XlwingsError, match="protected"):
                attempt()
            refused.append(sheet["A1"].value)
        return sheet.api.ProtectContents, refused

    grid, calc = on_both(path, live, look)
    assert grid == calc


# --- a whole click -----------------------------------------------------------------------------


def whole(book: xw.Book) -> dict[str, Any]:
    """Everything of the tracker that a refresh touches; the sheets that the program itself computes as formulas."""
    sheets = [each for each in book.sheets if each.name != LAYOUT["identity"].name]
    return {
        "cells": {each.name: _plain(each.range((1, 1), each.used_range.last_cell).formula) for each in sheets},
        "tables": {table.name: table.range.address for each in sheets for table in each.tables},
        "names": {name: _plain(book.names[name].refers_to) for name in ("tk_due", "tk_timeliness", "tk_unit")},
        "formats": {
            each.name: [each.range((row, column)).number_format for row in (4, 5, 6) for column in range(1, 19)]
            for each in sheets
            if each.name in (LAYOUT["tracking"].name, LAYOUT["items"].name)
        },
    }


def _new_month(desk: Desk, book: xw.Book, later: Path) -> None:
    with desk.open() as office:
        generate(office, CYCLE + 1, as_of=desk.now.date())


def _fewer_duties(desk: Desk, book: xw.Book, later: Path) -> None:
    # What a formula of the office's own came to is kept too, and the grid computes nothing.
    book.sheets[TRACKING.name].range((4, len(TRACKING.columns) + 2), (60, len(TRACKING.columns) + 2)).clear_contents()
    desk.set_duties([each for each in DUTIES if each["id"] != "D02"])
    desk.reissue()


def _corrected(desk: Desk, book: xw.Book, later: Path) -> None:
    click()
    shutil.copy2(later, desk.root / "收件箱")


STORIES: dict[str, Callable[[Desk, xw.Book, Path], None]] = {
    "returns": lambda desk, book, later: None,
    "an opinion": lambda desk, book, later: type_live(book, POLICY, "opinion", "同意缓报"),
    "a new month": _new_month,
    "a task goes": _fewer_duties,
    "a correction": _corrected,
}


@pytest.fixture
def later(desk: Desk) -> Path:
    """The workspace has two returns in 收件箱 and a tracker that the office added to; this is a correction of one."""
    decorate(desk)
    returns(desk)
    correct(desk)
    (corrected,) = (desk.root / "收件箱").glob("*改.xlsx")
    return corrected.rename(desk.root.parent / corrected.name)


@pytest.mark.parametrize("story", STORIES)
def test_a_click_ends_with_the_same_tracker_in_both(story: str, tmp_path: Path, live: CalcApp, desk: Desk, later: Path):
    found = []
    fronts: list[GridApp | CalcApp] = [register_grid(), live]
    for front in fronts:
        same = Desk(shutil.copytree(desk.root, tmp_path / front.engine.name / desk.root.name), desk.now)
        xw.engines[front.engine.name].activate()
        book = xw.books.open(tracker(same))
        book.set_mock_caller()
        book.names[name_of("as_of")].refers_to_range.value = dt.datetime.combine(AS_OF, dt.time())
        STORIES[story](same, book, later)
        click()
        found.append((front.alerts[-1], whole(book)))
    assert found[0] == found[1]
