"""Single named values of the ledger: its key, its revision, the rules in force, stored files, notes."""

from __future__ import annotations

from sqlalchemy import Connection, Integer, Text, cast, delete, insert, select, update

from zwgk_excel.ledger.schema import META

KEY, REVISION = "key", "revision"
"""Made with the ledger."""
RULES = "rules"
"""The rules in force as last recorded."""
FILE, NOTE = "file:", "note:"
"""Before the name of a file or a note. Both follow from elsewhere, so that writing them is no revision."""


TABLE_EDIT = f"{NOTE}table_edit"
"""What an act in the ledger still has to write into the tables, as JSON; empty for nothing."""


def select_value(connection: Connection, name: str) -> str | None:
    """The value of a name; None for none."""
    return connection.execute(select(META.c.value).where(META.c.name == name)).scalar_one_or_none()


def replace_value(connection: Connection, name: str, value: str) -> None:
    """Insert or replace the value of a name."""
    connection.execute(delete(META).where(META.c.name == name))
    connection.execute(insert(META).values(name=name, value=value))


def count_revision(connection: Connection) -> None:
    """Increment the number of write transactions."""
    counted = cast(cast(META.c.value, Integer) + 1, Text)
    connection.execute(update(META).where(META.c.name == REVISION).values(value=counted))
