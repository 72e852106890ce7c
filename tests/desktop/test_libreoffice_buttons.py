"""Every button of the toolbars found by its label and clicked by the pointer, in a real LibreOffice with windows.

LibreOffice starts once for all tests; none needs what another has left. Only the last one changes the window.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.addin.tracker_desk import MINE, TRACKING, rows_of, tracker
from tests.desktop.libreoffice import WAITING, Desktop
from tests.desktop.screen import wait_for
from tests.windows.click.presses import Place, _first_returns, place_in, saved
from zwgk_excel.cli.main import run
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.layout.columns import layout

pytestmark = pytest.mark.slow
LABELS = [each.label for each in ribbon_tab().buttons.values()]
SHEET, OPINION = TRACKING.name, "agreed"


def texts(asked: list[dict[str, Any]]) -> list[str]:
    """What was shown."""
    return [each.get("text") or each["question"] for each in asked if each["verb"] in WAITING] or [""]


def opinion_cell(place: Place) -> str:
    """Where the office's opinion on a task stands."""
    page = openpyxl.load_workbook(tracker(place.desk))[SHEET]
    rows = rows_of(page)
    header = min(number for number, _ in rows.values()) - 1
    columns = {cell.value: cell.column_letter for cell in page[header]}
    return f"{columns[TRACKING.heading('opinion')]}{rows[place.key('D02', '市财政局')][0]}"


def differences(one: dict[str, Any], other: dict[str, Any]) -> set[tuple[Any, Any]]:
    """What stands in cells of one workbook and otherwise in the other; of sheets that one lacks every cell."""
    pages = {(name, at) for each in (one, other) for name, cells in each.items() for at in cells}
    pairs = {(one.get(name, {}).get(at), other.get(name, {}).get(at)) for name, at in pages}
    return {(left, right) for left, right in pairs if left != right}


def where(desktop: Desktop) -> tuple[str, str, int]:
    """The sheet, the cell and the zoom that the user has in front."""
    view = desktop.model.CurrentController
    return view.ActiveSheet.Name, desktop.model.CurrentSelection.AbsoluteName, view.ZoomValue


def opened(desktop: Desktop, path: Path) -> Any:
    """A hidden workbook."""
    import uno
    from com.sun.star.beans import PropertyValue

    hidden = PropertyValue(Name="Hidden", Value=True)
    return desktop.desktop.loadComponentFromURL(uno.systemPathToFileUrl(str(path)), "_blank", 0, (hidden,))


def test_every_button_of_the_table_is_on_the_screen_once(desktop: Desktop):
    assert sorted(desktop.buttons()) == sorted(LABELS)


def test_consolidating_keeps_what_is_typed_and_added_and_where_the_user_is(
    desktop: Desktop, place: Place, tmp_path: Path
):
    _first_returns(place)
    twin = place_in(Path(shutil.copytree(place.desk.root.parent, tmp_path / "双")), place.month)
    cell = opinion_cell(place)
    view = desktop.model.CurrentController
    view.setActiveSheet(desktop.model.Sheets.getByName(SHEET))
    view.select(desktop.model.Sheets.getByName(SHEET).getCellRangeByName(cell))
    view.ZoomType, view.ZoomValue = 3, 80
    desktop.focus()
    desktop.screen.type(OPINION)  # and no key that would end it: the pointer goes to the button
    wait_for(desktop.model.isModified)
    there = where(desktop)
    shown = texts(desktop.press("汇总"))
    assert "本次新收 2 份，记下台账意见 1 条。" in shown[-1]
    assert where(desktop) == there == (SHEET, there[1], 80)
    page = openpyxl.load_workbook(tracker(place.desk))
    (_, row) = rows_of(page[SHEET])[place.key("D02", "市财政局")]
    assert (row[TRACKING.heading("opinion")], row[MINE]) == (OPINION, "电话问过")
    assert page["我的笔记"]["B2"].value == "别删"

    # The same typed and saved, and the command instead of the button.
    book = opened(desktop, tracker(twin.desk))
    book.Sheets.getByName(SHEET).getCellRangeByName(cell).String = OPINION
    book.store()
    book.close(True)
    assert run(["consolidate", "-w", str(twin.desk.root)]) == 1  # one return has faults
    assert differences(saved(place), saved(twin)) == set()


def test_a_program_that_dies_while_the_tracker_is_closed(desktop: Desktop, place: Place):
    there, before = where(desktop), saved(place)
    desktop.kill_when_it_says("正在汇总", desktop.click("汇总"))
    title = ribbon_tab().label
    wait_for(lambda: desktop.model)
    (told,) = wait_for(lambda: desktop.screen.windows(title))
    assert where(desktop) == there
    assert saved(place) == before
    desktop.screen.focus(told)
    desktop.screen.keys("Return")
    wait_for(lambda: not desktop.screen.windows(title))


def test_a_second_press_changes_nothing(desktop: Desktop, place: Place):
    before = saved(place)
    assert "本次新收 0 份" in texts(desktop.press("汇总"))[-1]
    assert saved(place) == before


ANSWERED = {
    "汇总": ([], "汇总完成"),
    "收取": ([], "还没有设置收信服务器"),
    "网站清单": ([], "没有新的清单"),
    "目录导入": ([], "没有新的目录表"),
    "链接核验": (["ok"], "还没有写明可以访问哪些网站"),
    "考核评分": (["ok"], "考核评分"),
    "生成通报": (["ok"], "已写入"),
    "督促": (["ok", "cancel"], "已取消"),
    "结账": (["ok", "cancel"], "已取消"),
    "复核调整": (["ok", "ok", "-2", "cancel"], "已取消"),
    "撤销": (["ok", "99", "cancel"], "已取消"),
    "检查责任表": ([], "错误 0 处"),
    "自检": ([], "√ 表格程序：LibreOffice"),
    "帮助": ([], "一个月的工作"),
}
"""Label → the answers to what is asked, and closing words; what another button asks first is answered with no."""


@pytest.mark.parametrize("label", LABELS)
def test_a_click_on_every_button_comes_to_its_end(desktop: Desktop, label: str):
    answers, says = ANSWERED.get(label, ([], ""))
    shown = texts(desktop.press(label, *answers))
    assert says in shown[-1]
    assert not any("意外的错误" in each for each in shown)
    assert desktop.model.URL.endswith(".xlsx")


def test_the_records_are_turned_to(desktop: Desktop):
    desktop.press("办理记录")
    assert desktop.model.CurrentController.ActiveSheet.Name == layout("tracker")["acts"].name


def test_a_window_that_is_closed_while_it_shows_how_far_it_is(desktop: Desktop):
    frame, title = desktop.desktop.getCurrentFrame(), ribbon_tab().label
    since = desktop.click("汇总")
    wait_for(lambda: desktop.model is None and desktop.screen.windows(title))
    frame.close(True)
    assert "汇总完成" in texts(desktop.answer(since))[-1]
    assert desktop.model.URL.endswith(".xlsx")
