"""撤销 and 办理记录 clicked: what ``zwgk undo`` and ``zwgk history`` do."""

from __future__ import annotations

from datetime import date

import pytest
import xlwings as xw

from tests.addin.clicks import click
from tests.addin.grid import GridApp
from tests.workflow.desk import CYCLE, DUTIES, Desk
from zwgk_excel.addin.host import session
from zwgk_excel.domain.acts import ActKind, ActSource
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.decisions.extend_and_waive import extend

LAYOUT = layout("tracker")


@pytest.fixture
def front(grid: GridApp, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> GridApp:
    """The application with the tracker in front, and an extension given since it was refreshed."""
    monkeypatch.setenv("ZWGK_WHO", "王主任")
    with desk.open() as office:
        extend(office, CYCLE, "市财政局", ("D02",), date(2026, 12, 20), who="科员", reason="系统故障")
    xw.books.open(desk.root / LAYOUT.file_name).set_mock_caller()
    return grid


def last(desk: Desk) -> tuple[int, ActKind]:
    with desk.open() as office:
        act = office.ledger.acts()[-1]
    return act.number, act.kind


def extended(desk: Desk) -> date | None:
    with desk.open() as office:
        found = office.active_decisions().get(f"D02/市财政局/{CYCLE}")
    return found.extended_to if found else None


def test_an_act_is_chosen_its_effect_shown_and_it_is_undone(front: GridApp, desk: Desk):
    number, kind = last(desk)
    assert kind is ActKind.EXTEND
    assert click(front, "undo_act", "ok", "ok", "填错了单位", "cancel") == session.CANCELLED
    listed, effect = front.alerts[0][0], front.alerts[3][0]
    assert "下发" not in listed, "what cannot be undone is not proposed"
    assert f"第 {number} 号 12-03 09:00 科员 延期 市财政局 {CYCLE} D02：延期至 2026-12-20" in listed
    assert f"市财政局 D02（{CYCLE}）：未报，未到期，延期至 2026-12-20 → 未报，逾期" in effect
    assert extended(desk) == date(2026, 12, 20), "nothing was done yet"
    click(front, "undo_act", "ok", f"第{number}号", "填错了单位", "ok", "cancel")
    assert f"已撤销第 {number} 号，记为第 {number + 1} 号办理" in front.alerts[-1][0]
    assert extended(desk) is None
    with desk.open() as office:
        act = office.ledger.acts()[-1]
    assert (act.undoes, act.who, act.reason, act.source) == (number, "王主任", "填错了单位", ActSource.RIBBON)


def test_workbooks_are_made_again_when_an_amendment_is_undone(front: GridApp, desk: Desk):
    unchanged = desk.sent("市财政局").read_bytes()
    desk.set_duties([*DUTIES[:1], {**DUTIES[1], "content": "采购目录"}, *DUTIES[2:]])
    desk.reissue()
    amended = desk.sent("市财政局").read_bytes()
    assert amended != unchanged
    number, kind = last(desk)
    assert kind is ActKind.AMEND
    click(front, "undo_act", "ok", str(number), "改错了", "ok", "ok", "cancel")
    assert "重做了 1 个单位的报送表" in front.alerts[-1][0]
    assert desk.sent("市财政局").read_bytes() != amended


@pytest.mark.parametrize("answers", [("cancel",), ("ok", "cancel"), ("ok", "ok", "cancel"), ("ok", "ok", "")])
def test_whoever_gives_up_has_changed_nothing(front: GridApp, desk: Desk, answers: tuple[str, ...]):
    before = last(desk)
    assert click(front, "undo_act", *answers) == session.CANCELLED
    assert last(desk) == before


def test_what_cannot_be_undone_and_what_is_no_number(front: GridApp, desk: Desk):
    assert "不能撤销" in click(front, "undo_act", "ok", "1", "试试")
    assert "不是办理编号" in click(front, "undo_act", "ok", "最后一次")
    assert "999" in click(front, "undo_act", "ok", "999", "试试")


def test_the_list_of_acts_comes_to_the_front_as_it_is_today(front: GridApp, desk: Desk):
    (book,) = xw.books
    number, _ = last(desk)
    click(front, "show_acts", "cancel")
    assert book.sheets.active.name == LAYOUT["acts"].name
    assert f"实际已到第 {number} 号" in front.alerts[-1][0]
    book.sheets[0].activate()
    assert "汇总完成" in click(front, "show_acts", "ok")
    assert book.sheets.active.name == LAYOUT["acts"].name
    front.alerts.clear()
    book.sheets[0].activate()
    import zwgk_excel.addin as addin

    addin.show_acts()
    assert (front.alerts, book.sheets.active.name) == ([], LAYOUT["acts"].name)
