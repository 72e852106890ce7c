"""The policy: ``policy.toml`` as shipped, overlaid by the office's settings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Any

from zwgk_excel.domain.deadlines import (
    DeadlineRule,
    ExtraSubject,
    OwnDeadline,
    Policy,
    ReminderLevel,
    ReminderRule,
    Shift,
)
from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.nil_policy import NilPolicy
from zwgk_excel.domain.periods import MonthDay
from zwgk_excel.domain.problem_catalogue import CATALOGUE, Severity
from zwgk_excel.domain.returns import ItemType
from zwgk_excel.domain.update_policy import UpdateKind, UpdateLimit, UpdatePolicy
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.resources import read_toml
from zwgk_excel.layout.toml_values import (
    DatesOutOfOrderError,
    LackingKeyError,
    WrongValueError,
    choice,
    count,
    merged,
    table,
    yes,
)
from zwgk_excel.layout.words import words

POLICY_KEYS = frozenset(
    {
        "due_soon_days",
        "extend_within_days",
        "carry_months",
        "column_updates",
        "nil_reports",
        "policy_columns",
        "publish_within_workdays",
        "feedback_within_workdays",
        "mend_site_within_workdays",
        "shift",
        "deadlines",
        "own_deadlines",
        "extra_subjects",
        "published_from",
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

    The office's own deadlines and extra subjects are added to those shipped; one about the same replaces it, and an
    empty list leaves none of those shipped. Raises ValueError with the offending key and value, for the caller to put
    into a sentence.
    """
    raw = merged(read_toml("policy.toml"), overlay)
    rules = table("deadlines", raw["deadlines"], Cadence)
    deadlines = {cadence: _deadline(cadence, rules) for cadence in Cadence}
    return Policy(
        deadlines=deadlines,
        own_deadlines=_own_deadlines(overlay),
        extra_subjects=_extra_subjects(overlay),
        shift=choice(Shift, "shift", raw["shift"]),
        due_soon_days=count("due_soon_days", raw["due_soon_days"]),
        publish_within_workdays=count("publish_within_workdays", raw["publish_within_workdays"]),
        carry_months=count("carry_months", raw["carry_months"]),
        feedback_within_workdays=count("feedback_within_workdays", raw["feedback_within_workdays"]),
        mend_site_within_workdays=count("mend_site_within_workdays", raw["mend_site_within_workdays"], least=1),
        extend_within_days=count("extend_within_days", raw["extend_within_days"]),
        severities=_severities(raw["severities"]),
        published_from=_published_from(raw["published_from"], deadlines),
        nil_reports=_nil_policy(raw["nil_reports"]),
        unfit_types=_unfit_types(raw["policy_columns"]),
        column_updates=_column_updates(raw["column_updates"]),
        reminders=tuple(_reminder_rule(level, raw["reminders"]) for level in ReminderLevel),
    )


def _deadline(cadence: Cadence, tables: Mapping[str, Any]) -> DeadlineRule:
    where, raw = f"deadlines.{cadence}", tables[cadence]
    if not isinstance(raw, Mapping):
        raise WrongValueError(where, raw, f"应为一组设置，写在 [{where}] 下面")
    table(where, dict.fromkeys(("opens", "due", "final")) | dict(raw), ("opens", "due", "final"))
    rules = {name: _month_day(f"{where}.{name}", raw[name]) for name in raw}
    if "opens" not in rules or ("due" in rules) != ("final" in rules) or set(rules) - {"opens", "due", "final"}:
        raise WrongValueError(where, raw, "应写明 opens，due 和 final 两个都写或都不写")
    _require_order(where, rules)
    return DeadlineRule(rules["opens"], rules.get("due"), rules.get("final"))


def _published_from(raw: Any, deadlines: Mapping[Cadence, DeadlineRule]) -> dict[Cadence, MonthDay]:
    days = table("published_from", raw, Cadence)
    found: dict[Cadence, MonthDay] = {}
    for cadence in Cadence:
        where = f"published_from.{cadence}"
        found[cadence] = first = _month_day(where, days[cadence])
        last = deadlines[cadence].due or MonthDay(0, 31)
        if (first.months, first.day) > (last.months, last.day):
            day = f"{{ months = {last.months}, day = {last.day} }}"
            until = "时限" if deadlines[cadence].due else "所属期末"
            raise WrongValueError(where, days[cadence], f"应不晚于{until} {day}，否则按期报来的信息没有一条能算")
    return found


