"""A ledger of before the list of acts: who, when, why and where become acts, in time order, and can be undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.ledger.samples import NOVEMBER, now
from zwgk_excel.domain.acts import ActKind, ActSource, Change
from zwgk_excel.domain.decisions import active_decisions, merged_cycles
from zwgk_excel.ledger import Ledger, NotUndoableError, open_ledger
from zwgk_excel.ledger.engine import connect, writing
from zwgk_excel.ledger.migrations import MIGRATIONS, migrate
from zwgk_excel.ledger.postgresql import prepare
from zwgk_excel.ledger.urls import url_of

FIRST, SECOND = "D02/市教育局/2026-11", "D04/市教育局/2026Q4"
OLD = f"""
INSERT INTO cycles VALUES ('2026-11', '2026-11-02', '2026-12-05 10:00:00.000000', '2026-11-30', '科长');
INSERT INTO snapshots VALUES ('2026-11', 0, '{FIRST}', '{{"items": 2}}');
INSERT INTO receipts VALUES (1, '收件箱/甲.xlsx', 'aa', '2026-11-20 09:00:00.000000', 'accepted', FALSE, '市教育局',
    '2026-11', 0, NULL, NULL, 'command', '2026-11-20 09:30:00.000000');
INSERT INTO receipts VALUES (2, '收件箱/乙.xlsx', 'bb', '2026-11-20 09:00:00.000000', 'quarantined', FALSE, '',
    NULL, 0, NULL, NULL, 'command', '2026-11-20 09:30:00.000000');
INSERT INTO receipts VALUES (3, '收件箱/丙.xlsx', 'cc', '2026-11-20 09:00:00.000000', 'accepted', FALSE, '市司法局',
    '2026-11', 0, NULL, NULL, 'mail', '2026-11-20 09:30:00.000000');
INSERT INTO decisions VALUES (1, '{FIRST}', 'extended_to', '2026-12-05', '科长', '2026-11-25 09:00:00.000000',
    '会议决定', 'command', '2026-11-25 09:00:00.000000');
INSERT INTO decisions VALUES (2, '{SECOND}', 'extended_to', '2026-12-05', '科长', '2026-11-25 09:00:00.000000',
    '会议决定', 'command', '2026-11-25 09:00:00.000000');
INSERT INTO decisions VALUES (3, '{FIRST}', 'waived', 'yes', '科员', '2026-11-26 09:00:00.000000', '', 'tracker',
    '2026-11-26 09:00:00.000000');
INSERT INTO decisions VALUES (4, '{SECOND}', 'waived', 'yes', '科员', '2026-11-26 09:00:00.000000', '', 'tracker',
    '2026-11-26 09:00:00.000000');
INSERT INTO decisions VALUES (5, '{FIRST}', 'extended_to', '', '科员', '2026-11-27 09:00:00.000000', '', 'command',
    '2026-11-27 09:00:00.000000');
INSERT INTO merges VALUES (1, '市教育局', '2026-11', TRUE, '科长', '2026-11-24 09:00:00.000000', '',
    '2026-11-24 09:00:00.000000');
INSERT INTO rulings VALUES (1, 2, 'set_aside', '', NULL, FALSE, 'quarantined', '', NULL, '科员',
    '2026-11-21 09:00:00.000000', '不是报送表', '2026-11-21 09:00:00.000000');
INSERT INTO rectifications VALUES (1, '市教育局', '2026-11', 'supervise', '2026-12-03', NULL, '[]', '[]', '科长',
    '会议决定', '2026-12-03 09:00:00.000000');
INSERT INTO rectification_notes VALUES (1, 1, 'closed', '2026-12-04', '科长', '已补报', '2026-12-04 09:00:00.000000')
"""


@pytest.fixture
def moved(place: Path | str, backend: str) -> Ledger:
    """A ledger that the version before filled, opened by this one."""
    engine = connect(url_of(place), 0.2)
    if backend == "postgresql":
        with writing(engine) as connection:
            prepare(connection, url_of(place))
    before = tuple(each for each in MIGRATIONS if each.name < "0011")
    migrate(engine, before, create=True, now=now)
    with writing(engine) as connection:
        for statement in OLD.split(";"):
            connection.exec_driver_sql(statement)
    engine.dispose()
    return open_ledger(place, now=now, timeout=0.2)


def test_what_is_on_record_becomes_acts_in_time_order(moved: Ledger) -> None:
    with moved:
        acts = moved.acts()
    assert [(each.number, each.kind, each.who) for each in acts] == [
        (1, ActKind.ISSUE, ""),
        (2, ActKind.RECEIVE, ""),
        (3, ActKind.SET_ASIDE, "科员"),
        (4, ActKind.MERGE, "科长"),
        (5, ActKind.EXTEND, "科长"),
        (6, ActKind.WAIVE, "科员"),
        (7, ActKind.WAIVE, "科员"),
        (8, ActKind.CANCEL_EXTENSION, "科员"),
        (9, ActKind.RECTIFY, "科长"),
        (10, ActKind.CLOSE_RECTIFICATION, "科长"),
        (11, ActKind.CLOSE, "科长"),
    ]
    extension, waiver = acts[4], acts[5]
    assert (extension.reason, extension.source, extension.units) == ("会议决定", ActSource.COMMAND, ("市教育局",))
    assert extension.changes == (Change(FIRST, "", "2026-12-05"), Change(SECOND, "", "2026-12-05"))
    assert (waiver.source, waiver.at) == (ActSource.TRACKER, datetime(2026, 11, 26, 9))
    assert acts[7].changes == (Change(FIRST, "2026-12-05", ""),)
    assert [each.subject for each in acts[1].changes] == ["收件箱/甲.xlsx", "收件箱/乙.xlsx"]


def test_they_can_be_undone_like_new_ones(moved: Ledger, count_rows: Callable[[str], int]) -> None:
    with moved:
        for number in (8, 6, 4, 10, 11):
            moved.undo(number, who="科长", reason="办错了")
        active = active_decisions(moved.decisions())
        assert (str(active[FIRST].extended_to), active[FIRST].waived, active[SECOND].waived) == (
            "2026-12-05",
            False,
            True,
        )
        assert merged_cycles(moved.mergings()) == frozenset()
        assert moved.rectifications()[0].is_open
        assert (moved.cycles()[0].closed_at, moved.snapshot(NOVEMBER)) == (None, {})
        moved.undo(16, who="科长", reason="还是结账")
        assert moved.snapshot(NOVEMBER) == {FIRST: {"items": 2}}
    assert count_rows("acts") == 17


def test_what_a_file_was_before_is_not_known_of_then(moved: Ledger) -> None:
    with moved, pytest.raises(NotUndoableError, match=r"第 3 号.*还不保存.*--assign"):
        moved.undo(3, who="科长", reason="是报送表")
