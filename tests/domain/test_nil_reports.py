"""Nil reports: where policy allows them, and how many in a row are told to the office."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.domain.make import CYCLE, duty, item, nil, obligation, receipt, track
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.nil_policy import NilPolicy
from zwgk_excel.domain.nil_reports import repeated_nil_reports
from zwgk_excel.domain.tracking import TrackerRow
from zwgk_excel.layout.policy import load_policy, shipped_policy

POLICY = NilPolicy(in_a_row={Cadence.MONTHLY: 3})
MONTHS = [CYCLE + number for number in range(-3, 1)]


def rows(said: str, *, waived: int = -1, as_of: date = date(2026, 12, 20)) -> list[TrackerRow]:
    """The months August to November of D02: ``n`` nil, ``i`` an item, ``-`` nothing."""
    owed = [obligation(cycle=month) for month in MONTHS]
    receipts = []
    for each, what in zip(owed, said, strict=True):
        answers, items = ([nil(each.key)] if what == "n" else []), ([item(each.key)] if what == "i" else [])
        if what != "-":
            receipts.append(receipt(each.cycle.day(20), answers=answers, items=items, cycle=each.cycle))
    decided = {owed[waived].key: ActiveDecisions(waived=True)} if waived >= 0 else {}
    statuses = track(owed, receipts, decided, as_of=as_of, due_soon_days=5).statuses
    return [TrackerRow(status) for status in statuses]


@pytest.mark.parametrize(
    ("said", "count"), [("nnnn", 4), ("innn", 3), ("iinn", 0), ("nnni", 0), ("nn-n", 0), ("nnn-", 0), ("----", 0)]
)
def test_the_newest_run_is_counted(said: str, count: int) -> None:
    found = list(repeated_nil_reports(rows(said), POLICY))
    assert [each.code for each in found] == ["nil_repeated"] * bool(count)
    assert all(f"连续 {count} 期" in each.found and each.obligation == "D02/市财政局/2026-11" for each in found)


def test_a_month_that_is_still_open_or_waived_does_not_break_it() -> None:
    assert len(list(repeated_nil_reports(rows("nnn-", as_of=date(2026, 11, 22)), POLICY))) == 1
    assert len(list(repeated_nil_reports(rows("nn-n", waived=2), POLICY))) == 1


def test_what_ends_in_a_closed_month_is_settled() -> None:
    told = rows("nnnn")
    assert list(repeated_nil_reports([*told[:-1], replace(told[-1], closed=True)], POLICY)) == []
    assert list(repeated_nil_reports(told, NilPolicy())) == []


@pytest.mark.parametrize(
    ("id_", "cadence", "allowed"),
    [("D02", "monthly", True), ("D24", "on_demand", True), ("D41", "annual_report", False), ("D50", "yearly", False)],
)
def test_the_shipped_policy(id_: str, cadence: str, allowed: bool) -> None:
    assert shipped_policy().nil_reports.allows(duty(id_, cadence=Cadence(cadence))) is allowed


def test_the_office_changes_it() -> None:
    yearly = duty("D50", cadence=Cadence.YEARLY)
    own = load_policy({"nil_reports": {"cadences": ["yearly"], "never": ["D02"], "in_a_row": {"monthly": 6}}})
    assert own.nil_reports.allows(yearly)
    assert not own.nil_reports.allows(duty("D02", cadence=Cadence.YEARLY))
    assert own.nil_reports.in_a_row == {Cadence.MONTHLY: 6, Cadence.QUARTERLY: 2}


@pytest.mark.parametrize(
    ("overlay", "named"),
    [
        ({"cadences": "monthly"}, "nil_reports.cadences"),
        ({"cadences": ["weekly"]}, "nil_reports.cadences"),
        ({"never": [19]}, "nil_reports.never"),
        ({"in_a_row": {"monthly": 0}}, r"nil_reports\.in_a_row\.monthly"),
        ({"in_a_row": 3}, "nil_reports.in_a_row"),
        ({"nver": []}, r"nil_reports\.nver"),
    ],
)
def test_what_makes_no_sense_is_named(overlay: dict, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        load_policy({"nil_reports": overlay})
