"""结账 and 督促 clicked: what the commands do, after the same questions."""

from __future__ import annotations

import shutil

import pytest
import xlwings as xw

from tests.addin.clicks import click
from tests.addin.grid import GridApp
from tests.workflow.desk import CYCLE, Desk
from zwgk_excel.addin.host import session
from zwgk_excel.domain.acts import ActKind, ActSource
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.assessment.closing import plan_closing
from zwgk_excel.workflow.escalation.escalating import escalate

TRACKER = layout("tracker").file_name


@pytest.fixture
def front(grid: GridApp, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> GridApp:
    """The application with the tracker in front; somebody with a name at the keyboard."""
    monkeypatch.setenv("ZWGK_WHO", "王主任")
    xw.books.open(desk.root / TRACKER).set_mock_caller()
    return grid


def closed(desk: Desk) -> bool:
    with desk.open() as office:
        return any(each.cycle == CYCLE and each.closed_at for each in office.ledger.cycles())


def test_a_month_is_closed_after_what_is_unusual_was_shown(front: GridApp, desk: Desk):
    with desk.open() as office:
        unusual = plan_closing(office, CYCLE, as_of=desk.now.date()).unusual
    assert click(front, "close_month", "ok", "cancel") == session.CANCELLED
    assert all(f"· {each}" in front.alerts[-2][0] for each in unusual)
    assert unusual
    assert "仍然结账吗" in front.alerts[-2][0]
    assert not closed(desk)
    click(front, "close_month", "ok", "ok", "cancel")
    assert f"{CYCLE} 已按 2026-12-03 的数字结账：这次结账" in front.alerts[-1][0]
    assert closed(desk)
    with desk.open() as office:
        act = office.ledger.acts()[-1]
    assert (act.kind, act.who, act.source) == (ActKind.CLOSE, "王主任", ActSource.RIBBON)
    assert "已于 2026-12-03 由王主任结账，不能重复结账" in click(front, "close_month", "2026-11")


def test_files_that_wait_keep_a_month_open(front: GridApp, desk: Desk):
    shutil.copyfile(desk.sent("市财政局"), desk.root / "收件箱" / "财政.xlsx")
    assert "2026-11 不能结账：还有文件没有处理" in click(front, "close_month", "ok")
    assert not closed(desk)


def test_the_tracker_follows_where_that_is_wanted(front: GridApp, desk: Desk):
    closing = click(front, "close_month", "ok", "ok", "ok")
    assert "已按 2026-12-03 的数字结账" in closing
    assert "汇总完成" in closing


def test_who_has_no_name_is_asked_for_one(front: GridApp, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ZWGK_WHO")
    assert click(front, "close_month", "ok", "ok", "cancel") == session.CANCELLED
    assert not closed(desk)
    click(front, "close_month", "ok", "ok", "李科长", "cancel")
    with desk.open() as office:
        assert office.ledger.acts()[-1].who == "李科长"


def test_the_list_is_written_opened_and_rectifications_are_raised_where_that_is_wanted(front: GridApp, desk: Desk):
    desk.now = desk.now.replace(day=8)
    with desk.open() as office:
        due = escalate(office, CYCLE, desk.now.date()).due
    assert due
    assert click(front, "escalate", "ok", "cancel") == session.CANCELLED
    shown = front.alerts[-2][0]
    assert f"{CYCLE} 督促名单（截至 2026-12-08）{len(due)} 条" in shown
    assert due[0].unit in shown
    assert "样例" in shown
    path = desk.root / "通报" / str(CYCLE) / layout("escalation").file_name
    assert not path.exists()
    closing = click(front, "escalate", "ok", "no")
    assert str(path) in closing
    assert path.is_file()
    assert path.name in [book.name for book in xw.books]
    with desk.open() as office:
        assert office.ledger.rectifications() == ()
    assert "没有要新立项的" in click(front, "escalate", "ok", "yes"), "nobody is due for 督办 yet"
    rules = '[[ladder.rules]]\ncode = "any"\nstep = "interview"\ncounts = ["missing"]\n'
    (desk.root / "zwgk.toml").write_text(rules, encoding="utf-8")
    closing = click(front, "escalate", "ok", "yes")
    with desk.open() as office:
        raised = office.ledger.rectifications()
    assert raised
    assert f"已立项 {len(raised)} 件：第 1 号 {raised[0].unit}（约谈）" in closing
    assert {each.who for each in raised} == {"王主任"}
