"""A month, its closing, a dispute, an undoing and a new year, with no program that has the files open and no command.

The button 汇总 runs without its program, as under WPS; the office types into the saved tracker; the rest are functions.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import zwgk_excel.addin as addin
from tests.addin.tracker_desk import TRACKING, rows_of, saved, tracker
from tests.workflow.desk import CYCLE, Desk, item, new_desk, nil
from zwgk_excel.addin.host import session, system_windows, workspace_choice
from zwgk_excel.domain.acts import ActKind, ActSource
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.acts.undoing import undo
from zwgk_excel.workflow.assessment.adjusting import adjust
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.issuing import generate
from zwgk_excel.workflow.tracking.statuses import cycle_status

pytestmark = pytest.mark.slow
DECEMBER, JANUARY = CYCLE + 1, Month(2027, 1)
JOBS, POLICY, PURCHASES = "D04/市人社局/2026-11", "D01/市政府办/2026-11", "D02/市财政局/2026-11"


@pytest.fixture
def press(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[Desk], str]:
    """Press 汇总 at a desk's time where no program can be reached; its closing words."""
    monkeypatch.setattr(session, "HOME", tmp_path / "home")
    monkeypatch.setattr(system_windows, "open_path", lambda path: None)

    def pressed(desk: Desk) -> str:
        workspace_choice.remember(desk.root)
        monkeypatch.setattr(clock, "now", lambda: desk.now)
        addin.consolidate()
        return capsys.readouterr().err

    return pressed


def drop(desk: Desk, path: Path) -> None:
    """A return lands in 收件箱."""
    shutil.copyfile(path, desk.root / "收件箱" / path.name)


def type_in(desk: Desk, typed: dict[tuple[str, str], Any]) -> None:
    """Type into the saved tracker: (task, column) → value."""
    book = openpyxl.load_workbook(tracker(desk))
    page = book[TRACKING.name]
    rows = rows_of(page)
    header = min(number for number, _ in rows.values()) - 1
    columns = {cell.value: cell.column for cell in page[header]}
    for (key, column), value in typed.items():
        page.cell(rows[key][0], columns[TRACKING.heading(column)], value)
    book.save(tracker(desk))


def points(desk: Desk, month: Month) -> dict[str, Decimal]:
    """Unit → its points."""
    with desk.open() as office:
        return {each.unit: each.points for each in assess(office, Period.month(month), desk.now.date()).scores}


def outcomes(desk: Desk, month: Month) -> dict[str, str]:
    """Task with a date → its outcome and timeliness."""
    with desk.open() as office:
        rows = cycle_status(office, month, desk.now.date()).rows
    found = [row.status for row in rows if row.status.obligation.dated]
    return {each.obligation.key: f"{each.outcome} {each.timeliness}" for each in found}


def test_a_month_a_dispute_and_a_new_year(tmp_path: Path, press: Callable[[Desk], str]):
    desk = new_desk(tmp_path)
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    # November: one reports well, one faultily; the office extends, waives and remarks in the saved tracker.
    drop(desk, desk.reply("市财政局", "财.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")]))
    drop(desk, desk.reply("市人社局", "人.xlsx", items=[item("D04 稳岗就业", type="政策解读", url=None)]))
    desk.now = datetime(2026, 11, 20, 9)
    assert "本次新收 2 份" in press(desk)
    until = date(2026, 12, 10)
    type_in(desk, {(JOBS, "extended_to"): until, (POLICY, "waived"): "是", (PURCHASES, "opinion"): "按时"})
    press(desk)
    with desk.open() as office:
        typed = [(act.kind, act.source) for act in office.ledger.acts() if act.kind is not ActKind.ISSUE]
    assert {kind for kind, _ in typed} >= {ActKind.EXTEND, ActKind.WAIVE}
    assert {source for _, source in typed} == {ActSource.TRACKER}

    # The faulty one is corrected in time; December goes out; November is closed, and its tracker says so.
    drop(desk, desk.reply("市人社局", "人改.xlsx", items=[item("D04 稳岗就业", type="政策解读")]))
    desk.now = datetime(2026, 12, 7, 9)
    press(desk)
    assert outcomes(desk, CYCLE) == {
        POLICY: "waived None",
        PURCHASES: "reported on_time",
        JOBS: "reported on_time",
        "D04/市财政局/2026-11": "nil on_time",
    }
    with desk.open() as office:
        generate(office, DECEMBER, as_of=desk.now.date())
    desk.now = datetime(2026, 12, 14, 9)
    with desk.open() as office:
        close(office, CYCLE, as_of=desk.now.date(), who="科长")
        closed = office.ledger.snapshot(CYCLE)
    as_closed = points(desk, CYCLE)

    # A unit disputes its score: it gets points; a second look takes them back by undoing the act.
    with desk.open() as office:
        adjust(office, CYCLE, "市财政局", Decimal(-2), who="科长", reason="申诉不属实")
        number = office.ledger.acts()[-1].number
    assert points(desk, CYCLE)["市财政局"] == as_closed["市财政局"] - 2
    press(desk)
    with desk.open() as office:
        undo(office, number, who="科长", reason="复核有误")
    assert points(desk, CYCLE) == as_closed

    # The new year: December answered and closed, January issued. The office's words of November stand.
    drop(desk, desk.reply("市财政局", "财十二.xlsx", items=[item("D02 政府采购")], cycle=DECEMBER))
    desk.now = datetime(2027, 1, 5, 9)
    press(desk)
    with desk.open() as office:
        close(office, DECEMBER, as_of=desk.now.date(), who="科长")
        generate(office, JANUARY, as_of=desk.now.date())
    press(desk)
    assert outcomes(desk, JANUARY)["D02/市财政局/2027-01"] == "missing not_due"
    assert outcomes(desk, DECEMBER)["D16/市政府办/2026Q4"] == "missing overdue"
    with desk.open() as office:
        assert office.ledger.snapshot(CYCLE) == closed
    assert points(desk, CYCLE) == as_closed
    rows = {key: cells for key, (_, cells) in rows_of(saved(desk)[TRACKING.name]).items()}
    assert rows[PURCHASES][TRACKING.heading("opinion")] == "按时"
    assert rows[JOBS][TRACKING.heading("extended_to")].date() == until
    assert {"D02/市财政局/2027-01", "D02/市财政局/2026-12"} <= rows.keys()
