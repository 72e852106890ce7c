"""Workspaces of a version that kept no records of what it issued.

``earlier_workspace.zip`` was made by it: October issued and closed, November issued and answered by 市财政局; then D01
was deleted from the duty table and D02 given to 市人社局. October's workbook of 市人社局 is missing from 发件箱.
"""

from __future__ import annotations

import logging
import sqlite3
import zipfile
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.workflow.desk import Desk
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.tracking import Outcome
from zwgk_excel.workflow.issuing import TablesChangedError, amend, generate
from zwgk_excel.workflow.tracking.statuses import office_statuses

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)


@pytest.fixture
def earlier(tmp_path: Path) -> Desk:
    """The workspace as the earlier version left it."""
    root = tmp_path / "工作区"
    with zipfile.ZipFile(Path(__file__).with_name("earlier_workspace.zip")) as archive:
        archive.extractall(root)
    return Desk(root, datetime(2026, 11, 26, 9))


def owners(desk: Desk, duty: str) -> dict[str, list[str]]:
    """Reference period → the units that owe a duty."""
    found: dict[str, list[str]] = {}
    with desk.open() as office:
        for each in office.obligations():
            if each.duty.id == duty:
                found.setdefault(each.reference, []).append(each.unit)
    return found


def test_what_was_owed_is_taken_from_the_workbooks_that_went_out(earlier: Desk) -> None:
    assert owners(earlier, "D02") == {"2026-10": ["市财政局"], "2026-11": ["市财政局"]}
    assert owners(earlier, "D01") == {"2026-10": ["市政府办"], "2026-11": ["市政府办"]}
    with earlier.open() as office:
        texts = {(each.duty.id, each.duty.content, each.due, each.final) for each in office.plan(NOVEMBER)}
    assert ("D01", "内容", date(2026, 11, 25), date(2026, 11, 30)) in texts


def test_what_was_reported_and_closed_stays(earlier: Desk) -> None:
    with earlier.open() as office:
        rows = {row.status.obligation.key: row for row in office_statuses(office, earlier.now.date()).rows}
    assert rows["D02/市财政局/2026-11"].status.outcome is Outcome.NIL
    assert rows["D02/市财政局/2026-10"].status.outcome is Outcome.NIL
    assert all(row.closed for key, row in rows.items() if row.status.obligation.cycle == OCTOBER)
    assert not any(row.correction for row in rows.values())


def test_the_user_is_told_once_from_where(earlier: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), earlier.open():
        pass
    told = [each.message for each in caplog.records]
    assert told == [
        "2026-10 的报送任务已固定下来，据已发出的 3 份报送表"
        "（1 个单位的报送表不在发件箱或已被改动，据现在的责任分工表）；此后修改责任分工表、单位通讯录不再影响这个月。",
        "2026-11 的报送任务已固定下来，据已发出的 4 份报送表；此后修改责任分工表、单位通讯录不再影响这个月。",
    ]
    caplog.clear()
    with earlier.open():
        pass
    assert caplog.records == []


def test_nothing_else_in_the_ledger_changes(earlier: Desk) -> None:
    def content() -> dict[str, list[tuple[object, ...]]]:
        with closing(sqlite3.connect(earlier.root / "zwgk.db")) as database:
            tables = ("cycles", "workbooks", "receipts", "items", "answers", "snapshots", "scores")
            return {each: database.execute(f"SELECT * FROM {each}").fetchall() for each in tables}

    before = content()
    with earlier.open():
        pass
    after = content()
    for table, rows in before.items():
        # A newer version may have added columns, at the end.
        assert [row[: len(rows[0])] for row in after[table]] == rows, table


def test_the_office_decides_whether_the_edit_holds_for_november(earlier: Desk) -> None:
    with earlier.open() as office:
        with pytest.raises(TablesChangedError) as told:
            generate(office, NOVEMBER, as_of=earlier.now.date())
        assert {each.unit for each in told.value.differences} == {"市政府办", "市财政局", "市人社局"}
        amend(office, NOVEMBER, on=earlier.now.date(), who="王主任", reason="责任单位调整")
    assert owners(earlier, "D02") == {"2026-10": ["市财政局"], "2026-11": ["市人社局"]}


def test_without_any_workbook_the_tables_of_today_are_taken(
    earlier: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    for path in earlier.root.glob("发件箱/*/*.xlsx"):
        path.unlink()
    with caplog.at_level(logging.WARNING):
        assert owners(earlier, "D02") == {"2026-10": ["市财政局"], "2026-11": ["市人社局"]}
    assert "据现在的责任分工表和单位通讯录" in caplog.records[-1].message


def test_killed_between_two_months_it_goes_on_with_the_next(earlier: Desk) -> None:
    with earlier.open():
        pass
    earlier.execute("DELETE FROM issues WHERE cycle = '2026-11'")
    assert owners(earlier, "D02") == {"2026-10": ["市财政局"], "2026-11": ["市财政局"]}
