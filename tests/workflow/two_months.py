"""A desk with two months behind it, in which the office decided everything that it can decide."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

from tests.workflow.desk import CYCLE, Desk, item, new_desk, nil
from tests.workflow.month import LATER
from zwgk_excel.domain.escalation import EscalationLevel, NoteKind
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.decisions.extend_and_waive import extend, waive
from zwgk_excel.workflow.decisions.overrides import merge, set_aside
from zwgk_excel.workflow.escalation.rectifying import note, open_due_rectifications
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import generate

OCTOBER = Month(2026, 10)
JOB = {"who": "科长", "reason": "会议决定"}


def play(desk: Desk) -> None:
    """October reported by one unit and closed; November with a return of each kind, and decisions about it."""
    desk.now = datetime(2026, 10, 8, 9)
    with desk.open() as office:
        generate(office, OCTOBER, as_of=desk.now.date())
    in_october = item("D02 政府采购", formed_on=date(2026, 10, 12), published_on=date(2026, 10, 13))
    old = desk.reply("市财政局", "十月.xlsx", items=[in_october], cycle=OCTOBER)
    desk.now = datetime(2026, 11, 2, 9)
    with desk.open() as office:
        receive(office, [old], received_at=datetime(2026, 10, 20, 9))
        close(office, OCTOBER, as_of=date(2026, 11, 2), who="科长")
        generate(office, CYCLE, as_of=desk.now.date())
    good = desk.reply("市财政局", "财政.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    again = Path(shutil.copy(good, good.with_name("再次.xlsx")))
    bad = desk.reply("市人社局", "人社.xlsx", items=[item("D04 稳岗就业", formed_on="3月")])
    more = desk.reply("市财政局", "财政二.xlsx", items=[item("D02 政府采购", 2)])
    other = good.with_name("统计.xlsx")
    other.write_bytes((desk.root / "单位通讯录.xlsx").read_bytes())
    desk.now = LATER
    with desk.open() as office:
        for day, path in ((20, good), (21, bad), (22, again), (23, other), (24, more)):
            receive(office, [path], received_at=datetime(2026, 11, day, 9))
    with desk.open() as office:
        extend(office, CYCLE, "市人社局", ["D04"], date(2026, 12, 20), **JOB)
        extend(office, CYCLE, "市人社局", ["D04"], None, who="科员", reason="")
        waive(office, CYCLE, "市政府办", ["D01"], cancel=False, **JOB)
        merge(office, CYCLE, "市财政局", cancel=False, **JOB)
        set_aside(office, [desk.root / "收件箱/统计.xlsx"], who="科员", reason="不是报送表")
        raised = open_due_rectifications(
            office, CYCLE, ["市人社局"], EscalationLevel.SUPERVISE, mend_by=date(2026, 12, 9), as_of=LATER.date(), **JOB
        )
        note(office, raised[0].number, NoteKind.CLOSED, "已补报", on=date(2026, 12, 8), who="科长")


def two_months(folder: Path) -> Desk:
    """A desk after :func:`play`."""
    desk = new_desk(folder)
    play(desk)
    return desk
