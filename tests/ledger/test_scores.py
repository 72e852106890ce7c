"""What a month was closed with, and the rectification ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.exc import StatementError

from tests.ledger.samples import NOVEMBER, now
from zwgk_excel.domain.escalation import EscalationLevel, NoteKind, Rectification, RectificationNote
from zwgk_excel.ledger import CycleClosedError, Ledger, LedgerError

SCORES = {"市教育局": {"points": "93.50"}, "市司法局": {"points": "100"}}
RAISED = Rectification(
    "市教育局",
    NOVEMBER,
    EscalationLevel.SUPERVISE,
    date(2026, 12, 3),
    date(2026, 12, 20),
    who="经办人",
    reason="连续迟报",
    evidence=("D02 迟报",),
    facts=("2026-11 D02/市教育局/2026-11",),
)


def test_a_cycle_is_closed_with_its_scores_in_their_order(ledger: Ledger) -> None:
    assert ledger.scores() == {}
    ledger.close_cycle(NOVEMBER, date(2026, 11, 30), "经办人", now(), {}, ({"confirmed": False}, SCORES))
    assert ledger.scores() == {NOVEMBER: ({"confirmed": False}, list(SCORES.values()))}
    with pytest.raises(CycleClosedError):
        ledger.close_cycle(NOVEMBER, date(2026, 11, 30), "经办人", now(), {}, ({"confirmed": True}, {}))
    assert ledger.scores() == {NOVEMBER: ({"confirmed": False}, list(SCORES.values()))}


def test_scores_that_are_no_json_close_nothing(ledger: Ledger) -> None:
    with pytest.raises((StatementError, TypeError), match="not JSON serializable"):
        ledger.close_cycle(NOVEMBER, date(2026, 11, 30), "经办人", now(), {}, ({}, {"a": {"on": date(2026, 1, 1)}}))
    assert (ledger.cycles(), ledger.scores()) == ((), {})


def test_rectifications_are_numbered_and_come_back_whole(ledger: Ledger) -> None:
    other = replace(RAISED, unit="市司法局", mend_by=None, evidence=(), facts=())
    assert [each.number for each in ledger.raise_rectifications([RAISED, other])] == [1, 2]
    assert [each.number for each in ledger.raise_rectifications([RAISED])] == [3]
    assert ledger.rectifications()[:2] == (replace(RAISED, number=1), replace(other, number=2))


def test_what_is_noted_on_one(ledger: Ledger) -> None:
    ledger.raise_rectifications([RAISED])
    ledger.note(1, RectificationNote(NoteKind.MENDED, date(2026, 12, 8), "经办人", "已补报"))
    ledger.note(1, RectificationNote(NoteKind.MENDED, date(2026, 12, 9), "经办人", "已定专人"))
    closed = ledger.note(1, RectificationNote(NoteKind.CLOSED, date(2026, 12, 10), "负责人", "同意销号"))
    assert ledger.rectifications() == (closed,)
    assert closed.measures == "2026-12-08 已补报\n2026-12-09 已定专人"
    assert (closed.closed_on, closed.closed_by, closed.conclusion) == (date(2026, 12, 10), "负责人", "同意销号")
    assert (closed.who, closed.reason) == ("经办人", "连续迟报")


@pytest.mark.parametrize("kind", [NoteKind.CLOSED, NoteKind.WITHDRAWN])
def test_what_is_done_with_takes_no_more_notes(ledger: Ledger, kind: NoteKind) -> None:
    ledger.raise_rectifications([RAISED])
    done = ledger.note(1, RectificationNote(kind, date(2026, 12, 10), "负责人", "完毕"))
    with pytest.raises(LedgerError, match="第 1 号（市教育局）已"):
        ledger.note(1, RectificationNote(NoteKind.MENDED, date(2026, 12, 11), "经办人", "又及"))
    assert ledger.rectifications() == (done,)


def test_a_number_nobody_has(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="没有第 7 号"):
        ledger.note(7, RectificationNote(NoteKind.MENDED, date(2026, 12, 11), "经办人", "又及"))
