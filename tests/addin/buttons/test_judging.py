"""考核评分 and 生成通报 clicked with the tracker open."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest
import xlwings as xw
from docx import Document

from tests.addin.clicks import click, desk_at
from tests.addin.grid import GridApp
from tests.workflow.desk import CYCLE, Desk, item, new_desk
from tests.workflow.mail_setup import set_up
from zwgk_excel.addin.host import session, system_windows
from zwgk_excel.domain.periods import Period
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.intake.receiving import receive

LAYOUT = layout("tracker")
SHEET = LAYOUT["scores"].name


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace on 3 December: nobody has answered November's workbooks, and the tracker says so."""
    made = new_desk(tmp_path_factory.mktemp("judging"))
    set_up(made)
    made.now = datetime(2026, 12, 3, 9)
    with made.open() as office:
        consolidate(office, as_of=None, who="科员")
    return made.root


@pytest.fixture
def desk(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return desk_at(datetime(2026, 12, 3, 9), prepared, tmp_path, monkeypatch)


@pytest.fixture
def front(grid: GridApp, desk: Desk) -> GridApp:
    """The application with the tracker in front."""
    xw.books.open(desk.root / LAYOUT.file_name).set_mock_caller()
    return grid


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What was opened with the system's program."""
    paths: list[Path] = []
    monkeypatch.setattr(system_windows, "open_path", paths.append)
    return paths


def arrives(desk: Desk) -> None:
    """市人社局 answers well; its file lies in 收件箱."""
    path = desk.reply("市人社局", "人社.xlsx", items=[item("D04 稳岗就业")])
    shutil.copyfile(path, desk.root / "收件箱" / "人社.xlsx")


def receipts(desk: Desk) -> int:
    with desk.open() as office:
        return len(office.ledger.receipts())


def test_the_scores_are_told_and_their_sheet_comes_to_the_front(front: GridApp, desk: Desk):
    (book,) = xw.books
    book.sheets[0].activate()
    closing = click(front, "assess", "ok")
    with desk.open() as office:
        found = assess(office, Period.month(CYCLE), desk.now.date())
    departments = [each for each in found.scores if each.kind is found.scores[0].kind]
    assert f"第 1 名 {max(departments, key=lambda each: each.points).unit}" in closing
    assert min(departments, key=lambda each: each.points).unit in closing.split("最后是")[1]
    assert "样例，待确认" in closing
    assert "下一步" in closing
    assert book.sheets.active.name == SHEET
    assert len(front.alerts) == 2, "the tracker is up to date: only the month was asked"


def test_files_that_wait_are_consolidated_first_where_the_user_says_so(front: GridApp, desk: Desk):
    arrives(desk)
    assert click(front, "assess", "ok", "cancel") == session.CANCELLED
    assert receipts(desk) == 0
    assert "最后是" in click(front, "assess", "ok", "no")
    assert receipts(desk) == 0
    closing = click(front, "assess", "ok", "yes")
    assert "新收 1 份" in closing
    assert receipts(desk) == 1
    (book,) = xw.books
    assert book.sheets.active.name == SHEET


def test_who_reported_with_a_fault_is_not_named_first_while_it_may_be_mended(front: GridApp, desk: Desk):
    path = desk.reply("市人社局", "人社.xlsx", items=[item("D04 稳岗就业", url=None)])
    with desk.open() as office:
        receive(office, [path], received_at=datetime(2026, 11, 27, 9))
        (best, *_) = assess(office, Period.month(CYCLE), desk.now.date()).ranked
        later = assess(office, Period.month(CYCLE), date(2026, 12, 7)).score("市人社局")
    assert (best.unit, best.rank, best.may_fall) == ("市人社局", 1, True)
    assert later is not None
    assert (later.points < best.points, later.may_fall) == (True, False)
    closing = click(front, "assess", "ok", "no")
    assert "第 1 名" not in closing
    assert "在改正期限内，得分可能降低，暂不列为靠前：市人社局。" in closing


def test_a_tracker_of_earlier_scores_is_noticed(front: GridApp, desk: Desk):
    arrives(desk)
    with desk.open() as office:
        receive(office, [desk.root / "收件箱" / "人社.xlsx"])
    click(front, "assess", "ok", "yes")
    assert "不是最新的" in front.alerts[1][0]


def test_without_a_tracker_one_is_offered(front: GridApp, desk: Desk):
    xw.books[0].close()
    (desk.root / LAYOUT.file_name).unlink()
    xw.books.open(desk.root / layout("roster").file_name).set_mock_caller()
    assert "最后是" in click(front, "assess", "ok", "no")
    assert "还没有总台账" in front.alerts[1][0]
    assert not (desk.root / LAYOUT.file_name).exists()
    assert "汇总完成" in click(front, "assess", "ok", "yes")
    (book,) = [each for each in xw.books if each.name == LAYOUT.file_name]
    assert book.sheets.active.name == SHEET


def test_no_month_no_scores(front: GridApp, desk: Desk):
    assert click(front, "assess", "cancel") == session.CANCELLED
    assert click(front, "assess", "2026-12") == f"{CYCLE + 1} 还没有生成报送表；请先按“生成报送表”。"
    desk.set_units([])
    assert "意外" not in click(front, "assess")


def test_the_bulletin_is_written_and_opened(front: GridApp, desk: Desk, opened: list[Path]):
    assert click(front, "publish", "cancel") == session.CANCELLED
    assert (opened, list(desk.root.glob("通报/**/*.docx"))) == ([], [])
    closing = click(front, "publish", "ok")
    (path,) = opened
    assert path.parent == desk.root / "通报" / str(CYCLE)
    assert "2026年11月" in "".join(each.text for each in Document(str(path)).paragraphs)
    assert f"已写入：{path}" in closing
    assert "数据截至 2026-12-03，尚未结账" in closing
    assert "样例，待确认" in closing
    assert f"没有变化：{path}" in click(front, "publish", "ok")


def test_a_bulletin_without_what_just_arrived_is_asked_about(front: GridApp, desk: Desk, opened: list[Path]):
    arrives(desk)
    assert click(front, "publish", "ok", "cancel") == session.CANCELLED
    assert "1 个文件还没有登记" in front.alerts[1][0]
    assert opened == []
    assert "已写入" in click(front, "publish", "ok", "ok")


def test_a_computer_that_cannot_open_it_says_so(front: GridApp, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")  # no xdg-open
    closing = click(front, "publish", "ok")
    assert "已写入" in closing
    assert "请用 Word 或 WPS 打开" in closing
