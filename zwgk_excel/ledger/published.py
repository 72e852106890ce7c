"""What exports of the website's back office said, appended by acts: of an item what the last act in force said counts.

And the rows that workbooks went out with, as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from zwgk_excel.domain.acts import Act, ActKind, ActSource, Change
from zwgk_excel.domain.prefilled import PrefilledRow
from zwgk_excel.domain.published import PublishedItem, PublishedRecord, PublishedSpan, latest
from zwgk_excel.ledger.acts import Undoing, append_act, select_undone
from zwgk_excel.ledger.bulk import insert_rows
from zwgk_excel.ledger.schema import PUBLISHED, PUBLISHED_SPANS


def append_published(
    connection: Connection,
    items: Sequence[PublishedItem],
    span: PublishedSpan,
    told: Change,
    who: str,
    source: ActSource,
    at: datetime,
) -> int:
    """Append what an export changes and what it covers, and the act; returns the act's number.

    ``told`` is the act's change: the files, and in words what they changed.
    """
    done = Act(ActKind.IMPORT_PUBLISHED, at, who, source=source, units=span.units, changes=(told,))
    act = append_act(connection, done)
    first = (connection.scalar(select(func.max(PUBLISHED.c.id))) or 0) + 1
    insert_rows(connection, PUBLISHED, (_row(number, act, each) for number, each in enumerate(items, first)))
    days = {"first_day": span.first, "last_day": span.last}
    files = [list(each) for each in span.files]
    duties = None if span.duties is None else list(span.duties)
    covered = {"units": list(span.units), "duties": duties, "files": files}
    insert_rows(connection, PUBLISHED_SPANS, [{"act": act, "at": at, **days, **covered}])
    return act


def select_published(
    connection: Connection, *, shown: int | None = None, by: datetime | None = None
) -> PublishedRecord:
    """What the imports in force say; with ``shown`` as it was when that was the last act, with ``by`` at that time."""
    undone = select_undone(connection, shown=shown)
    covered = {
        row.act: _span(row)
        for row in connection.execute(select(PUBLISHED_SPANS).order_by(PUBLISHED_SPANS.c.act))
        if row.act not in undone and (shown is None or row.act <= shown) and (by is None or row.at <= by)
    }
    if not covered:
        return PublishedRecord()
    said = connection.execute(select(PUBLISHED).order_by(PUBLISHED.c.id))
    return PublishedRecord(latest(_item(row) for row in said if row.act in covered), tuple(covered.values()))


def undo_published(connection: Connection, undoing: Undoing) -> tuple[Change, ...]:
    """What an undoing, already recorded, does to an import: nothing needs to be written."""
    (told,) = undoing.root.changes
    is_back = undoing.root.number not in undoing.after
    return (told if is_back else replace(told, before=told.after, after=""),)


def _row(number: int, act: int, item: PublishedItem) -> dict[str, Any]:
    return {
        "id": number,
        "act": act,
        "key": item.key,
        "title": item.title,
        "published_on": item.published_on,
        "url": item.url,
        "column_text": item.column,
        "department": item.department,
        "doc_no": item.doc_no,
        "formed_on": item.formed_on,
        "unit": item.unit,
        "duties": " ".join(item.duties),
        "source": item.source,
        "listed": item.listed,
    }


def _item(row: Any) -> PublishedItem:
    return PublishedItem(
        row.title,
        row.published_on,
        row.url,
        row.column_text,
        row.department,
        row.doc_no,
        row.formed_on,
        row.unit,
        tuple(row.duties.split()),
        row.source,
        row.key,
        row.listed,
    )


def _span(row: Any) -> PublishedSpan:
    duties = None if row.duties is None else tuple(row.duties)
    files = tuple((name, digest) for name, digest in row.files)
    return PublishedSpan(row.first_day, row.last_day, tuple(row.units), duties, files, row.at)


# --- what workbooks went out with ----------------------------------------------------------------


def prefilled_text(rows: Iterable[PrefilledRow]) -> str:
    """Prefilled rows as text; empty for none."""
    listed = [asdict(each) for each in rows]
    return json.dumps(listed, ensure_ascii=False, default=date.isoformat) if listed else ""


def prefilled_rows(text: str) -> tuple[PrefilledRow, ...]:
    """The inverse of :func:`prefilled_text`."""
    return tuple(_prefilled(each) for each in json.loads(text)) if text else ()


def _prefilled(values: dict[str, Any]) -> PrefilledRow:
    days = {key: date.fromisoformat(values[key]) if values[key] else None for key in ("published_on", "formed_on")}
    return PrefilledRow(**values | days)
