"""Acts of people with time, person and reason: issues, closings, decisions, mergings, overrides, rectifications."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from operator import itemgetter

from zwgk_excel.domain.decisions import Decision, DecisionKind, ManualOverride, MergeDecision, OverrideKind
from zwgk_excel.domain.escalation import Rectification
from zwgk_excel.ledger import CycleRecord, Ledger
from zwgk_excel.workflow.analysis.rows import Row, act_row

_DECIDED: Mapping[DecisionKind, tuple[str, str]] = {
    DecisionKind.EXTENSION: ("extend", "cancel_extension"),
    DecisionKind.WAIVER: ("waive", "cancel_waiver"),
    DecisionKind.OPINION: ("opinion", "cancel_opinion"),
}
"""Kind of a decision → the act that takes it, and the one that takes it back."""
_RULED: Mapping[OverrideKind, str] = {OverrideKind.ASSIGNED: "assign", OverrideKind.SET_ASIDE: "set_aside"}


def acts(ledger: Ledger, cycles: Mapping[str, str]) -> list[Row]:
    """Every act, the oldest first, those without a time last; ``cycles`` maps obligation keys to cycles."""
    found = [
        *(row for record in ledger.cycles() for row in _of_cycle(record)),
        *(_of_decision(each, cycles) for each in ledger.decisions()),
        *map(_of_merging, ledger.mergings()),
        *map(_of_ruling, ledger.overrides()),
        *(row for each in ledger.rectifications() for row in _of_rectification(each)),
    ]
    dated, undated = ([row for row in found if bool(row["at"]) is known] for known in (True, False))
    return [*sorted(dated, key=itemgetter("at")), *undated]


def _of_cycle(record: CycleRecord) -> Iterator[Row]:
    cycle = str(record.cycle)
    if record.issued_on:
        yield act_row("issue", _morning(record.issued_on), "", cycle=cycle)
    if record.closed_at:
        yield act_row("close", record.closed_at, record.closed_by, cycle=cycle, day=record.closed_as_of)


def _of_decision(each: Decision, cycles: Mapping[str, str]) -> Row:
    taken, taken_back = _DECIDED[each.kind]
    unit = each.obligation.partition("/")[2].rpartition("/")[0]
    extended = each.value and each.kind is DecisionKind.EXTENSION
    return act_row(
        taken if each.value else taken_back,
        each.at,
        each.who,
        cycle=cycles.get(each.obligation),
        reason=each.reason,
        unit=unit,
        obligation=each.obligation,
        day=date.fromisoformat(each.value) if extended else None,
        opinion=each.value if each.kind is DecisionKind.OPINION else "",
    )


def _of_merging(each: MergeDecision) -> Row:
    act = "merge" if each.merged else "cancel_merge"
    return act_row(act, each.at, each.who, cycle=str(each.cycle), reason=each.reason, unit=each.unit)


def _of_ruling(each: ManualOverride) -> Row:
    cycle, about = str(each.cycle) if each.cycle else None, {"unit": each.unit, "file": each.file}
    return act_row(_RULED[each.kind], each.at, each.who, cycle=cycle, reason=each.reason, **about)


def _of_rectification(each: Rectification) -> Iterator[Row]:
    cycle, about = str(each.cycle), {"unit": each.unit, "step": str(each.step)}
    yield act_row("rectify", _morning(each.raised_on), each.who, cycle=cycle, reason=each.reason, **about)
    if each.closed_on:
        at = _morning(each.closed_on)
        yield act_row("close_rectification", at, each.closed_by, cycle=cycle, reason=each.conclusion, **about)
    if each.withdrawn:
        yield act_row("withdraw_rectification", None, each.closed_by, cycle=cycle, reason=each.conclusion, **about)


def _morning(day: date) -> datetime:
    """Midnight of a day, for acts of which only the day is known."""
    return datetime.combine(day, time())
