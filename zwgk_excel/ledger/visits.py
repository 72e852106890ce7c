"""What links showed when they were visited, all visits in the order recorded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from sqlalchemy import Connection, func, select

from zwgk_excel.domain.link_checks import Visit, VisitFinding
from zwgk_excel.ledger.bulk import insert_rows, listed
from zwgk_excel.ledger.schema import VISITS


def append_visits(connection: Connection, visits: Iterable[Visit]) -> int:
    """Append visits but those that are recorded already, by address and time; returns how many were new."""
    given = {(each.url, each.at): each for each in visits}
    known = {(each.url, each.at) for each in _stored(connection, [url for url, _ in given])}
    new = [each for place, each in given.items() if place not in known]
    first = (connection.scalar(select(func.max(VISITS.c.id))) or 0) + 1
    insert_rows(connection, VISITS, (_row(number, each) for number, each in enumerate(new, first)))
    return len(new)


def select_visits(connection: Connection, urls: Sequence[str] | None) -> dict[str, Visit]:
    """Address → its newest visit, of the addresses that have one; of all where None is given."""
    newest: dict[str, Visit] = {}
    for each in _stored(connection, urls):
        if each.url not in newest or newest[each.url].at <= each.at:
            newest[each.url] = each
    return newest


def select_visit_history(connection: Connection, urls: Sequence[str]) -> dict[str, tuple[Visit, ...]]:
    """Address → all its visits, oldest first, of the addresses that have one."""
    found: dict[str, list[Visit]] = {}
    for each in sorted(_stored(connection, urls), key=lambda visit: visit.at):
        found.setdefault(each.url, []).append(each)
    return {url: tuple(every) for url, every in found.items()}


def _stored(connection: Connection, urls: Sequence[str] | None) -> list[Visit]:
    query = select(VISITS).order_by(VISITS.c.id)
    if urls is None:
        return [_visit(row) for row in connection.execute(query)]
    rows = (row for some in listed(urls) for row in connection.execute(query.where(VISITS.c.url.in_(some))))
    return [_visit(row) for row in rows]


def _row(number: int, visit: Visit) -> dict[str, object]:
    titles = json.dumps(visit.titles, ensure_ascii=False)
    return {"id": number, **asdict(visit), "finding": str(visit.finding), "titles": titles}


def _visit(row: object) -> Visit:
    fields = row._asdict()  # type: ignore[attr-defined]
    del fields["id"]
    return Visit(**fields | {"finding": VisitFinding(row.finding), "titles": tuple(json.loads(row.titles))})  # type: ignore[attr-defined]
