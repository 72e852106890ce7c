"""Who sends for whom: the addresses of the roster, and what is to be told where a sender is none of a unit's."""

from __future__ import annotations

from collections.abc import Collection

from zwgk_excel.domain.duties import Roster
from zwgk_excel.domain.problems import CellRef, Problem, problem

SENDER_UNKNOWN = "sender_unknown"
"""The code of the problem with a sender who is in nobody's addresses."""


def addresses_of(roster: Roster, unit: str) -> frozenset[str]:
    """The addresses that send for a unit, in lower case: its own at any time, and those of units it took over."""
    found: set[str] = set()
    names, waiting = {unit}, [unit]
    while waiting:
        name = waiting.pop()
        for row in (each for each in roster if each.name == name):
            found |= {address.strip().lower() for address in (*row.mails, *row.copies)}
            new = set(row.predecessors) - names
            names |= new
            waiting += sorted(new)
    return frozenset(found - {""})


def units_of(roster: Roster, sender: str) -> tuple[str, ...]:
    """The units that an address sends for, in roster order; several where one officer serves several."""
    names = dict.fromkeys(each.name for each in roster)
    return tuple(name for name in names if sender and sender.lower() in addresses_of(roster, name))


def check_sender(roster: Roster, sender: str, unit: str, place: CellRef, *, office: Collection[str]) -> Problem | None:
    """What is to be told about a return of ``unit`` that ``sender`` mailed in; None where it is one of the unit's.

    ``office`` are the office's own addresses in lower case: what it forwards is nobody else's. ``unit`` is empty
    where nobody knows whose it is; then only a sender that nobody knows is told. The code is sender_unknown for one
    that is in nobody's addresses, unless the unit has none to compare with.
    """
    if sender in office:
        return problem("sender_office", place, sender=sender)
    theirs = addresses_of(roster, unit) if unit else frozenset()
    if sender and sender in theirs:
        return None
    others = units_of(roster, sender)
    shown = sender or "没有写明的地址"
    if not others and unit and not theirs:
        return problem("sender_unchecked", place, sender=shown, unit=unit)
    if not others:
        return problem(SENDER_UNKNOWN, place, sender=shown)
    if unit:
        return problem("sender_differs", place, sender=shown, other="、".join(others), unit=unit)
    return None
