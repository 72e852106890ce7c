"""The rules in force: recorded before the first write, and an act where they have changed since."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.ledger.samples import NOVEMBER, now
from zwgk_excel.domain.acts import Act, ActKind, ActSource, Change
from zwgk_excel.domain.decisions import MergeDecision
from zwgk_excel.ledger import Ledger, LedgerDamagedError, LedgerError, NotUndoableError, open_ledger
from zwgk_excel.ledger.rules_on_record import FOUND_AT

OLD, NEW = {"points": "5", "day": "off"}, {"points": "4", "day": "off"}
FOUND = Act(ActKind.CHANGE_RULES, now(), "", FOUND_AT, ActSource.SCHEDULED, changes=(Change("points", "5", "4"),))


def by(ledger: Ledger, rules: Mapping[str, str]) -> Ledger:
    """The ledger, as one that computes by these rules opens it."""
    ledger.rules, ledger.source = lambda: rules, ActSource.SCHEDULED
    ledger._rules_recorded = False
    return ledger


def merged(ledger: Ledger) -> None:
    """Any write at all."""
    ledger.merge(MergeDecision("市教育局", NOVEMBER, True, "王芳", now()))


def test_the_first_run_records_them_without_an_act(ledger: Ledger) -> None:
    merged(ledger)
    assert ledger.recorded_rules() is None
    merged(by(ledger, OLD))
    assert ledger.recorded_rules() == OLD
    assert {each.kind for each in ledger.acts()} == {ActKind.MERGE}


def test_a_change_is_an_act_before_what_is_written_next(ledger: Ledger) -> None:
    merged(by(ledger, OLD))
    merged(by(ledger, NEW))
    merged(by(ledger, NEW))
    kinds = [ActKind.MERGE, ActKind.CHANGE_RULES, ActKind.MERGE, ActKind.MERGE]
    assert [each.kind for each in ledger.acts()] == kinds
    assert ledger.acts()[1] == replace(FOUND, number=2)


def test_where_nothing_else_is_written_it_is_asked_for(ledger: Ledger) -> None:
    assert by(ledger, OLD).record_rules() is None
    assert by(ledger, NEW).record_rules() == replace(FOUND, number=1)
    before = ledger.revision
    assert by(ledger, NEW).record_rules() is None
    assert ledger.revision == before
    assert len(ledger.acts()) == 1


def test_reading_and_trying_write_nothing(ledger: Ledger) -> None:
    merged(by(ledger, OLD))
    ledger = by(ledger, NEW)
    before = ledger.revision, ledger.acts()
    _ = ledger.cycles(), ledger.rectifications(), ledger.adjustments()
    with ledger.trial():
        merged(ledger)
    assert (ledger.revision, ledger.acts(), ledger.recorded_rules()) == (*before, OLD)
    merged(ledger)
    assert [each.kind for each in ledger.acts()][1:] == [ActKind.CHANGE_RULES, ActKind.MERGE]


def test_a_refused_write_records_no_change(ledger: Ledger) -> None:
    merged(by(ledger, OLD))
    with pytest.raises(LedgerError):
        by(ledger, NEW).undo(7, who="王芳", reason="错")
    assert ledger.recorded_rules() == OLD
    merged(ledger)
    assert ledger.recorded_rules() == NEW


def test_of_two_offices_the_first_records_it(place: Path | str) -> None:
    def opened() -> Ledger:
        return open_ledger(place, create=True, now=now, timeout=5)

    with opened() as one, opened() as other:
        merged(by(one, OLD))
        for each in (by(one, NEW), by(other, NEW)):
            merged(each)
        assert [each.kind for each in one.acts()].count(ActKind.CHANGE_RULES) == 1


def test_it_cannot_be_undone_and_says_what_to_do(ledger: Ledger) -> None:
    merged(by(ledger, OLD))
    merged(by(ledger, NEW))
    with pytest.raises(NotUndoableError, match=r"请把 zwgk\.toml 改回去"):
        ledger.undo(2, who="王芳", reason="改错了")
    merged(by(ledger, OLD))
    assert ledger.acts()[-2].changes == (Change("points", "4", "5"),)


@pytest.mark.parametrize("stored", ["{", "[1]", "7"])
def test_what_is_damaged_is_said(ledger: Ledger, execute: Callable[[str], None], stored: str) -> None:
    merged(by(ledger, OLD))
    execute(f"UPDATE meta SET value = '{stored}' WHERE name = 'rules'")
    with pytest.raises(LedgerDamagedError):
        ledger.recorded_rules()
    with pytest.raises(LedgerDamagedError):
        merged(by(ledger, NEW))