def _entry(section: str, raw: Mapping[str, Any]) -> str:
    """An entry of a list of tables, by what it is about."""
    return f"[[{section}]]（{'，'.join(f'{key} = {raw[key]}' for key in (*_ABOUT, 'subject') if raw.get(key))}）"


def _require_order(where: str, rules: Mapping[str, MonthDay]) -> None:
    """Raise DatesOutOfOrderError where dates of these names do not follow each other."""
    tracking = layout("tracker")["tracking"]
    names = {"opens": "开始报送日期"} | {key: tracking.heading(key) for key in ("due", "final")}
    given = [name for name in names if name in rules]
    for earlier, later in pairwise(given):
        day = rules[earlier]
        if (rules[later].months, rules[later].day) < (day.months, day.day):
            month = f"后 {day.months} 个月的 " if day.months > 0 else f"前 {-day.months} 个月的 " if day.months else ""
            raise DatesOutOfOrderError(where, names[earlier], names[later], f"{month}{day.day} 日")


_ABOUT = ("duty", "cadence", "unit")
_OWN = (*_ABOUT, "opens", "due", "final")
"""The keys of an entry of [[own_deadlines]]."""
_EXTRA = (*_ABOUT, "subject", "due", "final")
"""The keys of an entry of [[extra_subjects]]."""


def _entries(section: str, raw: Any) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or not all(isinstance(each, Mapping) for each in raw):
        raise WrongValueError(section, raw, f"应写作 [[{section}]]，每项一段")
    return [dict(each) for each in raw]


def _own_deadlines(overlay: Mapping[str, Any]) -> tuple[OwnDeadline, ...]:
    entries = _entries("own_deadlines", overlay.get("own_deadlines", []))
    found = [_own(each) for each in entries if "subject" not in each]
    return tuple({(each.duty, each.cadence, each.unit): each for each in found}.values())


def _extra_subjects(overlay: Mapping[str, Any]) -> tuple[ExtraSubject, ...]:
    # What has a subject was written into [[own_deadlines]] once: it is understood there.
    earlier = [each for each in _entries("own_deadlines", overlay.get("own_deadlines", [])) if "subject" in each]
    added = overlay.get("extra_subjects")
    shipped = [] if added == [] else read_toml("policy.toml")["extra_subjects"]
    found = [_extra(each) for each in (*shipped, *earlier, *_entries("extra_subjects", added or []))]
    return tuple({(each.duty, each.cadence, each.unit, each.subject): each for each in found}.values())


def _own(raw: Mapping[str, Any]) -> OwnDeadline:
    where = "own_deadlines"
    table(where, dict.fromkeys(_OWN) | dict(raw), _OWN)
    about = _about(where, raw)
    if about["cadence"] and not about["unit"]:
        raise LackingKeyError(f"[{where}]", "unit", f"（整个频次的时限请写在 [deadlines.{about['cadence']}]）")
    days = {name: _month_day(f"{where}.{name}", raw[name]) for name in ("opens", "due", "final") if name in raw}
    if not days:
        raise LackingKeyError(f"[{where}]", "due")
    _require_order(_entry(where, raw), days)
    return OwnDeadline(**about, opens=days.get("opens"), due=days.get("due"), final=days.get("final"))


def _extra(raw: Mapping[str, Any]) -> ExtraSubject:
    where = "extra_subjects"
    table(where, dict.fromkeys(_EXTRA) | dict(raw), _EXTRA)
    about = _about(where, raw)
    for key in ("unit", "subject", "due", "final"):
        if not raw.get(key):
            raise LackingKeyError(f"[{where}]", key)
    due, final = (_month_day(f"{where}.{name}", raw[name]) for name in ("due", "final"))
    _require_order(_entry(where, raw), {"due": due, "final": final})
    return ExtraSubject(subject=_text(where, "subject", raw), due=due, final=final, **about)


