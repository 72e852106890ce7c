"""复核调整 and 更正收件 clicked: what ``adjust`` and ``receipt`` do, after the same look at their effect."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
import xlwings as xw

from tests.addin.clicks import click
from tests.addin.grid import GridApp
from tests.workflow.desk import CYCLE, Desk, item
from zwgk_excel.addin.host import session
from zwgk_excel.domain.acts import Act, ActKind, ActSource
from zwgk_excel.domain.periods import Period
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.intake.receiving import receive


@pytest.fixture
def front(grid: GridApp, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> GridApp:
    """The tracker in front, a return in; somebody with a name at the keyboard."""
    monkeypatch.setenv("ZWGK_WHO", "王主任")
    path = desk.reply("市财政局", "财政.xlsx", items=[item("D02 政府采购")])
    with desk.open() as office:
        receive(office, [path], received_at=datetime(2026, 11, 20, 9))
    xw.books.open(desk.root / layout("tracker").file_name).set_mock_caller()
    return grid


def points(desk: Desk) -> Decimal:
    with desk.open() as office:
        score = assess(office, Period.month(CYCLE), desk.now.date()).score("市财政局")
    assert score is not None
    return score.points


def the_receipt(desk: Desk) -> Receipt:
    with desk.open() as office:
        return max(office.ledger.receipt_summaries(), key=lambda each: each.number)


def last_act(desk: Desk) -> Act:
    with desk.open() as office:
        return office.ledger.acts()[-1]


def test_points_are_taken_after_their_effect_was_shown(front: GridApp, desk: Desk) -> None:
    before = points(desk)
    asked = ("ok", "市财政局", "-2", "申诉不属实")
    assert click(front, "adjust_points", *asked, "cancel") == session.CANCELLED
    assert f"{CYCLE}（未结账）市财政局 -2 分，理由：申诉不属实" in front.alerts[-2][0]
    assert points(desk) == before
    click(front, "adjust_points", *asked, "ok", "cancel")
    assert points(desk) == before - 2
    act = last_act(desk)
    assert (act.kind, act.who, act.source) == (ActKind.ADJUST, "王主任", ActSource.RIBBON)
    assert f"记为第 {act.number} 号办理" in front.alerts[-1][0]


@pytest.mark.parametrize("given", [("cancel",), ("ok", "cancel"), ("ok", "市财政局", "cancel")])
def test_whoever_gives_up_changes_nothing(given: tuple[str, ...], front: GridApp, desk: Desk) -> None:
    before = last_act(desk)
    assert click(front, "adjust_points", *given) == session.CANCELLED
    assert last_act(desk) == before


def test_what_is_no_unit_or_no_number_is_told(front: GridApp) -> None:
    assert "没有这样的单位局" in click(front, "adjust_points", "ok", "没有这样的单位局")
    assert "不是分值" in click(front, "adjust_points", "ok", "市财政局", "两分")


def test_a_time_is_corrected(front: GridApp, desk: Desk) -> None:
    receipt = the_receipt(desk)
    asked = ("ok", f"{receipt.number}号", "yes", "2026/11/27 9：30", "以邮件为准")
    assert click(front, "correct_receipt", *asked, "cancel") == session.CANCELLED
    assert f"收件 {receipt.number} 的收件时间更正为 2026-11-27 09:30" in front.alerts[-2][0]
    assert the_receipt(desk).received_at == receipt.received_at
    click(front, "correct_receipt", *asked, "ok", "cancel")
    assert the_receipt(desk).received_at == datetime(2026, 11, 27, 9, 30)
    assert last_act(desk).source is ActSource.RIBBON


def test_a_receipt_is_withdrawn_and_the_tracker_follows(front: GridApp, desk: Desk) -> None:
    number = str(the_receipt(desk).number)
    words = click(front, "correct_receipt", "ok", number, "no", "报错了单位", "ok", "ok")
    assert "汇总完成" in words
    assert the_receipt(desk).verdict is Verdict.WITHDRAWN
    assert "还没有可以更正的收件" in click(front, "correct_receipt")


def test_what_is_no_receipt_is_told(front: GridApp) -> None:
    assert "不是收件号" in click(front, "correct_receipt", "ok", "最后一份")
    assert "没有收件 99" in click(front, "correct_receipt", "ok", "99")
