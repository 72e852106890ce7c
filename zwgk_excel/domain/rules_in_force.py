"""The rules in force: what the figures of a month rest on beside its records, and how two states of them differ.

An open month is computed by the rules of today, a closed one by those that it was closed with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from zwgk_excel.domain.acts import Change
from zwgk_excel.domain.escalation import EscalationPolicy
from zwgk_excel.domain.score_rules import Scoring
from zwgk_excel.domain.scoring import format_points
from zwgk_excel.domain.workdays import SATURDAY, Workdays


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The rules that the figures of a month are computed by."""

    scoring: Scoring
    ladder: EscalationPolicy
    severities: Mapping[str, str]
    """Problem code → severity, where it is another than the catalogue's."""
    publish_within: int
    """Working days from forming to publishing (政府信息公开条例 第二十六条)."""
    workdays: Workdays
    feedback_within: int
    """Working days from the end of a consultation to its feedback; today's for a month closed before there was such a
    rule."""
    whole: bool = True
    """False where a month was closed by a version that kept the scoring rules only: the others are those of today."""


def calendar_days(workdays: Workdays) -> dict[str, str]:
    """Day (ISO) → ``off`` or ``worked``, in order: the days that are not what their weekday says."""
    return {
        day.isoformat(): "worked" if worked else "off"
        for day, worked in sorted(workdays.exceptions.items())
        if worked is not ordinary(day)
    }


def ordinary(day: date) -> bool:
    """Whether a day's weekday makes it a working day."""
    return day.weekday() < SATURDAY


def settings_of(raw: Mapping[str, Any]) -> dict[str, str]:
    """Settings as path → text, in their order: ``scoring.missing.points`` → ``5``.

    ``raw`` are nested tables. Of a list of tables the paths have the position, from 1; a list of plain values is one
    text, sorted, because its order means nothing. Equal numbers are equal texts: 5 and 5.0 are no change.
    """
    return dict(_paths("", raw))


def _paths(path: str, value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case Mapping():
            for key, each in value.items():
                yield from _paths(f"{path}.{key}" if path else str(key), each)
        case [Mapping(), *_]:
            for position, each in enumerate(value, 1):
                yield from _paths(f"{path}.{position}", each)
        case list() | tuple():
            yield path, ",".join(sorted(map(_text, value)))
        case _:
            yield path, _text(value)


def _text(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float() | Decimal():
            return format_points(Decimal(str(value)))
    return str(value)


def rule_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """The settings that differ between two states, by path; an empty text where a state does not have one."""
    paths = dict.fromkeys((*after, *before))
    found = (Change(path, before.get(path, ""), after.get(path, "")) for path in paths)
    return tuple(sorted((each for each in found if each.before != each.after), key=lambda each: _day_of(each.subject)))


def _day_of(path: str) -> str:
    """What sorts days after everything else, which stays as it is."""
    return path if path.startswith(DAYS) else ""


DAYS = "calendar.days."
"""What the paths of calendar days begin with."""
