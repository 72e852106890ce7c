"""Received mails, each once, with their attachments."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, not_, select, update

from zwgk_excel.domain.correspondence import IncomingMessage, MessageKind, SavedAttachment
from zwgk_excel.ledger.bulk import insert_rows, listed
from zwgk_excel.ledger.schema import ENCLOSURES, MESSAGES


def insert_messages(connection: Connection, messages: Iterable[IncomingMessage], at: datetime) -> int:
    """Insert messages that are not recorded yet; returns how many were new.

    A message recorded under another UIDVALIDITY or mailbox (renumbered or moved) gets the new number.
    """
    places: dict[tuple[str, int], list[IncomingMessage]] = defaultdict(list)
    for message in messages:
        places[message.mailbox, message.uidvalidity].append(message)
    return sum(_insert_into(connection, place, found, at) for place, found in places.items())


def select_messages(connection: Connection) -> tuple[IncomingMessage, ...]:
    """All messages, in the order received."""
    enclosed: dict[int, list[SavedAttachment]] = defaultdict(list)
    e = ENCLOSURES.c
    for row in connection.execute(select(ENCLOSURES).order_by(e.message, e.position)):
        enclosed[row.message].append(SavedAttachment(row.file, row.sha256, row.original))
    m = MESSAGES.c
    rows = connection.execute(select(MESSAGES).order_by(m.received_at, m.mailbox, m.uidvalidity, m.uid))
    return tuple(_message(row, tuple(enclosed[row.id])) for row in rows)


def select_last_uid(connection: Connection, mailbox: str, uidvalidity: int) -> int:
    """The highest UID recorded of a mailbox under this UIDVALIDITY; 0 for none."""
    return int(connection.scalar(select(func.max(MESSAGES.c.uid)).where(_in_folder(mailbox, uidvalidity))) or 0)


def select_digests_elsewhere(connection: Connection, mailbox: str, uidvalidity: int) -> Counter[str]:
    """(Digest, number) of the messages recorded under another mailbox or UIDVALIDITY."""
    return Counter(connection.scalars(select(MESSAGES.c.digest).where(not_(_in_folder(mailbox, uidvalidity)))))


def _insert_into(
    connection: Connection, place: tuple[str, int], messages: Sequence[IncomingMessage], at: datetime
) -> int:
    """Insert the messages of one (mailbox, UIDVALIDITY); returns how many were new."""
    known = _known_uids(connection, place, [each.uid for each in messages])
    given = {each.uid: each for each in messages if each.uid not in known}
    elsewhere = _elsewhere(connection, place, [each.digest for each in given.values()])
    new: list[IncomingMessage] = []
    moved: list[dict[str, int]] = []
    for message in given.values():
        if ids := elsewhere[message.digest]:
            moved.append({"known": ids.pop(0), "now": message.uid})
        else:
            new.append(message)
    _renumber(connection, place, moved)
    first = (connection.scalar(select(func.max(MESSAGES.c.id))) or 0) + 1
    numbered = list(enumerate(new, first))
    insert_rows(connection, MESSAGES, (_row(id_, each) | {"recorded_at": at} for id_, each in numbered))
    insert_rows(connection, ENCLOSURES, (row for id_, each in numbered for row in _enclosure_rows(id_, each)))
    return len(new)


def select_newest(connection: Connection) -> datetime | None:
    """When the newest message was received; None for no messages."""
    newest: datetime | None = connection.scalar(select(func.max(MESSAGES.c.received_at)))
    return newest


def select_senders(connection: Connection, files: Sequence[str]) -> dict[str, str]:
    """File → sender of the mail that it was attached to, of the files that came by mail."""
    found: dict[str, str] = {}
    for some in listed(files):
        query = select(ENCLOSURES.c.file, MESSAGES.c.sender).join(MESSAGES, MESSAGES.c.id == ENCLOSURES.c.message)
        found.update((row.file, row.sender) for row in connection.execute(query.where(ENCLOSURES.c.file.in_(some))))
    return found


def _known_uids(connection: Connection, place: tuple[str, int], uids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for some in listed(uids):
        query = select(MESSAGES.c.uid).where(_in_folder(*place), MESSAGES.c.uid.in_(some))
        found.update(connection.scalars(query))
    return found


def _elsewhere(connection: Connection, place: tuple[str, int], digests: Sequence[str]) -> dict[str, list[int]]:
    """Digest → ids of the messages that have it under another mailbox or UIDVALIDITY, first recorded first."""
    found: dict[str, list[int]] = defaultdict(list)
    for some in listed(digests):
        elsewhere = MESSAGES.c.digest.in_(some), not_(_in_folder(*place))
        query = select(MESSAGES.c.digest, MESSAGES.c.id).where(*elsewhere).order_by(MESSAGES.c.id)
        for row in connection.execute(query):
            found[row.digest].append(row.id)
    return found


def _in_folder(mailbox: str, uidvalidity: int) -> ColumnElement[bool]:
    return (MESSAGES.c.mailbox == mailbox) & (MESSAGES.c.uidvalidity == uidvalidity)


def _renumber(connection: Connection, place: tuple[str, int], moved: Sequence[dict[str, int]]) -> None:
    """Give messages (``known``, an id) their number in ``place`` (``now``, a UID)."""
    if moved:
        here = {"mailbox": place[0], "uidvalidity": place[1], "uid": bindparam("now")}
        connection.execute(update(MESSAGES).where(MESSAGES.c.id == bindparam("known")).values(here), moved)


def _row(id_: int, message: IncomingMessage) -> dict[str, Any]:
    return {
        "id": id_,
        "mailbox": message.mailbox,
        "uidvalidity": message.uidvalidity,
        "uid": message.uid,
        "received_at": message.received_at,
        "sender": message.sender,
        "subject": message.subject,
        "message_id": message.message_id,
        "in_reply_to": " ".join(message.in_reply_to),
        "kind": str(message.kind),
        "unit": message.unit,
        "text": message.text,
        "digest": message.digest,
    }


def _enclosure_rows(id_: int, message: IncomingMessage) -> Iterator[dict[str, Any]]:
    for position, each in enumerate(message.attachments):
        named = {"file": each.file, "sha256": each.sha256, "original": each.original}
        yield {"message": id_, "position": position, **named}


def _message(row: Any, enclosed: tuple[SavedAttachment, ...]) -> IncomingMessage:
    return IncomingMessage(
        row.mailbox,
        row.uidvalidity,
        row.uid,
        row.received_at,
        row.sender,
        row.subject,
        row.message_id,
        tuple(row.in_reply_to.split()),
        MessageKind(row.kind),
        row.unit,
        enclosed,
        row.text,
    )
