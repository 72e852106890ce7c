"""An office whose clock is behind: the mail server's time counts, and the difference is told."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.workflow.desk import CYCLE, Desk, item, nil
from tests.workflow.mailbox import MAILS, letter
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.tracking.statuses import cycle_status

pytestmark = pytest.mark.slow

AT, BEHIND, RIGHT = datetime(2026, 11, 26, 10), datetime(2026, 11, 5, 10, 30), datetime(2026, 11, 26, 11)


def corrected(desk: Desk) -> bytes:
    """A return with an item of the day before it was sent."""
    mended = item("D02 政府采购", formed_on=date(2026, 11, 24), published_on=date(2026, 11, 25))
    data = desk.reply("市财政局", "更正.xlsx", answers={("D04", "2026-11"): nil()}, items=[mended]).read_bytes()
    return letter(MAILS["市财政局"], ("更正.xlsx", data))


def test_with_the_clock_three_weeks_back_the_servers_time_counts(mailed, run):
    mailed.now = BEHIND
    fetched = run(corrected(mailed), at=AT)
    (receipt,) = fetched.taken
    assert (receipt.verdict, receipt.received_at, receipt.problems) == (Verdict.ACCEPTED, AT, ())
    (told,) = fetched.problems
    assert (told.code, told.severity) == ("clock_behind", "warning")
    assert told.found == "电脑的时间比邮件服务器慢约 21 天（最新一封邮件收于 2026-11-26 10:00）"


def test_so_does_the_consolidation_until_the_clock_is_right(mailed, run):
    mailed.now = BEHIND
    run(corrected(mailed), at=AT)
    with mailed.open() as office:
        done = consolidate(office, as_of=None, who="科员")
        assert [each.code for each in done.problems] == ["clock_behind"]
    mailed.now = RIGHT
    with mailed.open() as office:
        assert consolidate(office, as_of=None, who="科员").problems == ()
        rows = cycle_status(office, CYCLE, RIGHT.date()).rows
    (row,) = [each for each in rows if each.status.obligation.key == "D02/市财政局/2026-11"]
    assert (row.status.received_at, row.status.timeliness) == (AT, "grace")


def test_a_clock_that_is_some_hours_behind_is_nobodys_business(mailed, run):
    mailed.now = datetime(2026, 11, 25, 12)
    assert run(corrected(mailed), at=AT).problems == ()


def test_a_clock_that_is_ahead_changes_no_time_of_receipt(mailed, run):
    mailed.now = datetime(2027, 3, 1, 9)
    fetched = run(corrected(mailed), at=AT)
    assert ([each.received_at for each in fetched.taken], fetched.problems) == ([AT], ())


def test_a_time_of_another_age_is_no_time_of_receipt(mailed, run):
    """As a mail gets it that somebody copied from another mailbox."""
    mailed.now = datetime(2025, 6, 1, 9)
    fetched = run(corrected(mailed), at=AT)
    assert ([each.received_at for each in fetched.taken], fetched.problems) == ([mailed.now], ())
