"""A month's work pressed button by button in a program that is not Excel: every button of the table is among them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.addin.line_host import LineHost
from tests.addin.tracker_desk import TRACKING, rows_of
from tests.windows.click.presses import PRESSES, Place, Press, new_place
from zwgk_excel.addin.buttons import settings_dialog
from zwgk_excel.addin.host import session, system_windows
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow import clock

_ANSWERS = {
    # The saved scores are computed ones: nobody is asked whether to consolidate first.
    "assess": lambda place: [str(place.month)],
    "correct_receipt": lambda place: ["ok", "1", "yes", f"{clock.now():%Y-%m-%d} 00:00", "登记有误", "ok", "ok"],
}
"""Where they differ from those in Excel."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(session, "HOME", tmp_path / "home")
    monkeypatch.setattr(system_windows, "open_path", lambda path: None)
    monkeypatch.setattr(settings_dialog, "ask_password", lambda root: True)
    monkeypatch.delenv("ZWGK_WHO")
    return new_place(tmp_path)


def typed_as(place: Place, *cells: tuple[str, str, str, str]) -> Any:
    """What the user types into the open tracker: (duty, unit, column, value)."""

    def type_(book: Any) -> None:
        page = book[TRACKING.name]
        rows = rows_of(page)
        header = min(number for number, _ in rows.values()) - 1
        columns = {cell.value: cell.column for cell in page[header]}
        for duty, unit, column, value in cells:
            page.cell(rows[place.key(duty, unit)][0], columns[TRACKING.heading(column)], value)

    return type_


def before(press: Press, place: Place, host: LineHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was done before a press; what Excel's tests type into its open workbook is typed into ours."""
    from tests.windows.click import presses

    unsaved: list[tuple[str, str, str, str]] = []
    monkeypatch.setattr(presses, "_tracker", lambda: None)
    monkeypatch.setattr(
        presses, "type_live", lambda _, key, column, value: unsaved.append((*key.split("/")[:2], column, value))
    )
    press.before(place)
    if unsaved:
        host.typed.append(typed_as(place, *unsaved))


def test_every_button_does_its_work_and_the_tracker_stays_open(place: Place, monkeypatch: pytest.MonkeyPatch):
    host = LineHost()
    for press in PRESSES:
        before(press, place, host, monkeypatch)
        answers = _ANSWERS[press.button](place) if press.button in _ANSWERS else press.answers(place)
        words = host.press(press.button, *answers)
        assert host.code == 0
        assert press.says in words, press.button
        assert "意外的错误" not in words
    assert {each.button for each in PRESSES} == ribbon_tab().buttons.keys()
    tracker = place.desk.root / layout("tracker").file_name
    (front, *_) = host.open
    assert (front["path"], front["sheet"]) == (str(tracker), layout("tracker")["acts"].name)
    page = openpyxl.load_workbook(tracker)[TRACKING.name]
    assert rows_of(page)[place.key("D02", "市财政局")][1][TRACKING.heading("opinion")] == "按时"
