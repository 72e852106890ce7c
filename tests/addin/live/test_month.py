"""A month, its closing, a dispute, an undoing and a new year by the buttons alone, in a real program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw

import zwgk_excel.addin as addin
from tests.addin import tracker_desk
from tests.addin.buttons.test_in_tray import put, rows
from tests.addin.clicks import click, desk_at
from tests.addin.tracker_desk import TRACKING, rows_of, saved
from tests.calc.engine import CalcApp
from tests.workflow.desk import CYCLE, UNITS, Desk, item, new_desk, nil
from zwgk_excel.addin.buttons import settings_dialog
from zwgk_excel.addin.host import system_windows
from zwgk_excel.domain.acts import ActKind, ActSource
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.layout.settings_table import editable_settings
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.tracking.statuses import cycle_status

pytestmark = pytest.mark.slow
DECEMBER, JANUARY = CYCLE + 1, Month(2027, 1)
JOBS, POLICY, PURCHASES = "D04/市人社局/2026-11", "D01/市政府办/2026-11", "D02/市财政局/2026-11"


class WithInputBox:
    """The program as Excel is: it also has a window that asks for a line of text."""

    def __init__(self, app: CalcApp) -> None:
        self._native = app.office.desktop
        self.InputBox = app.InputBox

    def __getattr__(self, name: str) -> Any:
        return getattr(self._native, name)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A new workspace on 2 November, with the mail addresses of its units."""
    made = new_desk(tmp_path / "new")
    made.set_units([{**unit, "mails": f"u{number}@example.cn"} for number, unit in enumerate(UNITS)])
    return desk_at(made.now, made.root, tmp_path, monkeypatch)


