"""What benchmarks measure is the work itself: a county's returns are taken in without a fault."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.county import ITEMS, Size, new_county, write_returns
from tests.tools import ROOT
from zwgk_excel.workflow.intake.receiving import import_new


def test_what_is_published_of_a_click_keeps_its_limits():
    """60 units × 12 months (docs/benchmarks/live-refresh.md), as ``make bench-live`` measured it the last time."""
    told = json.loads((ROOT / "docs/benchmarks/live_refresh.json").read_text(encoding="utf-8"))
    assert told["rows"]["items"] > 10_000
    assert told["seconds"]["first"] <= 1.3 * told["seconds"]["block"]
    assert told["calls_of_a_click_that_changes_nothing"] <= 150
    assert told["calls_of_a_click_with_one_new_return"] <= 400


def test_the_returns_of_a_made_up_county_are_accepted(tmp_path: Path):
    size = Size(units=1, cycles=2)
    desk = new_county(tmp_path / "县", size)
    write_returns(desk, size, desk.root / "收件箱")
    with desk.open() as office, office.ledger.exclusive():
        taken = import_new(office)
    # Both months are issued when both returns come: that one is of the earlier month is told.
    assert [each.items for each in taken] == [ITEMS] * 2
    assert {p.code for each in taken for p in each.problems} <= {"cycle_earlier"}
