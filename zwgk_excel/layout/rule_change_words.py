"""What changed in the rules in words: ``逾期未报 每项扣分：5 → 4`` (``rules.toml``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fnmatch import fnmatchcase
from typing import Any

from zwgk_excel.domain.acts import Act, Change
from zwgk_excel.domain.periods import LAST_DAY
from zwgk_excel.domain.rules_in_force import DAYS, ordinary
from zwgk_excel.layout.escalation import rule_words
from zwgk_excel.layout.holidays import provisional_days_off
from zwgk_excel.layout.resources import read_toml
from zwgk_excel.layout.rules_in_force import ladder_rule_from
from zwgk_excel.layout.words import word, words

_LISTS = ("rule", "band", "unit_kind", "cadence")
"""The lists whose codes stand in the paths of settings."""
_DAY = timedelta(days=1)


def rule_change_words(changes: Iterable[Change]) -> list[str]:
    """Each change of :func:`zwgk_excel.domain.rules_in_force.rule_changes` in words.

    Days one after the other that become the same are told together.
    """
    return [_told(setting, before, after) for setting, before, after in _joined(changes)]


def rule_change_told(act: Act) -> str:
    """What the office is told of the act that found the rules changed: a Chinese sentence."""
    told = "；".join(rule_change_words(act.changes))
    return f"规则与上次运行时不同，已记为第 {act.number} 号办理：{told}。已结账的月份不受影响。"


def _joined(changes: Iterable[Change]) -> Iterator[tuple[str, str, str]]:
    run: list[date] = []
    sides = ("", "")
    for each in changes:
        day = date.fromisoformat(each.subject.removeprefix(DAYS)) if each.subject.startswith(DAYS) else None
        shown = _value(each.subject, each.before), _value(each.subject, each.after)
        if run and (day is None or shown != sides or day != run[-1] + _DAY):
            yield _days(run), *sides
            run = []
        if day is None:
            yield _setting(each.subject), *shown
        else:
            run, sides = [*run, day], shown
    if run:
        yield _days(run), *sides


def _days(run: Sequence[date]) -> str:
    return str(run[0]) if len(run) == 1 else _texts()["days"].format(first=run[0], last=run[-1])


def _told(setting: str, before: str, after: str) -> str:
    return _texts()["changed"].format(setting=setting, before=before, after=after)


def _texts() -> Mapping[str, str]:
    found: Mapping[str, str] = read_toml("rules.toml")["values"]
    return found


def _setting(path: str) -> str:
    """The words of a setting; its path where there are none."""
    patterns: Mapping[str, Any] = read_toml("rules.toml")["settings"]
    for pattern, shown in patterns.items():
        if fnmatchcase(path, pattern):
            before, star, after = pattern.partition("*")
            code = path[len(before) : len(path) - len(after)] if star else ""
            return str(shown).format(_code(code))
    return path


def _code(code: str) -> str:
    """A code in words, such as that of a cadence, with the unit and the subject of a deadline of its own."""
    first, *rest = code.split(" ")
    return " ".join([next((words(name)[first] for name in _LISTS if first in words(name)), first), *rest])


def _value(path: str, text: str) -> str:
    """What a setting is, in words."""
    told, section = _texts(), path.partition(".")[0]
    if path.startswith(DAYS):
        day = date.fromisoformat(path.removeprefix(DAYS))
        if not text and day in provisional_days_off(()):
            return told["off_provisional"]
        worked = text == "worked" if text else ordinary(day)
        return told["worked" if worked else "off"]
    if path == "calendar.statutory":
        return told["statutory" if text else "not_statutory"]
    if path.startswith("calendar."):
        return told["announced" if text else "not_announced"]
    if section == "severities":
        return word("severity", text) or told["catalogue"]
    if not text:
        return told["none"]
    if section in {"deadlines", "published_from"}:
        return _date_rule(text)
    if path.startswith("ladder.rules."):
        rule = ladder_rule_from(text)
        return told["ladder"].format(step=word("step", rule.step), rule=rule_words(rule))
    if path in {"nil_reports.cadences", "nil_reports.never"}:
        return "、".join(words("cadence").get(each, each) for each in text.split(","))
    if path == "policy_columns.satisfied_by":
        return "、".join(words("item_type").get(each, each) for each in text.split(","))
    if path == "shift":
        return told[f"shift_{text}"]
    return words("yes_no").get(text) or told.get(text, text)


def _date_rule(text: str) -> str:
    """``0/25`` as 当月 25 日."""
    told = _texts()
    months, number = (int(part) for part in text.split("/"))
    day = told["last_day"] if number == LAST_DAY else told["day"].format(day=number)
    key = {0: "same_month", 1: "next_month"}.get(months, "later_month" if months > 0 else "earlier_month")
    return told[key].format(day=day, months=abs(months))
