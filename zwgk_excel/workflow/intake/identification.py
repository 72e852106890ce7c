"""Determines unit and cycle of a file from its signature, or proposes them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from zwgk_excel.domain.duties import Roster
from zwgk_excel.domain.identity import TASKS_SIGNED, AskedTask, TaskListChange, compare_tasks, is_valid_signature
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.text import fold
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.reading.identity_hints import IdentityHints
from zwgk_excel.workbooks.reading.read_return import ClaimedIdentity, ParsedReturn

_NEAR_ENOUGH = 0.6
_NAMED = 5
"""So many changed tasks are named."""
_NOT_A_NAME = re.compile(r"信息报送表|报送表|政务公开|\d+|[年月日._\-—（）()【】]")


@dataclass(frozen=True, slots=True)
class IdentityContext:
    """The key, units and cycles that a claim is verified with."""

    key: bytes
    """Signs report workbooks."""
    roster: Roster
    issued: Mapping[Month, date]
    """Issued cycle → day of issue."""
    units: Mapping[Month, frozenset[str]]
    """Issued cycle → the units that existed in it."""
    oldest_schema: Callable[[Month, str], int | None]
    """(Cycle, unit as its workbook names it) → the oldest schema of a workbook that went out; None where none did."""

    def name_of(self, unit: str, cycle: Month) -> str | None:
        """The name of a unit as it was issued for a cycle, else the roster's name for it; None for no unit."""
        return unit if unit in self.units.get(cycle, ()) else self.roster.name_of(unit)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A unit and a cycle for a person to confirm; either may be unknown."""

    unit: str = ""
    cycle: Month | None = None

    def __str__(self) -> str:
        return f"{self.unit} {self.cycle or ''}".strip()


NO_PROPOSAL = Proposal()


@dataclass(frozen=True, slots=True)
class Identified:
    """A return of this unit for this cycle."""

    unit: str
    cycle: Month
    problems: tuple[Problem, ...] = ()
    """Problems with it that do not change the identity."""
    asked: tuple[AskedTask, ...] = ()
    """What the workbook asked by its signature; empty where that says nothing of tasks."""


@dataclass(frozen=True, slots=True)
class Unidentified:
    """A file for quarantine, with a proposal."""

    problem: Problem
    proposal: Proposal


def identify(
    registry: IdentityContext,
    reading: ParsedReturn,
    name: str,
    *,
    received_on: date,
    answers: Proposal = NO_PROPOSAL,
    sender: Proposal = NO_PROPOSAL,
) -> Identified | Unidentified:
    """The unit and cycle by a workbook's signature; ``name`` is the file's name for messages.

    Without a valid signature a proposal is made: from the letter that the mail ``answers``, from the workbook's hints,
    from the ``sender``, in this order. None of them overrules a signature.
    """
    claim, hints = reading.identity, _suggesting(reading.hints, answers, sender)
    if claim is None:
        return _unidentified(registry, hints, "identity_missing", name)
    if not is_signature_valid(registry, claim):
        return _unidentified(registry, hints, "identity_forged", name, claim=f"{claim.unit} {claim.cycle}")
    settings = layout("report").settings
    readable = _schemas(registry, claim)
    versions: dict[str, Any] = {"value": claim.schema, "expected_versions": "、".join(map(str, readable))}
    if claim.schema not in readable:
        code = "schema_new" if claim.schema > settings["schema"] else "schema_unknown"
        return _unidentified(registry, hints, code, name, **versions)
    unit = registry.name_of(claim.unit, claim.cycle)
    if unit is None:
        return _unidentified(registry, hints, "unit_unknown", name, value=claim.unit)
    if claim.cycle not in registry.issued:
        return _unidentified(registry, hints, "cycle_unissued", name, value=claim.cycle)
    if unit not in registry.units[claim.cycle]:
        successor = registry.roster.successor(unit, claim.cycle)
        proposal = Proposal(successor if successor != unit else "", claim.cycle)
        values: dict[str, Any] = {"value": claim.unit, "cycle": claim.cycle, "proposal": _words(proposal)}
        return Unidentified(problem("unit_ended", CellRef(name), **values), proposal)
    if foreign := _foreign_body(registry, claim, reading):
        values = {"claim": f"{claim.unit} {claim.cycle}", "reason": foreign}
        return _unidentified(registry, hints, "identity_foreign", name, **values)
    told = [*_identity_problems(registry, reading.hints, unit, claim.cycle, name, received_on)]
    if altered := _altered(_task_list_change(claim, reading)):
        told.append(problem("tasks_altered", reading.locator.place("tasks", "id", 0), what=altered))
    if claim.schema < settings["schema"]:
        told.append(problem("schema_old", CellRef(name), value=claim.schema, current=settings["schema"]))
    return Identified(unit, claim.cycle, tuple(told), claim.tasks)


def _schemas(registry: IdentityContext, claim: ClaimedIdentity) -> list[int]:
    """The schemas in which a workbook of this unit and cycle may come back.

    An older one only where a workbook went out in it: its signature says less, so nobody may fall back on it.
    """
    settings = layout("report").settings
    newest: int = settings["schema"]
    oldest = registry.oldest_schema(claim.cycle, claim.unit) if claim.schema < newest else None
    return [each for each in settings["schemas_read"] if each >= min(newest, oldest or newest)]


def is_own_body(registry: IdentityContext, claim: ClaimedIdentity, reading: ParsedReturn) -> bool:
    """Whether a workbook is the one that was issued with the identity in it, whose signature is valid."""
    return not _foreign_body(registry, claim, reading)


def _foreign_body(registry: IdentityContext, claim: ClaimedIdentity, reading: ParsedReturn) -> str:
    """Why the workbook is not the one that its identity was issued with, in words; empty where it is."""
    for text, month in reading.hints.titles:
        named = units_named(registry.roster, text)
        if named and registry.roster.name_of(claim.unit) not in named and fold(claim.unit) not in fold(text):
            return f"标题写的是“{named[0]}”"
        if month and month != claim.cycle:
            return f"标题写的是 {month}"
    change = _task_list_change(claim, reading)
    if change.is_another_list:
        return f"任务清单中有 {len(change.foreign)} 项不是下发时的任务，如 {change.foreign[0].name}"
    return ""


def _task_list_change(claim: ClaimedIdentity, reading: ParsedReturn) -> TaskListChange:
    return compare_tasks(claim.tasks, reading.tasks) if claim.schema >= TASKS_SIGNED else TaskListChange()


def _altered(change: TaskListChange) -> str:
    """What was changed in 任务清单, in words; rows that were not asked are told one by one where they stand."""
    removed = "、".join(each.name for each in change.removed[:_NAMED])
    more = f" 等 {len(change.removed)} 项" if len(change.removed) > _NAMED else ""
    told = [f"少了 {removed}{more}"] if removed else []
    told += [f"{now.name} 的报送时限写成“{now.due}”（下发时 {was.due}）" for was, now in change.redated[:_NAMED]]
    return "；".join(told)


def is_signature_valid(registry: IdentityContext, claim: ClaimedIdentity) -> bool:
    """Whether the signature is valid for exactly this unit, cycle, day and tasks."""
    signed = claim.schema, claim.unit, claim.cycle, claim.issued_on, claim.added, claim.tasks
    return is_valid_signature(claim.signature, registry.key, *signed)


def propose(registry: IdentityContext, hints: IdentityHints, name: str) -> Proposal:
    """Unit and cycle by a workbook's cover, titles and file name, or the name of its archive.

    The unit is the first that is named, else the first with a similar name.
    """
    texts = (*hints.units, *PurePosixPath(name).parts[:-1])
    named = (unit for text in texts for unit in units_named(registry.roster, text))
    unit = next(named, "") or next((near for text in texts if (near := _nearest(registry.roster, text))), "")
    return Proposal(unit, hints.cycle)


def units_named(roster: Roster, text: str) -> list[str]:
    """The units whose name or alias is in a text; 市自然资源局 does not count as 自然资源局 too."""
    rest, found = fold(text), []
    for name, unit in roster.folded_names:
        if name in rest:
            rest = rest.replace(name, " ")
            found.append(unit)
    return list(dict.fromkeys(found))


def _names(roster: Roster) -> Iterator[str]:
    for unit in roster:
        yield unit.name
        yield from unit.aliases


def _nearest(roster: Roster, text: str) -> str:
    near = difflib.get_close_matches(_NOT_A_NAME.sub("", text), list(_names(roster)), 1, _NEAR_ENOUGH)
    return roster.name_of(near[0]) or "" if near else ""


def _suggesting(hints: IdentityHints, answers: Proposal, sender: Proposal) -> IdentityHints:
    units = (answers.unit, *hints.units, sender.unit)
    return replace(hints, units=tuple(filter(None, units)), cycle=answers.cycle or hints.cycle)


def _unidentified(registry: IdentityContext, hints: IdentityHints, code: str, name: str, **values: Any) -> Unidentified:
    proposal = propose(registry, hints, name)
    return Unidentified(problem(code, CellRef(name), proposal=_words(proposal), **values), proposal)


def _words(proposal: Proposal) -> str:
    return f"，看起来是“{proposal}”" if str(proposal) else ""


def _identity_problems(
    registry: IdentityContext, hints: IdentityHints, unit: str, cycle: Month, name: str, received_on: date
) -> Iterator[Problem]:
    if other := _other_unit(registry.roster, hints.units, unit):
        yield problem("unit_differs", CellRef(name), unit=unit, other=other)
    newer = [each for each, on in registry.issued.items() if each > cycle and on <= received_on]
    if newer:
        yield problem("cycle_earlier", CellRef(name), value=cycle, newest=max(newer))


def _other_unit(roster: Roster, texts: Iterable[str], unit: str) -> str:
    """Another unit that a cover, title or file name names without naming ``unit``; empty for none."""
    for text in texts:
        named = units_named(roster, text)
        if named and unit not in named:
            return named[0]
    return ""
