"""汇总 among refusals, faults and attacks: all is done or all is taken back, and the closing words are true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw

from tests.addin.tracker_desk import (
    POLICY,
    PURCHASES,
    TRACKING,
    click,
    correct,
    decorate,
    open_tracker,
    returns,
    rows_of,
    saved,
    tracker,
    type_live,
)
from tests.calc.engine import CalcApp
from tests.workflow.desk import CYCLE, Desk
from zwgk_excel.addin.host import session
from zwgk_excel.domain.decisions import DecisionKind
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.issuing.generation import generate


def everything(book: xw.Book) -> dict[str, Any]:
    return {sheet.name: sheet.used_range.formula for sheet in book.sheets}


def test_a_locked_ledger_leaves_everything_as_it_was(live: CalcApp, desk: Desk):
    returns(desk)
    book = open_tracker(live, desk)
    before, stamp = everything(book), tracker(desk).read_bytes()
    with desk.open() as office, office.ledger.exclusive():
        click()
    assert "另一个 zwgk 正在处理" in live.alerts[-1][0]
    assert everything(book) == before
    assert tracker(desk).read_bytes() == stamp


def test_a_protected_tracking_sheet_is_refused_before_anything_happens(live: CalcApp, desk: Desk):
    returns(desk)
    book = open_tracker(live, desk)
    book.sheets[TRACKING.name].api.Protect()
    before = everything(book)
    click()
    assert "受保护" in live.alerts[-1][0]
    assert TRACKING.name in live.alerts[-1][0]
    assert everything(book) == before
    with desk.open() as office:
        assert office.ledger.receipts() == ()


def test_a_tracker_that_somebody_else_has_open_is_refused_before_anything_happens(live: CalcApp, desk: Desk):
    returns(desk)
    book = xw.books.open(tracker(desk), read_only=True)
    book.set_mock_caller()
    before, stamp = everything(book), tracker(desk).read_bytes()
    click()
    assert "只读" in live.alerts[-1][0]
    assert everything(book) == before
    assert tracker(desk).read_bytes() == stamp
    with desk.open() as office:
        assert office.ledger.receipts() == ()


def test_an_unreadable_return_is_told_and_hinders_nothing(live: CalcApp, desk: Desk):
    returns(desk)
    (desk.root / "收件箱" / "坏.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    open_tracker(live, desk)
    click()
    assert "2 份待退回修改" in live.alerts[-1][0]
    assert rows_of(saved(desk)[TRACKING.name])[PURCHASES][1][TRACKING.heading("items")] == 3


@pytest.mark.parametrize("point", ["write", "link", "rules", "overview", "save"])
def test_an_error_in_the_middle_takes_everything_back(
    live: CalcApp, desk: Desk, monkeypatch: pytest.MonkeyPatch, point: str
):
    decorate(desk)
    with desk.open() as office:
        generate(office, CYCLE + 1, as_of=desk.now.date())
    returns(desk)
    book = open_tracker(live, desk)
    if point == "link":
        # Links of items that come again from another file are written one by one.
        click()
        correct(desk)
    type_live(book, POLICY, "opinion", "同意缓报")
    before, stamp = everything(book), tracker(desk).read_bytes()
    _break(monkeypatch, point)
    click()
    words = live.alerts[-1][0]
    assert "意外的错误，" in words
    assert "工作簿已恢复原样" in words
    assert f"新收的 {1 if point == 'link' else 2} 份报送件和台账上填写的 1 条意见已登记" in words
    assert "Traceback" not in words
    assert "ZeroDivisionError" in (session.HOME / "addin.log").read_text(encoding="utf-8")
    assert everything(book) == before
    assert tracker(desk).read_bytes() == stamp
    assert (live.screen_updating, live.calculation, live.status_bar) == (True, "automatic", False)
    monkeypatch.undo()
    monkeypatch.setattr(clock, "now", lambda: desk.now)
    monkeypatch.setattr(session, "HOME", desk.root.parent / "home")
    click()
    # What had been taken in is neither lost nor taken in again.
    assert "汇总完成。\n本次新收 0 份。" in live.alerts[-1][0]
    assert rows_of(saved(desk)[TRACKING.name])[PURCHASES][1][TRACKING.heading("items")] == 3
    with desk.open() as office:
        assert [(d.kind, d.value) for d in office.ledger.decisions()] == [(DecisionKind.OPINION, "同意缓报")]


def test_what_cannot_be_taken_back_is_told(live: CalcApp, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    from zwgk_excel.addin.refresh.journal import Journal

    returns(desk)
    open_tracker(live, desk)
    stamp = tracker(desk).read_bytes()
    _break(monkeypatch, "rules")
    monkeypatch.setattr(Journal, "roll_back", lambda self: 1 / 0)
    click()
    assert "未能恢复原样，请不要保存" in live.alerts[-1][0]
    assert "2 份报送件已登记" in live.alerts[-1][0]
    assert tracker(desk).read_bytes() == stamp
    log = (session.HOME / "addin.log").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in log, "the first error is what somebody has to mend"


def _break(monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    """Let something fail late: the 6th block, a link, the rules of the third sheet, 总览, saving."""
    from tests.calc.engine.book import Book
    from zwgk_excel.addin.refresh import tracker_refresh
    from zwgk_excel.addin.refresh.journal import Journal

    owner: Any
    owner, name, after = {
        "write": (Journal, "write", 6),
        "link": (Journal, "link", 2),
        "rules": (tracker_refresh, "refresh_rules", 3),
        "overview": (tracker_refresh, "refresh_overview", 1),
        "save": (Book, "save", 1),
    }[point]
    real, count = getattr(owner, name), [0]

    def failing(*args: Any, **options: Any) -> Any:
        count[0] += 1
        if count[0] >= after:
            raise ZeroDivisionError
        return real(*args, **options)

    monkeypatch.setattr(owner, name, failing)


def test_an_open_book_with_settings_or_code_changes_nothing(live: CalcApp, desk: Desk, tmp_path: Path):
    attack = openpyxl.Workbook()
    for name in ("zwgk.conf", "xlwings.conf", "zwgk_excel.py", "sitecustomize.py"):
        page = attack.create_sheet(name)
        page["A1"], page["B1"] = "PYTHONPATH", str(tmp_path)
        page["A2"] = f"open({str(tmp_path / 'ran')!r}, 'w')"
    folder = desk.root / "附件"
    folder.mkdir()
    attack.save(folder / "攻击.xlsx")
    stamp = (folder / "攻击.xlsx").read_bytes()
    book = xw.books.open(folder / "攻击.xlsx")
    book.set_mock_caller()
    returns(desk)
    before = everything(book)
    click()
    assert "汇总完成" in live.alerts[-1][0]
    assert everything(book) == before
    assert (folder / "攻击.xlsx").read_bytes() == stamp
    assert not (tmp_path / "ran").exists()
    assert PURCHASES in rows_of(saved(desk)[TRACKING.name])
