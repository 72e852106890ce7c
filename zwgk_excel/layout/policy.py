"""The policy: ``policy.toml`` as shipped, overlaid by the office's settings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from zwgk_excel.domain.deadlines import (
    DeadlineRule,
    ExtraDeadline,
    MonthDay,
    Policy,
    ReminderLevel,
    ReminderRule,
    Shift,
)
from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.nil_policy import NilPolicy
from zwgk_excel.domain.problem_catalogue import CATALOGUE, Severity
from zwgk_excel.layout.resources import read_toml
from zwgk_excel.layout.toml_values import choice, count, merged, table

POLICY_KEYS = frozenset(
    {
        "due_soon_days",
        "extend_within_days",
        "nil_reports",
        "publish_within_workdays",
        "shift",
        "deadlines",
        "own_deadlines",
        "reminders",
        "severities",
    }
)
"""What the office may set in ``zwgk.toml`` beside its own sections."""


@cache
def shipped_policy() -> Policy:
    """The policy as shipped."""
    return load_policy({})


def load_policy(overlay: Mapping[str, Any]) -> Policy:
    """The shipped policy with ``overlay`` (parsed TOML) merged in, table by table.

    Raises ValueError with the offending key and value, for the caller to put into a sentence.
    """
    raw = merged(read_toml("policy.toml"), overlay)
    rules = table("deadlines", raw["deadlines"], Cadence)
    deadlines = {cadence: _deadline(cadence, rules) for cadence in Cadence}
    return Policy(
        deadlines=deadlines,
        own_deadlines=tuple(_own(each) for each in _rows("own_deadlines", raw["own_deadlines"])),
        shift=choice(Shift, "shift", raw["shift"]),
        due_soon_days=count("due_soon_days", raw["due_soon_days"]),
        publish_within_workdays=count("publish_within_workdays", raw["publish_within_workdays"]),
        extend_within_days=count("extend_within_days", raw["extend_within_days"]),
        severities=_severities(raw["severities"]),
        nil_reports=_nil_policy(raw["nil_reports"]),
        reminders=tuple(_reminder_rule(level, raw["reminders"]) for level in ReminderLevel),
    )


def _deadline(cadence: Cadence, tables: Mapping[str, Any]) -> DeadlineRule:
    where, raw = f"deadlines.{cadence}", tables[cadence]
    if not isinstance(raw, Mapping):
        raise ValueError(f"{where} = {raw!r}")
    table(where, dict.fromkeys(("opens", "due", "final")) | dict(raw), ("opens", "due", "final"))
    rules = {name: _month_day(f"{where}.{name}", raw[name]) for name in raw}
    if "opens" not in rules or ("due" in rules) != ("final" in rules) or set(rules) - {"opens", "due", "final"}:
        raise ValueError(f"{where} = {raw}")
    if "due" in rules and not (_order(rules["opens"]) <= _order(rules["due"]) <= _order(rules["final"])):
        raise ValueError(f"{where} = {raw}")
    return DeadlineRule(rules["opens"], rules.get("due"), rules.get("final"))


def _order(rule: MonthDay) -> tuple[int, int]:
    return rule.months, rule.day


_OWN = ("cadence", "unit", "subject", "due", "final")
"""The keys of an entry of [[own_deadlines]]."""


def _rows(where: str, raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        raise ValueError(f"{where} = {raw!r}")
    return raw


def _own(raw: Mapping[str, Any]) -> ExtraDeadline:
    where = "own_deadlines"
    if not isinstance(raw, Mapping):
        raise ValueError(f"{where} = {raw!r}")
    table(where, dict.fromkeys(_OWN) | dict(raw), _OWN)
    try:
        due, final = _month_day(f"{where}.due", raw["due"]), _month_day(f"{where}.final", raw["final"])
        return ExtraDeadline(choice(Cadence, where, raw["cadence"]), str(raw["unit"]), str(raw["subject"]), due, final)
    except KeyError as missing:
        raise ValueError(f"{where}: {missing.args[0]} = ?") from None


def _month_day(where: str, raw: Any) -> MonthDay:
    match raw:
        case {"months": int(months), "day": int(day)} if 1 <= day <= 31 and -24 <= months <= 24:
            return MonthDay(months, day)
    raise ValueError(f"{where} = {raw}")


def _reminder_rule(level: ReminderLevel, tables: Mapping[str, Any]) -> ReminderRule:
    where = f"reminders.{level}"
    table("reminders", tables, ReminderLevel)
    match tables:
        case {**steps} if set(steps) == set(ReminderLevel) and set(steps[level]) == {"days", "every"}:
            days, every = (count(f"{where}.{name}", steps[level][name]) for name in ("days", "every"))
            return ReminderRule(level, days, every)
    raise ValueError(f"reminders = {tables}")


def _nil_policy(raw: Any) -> NilPolicy:
    where = "nil_reports"
    table(where, raw, ("cadences", "never", "in_a_row"))
    cadences = (choice(Cadence, f"{where}.cadences", each) for each in _texts(f"{where}.cadences", raw["cadences"]))
    counted = raw["in_a_row"]
    if not isinstance(counted, Mapping):
        raise ValueError(f"{where}.in_a_row = {counted!r}")
    in_a_row = {
        choice(Cadence, f"{where}.in_a_row", cadence): count(f"{where}.in_a_row.{cadence}", number, least=1)
        for cadence, number in counted.items()
    }
    return NilPolicy(frozenset(cadences), frozenset(_texts(f"{where}.never", raw["never"])), in_a_row)


def _texts(where: str, raw: Any) -> list[str]:
    if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
        raise ValueError(f"{where} = {raw!r}")
    return raw


def _severities(raw: Any) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        raise ValueError(f"severities = {raw!r}")
    for code, severity in raw.items():
        if code not in CATALOGUE or severity not in set(Severity):
            raise ValueError(f"severities.{code} = {severity!r}")
    return dict(raw)
