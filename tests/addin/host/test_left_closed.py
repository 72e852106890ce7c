"""A tracker that is closed while its file is worked on, and open again as the user left it, whatever happens."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.addin.line_host import VIEW, LineHost
from tests.addin.tracker_desk import JOBS, POLICY, TRACKING, content, decorate, returns, rows_of, saved, tracker
from tests.tools import posix_only
from tests.workflow.desk import Desk
from zwgk_excel.addin.buttons import saved_tracker
from zwgk_excel.addin.host import session
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.decisions.extend_and_waive import waive
from zwgk_excel.workflow.errors import UserError

NOVEMBER = Month(2026, 11)
THERE = {"sheet": "跟踪台账", "cell": "B7", "zoom": 90}


@pytest.fixture
def host(desk: Desk) -> LineHost:
    """A program with the tracker in front, where the user is at a cell of it; two returns wait in 收件箱."""
    returns(desk)
    made = LineHost()
    made.show(tracker(desk), **THERE)
    return made


def type_opinion(book: Any) -> None:
    page = book[TRACKING.name]
    rows = rows_of(page)
    header = min(number for number, _ in rows.values()) - 1
    columns = {cell.value: cell.column for cell in page[header]}
    page.cell(rows[POLICY][0], columns[TRACKING.heading("opinion")], "同意缓报")


def receipts(desk: Desk) -> int:
    with desk.open() as office:
        return len(office.ledger.receipts())


def note() -> Path:
    return session.HOME / "closed.json"


def test_what_is_unsaved_is_saved_and_taken_in_and_the_user_is_where_he_was(host: LineHost, desk: Desk):
    decorate(desk)
    host.typed.append(type_opinion)
    words = host.press("consolidate")
    assert "本次新收 2 份，记下台账意见 1 条。" in words
    assert host.open == [{"path": str(tracker(desk)), **VIEW, **THERE, "modified": False, "read_only": False}]
    assert saved(desk)["我的笔记"]["B2"].value == "别删"
    assert not note().exists()


def test_the_file_is_what_the_command_would_have_made_of_it(host: LineHost, desk: Desk, tmp_path: Path):
    decorate(desk)
    twin = Desk(shutil.copytree(desk.root, tmp_path / "双"), desk.now)
    host.press("consolidate")
    with twin.open() as office:
        consolidate(office, as_of=None, who="经办人")
    assert content(desk) == content(twin)


@pytest.mark.parametrize(
    ("about", "refused", "told"),
    [({}, "磁盘已满", "没能保存和关闭：磁盘已满"), ({"read_only": True}, "", "只读方式打开")],
    ids=["a save that fails", "a tracker that is read-only"],
)
def test_what_cannot_be_saved_stops_before_anything_happens(
    host: LineHost, desk: Desk, about: dict[str, Any], refused: str, told: str
):
    host.open[0].update(about)
    host.refused = {"save_and_close": refused} if refused else {}
    before = tracker(desk).read_bytes()
    assert told in host.press("consolidate")
    assert (tracker(desk).read_bytes(), receipts(desk)) == (before, 0)
    assert len(host.open) == 1
    assert not note().exists()


def test_a_tracker_that_somebody_else_has_open_stops_before_anything_happens(host: LineHost, desk: Desk):
    host.open.clear()
    (desk.root / f".~lock.{tracker(desk).name}#").write_text("别人")
    assert "在 Excel、WPS 或其他程序中打开" in host.press("consolidate")
    assert receipts(desk) == 0
    assert "open_at" not in host.verbs


def test_a_workbook_of_the_same_name_elsewhere_is_not_touched(host: LineHost, desk: Desk, tmp_path: Path):
    namesake = tmp_path / "桌面" / tracker(desk).name
    namesake.parent.mkdir()
    openpyxl.Workbook().save(namesake)
    before = namesake.read_bytes()
    host.open.clear()
    host.show(namesake, modified=True)
    host.press("consolidate")
    assert [each["path"] for each in host.open] == [str(tracker(desk)), str(namesake)]
    assert namesake.read_bytes() == before


@posix_only("makes links")
def test_a_program_that_knows_the_file_by_another_path(host: LineHost, desk: Desk, tmp_path: Path):
    """As over a link to the folder, or a network drive with a letter."""
    (tmp_path / "链接").symlink_to(desk.root)
    named = tmp_path / "链接" / tracker(desk).name
    host.open.clear()
    host.show(named, **THERE)
    host.typed.append(type_opinion)
    assert "记下台账意见 1 条。" in host.press("consolidate")
    assert [(each["path"], each["cell"]) for each in host.open] == [(str(named), "B7")]
    host.press("show_acts")
    assert [(each["path"], each["sheet"]) for each in host.open] == [(str(named), "办理记录")]


def test_what_was_done_meanwhile_stands_beside_what_is_typed(host: LineHost, desk: Desk):
    """By a command, or at another computer, after the program opened the file: it saves what it has read."""
    host.read = tracker(desk).read_bytes()
    with desk.open() as office:
        waive(office, NOVEMBER, "市财政局", ["D04"], cancel=False, who="李科员", reason="机构调整")
        consolidate(office, as_of=None, who="李科员")
    host.typed.append(type_opinion)
    assert "记下台账意见 1 条。" in host.press("consolidate")
    rows = rows_of(saved(desk)[TRACKING.name])
    assert rows[JOBS][1][TRACKING.heading("waived")] == "是"
    assert rows[POLICY][1][TRACKING.heading("opinion")] == "同意缓报"


@pytest.mark.parametrize("error", [UserError("责任表有错误。"), ZeroDivisionError()])
def test_after_a_failure_it_is_open_again_as_it_was(
    host: LineHost, desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(saved_tracker, "consolidate", fail)
    before = tracker(desk).read_bytes()
    words = host.press("consolidate")
    assert ("责任表有错误" if isinstance(error, UserError) else "意外的错误") in words
    assert [(each["path"], each["cell"]) for each in host.open] == [(str(tracker(desk)), "B7")]
    assert tracker(desk).read_bytes() == before


def test_one_that_cannot_be_opened_again_is_told_and_done(host: LineHost, desk: Desk):
    host.refused = {"open_at": "没有这种格式"}
    words = host.press("consolidate")
    assert "本次新收 2 份" in words
    assert "没能打开：没有这种格式。文件是完整的" in words
    assert receipts(desk) == 2


@pytest.mark.parametrize("verb", ["progress", "open_at"])
def test_after_a_crash_the_next_press_tells_and_opens(host: LineHost, desk: Desk, verb: str):
    host.gone_at = verb
    host.press("consolidate")
    assert (host.code, host.open) == (1, [])
    assert rows_of(saved(desk)[TRACKING.name])[JOBS], "whole, old or new"
    host.gone_at = ""
    host.press("help")
    assert "“总台账.xlsx”关闭后没有再打开；现在打开它" in host.told[0]
    assert [(each["path"], each["cell"]) for each in host.open] == [(str(tracker(desk)), "B7")]
    host.press("help")
    assert len(host.told) == 1, "told once"


def test_of_what_the_user_has_opened_himself_nothing_is_told(host: LineHost, desk: Desk):
    host.gone_at = "open_at"
    host.press("consolidate")
    host.gone_at = ""
    host.show(tracker(desk))
    host.press("help")
    assert len(host.told) == 1
    assert not note().exists()


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"path": 5}', '{"path": "x", "sheet": "", "cell": "", "zoom": ""}'])
def test_a_note_that_nobody_can_read_says_nothing(host: LineHost, desk: Desk, text: str):
    session.HOME.mkdir(parents=True, exist_ok=True)
    note().write_text(text)
    host.press("help")
    assert len(host.told) == 1
