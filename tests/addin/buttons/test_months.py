"""Which month a button is about."""

from __future__ import annotations

import pytest
import xlwings as xw

from tests.addin.grid import GridApp
from tests.workflow.desk import CYCLE, Desk
from zwgk_excel.addin.buttons.months import choose_issued
from zwgk_excel.addin.host.session import Session
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.errors import UserError


@pytest.mark.parametrize(
    ("other", "answer", "chosen", "shown"),
    [
        (-1, "no", CYCLE, "否：上月（2026-11）"),
        (-1, "cancel", None, "是：本月（2026-12）"),
        (1, "cancel", None, "否：下月（2027-01）"),
    ],
)
def test_this_month_or_the_one_beside_it(
    grid: GridApp, desk: Desk, other: int, answer: str, chosen: Month | None, shown: str
):
    grid.answers[:] = [answer]
    book = xw.books.add()
    with desk.open() as office:
        assert choose_issued(Session(book.app, book), office, "哪个月？", other=other) == chosen
    assert shown in grid.alerts[-1][0]


def test_a_month_whose_workbooks_were_never_made_is_refused(grid: GridApp, desk: Desk):
    grid.answers[:] = ["yes"]
    book = xw.books.add()
    with desk.open() as office, pytest.raises(UserError, match="2026-12 还没有生成报送表"):
        choose_issued(Session(book.app, book), office, "哪个月？", other=-1)
