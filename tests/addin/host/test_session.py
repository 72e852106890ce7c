"""What a button says, asks and shows while it works."""

from __future__ import annotations

import pytest
import xlwings as xw

from tests.addin.grid import GridApp
from tests.terminal import HOSTILE, acting
from zwgk_excel.addin.host import session as sessions
from zwgk_excel.addin.host.excel import Excel, quiet
from zwgk_excel.addin.host.session import LISTED, Session, listed, named
from zwgk_excel.domain.periods import Month

NOVEMBER = Month(2026, 11)


@pytest.fixture
def session(grid: GridApp) -> Session:
    book = xw.books.add()
    return Session(Excel(book.app, book))


def test_messages_have_the_title_of_the_tab(session: Session, grid: GridApp):
    session.tell("好了")
    assert grid.alerts == [("好了", "政务公开")]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_strangers_wrote_does_nothing_in_a_dialog(session: Session, grid: GridApp, text: str):
    session.tell(f"第一行\n{text}")
    session.confirm([text], "确定吗？")
    session.status(text)
    session.progress("收取")(1, 2, text)
    shown = [each for each, _ in grid.alerts] + [each for each in grid.statuses if each]
    assert grid.alerts[0][0].startswith("第一行\n"), "our own line ends stay"
    assert [acting(each) for each in shown] == [[]] * 4


@pytest.mark.parametrize(("answer", "agreed"), [("ok", True), ("cancel", False)])
def test_what_would_be_done_is_shown_before_it_is_agreed_to(session: Session, grid: GridApp, answer: str, agreed: bool):
    grid.answers[:] = [answer]
    assert session.confirm(["将发给 2 个单位。", "市教育局"], "确定吗？") is agreed
    assert grid.alerts[-1][0] == "将发给 2 个单位。\n市教育局\n\n确定吗？"


@pytest.mark.parametrize(("answer", "month"), [("yes", NOVEMBER), ("no", NOVEMBER + 1), ("cancel", None)])
def test_a_month_is_chosen_of_two(session: Session, grid: GridApp, answer: str, month: Month | None):
    grid.answers[:] = [answer]
    assert session.choose_month("生成哪个月的？", ("本月", NOVEMBER), ("下月", NOVEMBER + 1)) == month
    assert grid.alerts[-1][0] == "生成哪个月的？\n是：本月（2026-11）\n否：下月（2026-12）"


def test_progress_comes_now_and_then_and_ends_with_the_whole(
    session: Session, grid: GridApp, monkeypatch: pytest.MonkeyPatch
):
    """A file takes half a second here; each step that is shown is a call into Excel."""
    seconds = [100.0]
    monkeypatch.setattr(sessions, "monotonic", lambda: seconds[0])
    show = session.progress("读取报送件")
    for done in range(1, 11):
        show(done, 10, f"{done}.xlsx")
        seconds[0] += 0.5
    assert [text.split()[1] for text in grid.statuses] == ["1/10", "5/10", "9/10", "10/10"]
    assert grid.statuses[-1] == "读取报送件 10/10 10.xlsx"


def test_nothing_is_drawn_or_computed_in_between_and_all_is_as_before(session: Session, grid: GridApp):
    grid.calculation = "semiautomatic"
    inside = []

    def fail() -> None:
        with quiet(grid):
            inside.append((grid.screen_updating, grid.calculation))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert inside == [(False, "manual")]
    assert (grid.screen_updating, grid.calculation) == (True, "semiautomatic")


def test_long_lists_are_cut_and_say_so():
    lines = [f"第 {number} 项" for number in range(LISTED + 3)]
    assert listed(lines[:LISTED]) == "\n".join(lines[:LISTED])
    assert listed(lines).splitlines()[-1] == "其余 3 项从略。"
    assert named(["甲", "乙"]) == "甲、乙"
    assert named(list("甲乙丙丁戊己")) == "甲、乙、丙、丁、戊 等 6 个"
