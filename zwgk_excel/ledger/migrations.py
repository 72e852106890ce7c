"""Named migrations, each in its own transaction.

A released migration is never edited; a further change is a further migration. The SQL is limited to what SQLite and
PostgreSQL share.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, inspect, select

from zwgk_excel.ledger.acts_on_record import record_acts
from zwgk_excel.ledger.engine import writing
from zwgk_excel.ledger.errors import LedgerMissingError, LedgerTooNewError, LedgerTooOldError
from zwgk_excel.ledger.schema import META
from zwgk_excel.ledger.schema import MIGRATIONS as APPLIED


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration; ``apply`` gets its transaction and the time."""

    name: str
    apply: Callable[[Connection, datetime], None]


def migrate(
    engine: Engine, migrations: Sequence[Migration], *, create: bool, now: Callable[[], datetime], where: str = ""
) -> None:
    """Apply the pending ones of ``migrations``; ``where`` is the location for messages.

    Raises LedgerTooNewError when the database has an unknown one, LedgerMissingError when it has none and ``create`` is
    False. Nothing is written to a database that is up to date.
    """
    present = _known(engine, migrations)
    if not present and not create:
        raise LedgerMissingError(where or str(engine.url.database))
    for migration in migrations:
        if migration.name not in present:
            _apply(engine, migration, now())


def check(engine: Engine, migrations: Sequence[Migration], *, where: str) -> None:
    """Raise LedgerMissingError, LedgerTooNewError or LedgerTooOldError unless exactly ``migrations`` are applied.

    Writes nothing.
    """
    present = _known(engine, migrations)
    if not present:
        raise LedgerMissingError(where)
    if missing := [each.name for each in migrations if each.name not in present]:
        raise LedgerTooOldError(missing)


def _known(engine: Engine, migrations: Sequence[Migration]) -> list[str]:
    with engine.connect() as connection:
        present = applied(connection)
    if unknown := [name for name in present if name not in {each.name for each in migrations}]:
        raise LedgerTooNewError(unknown)
    return present


def applied(connection: Connection) -> list[str]:
    """The names of the applied migrations, oldest first; empty where there is no ledger."""
    if not inspect(connection).has_table(APPLIED.name):
        return []
    return list(connection.scalars(select(APPLIED.c.name).order_by(APPLIED.c.name)))


def _apply(engine: Engine, migration: Migration, at: datetime) -> None:
    with writing(engine) as connection:
        # Another process may have been faster; writers come one after the other.
        if migration.name not in applied(connection):
            migration.apply(connection, at)
            connection.execute(insert(APPLIED).values(name=migration.name, applied_at=at))


_INITIAL = """
CREATE TABLE migrations (name TEXT NOT NULL PRIMARY KEY, applied_at TIMESTAMP NOT NULL);
CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE cycles (
    cycle TEXT NOT NULL PRIMARY KEY,
    issued_on DATE,
    closed_at TIMESTAMP,
    closed_as_of DATE,
    closed_by TEXT NOT NULL
);
CREATE TABLE snapshots (
    cycle TEXT NOT NULL REFERENCES cycles (cycle),
    position INTEGER NOT NULL,
    obligation TEXT NOT NULL,
    payload JSON NOT NULL,
    PRIMARY KEY (cycle, position),
    UNIQUE (cycle, obligation)
);
CREATE TABLE workbooks (
    cycle TEXT NOT NULL,
    unit TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    issued_on DATE NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (cycle, unit)
);
CREATE TABLE decisions (
    id INTEGER NOT NULL PRIMARY KEY,
    obligation TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    who TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);
CREATE TABLE receipts (
    id INTEGER NOT NULL PRIMARY KEY,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    received_at TIMESTAMP NOT NULL,
    verdict TEXT NOT NULL,
    estimated BOOLEAN NOT NULL,
    unit TEXT NOT NULL,
    cycle TEXT,
    items INTEGER NOT NULL,
    content_unit TEXT,
    content_cycle TEXT,
    source TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    UNIQUE (file, sha256)
);
CREATE INDEX receipts_of_unit ON receipts (unit, cycle);
CREATE TABLE answers (
    receipt INTEGER NOT NULL REFERENCES receipts (id),
    position INTEGER NOT NULL,
    obligation TEXT NOT NULL,
    task_duty TEXT NOT NULL,
    task_reference TEXT NOT NULL,
    status TEXT,
    statement TEXT NOT NULL,
    remark TEXT NOT NULL,
    "row" INTEGER NOT NULL,
    PRIMARY KEY (receipt, position)
);
CREATE TABLE items (
    receipt INTEGER NOT NULL REFERENCES receipts (id),
    position INTEGER NOT NULL,
    obligation TEXT NOT NULL,
    task TEXT NOT NULL,
    title TEXT NOT NULL,
    type TEXT NOT NULL,
    doc_no TEXT NOT NULL,
    formed_on DATE,
    published_on DATE,
    url TEXT NOT NULL,
    section TEXT NOT NULL,
    officer TEXT NOT NULL,
    phone TEXT NOT NULL,
    first_review TEXT NOT NULL,
    second_review TEXT NOT NULL,
    final_review TEXT NOT NULL,
    draft_note TEXT NOT NULL,
    reading TEXT NOT NULL,
    remark TEXT NOT NULL,
    "row" INTEGER NOT NULL,
    unread TEXT NOT NULL,
    valid BOOLEAN NOT NULL,
    PRIMARY KEY (receipt, position)
);
CREATE TABLE problems (
    receipt INTEGER NOT NULL REFERENCES receipts (id),
    position INTEGER NOT NULL,
    part TEXT NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    file TEXT NOT NULL,
    sheet TEXT NOT NULL,
    cell TEXT NOT NULL,
    found TEXT NOT NULL,
    expected TEXT NOT NULL,
    action TEXT NOT NULL,
    obligation TEXT NOT NULL,
    PRIMARY KEY (receipt, position)
)
"""


