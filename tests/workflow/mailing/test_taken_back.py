"""A mailed return that takes back what was accepted: from the same sender it counts, from others it waits."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.mail.samples import gbk_zip
from tests.workflow.desk import CYCLE, UNITS, Desk, item, nil
from tests.workflow.mailbox import AT, MAILS, letter
from tests.workflow.mailing.test_senders import PROVED, SERVER, checked, results
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.workflow.decisions.overrides import assign, merge
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.mailing.fetching import Fetched
from zwgk_excel.workflow.tracking.statuses import cycle_status

pytestmark = pytest.mark.slow
__all__ = ["checked"]

FINANCE, LABOUR, SECOND = MAILS["市财政局"], MAILS["市人社局"], "cz2@example.gov.cn"
NIL = {("D04", "2026-11"): nil()}


@pytest.fixture
def two(mailed) -> Desk:
    """市财政局 has two addresses."""
    two_of = {**MAILS, "市财政局": f"{FINANCE}；{SECOND}"}
    mailed.set_units([{**unit, "mails": two_of.get(unit["name"], "")} for unit in UNITS])
    return mailed


def full(desk: Desk, name: str = "全.xlsx", more: int = 2) -> bytes:
    """市财政局's return with some items and a nil report."""
    return desk.reply("市财政局", name, answers=NIL, items=[item("D02 政府采购", n) for n in range(more)]).read_bytes()


def emptied(desk: Desk) -> bytes:
    """The same with nothing to report in place of the items."""
    return desk.reply("市财政局", "空.xlsx", answers={**NIL, ("D02", "2026-11"): nil()}).read_bytes()


def mail(sender: str, data: bytes, *top: str, name: str = "报送表.xlsx") -> bytes:
    return "".join(f"{line}\n" for line in top).encode() + letter(sender, (name, data))


def last(fetched: Fetched) -> Receipt:
    return fetched.taken[-1]


def codes(receipt: Receipt) -> list[str]:
    return [each.code for each in receipt.problems]


def items_of(desk: Desk) -> int:
    """Of D02, as they count."""
    with desk.open() as office:
        rows = cycle_status(office, CYCLE, date(2026, 12, 3)).rows
    return next(row.status.items for row in rows if row.status.obligation.key == "D02/市财政局/2026-11")


@pytest.mark.parametrize("at_once", [False, True], ids=["another day", "in one run"])
def test_another_sender_takes_nothing_back(two, run, at_once):
    mails = mail(FINANCE, full(two)), mail(SECOND, emptied(two))
    receipt = last(run(*mails)) if at_once else [run(each) for each in mails][-1].taken[-1]
    assert (receipt.verdict, receipt.unit, codes(receipt)[0]) == (Verdict.QUARANTINED, "", "sender_takes_back")
    told = receipt.problems[0]
    assert told.found == (
        f"{SECOND} 发来的这份表撤回了已收下的内容：D02 2026-11 少了 2 条信息（如“信息0”），改为“本期无更新”；"
        f"原来的由 {FINANCE} 发来"
    )
    assert "--assign 单位 --cycle 2026-11" in told.action
    assert items_of(two) == 2
    with two.open() as office:
        (taken,) = assign(office, [Path(receipt.file)], "市财政局", CYCLE, who="科员", reason="电话核实")
    assert taken.verdict is Verdict.ACCEPTED
    assert items_of(two) == 0


def test_the_same_sender_may(mailed, run):
    run(mail(FINANCE, full(mailed)))
    receipt = last(run(mail(FINANCE, emptied(mailed))))
    assert (receipt.verdict, codes(receipt)) == (Verdict.ACCEPTED, [])
    assert items_of(mailed) == 0


def test_another_sender_may_add_and_correct(two, run):
    run(mail(FINANCE, full(two, more=1)))
    items = [item("D02 政府采购", 0, title="改"), item("D02 政府采购", 5)]
    more = two.reply("市财政局", "多.xlsx", answers=NIL, items=items)
    receipt = last(run(mail(SECOND, more.read_bytes())))
    assert (receipt.verdict, codes(receipt)) == (Verdict.ACCEPTED, [])


def test_who_added_first_with_the_address_of_another_unit_takes_nothing_back(two, run):
    run(mail(FINANCE, full(two, more=1)), mail(LABOUR, full(two, "多.xlsx", more=2)))
    assert items_of(two) == 2
    receipt = last(run(mail(LABOUR, emptied(two))))
    assert (receipt.verdict, codes(receipt)) == (Verdict.QUARANTINED, ["sender_takes_back", "sender_differs"])
    assert "发件人不是“市财政局”登记的邮箱" in receipt.problems[0].found


def test_a_nil_report_is_not_taken_back_either(two, run):
    run(mail(FINANCE, full(two)))
    data = two.reply("市财政局", "少.xlsx", items=[item("D02 政府采购", n) for n in range(2)]).read_bytes()
    receipt = last(run(mail(SECOND, data)))
    assert "D04 2026-11 由“本期无更新”改为“未报送”" in receipt.problems[0].found


def test_in_an_archive_as_well(two, run):
    run(mail(FINANCE, gbk_zip(**{"表.xlsx": full(two)}), name="a.zip"))
    mine = last(run(mail(FINANCE, gbk_zip(**{"表.xlsx": full(two, more=1)}), name="b.zip")))
    assert mine.verdict is Verdict.ACCEPTED
    fetched = run(mail(SECOND, gbk_zip(**{"表.xlsx": emptied(two)}), name="c.zip"))
    assert {each.verdict for each in fetched.taken} == {Verdict.QUARANTINED}


def test_what_came_by_hand_is_taken_back_by_a_proved_sender_alone(checked, run):
    with checked.open() as office:
        path = checked.root.parent / "全.xlsx"
        path.write_bytes(full(checked))
        receive(office, [path], received_at=AT.replace(day=19))
    assert codes(last(run(mail(FINANCE, emptied(checked)))))[0] == "sender_takes_back"
    less = checked.reply("市财政局", "少.xlsx", answers=NIL, items=[item("D02 政府采购", 0)]).read_bytes()
    assert last(run(mail(FINANCE, less, results(PROVED)))).verdict is Verdict.ACCEPTED


def test_the_same_address_unproved_takes_nothing_back(checked, run):
    run(mail(FINANCE, full(checked), results(PROVED)))
    receipt = last(run(mail(FINANCE, emptied(checked), results(f"{SERVER}; none"))))
    assert (receipt.verdict, codes(receipt)) == (Verdict.QUARANTINED, ["sender_takes_back", "sender_unproved"])
    assert "发件人没有经过核验" in receipt.problems[0].found
    again = last(run(mail(FINANCE, emptied(checked), results(f"{SERVER}; none"))))
    assert again.verdict is Verdict.DUPLICATE
    assert last(run(mail(FINANCE, emptied(checked), results(PROVED)))).verdict is Verdict.ACCEPTED


def test_where_the_office_merged_the_returns_nothing_is_taken_back(two, run):
    run(mail(FINANCE, full(two)), mail(FINANCE, full(two, "三.xlsx", more=3)))
    with two.open() as office:
        merge(office, CYCLE, "市财政局", cancel=False, who="科员")
    assert last(run(mail(SECOND, emptied(two)))).verdict is Verdict.ACCEPTED
    assert items_of(two) == 3


def test_an_untouched_workbook_takes_nothing_back(two, run):
    run(mail(FINANCE, full(two)))
    receipt = last(run(mail(SECOND, two.sent("市财政局").read_bytes())))
    assert (receipt.verdict, codes(receipt)) == (Verdict.RETURNED, ["report_untouched"])
