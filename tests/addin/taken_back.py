"""汇总 that fails in the middle, in the grid or in a real program: all is taken back, and nothing is taken in twice."""

from __future__ import annotations

from typing import Any

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
from tests.calc.engine.front import Front
from tests.workflow.desk import CYCLE, Desk
from zwgk_excel.addin.host import session
from zwgk_excel.addin.refresh import tracker_refresh
from zwgk_excel.addin.refresh.journal import Journal
from zwgk_excel.domain.decisions import DecisionKind
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.issuing.generation import generate

POINTS = ("write", "link", "rules", "overview", "save")


def everything(book: xw.Book) -> dict[str, Any]:
    return {sheet.name: sheet.used_range.formula for sheet in book.sheets}


def taken_back(app: Front, desk: Desk, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    """A refresh that fails at a point leaves the tracker as it was; what had come in is not taken in again."""
    decorate(desk)
    with desk.open() as office:
        generate(office, CYCLE + 1, as_of=desk.now.date())
    returns(desk)
    book = open_tracker(app, desk)
    if point == "link":
        # Links of items that come again from another file are written one by one.
        click()
        correct(desk)
    type_live(book, POLICY, "opinion", "同意缓报")
    before, stamp = everything(book), tracker(desk).read_bytes()
    break_at(monkeypatch, point)
    click()
    words = app.alerts[-1][0]
    assert "意外的错误，" in words
    assert "工作簿已恢复原样" in words
    assert f"新收的 {1 if point == 'link' else 2} 份报送件和台账上填写的 1 条意见已登记" in words
    assert "Traceback" not in words
    assert "ZeroDivisionError" in (session.HOME / "addin.log").read_text(encoding="utf-8")
    assert everything(book) == before
    assert tracker(desk).read_bytes() == stamp
    assert (app.screen_updating, app.calculation, app.status_bar) == (True, "automatic", False)
    monkeypatch.undo()
    monkeypatch.setattr(clock, "now", lambda: desk.now)
    monkeypatch.setattr(session, "HOME", desk.root.parent / "home")
    click()
    # What had been taken in is neither lost nor taken in again.
    assert "汇总完成。\n本次新收 0 份。" in app.alerts[-1][0]
    assert rows_of(saved(desk)[TRACKING.name])[PURCHASES][1][TRACKING.heading("items")] == 3
    with desk.open() as office:
        assert [(d.kind, d.value) for d in office.ledger.decisions()] == [(DecisionKind.OPINION, "同意缓报")]


def break_at(monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    """Let something fail late: the 6th block, a link, the rules of the third sheet, 总览, saving."""
    owner: Any
    owner, name, after = {
        "write": (Journal, "write", 6),
        "link": (Journal, "link", 2),
        "rules": (tracker_refresh, "refresh_rules", 3),
        "overview": (tracker_refresh, "refresh_overview", 1),
        "save": (type(xw.books[0].impl), "save", 1),
    }[point]
    real, count = getattr(owner, name), [0]

    def failing(*args: Any, **options: Any) -> Any:
        count[0] += 1
        if count[0] >= after:
            raise ZeroDivisionError
        return real(*args, **options)

    monkeypatch.setattr(owner, name, failing)