_RULINGS = """
CREATE TABLE rulings (
    id INTEGER NOT NULL PRIMARY KEY,
    receipt INTEGER NOT NULL REFERENCES receipts (id),
    kind TEXT NOT NULL,
    unit TEXT NOT NULL,
    cycle TEXT,
    forced BOOLEAN NOT NULL,
    former_verdict TEXT NOT NULL,
    former_unit TEXT NOT NULL,
    former_cycle TEXT,
    who TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);
CREATE TABLE merges (
    id INTEGER NOT NULL PRIMARY KEY,
    unit TEXT NOT NULL,
    cycle TEXT NOT NULL,
    merged BOOLEAN NOT NULL,
    who TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL
)
"""

_SHEETS = """
ALTER TABLE answers ADD COLUMN task_column TEXT NOT NULL DEFAULT '';
ALTER TABLE answers ADD COLUMN sheet TEXT NOT NULL DEFAULT '';
ALTER TABLE items ADD COLUMN sheet TEXT NOT NULL DEFAULT ''
"""

_LETTERS = """
CREATE TABLE letters (
    id INTEGER NOT NULL PRIMARY KEY,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    unit TEXT NOT NULL,
    cycle TEXT,
    recipients TEXT NOT NULL,
    copies TEXT NOT NULL,
    subject TEXT NOT NULL,
    message_id TEXT NOT NULL,
    state TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    level TEXT NOT NULL,
    detail TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    UNIQUE (key)
)
"""

_MESSAGES = """
CREATE TABLE messages (
    id INTEGER NOT NULL PRIMARY KEY,
    mailbox TEXT NOT NULL,
    uidvalidity BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    received_at TIMESTAMP NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    message_id TEXT NOT NULL,
    in_reply_to TEXT NOT NULL,
    kind TEXT NOT NULL,
    unit TEXT NOT NULL,
    text TEXT NOT NULL,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    UNIQUE (mailbox, uidvalidity, uid)
);
CREATE INDEX messages_by_digest ON messages (digest);
CREATE TABLE enclosures (
    message INTEGER NOT NULL REFERENCES messages (id),
    position INTEGER NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    original TEXT NOT NULL,
    PRIMARY KEY (message, position)
)
"""

_ASSESSMENTS = """
CREATE TABLE assessments (cycle TEXT NOT NULL PRIMARY KEY REFERENCES cycles (cycle), payload JSON NOT NULL);
CREATE TABLE scores (
    cycle TEXT NOT NULL REFERENCES assessments (cycle),
    position INTEGER NOT NULL,
    unit TEXT NOT NULL,
    payload JSON NOT NULL,
    PRIMARY KEY (cycle, position),
    UNIQUE (cycle, unit)
);
CREATE TABLE rectifications (
    number INTEGER NOT NULL PRIMARY KEY,
    unit TEXT NOT NULL,
    cycle TEXT NOT NULL,
    step TEXT NOT NULL,
    raised_on DATE NOT NULL,
    mend_by DATE,
    evidence JSON NOT NULL,
    facts JSON NOT NULL,
    who TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);
CREATE TABLE rectification_notes (
    id INTEGER NOT NULL PRIMARY KEY,
    rectification INTEGER NOT NULL REFERENCES rectifications (number),
    kind TEXT NOT NULL,
    on_day DATE NOT NULL,
    who TEXT NOT NULL,
    words TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL
)
"""

