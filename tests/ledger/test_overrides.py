"""What the office rules about files that arrived: the receipt and the ruling change together, or neither does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.samples import NOVEMBER, months, now, receipt, texts
from zwgk_excel.domain.acts import ActSource
from zwgk_excel.domain.decisions import (
    Decision,
    DecisionKind,
    ManualOverride,
    MergeDecision,
    OverrideKind,
    merged_cycles,
)
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.ledger import FirstCopy, Ledger, LedgerError


def ruling(of: Receipt, **values: object) -> ManualOverride:
    given = {"unit": "市司法局", "cycle": NOVEMBER, "reason": "电话核实"} | values
    return ManualOverride(of.file, of.sha256, OverrideKind.ASSIGNED, "王主任", now(), **given)  # type: ignore[arg-type]


def waiting(number: int) -> Receipt:
    return replace(receipt(number), verdict=Verdict.QUARANTINED, unit="", cycle=None, content=None, items=0)


def test_an_assigned_receipt_is_whole_and_what_it_was_is_kept(
    ledger: Ledger, query: Callable[[str], list]
) -> None:
    ledger.add_receipts([waiting(1), receipt(2)], "inbox")
    amended = replace(receipt(1, unit="市司法局"), file=waiting(1).file, sha256=waiting(1).sha256)
    ledger.override([(ruling(waiting(1)), amended)])
    assert ledger.receipts() == (amended, receipt(2))
    assert ledger.overrides() == (ruling(waiting(1)),)
    assert query("SELECT former_verdict, former_unit, former_cycle, recorded_at FROM rulings") == [
        ("quarantined", "", None, "2026-11-26 09:30:00.000000")
    ]
    assert query("SELECT DISTINCT source FROM receipts") == [("inbox",)]


def test_duplicates_go_where_their_original_goes(ledger: Ledger) -> None:
    first = waiting(1)
    copy = replace(first, file="收件箱/副本.xlsx", verdict=Verdict.DUPLICATE, problems=())
    ledger.add_receipts([first, copy], "inbox")
    ledger.override([(ruling(first), replace(first, unit="市司法局", cycle=NOVEMBER, verdict=Verdict.ACCEPTED))])
    assert {(r.file, r.unit, r.cycle) for r in ledger.receipts()} == {
        (first.file, "市司法局", NOVEMBER),
        (copy.file, "市司法局", NOVEMBER),
    }


def test_of_several_rulings_all_or_none(ledger: Ledger) -> None:
    ledger.add_receipts([waiting(1)], "inbox")
    with pytest.raises(LedgerError, match=r"没有“收件箱/市教育局_2\.xlsx”的收件记录"):
        ledger.override([(ruling(waiting(1)), receipt(1)), (ruling(waiting(2)), receipt(2))])
    assert ledger.receipts() == (waiting(1),)
    assert ledger.overrides() == ()


def test_the_first_file_of_a_content_is_its_original(ledger: Ledger) -> None:
    ledger.add_receipts([receipt(1)], "inbox")
    copy = replace(receipt(1), file="收件箱/副本.xlsx", verdict=Verdict.DUPLICATE, content=None)
    ledger.add_receipts([copy], "inbox")
    assert ledger.originals() == {receipt(1).sha256: FirstCopy(receipt(1).file, "市教育局", NOVEMBER)}


def test_mergers_come_back_as_they_were(ledger: Ledger) -> None:
    told = [
        MergeDecision("市教育局", NOVEMBER, True, "甲", now(), "两个科室"),
        MergeDecision("市教育局", NOVEMBER, False, "乙", now()),
    ]
    for each in told:
        ledger.merge(each)
    assert ledger.mergings() == tuple(told)
    assert merged_cycles(ledger.mergings()) == frozenset()
    assert merged_cycles(told[:1]) == {("市教育局", NOVEMBER)}


@given(st.lists(st.tuples(texts, months, st.booleans()), max_size=8))
def test_what_was_decided_last_stands(decided: list[tuple[str, Month, bool]]) -> None:
    last = {(unit, cycle): merged for unit, cycle, merged in decided}
    mergings = [MergeDecision(unit, cycle, merged, "甲", now()) for unit, cycle, merged in decided]
    assert merged_cycles(mergings) == {place for place, merged in last.items() if merged}


def test_decisions_of_one_source_behind_the_first_ones(ledger: Ledger) -> None:
    def taken(number: int) -> Decision:
        return Decision(f"D0{number}/市教育局/2026-11", DecisionKind.WAIVER, "yes", "甲", now())

    ledger.decide([taken(1)], ActSource.TRACKER)
    ledger.decide([taken(2)], ActSource.COMMAND)
    ledger.decide([taken(3)], ActSource.TRACKER)
    assert ledger.decisions(source="tracker", after=1) == (taken(3),)
    assert ledger.decisions(source="tracker") == (taken(1), taken(3))
    assert ledger.decisions(after=1) == (taken(2), taken(3))
