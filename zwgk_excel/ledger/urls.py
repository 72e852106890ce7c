"""Locations of ledgers: the path of a SQLite file, or the URL of a PostgreSQL database with a schema."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from zwgk_excel.domain.text import one_line
from zwgk_excel.ledger.errors import LedgerFailedError

SCHEMA = "schema"
"""The part of a URL's query that names a schema: many ledgers share one database, a schema for each."""

_POSTGRESQL = re.compile(r"(?i)postgres(ql)?(\+psycopg)?")
_SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_SECRETS = ("password", "sslpassword")
ENCRYPTED = ("require", "verify-ca", "verify-full")
"""Values of sslmode with which nothing is said before the connection is encrypted."""
_UNENCRYPTED = ("disable", "allow", "prefer")
_QUERY = frozenset(
    {
        *(SCHEMA, *_SECRETS, "options", "application_name", "client_encoding", "connect_timeout", "tcp_user_timeout"),
        *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "target_session_attrs"),
        *("sslmode", "sslrootcert", "sslcrl", "sslnegotiation", "ssl_min_protocol_version", "channel_binding"),
        *("require_auth",),
    }
)
"""What the query may say. Not host, hostaddr, port, user, service and the like: a password goes where the URL shows."""
_SQLITE_QUERY = frozenset({SCHEMA})
_ODD_HOST = re.compile(r"[,/\\@\s]")
"""Several hosts, a socket's folder, what looks like a host."""
_ODD_DATABASE = re.compile(r"=|://")
"""What libpq takes for a whole connection of its own."""


def url_of(place: str | Path) -> URL:
    """The database URL of a path (SQLite) or a URL; raises LedgerFailedError for one that is invalid or not allowed."""
    if isinstance(place, Path) or "://" not in place:
        return URL.create("sqlite", database=str(place))
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        raise LedgerFailedError("数据库地址写得不对，应如 postgresql+psycopg://用户@主机/库名") from None
    if _POSTGRESQL.fullmatch(url.drivername):
        url = url.set(drivername="postgresql+psycopg")
    elif url.drivername != "sqlite":
        raise LedgerFailedError("缺少数据库驱动，只支持 PostgreSQL，如 postgresql://用户@主机/库名")
    _check_query(url)
    _check_server(url)
    if not _SCHEMA_NAME.fullmatch(schema_of(url) or "public"):
        raise LedgerFailedError(f"模式名“{schema_of(url)}”不能用，应由小写字母、数字和下划线组成，如 ?schema=jinhu")
    return url


def _check_server(url: URL) -> None:
    """Raise LedgerFailedError where a URL names several servers, another than it shows, or one talked to in clear."""
    if url.drivername == "sqlite":
        return
    if _ODD_HOST.search(url.host or "") or _ODD_DATABASE.search(unquote(url.database or "")):
        raise LedgerFailedError("数据库地址只能写一台主机和一个库名，如 postgresql://用户@主机/库名")
    mode = url.query.get("sslmode", ENCRYPTED[0])
    if not (mode in ENCRYPTED or (mode in _UNENCRYPTED and is_local(url))):
        raise LedgerFailedError("跨网络的数据库必须加密连接，地址中的 sslmode 只能是 " + "、".join(ENCRYPTED))


def _check_query(url: URL) -> None:
    """Raise LedgerFailedError for a query part that is unknown, could lead to another server, or comes twice."""
    known = _SQLITE_QUERY if url.drivername == "sqlite" else _QUERY
    wrong = next((key for key, value in url.query.items() if key not in known or not isinstance(value, str)), None)
    if wrong is not None:
        raise LedgerFailedError(
            f"数据库地址中的参数“{one_line(wrong)}”不能用或重复；主机、端口和用户只能写在“用户@主机:端口/库名”中"
        )


def is_local(url: URL) -> bool:
    """Whether a server is on this computer: what is said to it crosses no network."""
    host = url.host or "localhost"
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


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
