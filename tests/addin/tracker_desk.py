"""The office's open tracker: what is put into it, the click, and what is read back from the saved file."""

from __future__ import annotations

import os
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import xlwings as xw
from openpyxl.comments import Comment

import zwgk_excel.addin as addin
from tests.calc.engine.front import Front
from tests.workflow.desk import Desk, item, nil
from zwgk_excel.addin.refresh.live_book import read_grid
from zwgk_excel.domain.periods import CHINA
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.rows.formulas import name_of

LAYOUT = layout("tracker")
TRACKING = LAYOUT["tracking"]
PURCHASES, POLICY, JOBS = "D02/市财政局/2026-11", "D01/市政府办/2026-11", "D04/市财政局/2026-11"
AS_OF = date(2026, 12, 3)
MINE, FORMULA = "我的列", "剩余加一"


def tracker(desk: Desk) -> Path:
    return desk.root / LAYOUT.file_name


def drop(desk: Desk, name: str, path: Path, hour: int = 10) -> None:
    """A returned file lands in 收件箱, two days after the last day for it."""
    shutil.copyfile(path, desk.root / "收件箱" / name)
    arrived = datetime(2026, 12, 2, hour, tzinfo=CHINA).timestamp()
    os.utime(desk.root / "收件箱" / name, (arrived, arrived))


def returns(desk: Desk) -> None:
    """Two departments answer: one well, one with an item whose date nobody understands."""
    good = [item("D02 政府采购", title="00123"), item("D02 政府采购", 2, title="=1+1"), item("D02 政府采购", 3)]
    drop(desk, "财政.xlsx", desk.reply("市财政局", "财政.xlsx", answers={("D04", "2026-11"): nil()}, items=good))
    bad = [item("D04 稳岗就业", published_on="3月份吧", title="坏日期")]
    drop(desk, "人社.xlsx", desk.reply("市人社局", "人社.xlsx", items=bad))


def correct(desk: Desk) -> None:
    """市财政局 sends all its items once more, in another file and with a document number."""
    again = [
        item("D02 政府采购", title="00123", doc_no="00456"),
        item("D02 政府采购", 2, title="=1+1"),
        item("D02 政府采购", 3),
    ]
    path = desk.reply("市财政局", "财政改.xlsx", answers={("D04", "2026-11"): nil()}, items=again)
    drop(desk, path.name, path, hour=15)


def open_tracker(front: Front, desk: Desk) -> xw.Book:
    book = xw.books.open(tracker(desk))
    book.set_mock_caller()
    return book


def click(name: str = "consolidate") -> None:
    getattr(addin, name)()


def rows_of(page: Any, shape: Any = TRACKING) -> dict[str, tuple[int, dict[str, Any]]]:
    """Key → row number and its values by heading, of a saved sheet."""
    found, headings = {}, None
    for number, row in enumerate(page.iter_rows(values_only=True), 1):
        if headings is None:
            headings = row if shape.heading("unit") in row and shape.heading("duty") in row else None
            continue
        cells = dict(zip(headings, row, strict=True))
        if cells[shape.heading("unit")]:
            found["/".join(str(cells[shape.heading(key)]) for key in ("duty", "unit", "reference"))] = number, cells
    return found


def saved(desk: Desk, *, values: bool = True) -> openpyxl.Workbook:
    return openpyxl.load_workbook(tracker(desk), data_only=values)


def decorate(desk: Desk) -> dict[str, int]:
    """What an office does to its tracker: a sheet, columns with values and formulas, a comment, a row's height."""
    book = openpyxl.load_workbook(tracker(desk))
    page = book[TRACKING.name]
    rows = {key: number for key, (number, _) in rows_of(page).items()}
    header = min(rows.values()) - 1
    left = len(TRACKING.columns) + 1
    page.cell(header, left, MINE)
    page.cell(header, left + 1, FORMULA)
    page.cell(rows[PURCHASES], left, "电话问过")
    page.cell(rows[POLICY], left, "00789").number_format = "@"
    for number in rows.values():
        page.cell(number, left + 1, f"=N(N{number})+1")
    page.cell(rows[JOBS], 2).comment = Comment("张科长说缓几天", "办公室")
    page.row_dimensions[rows[PURCHASES]].height = 61
    page.tables[TRACKING.table].ref = f"A{header}:{page.cell(max(rows.values()), left + 1).coordinate}"
    column = page.tables[TRACKING.table].tableColumns[0]
    for number, name in enumerate((MINE, FORMULA), left):
        extra = type(column)(id=number, name=name)
        page.tables[TRACKING.table].tableColumns.append(extra)
    notes = book.create_sheet("我的笔记")
    notes["B2"], notes["C3"] = "别删", "=B2"
    overview, cell = next(iter(book.defined_names[name_of("as_of")].destinations))
    book[overview][cell.replace("$", "")] = AS_OF
    book.save(tracker(desk))
    return rows


def type_live(book: xw.Book, key: str, column: str, value: Any) -> None:
    """Type into one of the office's columns of the open workbook, not saved."""
    sheet = book.sheets[TRACKING.name]
    grid = read_grid(sheet)
    header = next(n for n, row in enumerate(grid.rows) if TRACKING.heading("duty") in row)
    places_ = [grid.rows[header].index(TRACKING.heading(part)) for part in ("duty", "unit", "reference")]
    at = next(n for n, row in enumerate(grid.rows) if "/".join(str(row[p]) for p in places_) == key)
    sheet.range((at + 1, grid.rows[header].index(TRACKING.heading(column)) + 1)).value = value


def content(desk: Desk) -> dict[str, list[list[Any]]]:
    """Everything that stands in the saved workbook."""
    return {page.title: [[c.value for c in row] for row in page.iter_rows()] for page in saved(desk, values=False)}
