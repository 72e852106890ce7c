"""Locations of ledgers: the path of a SQLite file, or the URL of a PostgreSQL database with a schema."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from zwgk_excel.ledger.errors import LedgerFailedError

SCHEMA = "schema"
"""The part of a URL's query that names a schema: many ledgers share one database, a schema for each."""

_POSTGRESQL = re.compile(r"(?i)postgres(ql)?(\+psycopg)?")
_SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_SECRETS = ("password", "sslpassword")


def url_of(place: str | Path) -> URL:
    """The database URL of a path (SQLite) or a URL; raises LedgerFailedError for an invalid URL."""
    if isinstance(place, Path) or "://" not in place:
        return URL.create("sqlite", database=str(place))
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        raise LedgerFailedError("数据库地址写得不对，应如 postgresql+psycopg://用户@主机/库名") from None
    if _POSTGRESQL.fullmatch(url.drivername):
        url = url.set(drivername="postgresql+psycopg")
    if not _SCHEMA_NAME.fullmatch(schema_of(url) or "public"):
        raise LedgerFailedError(f"模式名“{schema_of(url)}”不能用，应由小写字母、数字和下划线组成，如 ?schema=jinhu")
    return url


def schema_of(url: URL) -> str:
    """The schema that a URL names; empty for the user's default."""
    named = url.query.get(SCHEMA, "")
    return named if isinstance(named, str) else named[-1]


def holds_password(url: URL) -> bool:
    """Whether the URL contains a password, in its user part or in its query."""
    return url.password is not None or any(key in url.query for key in _SECRETS)


def account_of(url: URL) -> str:
    """The keyring account of a URL's password: ``user@host:port/database``, absent parts left out."""
    user = f"{url.username}@" if url.username else ""
    port = f":{url.port}" if url.port else ""
    return f"{user}{url.host or ''}{port}/{url.database or ''}"


def display_location(place: str | Path) -> str:
    """A ledger's location for messages: a file's name, or a URL without scheme and password."""
    if isinstance(place, Path) or "://" not in place:
        return Path(place).name
    try:
        url = url_of(place)
    except LedgerFailedError:
        return "…"
    schema = schema_of(url)
    return account_of(url) + (f"?{SCHEMA}={schema}" if schema else "")
