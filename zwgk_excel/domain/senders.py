"""Which units a mail address sends for, and the problem where a sender is not one of the unit's addresses."""

from __future__ import annotations

from collections.abc import Collection

from zwgk_excel.domain.duties import Roster
from zwgk_excel.domain.problems import CellRef, Problem, problem

SENDER_UNKNOWN = "sender_unknown"
"""The code of the problem with a sender that is an address of no unit."""


def addresses_of(roster: Roster, unit: str) -> frozenset[str]:
    """The addresses that send for a unit, in lower case: of all its roster rows and of units it took over."""
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
    """The problem with a return of ``unit`` mailed by ``sender``; None where it is an address of the unit.

    ``office`` are the office's own addresses in lower case; mails that it forwards are accepted. ``unit`` is empty
    where it is not known; then only an unknown sender is reported. The code is sender_unknown for an address of no
    unit, unless ``unit`` has no addresses to compare with.
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
