"""Column types that return exactly the stored value, on SQLite and on PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from zwgk_excel.domain.periods import Month

_MARK = "\uffff"
"""A noncharacter of Unicode, which both databases store and which is not typed."""
_UNSTORABLE = re.compile(f"[\x00\ud800-\udfff{_MARK}]")
_STORED = re.compile(f"{_MARK}([0-9a-f]{{4}})")


def storable(text: str) -> str:
    """The text with characters that a database rejects written as a mark and hexadecimal digits.

    These are NUL (PostgreSQL) and lone surrogates (both), which represent undecodable bytes in file names on Linux.
    """
    return _UNSTORABLE.sub(lambda found: f"{_MARK}{ord(found[0]):04x}", text)


def restored(text: str) -> str:
    """The inverse of :func:`storable`."""
    return _STORED.sub(lambda found: chr(int(found[1], 16)), text)


class AnyText(TypeDecorator[str]):
    """Any Python string, including NUL and lone surrogates."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else storable(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """To the database; called once per text, thousands of times for twenty returns.

        Text that cannot be stored as it is is not printable either, so printable text is passed on unchecked.
        """
        return lambda value: value if value is None or value.isprintable() else storable(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], str | None]:
        """From the database; called once per text, millions of times for a big ledger."""
        return lambda value: value if value is None or _MARK not in value else restored(value)


class MonthText(TypeDecorator[Month]):
    """A month as ``2026-11``."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Month | None, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Month | None:
        """From the database."""
        return None if value is None else Month.parse(value)


class LocalTime(TypeDecorator[datetime]):
    """Local time of China without a zone; raises ValueError for a time with a zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        if value is not None and value.tzinfo is not None:
            raise ValueError(f"local time without a zone expected: {value.isoformat()}")
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """From the database."""
        return value  # type: ignore[no-any-return]