def _about(where: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Duty or cadence, and the unit: what an entry is about."""
    if ("duty" in raw) == ("cadence" in raw):
        raise WrongValueError(where, raw, "duty 和 cadence 应写一个，也只写一个")
    cadence = choice(Cadence, f"{where}.cadence", raw["cadence"]) if "cadence" in raw else None
    return {"duty": _text(where, "duty", raw).upper(), "cadence": cadence, "unit": _text(where, "unit", raw)}


def _text(where: str, key: str, raw: Mapping[str, Any]) -> str:
    value = raw.get(key, "")
    if not isinstance(value, str):
        raise WrongValueError(f"{where}.{key}", value, "应为带引号的文字")
    return value.strip()


def _month_day(where: str, raw: Any) -> MonthDay:
    match raw:
        case {"months": int(months), "day": int(day)} if 1 <= day <= 31 and -24 <= months <= 24:
            return MonthDay(months, day)
    raise WrongValueError(where, raw, "应如 { months = 0, day = 25 }，day 为 1 至 31")


def _reminder_rule(level: ReminderLevel, tables: Mapping[str, Any]) -> ReminderRule:
    where = f"reminders.{level}"
    keys = ("days", "every")
    rule = table(where, table("reminders", tables, ReminderLevel)[level], keys)
    return ReminderRule(level, *(count(f"{where}.{key}", rule[key]) for key in keys))


def _nil_policy(raw: Any) -> NilPolicy:
    where = "nil_reports"
    table(where, raw, ("cadences", "never", "in_a_row"))
    cadences = (choice(Cadence, f"{where}.cadences", each) for each in _texts(f"{where}.cadences", raw["cadences"]))
    counted = raw["in_a_row"]
    if not isinstance(counted, Mapping):
        raise WrongValueError(f"{where}.in_a_row", counted, "应如 { monthly = 3, quarterly = 2 }")
    in_a_row = {
        choice(Cadence, f"{where}.in_a_row", cadence): count(f"{where}.in_a_row.{cadence}", number, least=1)
        for cadence, number in counted.items()
    }
    return NilPolicy(frozenset(cadences), frozenset(_texts(f"{where}.never", raw["never"])), in_a_row)


def _column_updates(raw: Any) -> UpdatePolicy:
    where = "column_updates"
    limited = [kind for kind in UpdateKind if kind is not UpdateKind.UNLIMITED]
    table(where, raw, ("confirmed", *limited, "cadences", "duties"))
    cadences = table(f"{where}.cadences", raw["cadences"], Cadence)
    duties = raw["duties"]
    if not isinstance(duties, Mapping):
        raise WrongValueError(f"{where}.duties", duties, '应如 { D01 = "documents" }')
    return UpdatePolicy(
        yes(f"{where}.confirmed", raw["confirmed"]),
        {kind: _update_limit(f"{where}.{kind}", raw[kind]) for kind in limited},
        {each: choice(UpdateKind, f"{where}.cadences.{each}", cadences[each]) for each in Cadence},
        {id_.upper(): choice(UpdateKind, f"{where}.duties.{id_}", kind) for id_, kind in duties.items()},
    )


def _update_limit(where: str, raw: Any) -> UpdateLimit:
    rule = table(where, raw, ("days", "warn"))
    days, warn = count(f"{where}.days", rule["days"], least=1), count(f"{where}.warn", rule["warn"])
    if warn >= days:
        raise WrongValueError(f"{where}.warn", warn, f"应小于 days（{days}）")
    return UpdateLimit(days, warn)


def _unfit_types(raw: Any) -> frozenset[str]:
    """The types that do not satisfy a policy column: all but those that the policy names."""
    where, key = "policy_columns", "satisfied_by"
    table(where, raw, (key,))
    fit, known = _texts(f"{where}.{key}", raw[key]), words("item_type")
    if not fit:
        raise WrongValueError(f"{where}.{key}", fit, "至少要写一个")
    codes = "、".join(code for code in known if code != ItemType.NEWS)
    for each in fit:
        if each == ItemType.NEWS:
            raise WrongValueError(f"{where}.{key}", each, "政策性栏目不得用新闻信息代替（通知）")
        if each not in known:
            raise WrongValueError(f"{where}.{key}", each, f"可以写的有 {codes}")
    return frozenset(known) - frozenset(fit)


def _texts(where: str, raw: Any) -> list[str]:
    if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
        raise WrongValueError(where, raw, "应为列表，用方括号括起，各项用英文引号括起，用逗号隔开")
    return raw


def _severities(raw: Any) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        raise WrongValueError("severities", raw, "应为一组设置，写在 [severities] 下面")
    for code, severity in raw.items():
        choice(Severity, f"severities.{code}", severity)
        if code not in CATALOGUE:
            raise WrongValueError(f"severities.{code}", severity, "没有这个问题代码，见 docs/problems.md")
    return dict(raw)
