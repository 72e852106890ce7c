"""PostgreSQL: engine, lock of writers, COPY, and the translation of driver errors."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine
from sqlalchemy.engine import URL

from zwgk_excel.domain.text import one_line
from zwgk_excel.ledger.errors import LedgerBusyError, LedgerError, LedgerFailedError, LedgerPasswordError
from zwgk_excel.ledger.urls import ENCRYPTED, SCHEMA, is_local, schema_of

WRITER_LOCK, RUN_LOCK = 1, 2
"""Advisory locks of a schema: of one writing transaction, and of a whole run."""
WRITER = {"isolation_level": "READ COMMITTED"}
"""A writer waits for its turn within the transaction and must then see what the one before it wrote."""
_READER = "REPEATABLE READ"
"""The isolation level of readers: several queries see one state of the database."""
_CONNECT_SECONDS = 10
_IDLE_SECONDS = 60
"""A silent connection, as that of the run lock, is kept alive through firewalls by a sign every so often."""

_BUSY = {"55P03", "40001", "40P01"}
"""Lock not available, serialization failure, deadlock: another one was at it, and a second try will do."""
_REASONS = {
    "25006": "数据库是只读的（可能连到了备用服务器）",
    "3D000": "没有这个库，请核对库名或请数据库管理员新建",
    "3F000": "没有这个模式",
    "42501": "数据库用户没有建表或读写的权限，请数据库管理员授权",
    "53100": "数据库服务器磁盘已满",
    "53200": "数据库服务器内存不足",
    "53300": "数据库连接数已满，请稍后再试",
    "57P01": "数据库服务器正在停止或重新启动，请稍后再试",
    "57P02": "数据库服务器正在停止或重新启动，请稍后再试",
    "57P03": "数据库服务器正在启动，请稍后再试",
}
# Why no connection came about is told in words only, in English or in the server's own language.
_NO_PASSWORD = "no password supplied"
_REFUSED = (
    (r"authentication failed|认证失败|认证 失败", "用户名或密码不对"),
    (r"no pg_hba\.conf entry|pg_hba\.conf", "服务器不允许从这台电脑连接，请数据库管理员放行"),
    (r'database ".*" does not exist|数据库 ?".*" ?不存在', _REASONS["3D000"]),
    (r"too many|太多", _REASONS["53300"]),
    (r"starting up|shutting down|正在启动|正在关闭", _REASONS["57P03"]),
    (r"does not support SSL", "服务器没有启用加密连接（TLS），请数据库管理员启用"),
    (r"certificate", "服务器的证书不可信，请核对 sslrootcert 和主机名"),
    (r"refused|resolve host|timeout|timed out|No route|unreachable", "无法连接数据库服务器，请核对主机、端口和网络"),
    (r"closed the connection|terminat|is lost|SSL|EOF", "与数据库服务器的连接断开，请检查网络后重新运行"),
)


def engine(url: URL, *, read_only: bool) -> Engine:
    """An engine for the schema that the URL names; raises ImportError without the driver."""
    query = url.query
    options = [str(query["options"])] if "options" in query else []
    if read_only:
        options.append("-cdefault_transaction_read_only=on")
    if schema := schema_of(url):
        options.append(f"-csearch_path={schema}")
    arguments: dict[str, Any] = {
        "connect_timeout": _CONNECT_SECONDS,
        "keepalives_idle": _IDLE_SECONDS,
        "application_name": "zwgk",
        "client_encoding": "utf8",
        # Said to be empty, it is looked for in .pgpass, server by server, but not in PGPASSWORD, which is for any.
        "password": url.password or "",
        **_encryption(url),
    }
    arguments = {key: value for key, value in arguments.items() if key not in query} | {"options": " ".join(options)}
    plain = url.difference_update_query([SCHEMA, "options"])
    # A connection that died since it was last used is noticed before it is used again.
    return create_engine(plain, connect_args=arguments, isolation_level=_READER, pool_pre_ping=True)


def _encryption(url: URL) -> dict[str, str]:
    """What is asked of the connection where neither the URL nor the computer's own setting asks for as much."""
    return {} if is_local(url) or os.environ.get("PGSSLMODE") in ENCRYPTED else {"sslmode": ENCRYPTED[0]}


class WriterLock:
    """Makes write transactions wait for an advisory lock, as SQLite's wait for the file lock."""

    def __init__(self, timeout: float) -> None:
        self.milliseconds = int(timeout * 1000)

    def __call__(self, connection: Connection) -> None:
        """Called when a transaction begins."""
        if connection.get_execution_options().get("writing"):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {self.milliseconds}")
            connection.exec_driver_sql(lock_call("pg_advisory_xact_lock", WRITER_LOCK))


def lock_call(function: str, lock: int) -> str:
    """SQL of an advisory lock function for the current schema (without one, for none)."""
    return f"SELECT {function}(hashtext('zwgk_excel ' || coalesce(current_schema(), '')), {lock})"


def prepare(connection: Connection, url: URL) -> None:
    """Create the schema of a new ledger in a writer's transaction.

    Raises LedgerFailedError for a database whose encoding is not UTF-8.
    """
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise LedgerFailedError(f"数据库的编码是 {encoding}，不能保存全部汉字；请用 UTF8 编码新建数据库")
    # Asking for a schema that is there already takes a right that its user need not have.
    if connection.exec_driver_sql("SELECT current_schema()").scalar() is None:
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {schema_of(url) or 'public'}")


def copy(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows (values as the driver expects them) with COPY, twice as fast as INSERT."""
    from psycopg import Error, OperationalError

    quoted = connection.dialect.identifier_preparer.quote
    names = ", ".join(map(quoted, columns))
    driver: Any = connection.connection
    try:
        with driver.cursor() as cursor, cursor.copy(f"COPY {quoted(table.name)} ({names}) FROM STDIN") as stream:
            for row in rows:
                stream.write_row(row)
    except Error as error:  # SQLAlchemy does not see these
        told = error_of(error) or (
            LedgerFailedError.quoting(error) if isinstance(error, OperationalError) else None
        )
        if told is None:
            raise
        raise told from error


def error_of(original: BaseException) -> LedgerError | None:
    """The LedgerError for a driver's error; None for a programming error."""
    state = getattr(original, "sqlstate", None)
    if state in _BUSY:
        return LedgerBusyError()
    if state in _REASONS:
        return LedgerFailedError(_REASONS[state])
    if state is not None:
        return None
    words = one_line(str(original))
    if _NO_PASSWORD in words:
        return LedgerPasswordError()
    return next((LedgerFailedError(told) for found, told in _REFUSED if re.search(found, words, re.IGNORECASE)), None)
