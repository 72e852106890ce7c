"""The rules in force as settings by path, and what differs between two states of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from zwgk_excel.domain.acts import Change
from zwgk_excel.domain.rules_in_force import calendar_days, rule_changes, settings_of
from zwgk_excel.domain.workdays import Workdays


def test_tables_lists_and_numbers_become_paths_and_texts() -> None:
    raw = {
        "scoring": {
            "confirmed": True,
            "missing": {"points": 5, "cap": Decimal("30.0")},
            "late": {"bands": [{"up_to": 3, "points": 1.5}, {"points": 3}]},
            "formal": {"codes": ["b", "a"]},
        },
        "shift": "none",
    }
    assert settings_of(raw) == {
        "scoring.confirmed": "yes",
        "scoring.missing.points": "5",
        "scoring.missing.cap": "30",
        "scoring.late.bands.1.up_to": "3",
        "scoring.late.bands.1.points": "1.5",
        "scoring.late.bands.2.points": "3",
        "scoring.formal.codes": "a,b",
        "shift": "none",
    }


def test_what_is_the_same_however_it_is_written() -> None:
    one = settings_of({"points": 5, "codes": ["a", "b"]})
    assert rule_changes(one, settings_of({"codes": ["b", "a"], "points": Decimal("5.00")})) == ()


def test_changed_added_and_removed_with_days_in_their_order_at_the_end() -> None:
    before = {"calendar.days.2026-10-01": "off", "a": "1", "b": "2"}
    after = {"calendar.days.2027-01-04": "off", "calendar.days.2026-12-31": "off", "a": "9", "c": "3"}
    assert rule_changes(before, after) == (
        Change("a", "1", "9"),
        Change("c", "", "3"),
        Change("b", "2", ""),
        Change("calendar.days.2026-10-01", "off", ""),
        Change("calendar.days.2026-12-31", "", "off"),
        Change("calendar.days.2027-01-04", "", "off"),
    )


def test_a_day_that_is_what_its_weekday_says_is_no_exception() -> None:
    saturday, monday = date(2026, 11, 28), date(2026, 11, 30)
    days = {monday: True, saturday: False, date(2026, 11, 29): True, date(2026, 11, 27): False}
    assert calendar_days(Workdays(days)) == {"2026-11-27": "off", "2026-11-29": "worked"}
