"""What goes into the ledger comes out the same: any receipt, once, whole."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError

from tests.ledger.samples import now, receipt, receipts, texts
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import ContentCounts, Item, Receipt, Verdict
from zwgk_excel.domain.senders import HELD_FOR_SENDER
from zwgk_excel.ledger import Ledger, LedgerError, open_ledger
from zwgk_excel.ledger.schema import ITEMS, PROBLEMS
from zwgk_excel.ledger.types import AnyText, restored, storable

BATCHES = st.lists(receipts(), max_size=4, unique_by=lambda r: (r.file, r.sha256))


def held(receipt: Receipt) -> bool:
    """Whether it only waits because nobody knows who sent it."""
    return receipt.verdict is Verdict.QUARANTINED and any(each.code in HELD_FOR_SENDER for each in receipt.problems)


def is_copy(receipt: Receipt) -> bool:
    return receipt.verdict is Verdict.DUPLICATE


@given(BATCHES)
def test_any_receipts_come_back_as_they_were(arrived: list[Receipt]) -> None:
    with tempfile.TemporaryDirectory() as folder, open_ledger(Path(folder) / "a.db", create=True, now=now) as ledger:
        for each in arrived:
            assert ledger.add_receipts([each], "inbox") == 1
        assert ledger.receipts() == tuple(sorted(arrived, key=lambda r: r.order))
        assert ledger.known() == {(each.file, each.sha256) for each in arrived}
        gone = {each.sha256 for each in arrived if each.verdict is Verdict.WITHDRAWN}
        firsts = sorted(
            (r for r in arrived if r.verdict is not Verdict.WITHDRAWN and not (is_copy(r) and r.sha256 in gone)),
            key=lambda r: (is_copy(r), held(r)),
        )
        assert {sha256: first.file for sha256, first in ledger.originals().items()} == {
            each.sha256: each.file for each in reversed(firsts)
        }


@given(BATCHES)
def test_the_ledger_counts_what_a_content_says_as_the_domain_does(arrived: list[Receipt]) -> None:
    with tempfile.TemporaryDirectory() as folder, open_ledger(Path(folder) / "a.db", create=True, now=now) as ledger:
        ledger.add_receipts(arrived, "inbox")
        assert ledger.receipt_summaries() == tuple(each.without_content() for each in ledger.receipts())


def test_tallies_are_the_same_in_every_database(ledger: Ledger) -> None:
    arrived = [receipt(1), receipt(2, items=0), replace(receipt(3), content=None)]
    ledger.add_receipts(arrived, "inbox")
    condensed = ledger.receipt_summaries()
    assert condensed == tuple(each.without_content() for each in arrived)
    types = frozenset({"notice"})
    assert condensed[0].tallies == {
        "D02/市教育局/2026-11": ContentCounts(items=3, valid=2, types=types, answers=1, claims=1, distinct=2),
        "D03/市教育局/2026-11": ContentCounts(answers=1, nil=1, claims=1),
    }
    assert condensed[2].was_read is False


def test_condensed_ones_are_read_whole_in_the_order_asked_for(ledger: Ledger) -> None:
    """More of them than are read at a time."""
    arrived = [receipt(number, items=0) for number in range(300)]
    ledger.add_receipts(arrived, "inbox")
    asked = ledger.receipt_summaries()[::-1]
    assert list(ledger.with_content(asked)) == arrived[::-1]
    with pytest.raises(LedgerError, match="没有“收件箱/市教育局_700"):
        list(ledger.with_content([*asked, receipt(700)]))


@given(texts, texts)
def test_stored_text_is_valid_unicode_and_tells_texts_apart(one: str, other: str) -> None:
    stored = storable(one)
    assert "\0" not in stored
    assert stored.encode("utf-8").decode("utf-8") == stored
    assert restored(stored) == one
    assert (stored == storable(other)) == (one == other)


def test_every_field_of_an_item_has_its_column_in_the_same_order() -> None:
    assert [column.name for column in ITEMS.columns][2:] == [field.name for field in fields(Item) if field.compare]


def test_written_twice_is_written_once(ledger: Ledger) -> None:
    first = receipt(1)
    assert ledger.add_receipts([first], "inbox") == 1
    assert ledger.add_receipts([first], "mail") == 0
    assert ledger.add_receipts([replace(first, verdict=Verdict.RETURNED, content=None)], "inbox") == 0
    assert ledger.receipts() == (first,)


def test_a_batch_adds_only_what_is_new_and_that_once(ledger: Ledger) -> None:
    ledger.add_receipts([receipt(1)], "inbox")
    assert ledger.add_receipts([receipt(2), receipt(1), receipt(3), receipt(2)], "inbox") == 2
    assert ledger.add_receipts([], "inbox") == 0
    assert ledger.receipts() == (receipt(1), receipt(2), receipt(3))


def test_a_big_batch_finds_every_known_receipt(ledger: Ledger) -> None:
    many = [replace(receipt(number), content=None, problems=()) for number in range(1, 1001)]
    ledger.add_receipts(many[::2], "inbox")
    assert ledger.add_receipts(many, "inbox") == 500
    assert ledger.receipts() == tuple(many)


def test_the_same_file_with_other_content_and_the_same_content_elsewhere_are_receipts_of_their_own(
    ledger: Ledger,
) -> None:
    first = receipt(1)
    overwritten = replace(first, sha256="b" * 64)
    copied = replace(first, file="收件箱/副本.xlsx", verdict=Verdict.DUPLICATE, content=None)
    assert [ledger.add_receipts([each], "inbox") for each in (first, overwritten, copied)] == [1, 1, 1]
    assert {sha256: kept.file for sha256, kept in ledger.originals().items()} == dict.fromkeys(
        (first.sha256, "b" * 64), first.file
    )
    assert ("收件箱/副本.xlsx", "b" * 64) not in ledger.known()


def test_receipts_come_in_their_own_order_not_in_that_of_recording(ledger: Ledger) -> None:
    for number in (3, 1, 2):
        ledger.add_receipts([receipt(number)], "inbox")
    assert ledger.receipts() == (receipt(1), receipt(2), receipt(3))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"unit": "市教育局"}, {1, 3}),
        ({"cycle": Month(2026, 12)}, {3, 4}),
        ({"unit": "市教育局", "cycle": Month(2026, 12)}, {3}),
        ({"since": receipt(2).received_at}, {2, 3, 4}),
        ({"unit": "市公安局"}, set()),
    ],
)
def test_filters_give_whole_receipts(ledger: Ledger, wanted: dict, expected: set[int]) -> None:
    december = Month(2026, 12)
    arrived = {
        1: receipt(1),
        2: receipt(2, unit="市司法局"),
        3: receipt(3, cycle=december),
        4: receipt(4, unit="市司法局", cycle=december),
    }
    ledger.add_receipts(arrived.values(), "inbox")
    assert ledger.receipts(**wanted) == tuple(arrived[number] for number in sorted(expected))


def test_a_time_with_a_zone_is_refused_and_nothing_is_written(ledger: Ledger) -> None:
    zoned = replace(receipt(2), received_at=datetime(2026, 11, 1, tzinfo=UTC))
    with pytest.raises((StatementError, ValueError), match="without a zone"):
        ledger.add_receipts([receipt(1), zoned], "inbox")
    assert ledger.receipts() == ()


def test_shared_problems_are_stored_once(ledger: Ledger, count_rows: Callable[[str], int]) -> None:
    arrived = receipt(1)
    assert arrived.content is not None
    ledger.add_receipts([arrived], "inbox")
    assert count_rows(PROBLEMS.name) == len(arrived.problems)
    assert len(arrived.content.problems) == 1


def test_where_a_receipt_came_from_and_when_it_was_recorded_is_kept(
    ledger: Ledger, query: Callable[[str], list]
) -> None:
    ledger.add_receipts([receipt(1)], "mail")
    assert query("SELECT source, recorded_at FROM receipts") == [("mail", "2026-11-26 09:30:00.000000")]


@pytest.mark.parametrize("odd", ["\0", "\ud800", "\uffff", "甲\0乙", "行\n\0"])
def test_what_is_not_stored_as_it_is_cannot_be_printed(odd):
    bind = AnyText().bind_processor(sqlite.dialect())
    assert not odd.isprintable()
    assert bind(odd) == storable(odd) != odd
    assert [bind(each) for each in ("甲", "", None, "a\nb")] == ["甲", "", None, "a\nb"]
