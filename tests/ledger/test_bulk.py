"""What is written many at a time costs the same few statements for sixty rows as for six hundred."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.ledger.samples import NOVEMBER, now, receipt
from zwgk_excel.domain.acts import ActSource
from zwgk_excel.domain.correspondence import IncomingMessage, MessageKind, SavedAttachment
from zwgk_excel.domain.decisions import Decision, DecisionKind
from zwgk_excel.domain.escalation import EscalationLevel, NoteKind, Rectification, RectificationNote
from zwgk_excel.ledger import Ledger, WorkbookRecord

FEW, MANY = 60, 600
ONE_MORE_BATCH = 2
"""Many keys are asked for in batches: so many statements more are allowed to many rows."""


def workbooks(count: int) -> list[WorkbookRecord]:
    return [
        WorkbookRecord(NOVEMBER, f"单位{number}", "f", date(2026, 11, 2), f"发件箱/{number}.xlsx", f"{number:064}", 2)
        for number in range(count)
    ]


def messages(count: int, uidvalidity: int = 7) -> list[IncomingMessage]:
    return [
        IncomingMessage(
            "zwgk@example.gov.cn/INBOX",
            uidvalidity,
            number,
            now(),
            "jiaoyu@example.gov.cn",
            f"报送表 {number}",
            f"<{number}@example.gov.cn>",
            (),
            MessageKind.REPLY,
            "市教育局",
            (SavedAttachment(f"收件箱/邮件/{number}/表.xlsx", f"{number:064}", "表.xlsx"),),
        )
        for number in range(1, count + 1)
    ]


def raised(count: int) -> list[Rectification]:
    days = date(2026, 12, 3), date(2026, 12, 20)
    return [Rectification(f"单位{number}", NOVEMBER, EscalationLevel.SUPERVISE, *days) for number in range(count)]


def record_workbooks(ledger: Ledger, count: int) -> None:
    ledger.record_workbooks(workbooks(count))


def add_messages(ledger: Ledger, count: int) -> None:
    assert ledger.add_messages(messages(count)) == count


def add_receipts(ledger: Ledger, count: int) -> None:
    assert ledger.add_receipts(map(receipt, range(count)), "inbox") == count


def decide(ledger: Ledger, count: int) -> None:
    taken = Decision("D02/市教育局/2026-11", DecisionKind.EXTENSION, "2026-12-05", "王主任", now(), "")
    ledger.decide([taken] * count, ActSource.TRACKER)


def raise_rectifications(ledger: Ledger, count: int) -> None:
    assert len(ledger.raise_rectifications(raised(count))) == count


def close_cycle(ledger: Ledger, count: int) -> None:
    figures = {str(number): {"outcome": "nil"} for number in range(count)}
    ledger.close_cycle(NOVEMBER, date(2026, 11, 30), "王主任", now(), figures, ({}, figures))
    assert (ledger.snapshot(NOVEMBER), ledger.scores()) == (figures, {NOVEMBER: ({}, list(figures.values()))})


Write = Callable[[Ledger, int], None]
WRITES: Sequence[Write] = (
    record_workbooks,
    add_messages,
    add_receipts,
    decide,
    raise_rectifications,
    close_cycle,
)


@pytest.mark.parametrize("write", WRITES, ids=[write.__name__ for write in WRITES])
def test_statements_do_not_grow_with_the_rows(new_ledger: Callable[[], Ledger], write: Write) -> None:
    counts = []
    for rows in (FEW, MANY):
        with new_ledger() as ledger, counted() as statements:
            write(ledger, rows)
        counts.append(len(statements))
    assert 0 < counts[1] <= counts[0] + ONE_MORE_BATCH, counts


def test_workbooks_written_over_are_deleted_many_at_a_time(ledger: Ledger) -> None:
    ledger.record_workbooks(workbooks(MANY))
    newer = [replace(each, fingerprint="f2") for each in workbooks(MANY)[1:]]
    with counted() as statements:
        ledger.record_workbooks(newer)
    assert sum(each.startswith("DELETE") for each in statements) == 2
    assert ledger.workbooks(NOVEMBER) == {each.unit: each for each in (workbooks(1)[0], *newer)}


def test_mails_of_a_mailbox_that_was_numbered_anew_move_at_once(ledger: Ledger) -> None:
    ledger.add_messages(messages(MANY))
    with counted() as statements:
        assert ledger.add_messages(messages(MANY, uidvalidity=8)) == 0
    assert sum(each.startswith("UPDATE messages") for each in statements) == 1
    assert ledger.messages() == tuple(messages(MANY, uidvalidity=8))


@pytest.mark.parametrize("rows", [FEW, MANY])
def test_notes_on_many_rectifications_are_one_insert(ledger: Ledger, rows: int) -> None:
    ledger.raise_rectifications(raised(rows))
    note = RectificationNote(NoteKind.MENDED, date(2026, 12, 8), "经办人", "已补报")
    with counted() as statements:
        found = ledger.add_notes([(number, note) for number in range(1, rows + 1)])
    assert [each.measures for each in found] == ["2026-12-08 已补报"] * rows
    assert len(statements) < 14
    assert ledger.rectifications() == found


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent to databases meanwhile, one for all rows that go with it."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
