"""Messages: the mails that the mailbox held, each once, with what was attached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, not_, select, update

from zwgk_excel.domain.correspondence import Enclosed, Message, MessageKind
from zwgk_excel.ledger.schema import ENCLOSURES, MESSAGES


def insert_messages(connection: Connection, messages: Iterable[Message], at: datetime) -> int:
    """Write messages that are not there yet; how many were new.

    One that is there under another number, because the mailbox was numbered anew or the mail moved, gets the new one.
    """
    new = 0
    for message in messages:
        if _is_known(connection, message):
            continue
        moved = _elsewhere(connection, message)
        if moved is not None:
            here = {"mailbox": message.mailbox, "uidvalidity": message.uidvalidity, "uid": message.uid}
            connection.execute(update(MESSAGES).where(MESSAGES.c.id == moved).values(here))
        else:
            _insert(connection, message, at)
            new += 1
    return new


def select_messages(connection: Connection) -> tuple[Message, ...]:
    """All messages, in the order in which the mailbox received them."""
    enclosed: dict[int, list[Enclosed]] = defaultdict(list)
    e = ENCLOSURES.c
    for row in connection.execute(select(ENCLOSURES).order_by(e.message, e.position)):
        enclosed[row.message].append(Enclosed(row.file, row.sha256, row.original))
    m = MESSAGES.c
    rows = connection.execute(select(MESSAGES).order_by(m.received_at, m.mailbox, m.uidvalidity, m.uid))
    return tuple(_message(row, tuple(enclosed[row.id])) for row in rows)


def select_last_uid(connection: Connection, mailbox: str, uidvalidity: int) -> int:
    """The highest UID recorded of a mailbox as it is numbered now; 0 for none."""
    here = MESSAGES.c.mailbox == mailbox, MESSAGES.c.uidvalidity == uidvalidity
    return int(connection.scalar(select(func.max(MESSAGES.c.uid)).where(*here)) or 0)


def select_elsewhere(connection: Connection, mailbox: str, uidvalidity: int) -> Iterator[str]:
    """The digests of the messages that are recorded under another mailbox or numbering, as often as they are."""
    here = (MESSAGES.c.mailbox == mailbox) & (MESSAGES.c.uidvalidity == uidvalidity)
    yield from connection.scalars(select(MESSAGES.c.digest).where(not_(here)))


def _is_known(connection: Connection, message: Message) -> bool:
    m = MESSAGES.c
    here = m.mailbox == message.mailbox, m.uidvalidity == message.uidvalidity, m.uid == message.uid
    return connection.execute(select(m.id).where(*here)).first() is not None


def _elsewhere(connection: Connection, message: Message) -> int | None:
    m = MESSAGES.c
    here = (m.mailbox == message.mailbox) & (m.uidvalidity == message.uidvalidity)
    found = select(m.id).where(m.digest == message.digest, not_(here)).order_by(m.id).limit(1)
    return connection.scalar(found)


def _insert(connection: Connection, message: Message, at: datetime) -> None:
    id_ = (connection.scalar(select(func.max(MESSAGES.c.id))) or 0) + 1
    row: dict[str, Any] = {
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
        "recorded_at": at,
    }
    connection.execute(insert(MESSAGES).values(row))
    files = [
        {"message": id_, "position": position, "file": each.file, "sha256": each.sha256, "original": each.original}
        for position, each in enumerate(message.enclosed)
    ]
    if files:
        connection.execute(insert(ENCLOSURES), files)


def _message(row: Any, enclosed: tuple[Enclosed, ...]) -> Message:
    return Message(
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
