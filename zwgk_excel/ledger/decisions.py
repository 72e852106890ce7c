"""Decisions of the office: appended with their acts, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, func, select

from zwgk_excel.domain.acts import DECIDED, Act, ActSource, Change, kind_of_decision
from zwgk_excel.domain.decisions import Decision, DecisionKind
from zwgk_excel.domain.periods import Month
from zwgk_excel.ledger.acts import Undoing, append_acts
from zwgk_excel.ledger.bulk import insert_rows, listed
from zwgk_excel.ledger.schema import ACTS, DECISIONS


def append_decisions(
    connection: Connection, decisions: Iterable[Decision], source: ActSource, cycle: Month | None, at: datetime
) -> None:
    """Append decisions, and their acts: one for each cell of the tracker, else one for what was decided together."""
    groups = _together(list(decisions), source)
    latest = latest_values(connection, [each.obligation for group in groups for each in group])
    acts = [_act(group, _changes(group, latest), source, cycle) for group in groups]
    numbers = append_acts(connection, acts, at)
    numbered = [(each, number) for group, number in zip(groups, numbers, strict=True) for each in group]
    insert_decisions(connection, numbered, source, at)


def _together(taken: Sequence[Decision], source: ActSource) -> list[list[Decision]]:
    """What a person did at once, and may want to take back alone."""
    if source == ActSource.TRACKER:
        return [[each] for each in taken]
    groups = groupby(taken, key=lambda each: (each.kind, each.value, each.who, each.at, each.reason))
    return [list(group) for _, group in groups]


def _changes(together: Sequence[Decision], latest: dict[tuple[str, DecisionKind], str]) -> tuple[Change, ...]:
    """The changes of one act; ``latest`` is brought up to date by them."""
    found = []
    for each in together:
        place = each.obligation, each.kind
        found.append(Change(each.obligation, latest.get(place, ""), each.value))
        latest[place] = each.value
    return tuple(found)


def _act(together: Sequence[Decision], changes: tuple[Change, ...], source: ActSource, cycle: Month | None) -> Act:
    first = together[0]
    units = tuple(dict.fromkeys(unit_of(each.obligation) for each in together))
    kind = kind_of_decision(first.kind, first.value)
    return Act(kind, first.at, first.who, first.reason, source, cycle, units, changes)


def unit_of(obligation: str) -> str:
    """The unit in an obligation's key."""
    return obligation.partition("/")[2].rpartition("/")[0]


def named(obligation: str) -> str:
    """An obligation in a sentence, by its key alone: unit, number of the duty, and the period in brackets."""
    duty, _, rest = obligation.partition("/")
    unit, _, reference = rest.rpartition("/")
    return f"{unit} {duty}（{reference}）"


def insert_decisions(
    connection: Connection, decisions: Iterable[tuple[Decision, int]], source: ActSource, at: datetime
) -> None:
    """Append decisions with the numbers of their acts."""
    first = (connection.scalar(select(func.max(DECISIONS.c.id))) or 0) + 1
    rows = (
        {
            "id": id_,
            "obligation": decision.obligation,
            "kind": str(decision.kind),
            "value": decision.value,
            "who": decision.who,
            "at": decision.at,
            "reason": decision.reason,
            "source": str(source),
            "recorded_at": at,
            "act": act,
        }
        for id_, (decision, act) in enumerate(decisions, first)
    )
    insert_rows(connection, DECISIONS, rows)


def select_decisions(connection: Connection, *, source: str = "", after: int = 0) -> tuple[Decision, ...]:
    """The decisions in the order recorded: all, or those of a ``source`` after its first ``after`` ones."""
    c = DECISIONS.c
    query = select(c.obligation, c.kind, c.value, c.who, c.at, c.reason).where(c.id > after).order_by(c.id)
    rows = connection.execute(query.where(c.source == source) if source else query)
    return tuple(Decision(key, DecisionKind(kind), *rest) for key, kind, *rest in rows)


def latest_values(connection: Connection, obligations: Sequence[str]) -> dict[tuple[str, DecisionKind], str]:
    """(Obligation, kind) → the value in force, empty where it was cancelled."""
    c, found = DECISIONS.c, {}
    for some in listed(list(dict.fromkeys(obligations))):
        query = select(c.obligation, c.kind, c.value).where(c.obligation.in_(some)).order_by(c.at, c.id)
        found.update({(key, DecisionKind(kind)): value for key, kind, value in connection.execute(query)})
    return found


def undo_decisions(connection: Connection, undoing: Undoing) -> tuple[Change, ...]:
    """Let the last decisions in force hold; returns what changed.

    Decisions that an undoing wrote are no acts of their own: they follow from the others.
    """
    root, act = undoing.root, undoing.act
    kind, keys = DECIDED[root.kind], [each.subject for each in root.changes]
    values, times = latest_values(connection, keys), _latest_times(connection, keys)
    wanted = _values_in_force(connection, keys, kind, undoing.after)
    changes = [Change(key, values.get((key, kind), ""), wanted.get(key, "")) for key in keys]
    changes = [each for each in changes if each.before != each.after]
    # A clock that was put back must not make the undoing the older one.
    rows = [
        (Decision(each.subject, kind, each.after, act.who, max(act.at, times[each.subject]), act.reason), act.number)
        for each in changes
    ]
    insert_decisions(connection, rows, ActSource.COMMAND, act.at)
    return tuple(changes)


def _latest_times(connection: Connection, keys: Sequence[str]) -> dict[str, datetime]:
    c, found = DECISIONS.c, {}
    for some in listed(keys):
        query = select(c.obligation, func.max(c.at).label("at")).where(c.obligation.in_(some)).group_by(c.obligation)
        found.update({row.obligation: row.at for row in connection.execute(query)})
    return found


def _values_in_force(
    connection: Connection, keys: Sequence[str], kind: DecisionKind, taken_back: Mapping[int, int]
) -> dict[str, str]:
    c, found = DECISIONS.c, {}
    acts = select(ACTS.c.number).where(ACTS.c.undoes == 0)
    for some in listed(keys):
        query = select(c.obligation, c.value, c.act).where(c.obligation.in_(some), c.kind == str(kind))
        rows = connection.execute(query.where(c.act.in_(acts)).order_by(c.at, c.id))
        found.update({key: value for key, value, act in rows if act not in taken_back})
    return found
