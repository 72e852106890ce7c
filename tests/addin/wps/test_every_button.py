"""Every button pressed in WPS: in a real browser, the real service, and the processes that it starts."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path

import openpyxl
import pytest

from tests.addin.wps.browser import REBOUND, TIMEOUT
from tests.addin.wps.wps_double import Wps
from tests.workflow.desk import Desk, item, nil
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workflow.office.trust import VARIABLE
from zwgk_excel.workflow.wps.note import Note, read_note
from zwgk_excel.workflow.wps.service import TOKEN_HEADER

pytestmark = pytest.mark.slow
LAYOUT = layout("tracker")
MINE = "我的表"
SAVED = 1_796_000_000
"""When files of these tests were written last: a moment of 30 November 2026."""
SAYS = {
    "generate": "新生成", "send": "邮", "fetch": "收信服务器", "consolidate": "汇总完成", "send_back": "没有需要改正",
    "import_published": "没有新的清单", "import_catalogue": "没有新的目录表", "verify": "网站", "remind": "欠报的单位",
    "assess": "考核评分", "publish": "已写入", "escalate": "名单已写成",
    "close_month": "结账", "adjust_points": "单位", "correct_receipt": "收件", "undo_act": "撤销",
    "open_workspace": "已选定工作区", "check": "提醒", "change_settings": "设置", "self_test": "表格程序：WPS 12.1.0",
    "help": "每个单位",
}  # fmt: skip
"""Function of a button → a word that it says. Those left out only open something."""
OPENS = {"open_inbox": "收件箱", "manual": "办公室手册"}


def test_a_wps_that_starts_no_program_is_told_and_the_button_can_be_pressed_again(wps):
    wps.fails["execute"] = "ShellExecute is not a function"
    for _ in range(2):
        (told,) = wps.press("帮助")
        assert "不让按钮这样做（ShellExecute is not a function），什么也没有改动" in told


def test_the_first_press_starts_the_service(wps):
    wps.press("帮助")
    assert [command[1:] for command in wps.started] == [["-P", "-m", "zwgk_excel", "addin", "serve"]]


@pytest.mark.parametrize("function", ribbon_tab().buttons)
def test_a_button_comes_to_its_end(wps, desk, home, function):
    wps.open(str(desk.root / LAYOUT.file_name))
    wps.folder = str(desk.root)
    said = "\n".join(wps.press(ribbon_tab().buttons[function].label))
    assert "没有完成" not in said
    assert SAYS.get(function, "") in said
    if function in OPENS:
        assert OPENS[function] in (home / "opened.txt").read_text(encoding="utf-8")
    if function == "show_acts":
        assert wps.books[wps.front()].sheet == LAYOUT["acts"].name


def typed(path: Path) -> None:
    """What the office did in the tracker: an extension typed in, a sheet of its own, a column of its own, a filter."""
    book = openpyxl.load_workbook(path)
    columns = LAYOUT["tracking"]
    sheet = book[columns.name]
    row, headings = next(
        (row[0].row, {cell.value: cell.column for cell in row if cell.value})
        for row in sheet.iter_rows(max_row=9)
        if any(cell.value == columns["extended_to"].heading for cell in row)
    )
    sheet.cell(row + 1, headings[columns["extended_to"].heading], date(2026, 12, 31))
    sheet.cell(row, sheet.max_column + 1, "我的列")
    sheet.cell(row + 1, sheet.max_column, "自己的")
    book.create_sheet(MINE)["B2"] = "办公室自己的"
    book.save(path)
    os.utime(path, (SAVED, SAVED))  # when it was typed, as far as anybody knows


def differences(one: Path, other: Path) -> list[tuple[str, str, str]]:
    """Part and markup where two workbooks differ, but for when they were written."""
    parts = [zipfile.ZipFile(path) for path in (one, other)]
    names = {name for archive in parts for name in archive.namelist()} - {"docProps/core.xml"}
    texts = {name: [archive.read(name).decode("latin-1").split("<") for archive in parts] for name in names}
    return [(name, x, y) for name, pair in texts.items() for x, y in zip_longest(*pair, fillvalue="") if x != y]


def arrived(desk: Desk) -> None:
    """A return lies in 收件箱."""
    good = desk.reply("市财政局", "财政.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    inbox = desk.root / "收件箱" / good.name
    shutil.copyfile(good, inbox)
    os.utime(inbox, (SAVED, SAVED))


def test_what_is_open_is_saved_consolidated_and_opened_again_where_the_user_was(wps, desk, home, environment):
    tracker = desk.root / LAYOUT.file_name
    arrived(desk)
    by_command = Desk(shutil.copytree(desk.root, home / "照命令"), desk.now)
    book = wps.books[wps.open(str(tracker))]
    book.sheet, book.cell, book.zoom = LAYOUT["tracking"].name, "D9", 85
    book.unsaved = typed
    typed(by_command.root / LAYOUT.file_name)

    said = wps.press("汇总")

    assert "本次新收 1 份" in said[-1]
    subprocess.run(
        [sys.executable, "-P", "-m", "zwgk_excel", "consolidate", "-w", str(by_command.root)],
        env=dict(environment), check=False, stdout=subprocess.DEVNULL, cwd=home,
    )  # fmt: skip
    found = differences(tracker, by_command.root / LAYOUT.file_name)
    # 办理记录 says of what was done whether a button or a command did it.
    by_button, by_hand = (word("act_source", each).encode().decode("latin-1") for each in ("ribbon", "command"))
    assert [each for each in found if each[1].replace(by_button, by_hand) != each[2]] == []
    again = openpyxl.load_workbook(tracker)
    assert again[MINE]["B2"].value == "办公室自己的"
    kept = {cell.value for row in again[LAYOUT["tracking"].name].iter_rows() for cell in row}
    assert {datetime(2026, 12, 31), "我的列", "自己的"} <= kept
    (opened,) = wps.books.values()
    assert (opened.path, opened.sheet, opened.cell, opened.zoom) == (
        str(tracker), LAYOUT["tracking"].name, "D9", 85,
    )  # fmt: skip


def test_a_save_that_fails_leaves_everything_as_it_was(wps, desk):
    tracker = desk.root / LAYOUT.file_name
    before = tracker.read_bytes()
    book = wps.books[wps.open(str(tracker))]
    book.unsaved = typed
    wps.fails["save"] = "磁盘已满"
    assert "磁盘已满" in wps.press("汇总")[-1]
    assert list(wps.books.values()) == [book]
    assert not book.saved
    assert tracker.read_bytes() == before


def test_a_workbook_of_the_same_name_elsewhere_is_not_touched(wps, desk, home):
    other = home / "别处" / LAYOUT.file_name
    other.parent.mkdir()
    shutil.copyfile(desk.root / LAYOUT.file_name, other)
    book = wps.books[wps.open(str(other))]
    book.unsaved = typed
    before = other.read_bytes()
    wps.press("汇总")
    assert book in wps.books.values()
    assert not book.saved
    assert other.read_bytes() == before


def test_a_dialog_that_the_user_closes_gives_up(wps):
    wps.answer = lambda page, _: page.call("Page.close")
    assert "撤销" in wps.press("撤销")[-1]


def test_a_wps_that_shows_no_window_is_told_and_the_button_can_be_pressed_again(wps):
    wps.fails["show_dialog"] = "没有 ShowDialog"
    assert "不让按钮这样做（没有 ShowDialog）" in wps.press("帮助")[-1]
    wps.fails.clear()
    until = time.monotonic() + TIMEOUT
    while "还没有办完" in (told := wps.press("帮助")[-1]):  # its process is on its way to the end
        assert time.monotonic() < until
    assert "一个月的工作" in told


def test_a_workbook_that_shows_no_cells_is_in_nobodys_way(wps, desk):
    wps.open(str(desk.root / LAYOUT.file_name))
    wps.fails["cell"] = "没有窗口"
    assert "汇总完成" in wps.press("汇总")[-1]


def test_a_second_button_waits_for_the_first(wps):
    shown = []
    wps.answer = lambda page, text: shown.append((page, text))
    label = json.dumps("帮助")
    wps.page.click(f"[...document.querySelectorAll('button')].find(e => e.textContent === {label})")
    wps.page.wait_for("working")
    wps.page.click(f"[...document.querySelectorAll('button')].find(e => e.textContent === {label})")
    assert "还没有办完" in wps.shown[-1]
    while not shown:
        pass
    shown[0][0].click("document.querySelector('#answers button')")
    wps.page.wait_for("!working")


ATTACK = """fetch(%r, {method: "POST", headers: %s, body: '{"button": "help"}'})
    .then(answer => answer.text().then(text => [answer.status, text]), error => ["refused", String(error)])"""


@pytest.mark.parametrize("stranger", ["another origin", "a page that is nobody's", "another name for this computer"])
def test_a_strangers_page_in_the_same_browser(wps, stranger):
    note = service_of(wps)
    host = REBOUND if stranger == "another name for this computer" else "127.0.0.1"
    service = f"http://{host}:{note.port}"
    places = {"another origin": wps.address, "a page that is nobody's": "data:text/html,x"}
    page = wps.browser.page(places.get(stranger, f"{service}/dialog"))
    page.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'")
    json_ = {"Content-Type": "application/json"}
    for headers in ({}, json_, json_ | {TOKEN_HEADER: "guessed"}):
        assert page.evaluate(ATTACK % (f"{service}/press", json.dumps(headers)))[0] in ("refused", 403, 421)
    if stranger == "another origin":  # not even with the token, had it come out
        assert page.evaluate(ATTACK % (f"{service}/press", json.dumps({TOKEN_HEADER: note.token})))[0] == "refused"
    page.call("Page.close")


def test_a_service_that_was_killed_is_started_again(wps, environment):
    before = len(wps.started)
    note = read_note()
    assert note
    kill_service()
    assert wps.press("帮助")
    assert len(wps.started) == before + 1
    later = read_note()
    assert later
    assert later.token != note.token


def test_a_service_that_is_killed_in_the_middle_leaves_the_tracker_whole(wps, desk):
    """It is gone when WPS has closed the tracker: the next press says so and opens it where the user was."""
    tracker = desk.root / LAYOUT.file_name
    book = wps.books[wps.open(str(tracker))]
    book.sheet, book.cell, book.zoom = LAYOUT["tracking"].name, "E8", 70
    before = tracker.read_bytes()
    wps.meanwhile["close"] = kill_service
    assert "和本机的服务断开了" in wps.press("汇总")[-1]
    assert (wps.books, tracker.read_bytes()) == ({}, before)

    said = wps.press("汇总")

    assert "关闭后没有再打开；现在打开它" in said[0]
    assert "汇总完成" in said[-1]
    (again,) = wps.books.values()
    assert (again.path, again.sheet, again.cell, again.zoom) == (str(tracker), book.sheet, "E8", 70)


def test_a_service_of_another_installation_is_none_of_ours(wps):
    service_of(wps)
    ours, another = wps.page.evaluate("[running(), (PLACE.program += '.1', running())]")
    wps.page.evaluate("PLACE.program = PLACE.program.slice(0, -2)")
    assert (ours["port"] > 0, another) == (True, None)


def service_of(wps: Wps) -> Note:
    """The service that runs, started where there is none."""
    if read_note() is None:
        wps.press("帮助")
    note = read_note()
    assert note
    return note


def kill_service() -> None:
    """As a power cut would."""
    for process in filter(serves, Path("/proc").glob("[0-9]*")):
        os.kill(int(process.name), signal.SIGKILL)


def serves(process: Path) -> bool:
    """Whether a process, by its folder in /proc, is a service that WPS of this test has started."""
    try:
        command, environment = ((process / name).read_bytes() for name in ("cmdline", "environ"))
    except OSError:  # it has ended
        return False
    return b"addin\0serve" in command and f"{VARIABLE}={os.environ[VARIABLE]}\0".encode() in environment