_MORE = """
ALTER TABLE answers ADD COLUMN more TEXT NOT NULL DEFAULT '';
ALTER TABLE items ADD COLUMN more TEXT NOT NULL DEFAULT ''
"""

_ISSUES = """
CREATE TABLE issues (
    number INTEGER NOT NULL PRIMARY KEY,
    cycle TEXT NOT NULL REFERENCES cycles (cycle),
    kind TEXT NOT NULL,
    who TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    act INTEGER NOT NULL,
    payload JSON NOT NULL
)
"""

_RECEIPT_TIMES = """
ALTER TABLE receipts ADD COLUMN file_time TIMESTAMP;
UPDATE receipts SET file_time = received_at WHERE estimated;
ALTER TABLE rulings ADD COLUMN upon INTEGER NOT NULL DEFAULT 0
"""

_ACTS = """
CREATE TABLE acts (
    number INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    who TEXT NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    cycle TEXT,
    units JSON NOT NULL,
    changes JSON NOT NULL,
    undoes INTEGER NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);
CREATE TABLE act_states (
    subject TEXT NOT NULL,
    act INTEGER NOT NULL,
    payload JSON NOT NULL,
    PRIMARY KEY (subject, act)
);
ALTER TABLE decisions ADD COLUMN act INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rulings ADD COLUMN act INTEGER NOT NULL DEFAULT 0;
ALTER TABLE merges ADD COLUMN act INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rectifications ADD COLUMN act INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rectification_notes ADD COLUMN act INTEGER NOT NULL DEFAULT 0
"""

_VISITS = """
CREATE TABLE visits (
    id INTEGER NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    finding TEXT NOT NULL,
    status INTEGER NOT NULL,
    final_url TEXT NOT NULL,
    titles TEXT NOT NULL,
    published_on DATE,
    sha256 TEXT NOT NULL,
    etag TEXT NOT NULL,
    last_modified TEXT NOT NULL
);
CREATE INDEX visits_of_url ON visits (url)
"""

_PUBLISHED = """
CREATE TABLE published (
    id INTEGER NOT NULL PRIMARY KEY,
    act INTEGER NOT NULL,
    key TEXT NOT NULL,
    title TEXT NOT NULL,
    published_on DATE NOT NULL,
    url TEXT NOT NULL,
    column_text TEXT NOT NULL,
    department TEXT NOT NULL,
    doc_no TEXT NOT NULL,
    formed_on DATE,
    unit TEXT NOT NULL,
    duties TEXT NOT NULL,
    source TEXT NOT NULL,
    listed BOOLEAN NOT NULL
);
CREATE TABLE published_spans (
    act INTEGER NOT NULL PRIMARY KEY,
    at TIMESTAMP NOT NULL,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    units JSON NOT NULL,
    duties JSON NOT NULL,
    files JSON NOT NULL
)
"""

_CATALOGUE_IMPORTS = """
CREATE TABLE catalogue_imports (act INTEGER NOT NULL PRIMARY KEY, files JSON NOT NULL, edits TEXT NOT NULL)
"""

_FAULTS = """
CREATE TABLE fault_cases (
    number INTEGER NOT NULL PRIMARY KEY,
    cycle TEXT NOT NULL,
    kind TEXT NOT NULL,
    unit TEXT NOT NULL,
    obligation TEXT NOT NULL,
    task TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    found TEXT NOT NULL,
    expected TEXT NOT NULL,
    formed_on DATE,
    published_on DATE,
    raised_at TIMESTAMP NOT NULL,
    mend_by DATE NOT NULL,
    act INTEGER NOT NULL
);
CREATE TABLE fault_answers (
    receipt INTEGER NOT NULL REFERENCES receipts (id),
    position INTEGER NOT NULL,
    number INTEGER NOT NULL,
    status TEXT NOT NULL,
    url TEXT NOT NULL,
    explanation TEXT NOT NULL,
    row INTEGER NOT NULL,
    PRIMARY KEY (receipt, position)
);
CREATE TABLE fault_words (
    id INTEGER NOT NULL PRIMARY KEY,
    fault INTEGER NOT NULL REFERENCES fault_cases (number),
    accepted BOOLEAN NOT NULL,
    at TIMESTAMP NOT NULL,
    who TEXT NOT NULL,
    reason TEXT NOT NULL,
    act INTEGER NOT NULL
)
"""


def _initial(connection: Connection, at: datetime) -> None:
    """Create all tables and, in the same transaction, the key that signs report workbooks."""
    for statement in _INITIAL.split(";"):
        connection.exec_driver_sql(statement)
    meta = [{"name": "key", "value": secrets.token_hex(32)}, {"name": "created_at", "value": at.isoformat()}]
    connection.execute(insert(META), meta)