@pytest.fixture
def press(live: CalcApp, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Press a button at a time and answer its questions; its closing words."""
    monkeypatch.setattr(CalcApp, "api", property(WithInputBox))
    monkeypatch.setattr(system_windows, "open_path", lambda path: None)
    monkeypatch.setattr(settings_dialog, "ask_password", lambda root: True)
    monkeypatch.delenv("ZWGK_WHO")
    xw.books.add().set_mock_caller()

    def pressed(name: str, *answers: str) -> str:
        return click(live, name, *answers)

    return pressed


def drop(desk: Desk, path: Path) -> None:
    tracker_desk.drop(desk, path.name, path)


def tracker_book() -> xw.Book:
    """The tracker, among the open books."""
    (found,) = (book for book in xw.books if book.name == tracker_desk.LAYOUT.file_name)
    return found


def outcomes(desk: Desk, month: Month) -> dict[str, str]:
    """Task with a date → its outcome and timeliness."""
    with desk.open() as office:
        found = [row.status for row in cycle_status(office, month, desk.now.date()).rows]
    return {each.obligation.key: f"{each.outcome} {each.timeliness}" for each in found if each.obligation.dated}


def points(desk: Desk, month: Month) -> dict[str, Decimal]:
    """Unit → its points."""
    with desk.open() as office:
        return {each.unit: each.points for each in assess(office, Period.month(month), desk.now.date()).scores}


def test_no_command_is_needed(desk: Desk, press: Callable[..., str]) -> None:
    given = {"office.mailbox": "zwgk@example.cn", "office.person": "王主任", "office.contact": "李科员"}
    press("change_settings", "ok", *(given.get(each.key, "ok") for each in editable_settings()), "ok")
    assert "新生成 4 个" in press("generate", "ok")
    assert "4" in press("send", "ok", "ok")

    # One reports well, one faultily, one has lost the sheet that says whose workbook it is.
    drop(desk, desk.reply("市财政局", "财.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")]))
    drop(desk, desk.reply("市人社局", "人.xlsx", items=[item("D04 稳岗就业", type="政策解读", url=None)]))
    unknown = desk.reply("金湖街道", "金湖街道.xlsx", items=[item("D24 基层信息公开")])
    book = openpyxl.load_workbook(unknown)
    del book["_zwgk"]
    book.save(unknown)
    drop(desk, unknown)
    desk.now = datetime(2026, 11, 20, 9)
    assert "在“待处理”中为 2 项选“处理”" in press("consolidate")
    put(tracker_book(), "2026-11 的报送件", choice="退回")
    put(tracker_book(), "收件 3", choice="认定")
    for key, column, value in (
        (JOBS, "extended_to", "12月10日"),
        (POLICY, "waived", "是"),
        (PURCHASES, "opinion", "按时"),
    ):
        tracker_desk.type_live(tracker_book(), key, column, value)
    words = press("consolidate")
    assert "认定为 金湖街道 2026-11" in words
    assert "2026-11 的报送件：退回，给市人社局" in words
    assert len(list(desk.root.glob("发件箱/退回修改_2026-11-20/*.eml"))) == 1
    assert "没有要退回的报送件" in press("send_back", "ok", "no")
    assert "记下台账意见 3 条" in words

    # The faulty one is corrected in time; December goes out; November is closed by its row of the in-tray.
    drop(desk, desk.reply("市人社局", "人改.xlsx", items=[item("D04 稳岗就业", type="政策解读")]))
    desk.now = datetime(2026, 12, 7, 9)
    press("consolidate")
    as_reported = {
        POLICY: "waived None",
        PURCHASES: "reported on_time",
        JOBS: "reported on_time",
        "D04/市财政局/2026-11": "nil on_time",
    }
    assert outcomes(desk, CYCLE) == as_reported
    assert "新生成" in press("generate", "ok")
    assert "市财政局" in press("assess", "2026-11", "yes")
    press("publish", "2026-11")
    assert (desk.root / "通报" / "2026-11").is_dir()
    desk.now = datetime(2026, 12, 14, 9)
    press("consolidate")
    assert "2026-11" in {subject for subject, row in rows(tracker_book()).items() if row["kind"] == "可以结账"}
    put(tracker_book(), "2026-11", choice="结账")
    assert "已办理  可以结账：2026-11" in press("consolidate")
    closed = points(desk, CYCLE)

    # A unit disputes its score; a second look undoes what was decided.
    press("adjust_points", "2026-11", "市财政局", "-2", "申诉不属实", "ok", "cancel")
    assert points(desk, CYCLE)["市财政局"] == closed["市财政局"] - 2
    with desk.open() as office:
        act = office.ledger.acts()[-1]
    assert (act.kind, act.who, act.source) == (ActKind.ADJUST, "王主任", ActSource.RIBBON)
    press("undo_act", "ok", str(act.number), "复核有误", "ok", "ok")
    assert points(desk, CYCLE) == closed

    # The new year: December answered and closed, January issued; the office's words of November stand.
    drop(desk, desk.reply("市财政局", "财十二.xlsx", items=[item("D02 政府采购")], cycle=DECEMBER))
    desk.now = datetime(2027, 1, 5, 9)
    assert "新收 1 份" in press("consolidate")
    assert "名单已写成并打开" in press("escalate", "2026-12", "yes")
    assert "2026-12 已按 2027-01-05 的数字结账" in press("close_month", "ok", "ok", "cancel")
    assert "2027-01 的报送表：新生成" in press("generate", "ok")
    press("consolidate")
    addin.show_acts()
    assert tracker_book().sheets.active.name == tracker_desk.LAYOUT["acts"].name
    assert outcomes(desk, JANUARY)["D02/市财政局/2027-01"] == "missing not_due"
    assert outcomes(desk, CYCLE) == as_reported
    assert points(desk, CYCLE) == closed
    cells = {key: row for key, (_, row) in rows_of(saved(desk)[TRACKING.name]).items()}
    assert cells[PURCHASES][TRACKING.heading("opinion")] == "按时"
    assert cells[JOBS][TRACKING.heading("extended_to")].date() == date(2026, 12, 10)
    assert {"D02/市财政局/2027-01", "D02/市财政局/2026-12"} <= cells.keys()
