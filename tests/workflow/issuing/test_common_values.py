"""What a unit filled once last month stands in the cover of its next workbook."""

from __future__ import annotations

from datetime import datetime

from tests.workflow.desk import CYCLE, UNITS, item
from zwgk_excel.workbooks.contract.common_cells import find_common
from zwgk_excel.workbooks.opening.open_book import open_book
from zwgk_excel.workbooks.report.fill_in import fill
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import WorkbookChange, generate

UNIT = "市财政局"
OWN = ("section", "officer", "first_review", "second_review", "final_review")
BARE = {key: value for key, value in item("D02 政府采购").items() if key not in OWN}
TYPED = {"section": "采购科", "officer": "钱", "first_review": "孙", "second_review": "李", "final_review": "周"}


def made(desk, cycle=CYCLE):
    with desk.open() as office:
        return generate(office, cycle, as_of=desk.now.date())


def on_cover(desk, cycle=CYCLE, unit=UNIT):
    grid = open_book(desk.sent(unit, cycle).read_bytes(), "").grid("填报说明")
    assert grid is not None
    found = {key: grid.value(*cell) for key, cell in find_common(grid.rows).items()}
    return {key: value for key, value in found.items() if value}


def returned(desk, name, items, common=None):
    path = desk.reply(UNIT, name)
    path.write_bytes(fill(desk.sent(UNIT).read_bytes(), answers={}, items=items, common=common))
    with desk.open() as office:
        receive(office, [path], received_at=desk.now)


def test_the_roster_says_the_first_time_who_reports(desk):
    desk.set_units([{**unit, "officers": "张三、李四", "phones": "111、222"} for unit in UNITS])
    made(desk)
    assert on_cover(desk) == {"officer": "张三", "phone": "111"}


def test_then_the_last_accepted_return_does(desk):
    made(desk)
    desk.now = datetime(2026, 11, 20, 9)
    returned(desk, "回.xlsx", [BARE], TYPED)
    returned(desk, "退.xlsx", [BARE | {"url": "x"}], TYPED | {"officer": "错"})  # is sent back
    assert made(desk).workbooks[1].change is WorkbookChange.UNCHANGED
    made(desk, CYCLE + 1)
    assert on_cover(desk, CYCLE + 1) == TYPED


def test_of_rows_that_were_filled_each_the_most_frequent(desk):
    made(desk)
    desk.now = datetime(2026, 11, 20, 9)
    returned(desk, "回.xlsx", [item("D02 政府采购", n, officer="钱" if n else "赵") for n in range(3)])
    made(desk, CYCLE + 1)
    assert on_cover(desk, CYCLE + 1) == {
        "section": "办公室", "officer": "钱", "first_review": "甲", "second_review": "乙", "final_review": "丙"
    }


def test_a_telephone_is_that_of_the_officer_named(desk):
    made(desk)
    desk.now = datetime(2026, 11, 20, 9)
    returned(desk, "回.xlsx", [BARE], TYPED)
    desk.set_units([{**unit, "officers": "张三", "phones": "111"} for unit in UNITS])
    made(desk, CYCLE + 1)
    assert "phone" not in on_cover(desk, CYCLE + 1)
