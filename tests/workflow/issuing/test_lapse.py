"""补报 that is asked for no more after the policy's months: told once, missing on record for ever."""

from __future__ import annotations

from datetime import date, datetime

import openpyxl

from tests.workflow.desk import CYCLE
from tests.workflow.mail_setup import set_up
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.tracking import Outcome
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.reading.read_return import read_return
from zwgk_excel.workflow.issuing import generate
from zwgk_excel.workflow.mailing.reminding import planned_reminders
from zwgk_excel.workflow.mailing.sending import planned_sendings
from zwgk_excel.workflow.mailing.templates import workbook_text
from zwgk_excel.workflow.tracking.statuses import cycle_status, office_statuses

NOVEMBER_OWED = ["D01/市政府办/2026-11", "D02/市财政局/2026-11", "D04/市人社局/2026-11", "D04/市财政局/2026-11"]


def test_a_task_is_listed_for_the_months_of_the_policy_and_then_told_once(desk):
    set_up(desk)
    settings = desk.root / "zwgk.toml"
    settings.write_text("carry_months = 1\n" + settings.read_text(encoding="utf-8"), encoding="utf-8")
    told: dict[Month, list[str]] = {}
    listed: dict[Month, list[str]] = {}
    for number in (1, 2):
        cycle = CYCLE + number
        desk.now = datetime(cycle.year, cycle.month, 2, 9)
        with desk.open() as office:
            listed[cycle] = [each.obligation.key for each in office.listing(cycle, desk.now.date()) if each.backlog]
            told[cycle] = [each.key for each in generate(office, cycle, as_of=desk.now.date()).lapsed]
    december, january = CYCLE + 1, CYCLE + 2
    assert listed[december] == NOVEMBER_OWED
    assert all(key.endswith(("2026-12", "2026Q4")) for key in listed[january])
    assert (told[december], sorted(told[january])) == ([], NOVEMBER_OWED)
    with desk.open() as office:
        _, february = office.listing_and_lapsed(january + 1, date(2027, 2, 1))
        assert not {each.key for each in february} & set(NOVEMBER_OWED)
    with desk.open() as office:
        rows = {row.status.obligation.key: row.status for row in office_statuses(office, date(2027, 1, 20)).rows}
        assert {rows[key].outcome for key in NOVEMBER_OWED} == {Outcome.MISSING}
        shown = {row.status.obligation.key for row in cycle_status(office, january, date(2027, 1, 20)).rows}
        assert not shown & set(NOVEMBER_OWED)
        asked = {s.obligation.key for each in planned_reminders(office, date(2027, 1, 20)) for s in each.reminder.late}
        assert asked
        assert not asked & set(NOVEMBER_OWED)


def test_the_unit_is_told_with_its_workbook(desk):
    set_up(desk)
    settings = desk.root / "zwgk.toml"
    settings.write_text("carry_months = 1\n" + settings.read_text(encoding="utf-8"), encoding="utf-8")
    january = CYCLE + 2
    desk.now = datetime(2027, 1, 4, 9)
    with desk.open() as office:
        generate(office, january, as_of=desk.now.date(), sure=True)
        rows = {each.unit: each for each in planned_sendings(office, january)}
        assert [each.key for each in rows["市财政局"].lapsed] == [NOVEMBER_OWED[1], NOVEMBER_OWED[3]]
        texts = {
            unit: workbook_text(office, unit, january, row.listed, lapsed=row.lapsed, correction=False).plain
            for unit, row in rows.items()
        }
        cover = openpyxl.load_workbook(desk.sent("市财政局", january), data_only=True)[layout("report")["cover"].name]
    told = [cell for row in cover.iter_rows(values_only=True) for cell in row if "一直没有报送" in str(cell)]
    assert [each.partition("，仍记")[0] for each in told] == [
        "九、以前月份的 2 项任务一直没有报送（D02 政府采购（2026-11）、D04 稳岗就业（2026-11））"
    ]
    # The line is ours: a workbook that comes back with it alone says nothing more.
    back = read_return(desk.sent("市财政局", january).read_bytes(), "a.xlsx", by=date(2027, 1, 5)).content
    assert back.is_empty
    assert back.problems == ()
    assert "下列 2 项任务至今没有报送" in texts["市财政局"]
    assert "至今没有报送" not in texts["金湖街道"]
