"""Contents are read as they are wanted, again and again, in the order asked for."""

from dataclasses import replace

import pytest

from tests.ledger.samples import now, receipt
from zwgk_excel.ledger import open_ledger
from zwgk_excel.workflow.tracking.contents import EffectiveReceipts


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path / "a.db", create=True, now=now) as opened:
        opened.add_receipts([receipt(number) for number in range(4)], "inbox")
        yield opened


def test_they_are_whole_each_time_they_are_gone_through(ledger):
    contents = EffectiveReceipts(ledger, ledger.receipt_summaries())
    assert all(each.content is None for each in contents.receipts)
    assert list(contents) == list(contents) == list(ledger.receipts())
    assert contents.items == 12


def test_another_order(ledger):
    turned = EffectiveReceipts(ledger, ledger.receipt_summaries()).in_order(
        lambda each: [-ord(letter) for letter in each.file]
    )
    assert list(turned) == list(ledger.receipts())[::-1]


def test_a_part_that_counts_stays_as_it_was_given(ledger):
    first, *others = ledger.receipts()
    part = replace(first, content=replace(first.content, items=first.content.items[:1]))
    contents = EffectiveReceipts(ledger, [part, *(each.without_content() for each in others)])
    assert list(contents) == [part, *others]
    assert contents.items == 10


def test_what_is_gathered_from_them_is_gathered_once_for_each_key(ledger):
    contents = EffectiveReceipts(ledger, ledger.receipt_summaries())
    read = []

    def files() -> list[str]:
        read.append([each.file for each in contents])
        return read[-1]

    first, other = contents.once("a", files), contents.once("b", files)
    assert contents.once("a", files) is first
    assert first == other == [each.file for each in ledger.receipts()]
    assert len(read) == 2
