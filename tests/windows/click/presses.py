"""Every button of the ribbon once or more, in the order of a month's work, with what happens between the presses.

The same presses go the way of a click and straight to the functions, and must leave the same workbooks and say the
same words. The month is the last one, since the buttons have no other clock than the computer's.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import xlwings as xw

from tests.addin.sheets import state
from tests.addin.tracker_desk import LAYOUT, type_live
from tests.workflow.desk import UNITS, Desk, item, new_desk, nil
from tests.workflow.published.exports import csv_export, row
from zwgk_excel.domain.periods import CHINA, Month
from zwgk_excel.layout.settings_table import editable_settings
from zwgk_excel.workflow import clock

_SETTINGS = {"office.mailbox": "zwgk@example.cn", "office.person": "王主任", "office.contact": "李科员"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the presses happen: a workspace, and the month they are about."""

    desk: Desk
    month: Month

    def key(self, duty: str, unit: str) -> str:
        """The key of a task of the month."""
        return f"{duty}/{unit}/{self.month}"


def _nothing(place: Place) -> None:
    """Nobody does anything in between."""


@dataclass(frozen=True, slots=True)
class Press:
    """One press: the answers to its questions, what was done before it, and words that it must say."""

    button: str
    answers: Callable[[Place], Sequence[str]]
    says: str
    before: Callable[[Place], None] = _nothing


def place_in(folder: Path, month: Month) -> Place:
    """The workspace that :func:`new_place` made in a folder, or a copy of it."""
    return Place(Desk(folder / "工作区", datetime.combine(month.day(2), time(9))), month)


def new_place(folder: Path) -> Place:
    """A new workspace in a folder, whose units have mail addresses; the month is the last one."""
    desk = new_desk(folder)
    desk.set_units([{**unit, "mails": f"u{number}@example.cn"} for number, unit in enumerate(UNITS)])
    return place_in(folder, Month.of(clock.now().date()) - 1)


def _return(place: Place, unit: str, name: str, hours: int, **content: Any) -> None:
    """A filled workbook lies in 收件箱, since some hours after the last day of the month."""
    made = place.desk.reply(unit, name, cycle=place.month, **content)
    target = place.desk.root / "收件箱" / name
    shutil.copyfile(made, target)
    at = (datetime.combine(place.month.last, time(8), tzinfo=CHINA) + timedelta(hours=hours)).timestamp()
    os.utime(target, (at, at))


def _first_returns(place: Place) -> None:
    month = str(place.month)
    _return(place, "市财政局", "财政.xlsx", 1, answers={("D04", month): nil()}, items=[item("D02 政府采购")])
    _return(place, "市人社局", "人社.xlsx", 2, items=[item("D04 稳岗就业", published_on="3月份吧")])


def _website_list(place: Place) -> None:
    """What the website's back office exported of the month."""
    rows = [row(number, day=place.month.day(10)) for number in (1, 2)]
    folder = place.desk.root / "网站清单"
    folder.mkdir(exist_ok=True)
    csv_export(folder / "清单.csv", rows)


def _corrected_return(place: Place) -> None:
    """Comes after the office has typed into the open tracker."""
    type_live(_tracker(), place.key("D01", "市政府办"), "waived", "是")
    type_live(_tracker(), place.key("D02", "市财政局"), "opinion", "按时")
    _return(place, "市人社局", "人社改.xlsx", 3, items=[item("D04 稳岗就业", type="政策解读"), item("D04 稳岗就业", 2)])


def _tracker() -> xw.Book:
    (found,) = (book for book in xw.books if book.name == LAYOUT.file_name)
    return found


def _answers(*answers: str) -> Callable[[Place], Sequence[str]]:
    """The same for every place; ``{month}`` is the month, ``{root}`` the workspace."""
    return lambda place: [each.format(month=place.month, root=place.desk.root) for each in answers]


def _settings(place: Place) -> list[str]:
    return ["ok", *(_SETTINGS.get(each.key, "ok") for each in editable_settings()), "ok"]


PRESSES = (
    Press("help", _answers(), "一个月的工作"),
    Press("open_workspace", _answers("{root}"), "已选定工作区"),
    Press("change_settings", _settings, "已写入“zwgk.toml”"),
    Press("check", _answers(), "错误 0 处"),
    Press("generate", _answers("{month}"), "新生成 4 个"),
    Press("send", _answers("{month}", "ok"), "已写成 4 个 .eml 文件"),
    Press("consolidate", _answers(), "本次新收 2 份", _first_returns),
    Press("consolidate", _answers(), "本次新收 0 份"),
    Press("send_back", _answers("{month}", "ok"), "已写成 1 个 .eml 文件"),
    Press("import_published", _answers("ok"), "已导入：新增 2 条", _website_list),
    Press("import_catalogue", _answers(), "没有新的目录表"),
    Press("verify", _answers("{month}"), "还没有写明可以访问哪些网站"),
    Press("remind", _answers("ok"), "已写成 1 个 .eml 文件"),
    Press("escalate", _answers("{month}", "no"), "名单已写成并打开"),
    Press("consolidate", _answers(), "本次新收 1 份，记下台账意见 2 条", _corrected_return),
    Press("assess", _answers("{month}", "yes"), "考核评分"),
    Press("publish", _answers("{month}"), "已写入"),
    Press("adjust_points", _answers("{month}", "市财政局", "-2", "申诉不属实", "ok", "ok"), "已调整"),
    Press("correct_receipt", _answers("ok", "1", "yes", "ok", "登记有误", "ok", "ok"), "已更正"),
    Press("undo_act", _answers("ok", "ok", "复核有误", "ok", "ok"), "已撤销"),
    Press("close_month", _answers("{month}", "ok", "ok"), "数字结账"),
    Press("show_acts", _answers(), ""),
    Press("fetch", _answers(), "还没有设置收信服务器"),
    Press("open_inbox", _answers(), ""),
    Press("manual", _answers(), ""),
    Press("self_test", _answers(), "√ Python"),
)
"""The last message of a button is closed with 确定 without an answer here."""

_SUM = re.compile(r"\b[0-9a-f]{64}\b")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")


def plain(value: Any, place: Place) -> Any:
    """What may differ from one run to the next taken out: where the workspace lies, times of day, sums of files."""
    if isinstance(value, str):
        root = str(place.desk.root)
        for each in (root, root.replace("\\", "/")):
            value = value.replace(each, "{root}")
        return _SUM.sub("{sha256}", _CLOCK.sub("{time}", value))
    if isinstance(value, float):
        return round(value, 0) if value > 40000 else value  # a moment as Excel counts it
    if isinstance(value, dict):
        return {plain(key, place): plain(each, place) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each, place) for each in value]
    return value


def everything_open(place: Place) -> dict[str, Any]:
    """Every open workbook of the grid with all that stands in it."""
    return {book.name: plain(_as_plain(state(book)), place) for book in xw.books}


def saved(place: Place) -> dict[str, Any]:
    """What is typed into the saved tracker, without formulas, which programs write as they please."""
    path = place.desk.root / LAYOUT.file_name
    if not path.is_file():
        return {}
    pages = openpyxl.load_workbook(path).worksheets
    typed = {page.title: {each.coordinate: each.value for row in page.iter_rows() for each in row} for page in pages}
    constants = {
        name: {where: value for where, value in cells.items() if value is not None and not str(value).startswith("=")}
        for name, cells in typed.items()
    }
    return {name: plain({at: str(value) for at, value in cells.items()}, place) for name, cells in constants.items()}


def _as_plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _as_plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_as_plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return [_as_plain(getattr(value, name)) for name in value.__dataclass_fields__]
    return value