def _rulings(connection: Connection, at: datetime) -> None:
    """Tables of manual overrides and of merge decisions."""
    for statement in _RULINGS.split(";"):
        connection.exec_driver_sql(statement)


def _sheets(connection: Connection, at: datetime) -> None:
    """Columns for the copy of a sheet that an answer or item is in, and for the 栏目 of a changed task row."""
    for statement in _SHEETS.split(";"):
        connection.exec_driver_sql(statement)


def _letters(connection: Connection, at: datetime) -> None:
    """Table of sent mails with their state."""
    for statement in _LETTERS.split(";"):
        connection.exec_driver_sql(statement)


def _messages(connection: Connection, at: datetime) -> None:
    """Tables of received mails and their attachments."""
    for statement in _MESSAGES.split(";"):
        connection.exec_driver_sql(statement)


def _assessments(connection: Connection, at: datetime) -> None:
    """Tables of closed scores and of rectifications."""
    for statement in _ASSESSMENTS.split(";"):
        connection.exec_driver_sql(statement)


def _revision(connection: Connection, at: datetime) -> None:
    """The counter of write transactions."""
    connection.execute(insert(META).values(name="revision", value="0"))


def _more(connection: Connection, at: datetime) -> None:
    """Columns for the values of added columns of the report."""
    for statement in _MORE.split(";"):
        connection.exec_driver_sql(statement)


def _oldest_schema(connection: Connection, at: datetime) -> None:
    """The schema of issued workbooks: 1 for all that went out before it was kept."""
    connection.exec_driver_sql("ALTER TABLE workbooks ADD COLUMN oldest_schema INTEGER NOT NULL DEFAULT 1")


def _issues(connection: Connection, at: datetime) -> None:
    """Table of what was issued; months issued before are recovered when the office opens them next."""
    for statement in _ISSUES.split(";"):
        connection.exec_driver_sql(statement)


def _acts(connection: Connection, at: datetime) -> None:
    """The list of acts, filled with those that are on record, in time order."""
    for statement in _ACTS.split(";"):
        connection.exec_driver_sql(statement)
    record_acts(connection)


def _receipt_times(connection: Connection, at: datetime) -> None:
    """The files' own times beside the receipt times, and what an override was taken upon."""
    for statement in _RECEIPT_TIMES.split(";"):
        connection.exec_driver_sql(statement)


def _common(connection: Connection, at: datetime) -> None:
    """What units fill once on the cover; nothing of what came before."""
    connection.exec_driver_sql("ALTER TABLE receipts ADD COLUMN content_common TEXT NOT NULL DEFAULT ''")


def _visits(connection: Connection, at: datetime) -> None:
    """Table of what links showed when they were visited."""
    for statement in _VISITS.split(";"):
        connection.exec_driver_sql(statement)


def _faults(connection: Connection, at: datetime) -> None:
    """Tables of faults on the website, of the units' answers and of the office's word on them."""
    for statement in _FAULTS.split(";"):
        connection.exec_driver_sql(statement)


def _published(connection: Connection, at: datetime) -> None:
    """Tables of the website's own list."""
    for statement in _PUBLISHED.split(";"):
        connection.exec_driver_sql(statement)


def _prefilled(connection: Connection, at: datetime) -> None:
    """What workbooks went out with; nothing of those before."""
    connection.exec_driver_sql("ALTER TABLE workbooks ADD COLUMN prefilled TEXT NOT NULL DEFAULT ''")


def _catalogue_imports(connection: Connection, at: datetime) -> None:
    """What imports changed in the catalogue; those before were no acts."""
    connection.exec_driver_sql(_CATALOGUE_IMPORTS)


MIGRATIONS: tuple[Migration, ...] = (
    Migration("0001_initial", _initial),
    Migration("0002_rulings", _rulings),
    Migration("0003_sheets", _sheets),
    Migration("0004_letters", _letters),
    Migration("0005_messages", _messages),
    Migration("0006_assessments", _assessments),
    Migration("0007_revision", _revision),
    Migration("0008_more", _more),
    Migration("0009_oldest_schema", _oldest_schema),
    Migration("0010_issues", _issues),
    Migration("0011_acts", _acts),
    Migration("0012_receipt_times", _receipt_times),
    Migration("0013_common", _common),
    Migration("0014_visits", _visits),
    Migration("0015_faults", _faults),
    Migration("0016_published", _published),
    Migration("0017_prefilled", _prefilled),
    Migration("0018_catalogue_imports", _catalogue_imports),
)
"""All migrations, oldest first."""
