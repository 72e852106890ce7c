"""Cycles, workbooks and decisions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from tests.ledger.samples import NOVEMBER, issue, now, texts
from zwgk_excel.domain.acts import ActSource
from zwgk_excel.domain.decisions import Decision, DecisionKind
from zwgk_excel.domain.periods import Month
from zwgk_excel.ledger import CycleClosedError, CycleRecord, Ledger, WorkbookRecord, open_ledger

DECEMBER = Month(2026, 12)
EDUCATION = WorkbookRecord(NOVEMBER, "市教育局", "f1", date(2026, 11, 2), "发件箱/2026-11/a.xlsx", "a" * 64, 2)
JUSTICE = replace(EDUCATION, unit="市司法局", file="发件箱/2026-11/b.xlsx", sha256="b" * 64)
FIGURES: dict[str, dict[str, Any]] = {
    "D02/市教育局/2026-11": {"outcome": "nil", "days_late": 3, "due": None},
    "D01/市教育局/2026-11": {"项": [1.5]},
}
EXTENSION = Decision("D02/市教育局/2026-11", DecisionKind.EXTENSION, "2026-12-05", "王主任", now(), "系统故障")
WAIVER = Decision("D01/市教育局/2026-11", DecisionKind.WAIVER, "yes", "王主任", datetime(2026, 11, 1), "")


def test_the_key_is_made_once_and_stays(
    place: Path | str, tmp_path: Path, ledger: Ledger, query: Callable[[str], list]
) -> None:
    assert len(ledger.key) == 32
    assert query("SELECT value FROM meta WHERE name = 'created_at'") == [(now().isoformat(),)]
    with open_ledger(place, create=True, now=now) as again:
        assert again.key == ledger.key
    with open_ledger(tmp_path / "other.db", create=True, now=now) as other:
        assert other.key != ledger.key


def test_the_first_issue_date_of_a_cycle_stays(ledger: Ledger) -> None:
    issue(ledger, DECEMBER, date(2026, 12, 1))
    issue(ledger, NOVEMBER, date(2026, 11, 2))
    issue(ledger, NOVEMBER, date(2026, 11, 9))
    issued = CycleRecord(NOVEMBER, date(2026, 11, 2)), CycleRecord(DECEMBER, date(2026, 12, 1))
    assert ledger.cycles() == issued


def test_a_cycle_is_closed_once_with_its_figures_in_their_order(ledger: Ledger) -> None:
    issue(ledger, NOVEMBER, date(2026, 11, 2))
    assert ledger.snapshot(NOVEMBER) == {}
    ledger.close_cycle(NOVEMBER, date(2026, 11, 30), "王主任", now(), FIGURES)
    closed = CycleRecord(NOVEMBER, date(2026, 11, 2), now(), date(2026, 11, 30), "王主任")
    assert ledger.cycles() == (closed,)
    assert list(ledger.snapshot(NOVEMBER).items()) == list(FIGURES.items())
    with pytest.raises(CycleClosedError, match="2026-11 已于 2026-11-26 由 王主任 结账") as refused:
        ledger.close_cycle(NOVEMBER, date(2026, 12, 31), "李科长", now(), {})
    assert (refused.value.cycle, refused.value.closed_at, refused.value.closed_by) == (NOVEMBER, now(), "王主任")
    assert ledger.cycles() == (closed,)
    assert ledger.snapshot(NOVEMBER) == FIGURES


def test_a_cycle_without_obligations_and_one_never_issued_can_be_closed(ledger: Ledger) -> None:
    ledger.close_cycle(NOVEMBER, date(2026, 11, 30), "王主任", now(), {})
    assert ledger.cycles()[0].issued_on is None
    assert ledger.snapshot(NOVEMBER) == {}


def test_figures_that_are_no_json_close_nothing(ledger: Ledger) -> None:
    issue(ledger, NOVEMBER, date(2026, 11, 2))
    with pytest.raises((StatementError, TypeError), match="not JSON serializable"):
        ledger.close_cycle(NOVEMBER, date(2026, 11, 30), "王主任", now(), {"D01": {"due": date(2026, 11, 25)}})
    assert ledger.cycles() == (CycleRecord(NOVEMBER, date(2026, 11, 2)),)


def test_the_newest_workbook_of_a_unit_and_cycle_counts(ledger: Ledger) -> None:
    ledger.record_workbooks([EDUCATION, JUSTICE])
    newer = replace(EDUCATION, fingerprint="f2", issued_on=date(2026, 11, 3), sha256="c" * 64)
    ledger.record_workbooks([newer])
    ledger.record_workbooks([replace(EDUCATION, cycle=DECEMBER)])
    assert ledger.workbooks(NOVEMBER) == {"市教育局": newer, "市司法局": JUSTICE}
    assert ledger.workbooks(Month(2027, 1)) == {}


def test_of_two_workbooks_for_one_unit_in_a_batch_the_last_counts(ledger: Ledger) -> None:
    newer = replace(EDUCATION, fingerprint="f2")
    ledger.record_workbooks([EDUCATION, newer])
    assert ledger.workbooks(NOVEMBER) == {"市教育局": newer}
    ledger.record_workbooks([])
    assert ledger.workbooks(NOVEMBER) == {"市教育局": newer}


def test_decisions_are_kept_in_the_order_of_recording(ledger: Ledger, query: Callable[[str], list]) -> None:
    ledger.decide([EXTENSION, WAIVER], ActSource.TRACKER)
    ledger.decide([], ActSource.COMMAND)
    ledger.decide([EXTENSION], ActSource.COMMAND)
    assert ledger.decisions() == (EXTENSION, WAIVER, EXTENSION)
    assert query("SELECT source FROM decisions ORDER BY id") == [("tracker",), ("tracker",), ("command",)]


DECISIONS = st.lists(
    st.builds(Decision, texts, st.sampled_from(DecisionKind), texts, texts, st.datetimes(), texts), max_size=4
)


@given(DECISIONS)
def test_any_decisions_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, taken: list[Decision]) -> None:
    path = tmp_path_factory.mktemp("decisions") / "zwgk.db"
    with open_ledger(path, create=True, now=now) as ledger:
        ledger.decide(taken, ActSource.COMMAND)
    with open_ledger(path, now=now) as reopened:
        assert reopened.decisions() == tuple(taken)
