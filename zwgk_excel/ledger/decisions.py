"""Decisions of the office: appended, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select

from zwgk_excel.domain.decisions import Decision, DecisionKind
from zwgk_excel.ledger.bulk import insert_rows
from zwgk_excel.ledger.schema import DECISIONS


def append_decisions(connection: Connection, decisions: Iterable[Decision], source: str, at: datetime) -> None:
    """Append decisions."""
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
            "source": source,
            "recorded_at": at,
        }
        for id_, decision in enumerate(decisions, first)
    )
    insert_rows(connection, DECISIONS, rows)


def select_decisions(connection: Connection, *, source: str = "", after: int = 0) -> tuple[Decision, ...]:
    """The decisions in the order recorded: all, or those of a ``source`` after its first ``after`` ones."""
    c = DECISIONS.c
    query = select(c.obligation, c.kind, c.value, c.who, c.at, c.reason).where(c.id > after).order_by(c.id)
    rows = connection.execute(query.where(c.source == source) if source else query)
    return tuple(Decision(key, DecisionKind(kind), *rest) for key, kind, *rest in rows)
