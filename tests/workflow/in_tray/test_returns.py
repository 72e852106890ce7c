"""待退回 of many units and months: rows that can be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.ledger.samples import receipt
from tests.workflow.desk import Desk, new_desk
from zwgk_excel.domain.mend_time import MendTime
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.workflow.in_tray import returns
from zwgk_excel.workflow.mailing.returning import ReturnAction, UnitReturn

MONTHS = [Month(2026, 6) + place for place in range(6)]
ON = date(2026, 12, 1)


def faulty(number: int, month: Month) -> UnitReturn:
    """The return of one of sixty units, every twentieth of which has no address."""
    wrong = problem("item_field_missing", CellRef("甲.xlsx"), heading="终审人")
    came = replace(receipt(number, unit=f"第{number % 60}街道办事处", cycle=month), number=number, problems=(wrong,))
    to = () if number % 20 == 0 else ("a@example.cn",)
    return UnitReturn(came, ReturnAction.SEND if to else ReturnAction.NO_ADDRESS, to, (), MendTime(), ())


@pytest.fixture
def desk(tmp_path) -> Desk:
    return new_desk(tmp_path)


def test_sixty_units_in_six_open_months_are_six_rows(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    every = [faulty(60 * place + unit, month) for place, month in enumerate(MONTHS) for unit in range(60)]
    monkeypatch.setattr(returns, "not_sent_back", lambda *_: every)
    with desk.open() as office:
        rows = list(returns.waiting_returns(office, MONTHS, ON, {}))
        ignored = {part.key: part.fingerprint for row in rows[:5] for part in row.parts}
        left = list(returns.waiting_returns(office, MONTHS, ON, ignored))
    assert [(row.month, len(row.parts)) for row in rows] == [(month, 60) for month in MONTHS]
    assert all(len(row.told) < 200 for row in rows)
    assert rows[0].told.startswith("60 份（到收件 59）有错误，共 60 处：")
    assert rows[0].advice.endswith("第0街道办事处、第20街道办事处、第40街道办事处没有邮箱，请在单位通讯录中补填")
    assert left == rows[5:]
