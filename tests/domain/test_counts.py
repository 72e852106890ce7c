"""Which months of a period have figures that are not the last ones."""

from datetime import date

from tests.domain.make import obligation
from zwgk_excel.domain.counts import COMPLETE, Incomplete
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.tracking import ObligationStatus, Outcome, Timeliness

QUARTER = Period.quarter(Month(2026, 11))
OCTOBER, NOVEMBER, DECEMBER = QUARTER.months


def of(as_of, *statuses, issued=QUARTER.months, closed=()):
    return Incomplete.of(QUARTER, issued, closed, as_of, statuses)


def open_task(timeliness):
    return ObligationStatus(obligation(due=date(2026, 11, 25), final=date(2026, 12, 5)), Outcome.MISSING, timeliness)


def test_a_month_without_workbooks_and_one_that_is_not_over():
    found = of(date(2026, 12, 30), issued=[OCTOBER, DECEMBER])
    assert (found.unfinished, found.unissued, found.maturing) == ((DECEMBER,), (NOVEMBER,), ())
    assert of(date(2026, 12, 31)) == COMPLETE


def test_a_month_is_not_done_while_a_final_date_in_the_next_is_to_come():
    after = date(2026, 12, 31)
    for timeliness in (Timeliness.NOT_DUE, Timeliness.DUE_SOON, Timeliness.IN_GRACE):
        assert of(after, open_task(timeliness)).maturing == (NOVEMBER,)
    assert of(after, open_task(Timeliness.OVERDUE)) == COMPLETE
    assert of(after, open_task(Timeliness.IN_GRACE), closed=[NOVEMBER]) == COMPLETE
    assert of(date(2026, 11, 28), open_task(Timeliness.IN_GRACE)).maturing == (), "it is not over anyway"
