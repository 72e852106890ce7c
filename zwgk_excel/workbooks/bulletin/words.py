"""Texts of ``bulletin.toml`` and formatting: periods, days, rates, lists of units, kinds of problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from zwgk_excel.domain.periods import Period, PeriodLength
from zwgk_excel.layout.resources import read_toml

Tags = dict[str, object]
"""Tag → text, count, or rows of tags: what a template is rendered with."""


@cache
def settings() -> Mapping[str, Any]:
    """``bulletin.toml``."""
    return read_toml("bulletin.toml")


def text(key: str, **values: object) -> str:
    """A text of ``bulletin.toml`` [texts] with its values filled in."""
    return str(settings()["texts"][key]).format_map(values)


def limit(key: str) -> int:
    """A number of ``bulletin.toml`` [counts]."""
    return int(settings()["counts"][key])


def tagged_row(**values: object) -> Tags:
    """One row of a table, with its values by tag."""
    named: Mapping[str, str] = settings()["row_tags"]
    return {named[key]: value for key, value in values.items()}


def units_named(units: Sequence[str]) -> str:
    """The units as one text, at most as many as ``bulletin.toml`` allows, then their total number."""
    most = limit("named_units")
    shown = "、".join(units[:most])
    return shown + text("more", count=len(units)) if len(units) > most else shown


def format_period(period: Period) -> str:
    """``2026年11月``, ``2026年第四季度`` or ``2026年度``."""
    year, month = period.first.year, period.first.month
    match period.span:
        case PeriodLength.MONTH:
            return text("month", year=year, month=month)
        case PeriodLength.QUARTER:
            return text("quarter", year=year, quarter=settings()["texts"]["quarters"][month // 3])
        case PeriodLength.YEAR:
            return text("year", year=year)


def format_day(day: date) -> str:
    """``2026年12月3日``."""
    return text("day", year=day.year, month=day.month, day=day.day)


def format_rate(rate: float | None) -> str:
    """``87.5%``; a dash for None. Only a full rate is ``100%``: 99.96% is ``99.9%``."""
    if rate is None:
        return text("nothing")
    percent = round(rate * 100, 1)
    return f"{99.9 if percent >= 100 > rate * 100 else percent:.1f}".removesuffix(".0") + "%"


def problem_kind(code: str) -> str:
    """The bulletin's name for a problem of the catalogue; the last kind for a code without its own."""
    kinds = settings()["problem_kinds"]
    return str(next((kind["name"] for kind in kinds if code in kind["codes"]), kinds[-1]["name"]))
