"""``zwgk history``: the list of acts, all or those of a unit, a month, a kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from zwgk_excel.domain.acts import DECIDED, Act, ActKind, root_of
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.office.context import Office, find_unit


def history(
    office: Office, *, unit: str = "", cycle: Month | None = None, kind: ActKind | None = None
) -> tuple[Act, ...]:
    """The acts by number, the oldest first: all, or those that meet every given condition.

    An act that undoes another of the ``kind`` is one of them. Raises UserError for an unknown unit.
    """
    name = find_unit(office, unit) if unit else ""
    acts = recorded_acts(office)
    every = {each.number: each for each in acts}
    return tuple(
        each
        for each in acts
        if (not name or name in each.units)
        and (cycle is None or each.cycle == cycle)
        and (kind is None or kind in {each.kind, root_of(each, every).kind})
    )


def recorded_acts(office: Office) -> tuple[Act, ...]:
    """All acts by number; one that named no month has that of the tasks it was about."""
    acts = office.ledger.acts()
    every = {each.number: each for each in acts}
    unnamed = [each for each in acts if each.cycle is None and root_of(each, every).kind in DECIDED]
    cycles = {each.key: each.cycle for each in office.obligations()} if unnamed else {}
    filled = {each.number: replace(each, cycle=_month(each, every, cycles)) for each in unnamed}
    return tuple(filled.get(each.number, each) for each in acts)


def _month(act: Act, every: Mapping[int, Act], cycles: Mapping[str, Month]) -> Month | None:
    found = {cycles.get(each.subject) for each in root_of(act, every).changes}
    return found.pop() if len(found) == 1 else None
