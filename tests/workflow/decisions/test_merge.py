"""Two files of one unit for one cycle: the newest counts, unless the office merges them."""

from datetime import date, datetime

import pytest

from tests.workflow.desk import CYCLE, item, nil
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.decisions.overrides import merge
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import receive

DAY = date(2026, 12, 3)


@pytest.fixture
def two(sent):
    """市财政局's two sections send a file each: one has the purchases, the other the jobs."""
    sent.now = datetime(2026, 12, 3, 9)
    first = sent.reply("市财政局", "采购科.xlsx", items=[item("D02 政府采购", 1), item("D02 政府采购", 2)])
    second = sent.reply(
        "市财政局",
        "社保科.xlsx",
        answers={("D24", "2026-11"): nil()},
        items=[item("D04 稳岗就业", 1, type="其他政策文件"), item("D02 政府采购", 2, title="信息2（更正）")],
    )
    with sent.on(datetime(2026, 11, 21, 9)) as office:
        receive(office, [first], received_at=datetime(2026, 11, 20, 9))
        receive(office, [second], received_at=datetime(2026, 11, 21, 9))
    return sent


def standing(desk):
    with desk.open() as office:
        found = consolidate(office, as_of=DAY, who="科员").statuses
    mine = [row.status for row in found.rows if row.status.obligation.unit == "市财政局"]
    items = sorted(each.title for receipt in found.contents if receipt.content for each in receipt.content.items)
    codes = [each.code for each in found.problems if "市财政局" in each.obligation]
    return {s.obligation.duty.id: (s.outcome, s.items) for s in mine}, items, codes


def test_by_default_the_newest_counts_and_what_vanished_is_named(two):
    outcomes, items, codes = standing(two)
    assert outcomes == {"D02": ("reported", 1), "D04": ("reported", 1), "D24": ("nil", 0)}
    assert items == ["D04信息1", "信息2（更正）"]
    assert codes == ["items_vanished"]


def test_merged_all_count_and_the_newest_of_equal_ones_wins(two):
    with two.open() as office:
        assert len(merge(office, CYCLE, "市财政局", cancel=False, who="科长", reason="两个科室")) == 2
    outcomes, items, codes = standing(two)
    assert outcomes == {"D02": ("reported", 2), "D04": ("reported", 1), "D24": ("nil", 0)}
    assert items == ["D04信息1", "信息1", "信息2（更正）"]
    # The purchasing section's file left D04 unanswered: the other one answers it.
    assert codes == []


def test_a_merger_is_recorded_and_can_be_taken_back(two):
    with two.open() as office:
        merge(office, CYCLE, "市财政局", cancel=False, who="科长")
        merge(office, CYCLE, "市财政局", cancel=True, who="主任", reason="误操作")
        told = [(m.unit, m.cycle, m.merged, m.who, m.reason) for m in office.ledger.mergings()]
    assert told == [("市财政局", CYCLE, True, "科长", ""), ("市财政局", CYCLE, False, "主任", "误操作")]
    assert standing(two)[2] == ["items_vanished"]


def test_what_cannot_be_merged(two):
    with two.open() as office:
        with pytest.raises(UserError, match="没有合并"):
            merge(office, CYCLE, "市财政局", cancel=True, who="科长")
        with pytest.raises(UserError, match="只有 0 份"):
            merge(office, CYCLE, "市人社局", cancel=False, who="科长")
        with pytest.raises(UserError, match="还没有生成"):
            merge(office, CYCLE + 1, "市财政局", cancel=False, who="科长")
        merge(office, CYCLE, "市财政局", cancel=False, who="科长")
        with pytest.raises(UserError, match="已经合并"):
            merge(office, CYCLE, "市财政局", cancel=False, who="科长")
