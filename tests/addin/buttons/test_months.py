"""Which month a button is about: any, typed or agreed to."""

from __future__ import annotations

import pytest
import xlwings as xw

from tests.addin.grid import GridApp
from tests.calc.engine.front import Front
from tests.workflow.desk import CYCLE, Desk
from zwgk_excel.addin.buttons.months import choose_any, choose_issued, month_typed
from zwgk_excel.addin.host.excel import Excel
from zwgk_excel.addin.host.session import Session
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.errors import UserError


@pytest.fixture
def session(grid: GridApp) -> Session:
    book = xw.books.add()
    return Session(Excel(book.app, book))


@pytest.mark.parametrize(("answer", "chosen"), [("ok", CYCLE), ("2026年11月", CYCLE), ("11", CYCLE), ("cancel", None)])
def test_the_newest_month_is_proposed_and_any_other_can_be_typed(
    session: Session, grid: GridApp, desk: Desk, answer: str, chosen: Month | None
):
    grid.answers[:] = [answer]
    with desk.open() as office:
        assert choose_issued(session, office, "哪个月？") == chosen
    assert "如 2026-11：" in grid.alerts[-1][0]


@pytest.mark.parametrize("typed", ["2026-12", "12月"])
def test_a_month_whose_workbooks_were_never_made_is_refused(session: Session, grid: GridApp, desk: Desk, typed: str):
    grid.answers[:] = [typed]
    with desk.open() as office, pytest.raises(UserError, match="2026-12 还没有生成报送表"):
        choose_issued(session, office, "哪个月？")


def test_to_make_workbooks_any_month_will_do(session: Session, grid: GridApp, desk: Desk):
    grid.answers[:] = ["ok", "2027-03"]
    with desk.open() as office:
        assert [choose_any(session, office, "哪个月？") for _ in range(2)] == [Month(2026, 12), Month(2027, 3)]
    assert "其他可选：2027-01、2026-11" in grid.alerts[-1][0]


@pytest.mark.parametrize(
    ("typed", "month"),
    [("202611", CYCLE), ("2026/11", CYCLE), (" 2026.11 ", CYCLE), ("1月", Month(2027, 1)), ("10", Month(2026, 10))],
)
def test_what_is_understood_as_a_month(typed: str, month: Month):
    assert month_typed(typed, CYCLE) == month


@pytest.mark.parametrize("typed", ["上月", "13", "2026-13", "0001-01", "2026-11-02"])
def test_what_is_no_month(typed: str):
    with pytest.raises(UserError, match="不是月份"):
        month_typed(typed, CYCLE)


def test_a_program_without_a_window_for_text_offers_two(
    session: Session, grid: GridApp, desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delattr(Front, "InputBox")
    grid.answers[:] = ["yes", "no"]
    with desk.open() as office:
        assert [choose_any(session, office, "哪个月？") for _ in range(2)] == [Month(2026, 12), Month(2027, 1)]
        with pytest.raises(UserError, match="命令行"):
            session.ask_text("？")
