"""待处理 in the open tracker: chosen in its cells, carried out by 汇总, which refreshes it in place."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest
import xlwings as xw

from tests.addin.clicks import click
from tests.addin.grid import GridApp
from tests.addin.tracker_desk import drop, tracker
from tests.workflow.desk import CYCLE, Desk, item, nil, with_duty
from zwgk_excel.addin.refresh.live_book import read_grid
from zwgk_excel.domain.acts import ActKind, ActSource
from zwgk_excel.layout.columns import layout

SHEET = layout("tracker")["in_tray"]
FIRST, MONTH = "收件 1", str(CYCLE)


@pytest.fixture
def front(grid: GridApp, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> GridApp:
    """The application with the tracker in front; a return of 市财政局 without its hidden sheet lies in 收件箱."""
    monkeypatch.setenv("ZWGK_WHO", "王敏")
    path = desk.reply("市财政局", "市财政局.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    book = openpyxl.load_workbook(path)
    del book["_zwgk"]
    book.save(path)
    drop(desk, path.name, path)
    xw.books.open(tracker(desk)).set_mock_caller()
    return grid


def rows(book: xw.Book) -> dict[str, dict[str, Any]]:
    """Subject → the row's values by column key, with its number under ``row``."""
    grid = read_grid(book.sheets[SHEET.name]).rows
    header = next(number for number, row in enumerate(grid) if SHEET.heading("told") in row)
    keys = [(SHEET.find(str(heading)), place) for place, heading in enumerate(grid[header])]
    found = {}
    for number, row in enumerate(grid[header + 1 :], header + 2):
        values = {column.key: row[place] for column, place in keys if column}
        found[str(values["subject"])] = {"row": number, **values}
    return found


def put(book: xw.Book, subject: str, **typed: Any) -> None:
    for key, value in typed.items():
        book.sheets[SHEET.name].range((rows(book)[subject]["row"], SHEET.index(key) + 1)).value = value


def offered(book: xw.Book, subject: str) -> list[str]:
    cell = rows(book)[subject]["row"], SHEET.index("choice") + 1
    page = book.sheets[SHEET.name].impl.page
    return list(page.validation_at(*cell).options["source"])


def test_what_waits_appears_is_refused_with_its_reason_and_then_carried_out(front: GridApp, desk: Desk):
    (book,) = xw.books
    words = click(front, "consolidate")
    assert "在“待处理”中为 1 项选“处理”" in words
    assert (rows(book)[FIRST]["unit"], rows(book)[FIRST]["month"]) == ("市财政局", "2026-11")
    assert offered(book, FIRST) == ["认定", "认定（不论标记）", "作废"]
    put(book, FIRST, choice="认定", unit="市才政局")
    words = click(front, "consolidate")
    assert f"{SHEET.name}!G{rows(book)[FIRST]['row']}" in words
    assert "没有办成“认定”" in rows(book)[FIRST]["result"]
    assert (rows(book)[FIRST]["choice"], rows(book)[FIRST]["unit"]) == ("认定", "市才政局")
    put(book, FIRST, unit="市财政局")
    assert "已办理  待核实的文件：收件 1：认定为 市财政局 2026-11" in click(front, "consolidate")
    assert FIRST not in rows(book)
    with desk.open() as office:
        act = office.ledger.acts()[-1]
    assert (act.kind, act.source, act.who) == (ActKind.ASSIGN, ActSource.TRACKER, "王敏")


def test_new_rows_offer_their_own_choices_and_others_keep_what_was_typed(front: GridApp, desk: Desk):
    (book,) = xw.books
    click(front, "consolidate")
    put(book, FIRST, reason="等电话")
    desk.set_duties(with_duty("D02", owners="市人社局"))
    click(front, "consolidate")
    shown = rows(book)
    assert (shown[FIRST]["reason"], shown[FIRST]["choice"]) == ("等电话", None)
    assert "责任分工表" in shown[MONTH]["told"]
    assert offered(book, MONTH) == ["更正下发", "忽略"]
    assert offered(book, FIRST) == ["认定", "认定（不论标记）", "作废"]


def test_an_old_tracker_without_the_sheet_gets_it_when_it_is_open(front: GridApp, desk: Desk):
    (book,) = xw.books
    book.sheets[SHEET.name].delete()
    words = click(front, "consolidate")
    assert "未刷新" not in words
    assert [sheet.name for sheet in book.sheets][1] == SHEET.name
    assert rows(book)[FIRST]["unit"] == "市财政局"
    assert offered(book, FIRST) == ["认定", "认定（不论标记）", "作废"]
    put(book, FIRST, choice="作废")
    assert "已办理  待核实的文件：收件 1：作废" in click(front, "consolidate")
