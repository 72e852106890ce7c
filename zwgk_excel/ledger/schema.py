"""The tables of the current version.

They are created by :mod:`zwgk_excel.ledger.migrations` alone; a test compares both. To change a table, change it here
and add a migration there.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from zwgk_excel.ledger.types import AnyText, LocalTime, MonthText

METADATA = MetaData()

META = Table(
    "meta",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

MIGRATIONS = Table(
    "migrations",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("applied_at", LocalTime, nullable=False),
)

CYCLES = Table(
    "cycles",
    METADATA,
    Column("cycle", MonthText, primary_key=True),
    Column("issued_on", Date),
    Column("closed_at", LocalTime),
    Column("closed_as_of", Date),
    Column("closed_by", AnyText, nullable=False),
)

ISSUES = Table(
    "issues",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("cycle", MonthText, ForeignKey("cycles.cycle"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("who", AnyText, nullable=False),
    Column("reason", AnyText, nullable=False),
    Column("at", LocalTime, nullable=False),
    Column("act", Integer, nullable=False),  # 0 for a record that nobody made
    # What was owed, as ledger.issues writes it; empty for a cancellation.
    Column("payload", JSON, nullable=False),
)

SNAPSHOTS = Table(
    "snapshots",
    METADATA,
    Column("cycle", MonthText, ForeignKey("cycles.cycle"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("obligation", AnyText, nullable=False),
    Column("payload", JSON, nullable=False),
    UniqueConstraint("cycle", "obligation"),
)

WORKBOOKS = Table(
    "workbooks",
    METADATA,
    Column("cycle", MonthText, primary_key=True),
    Column("unit", AnyText, primary_key=True),
    Column("fingerprint", AnyText, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("file", AnyText, nullable=False),
    Column("sha256", AnyText, nullable=False),
    # Of all that went out to the unit for the cycle.
    Column("oldest_schema", Integer, nullable=False),
    Column("prefilled", AnyText, nullable=False),  # a JSON list of the rows that it went out with; empty for none
)

DECISIONS = Table(
    "decisions",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("obligation", AnyText, nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", AnyText, nullable=False),
    Column("who", AnyText, nullable=False),
    Column("at", LocalTime, nullable=False),
    Column("reason", AnyText, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_at", LocalTime, nullable=False),
    Column("act", Integer, nullable=False),
)

RECEIPTS = Table(
    "receipts",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("file", AnyText, nullable=False),
    Column("sha256", AnyText, nullable=False),
    Column("received_at", LocalTime, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Column("unit", AnyText, nullable=False),
    Column("cycle", MonthText),
    Column("items", Integer, nullable=False),
    # What was read: unit and cycle as the file says them; both null where nothing was.
    Column("content_unit", AnyText),
    Column("content_cycle", MonthText),
    Column("source", Text, nullable=False),
    Column("recorded_at", LocalTime, nullable=False),
    Column("file_time", LocalTime),
    Column("content_common", AnyText, nullable=False),  # what was filled once on the cover, as ledger.more writes it
    UniqueConstraint("file", "sha256"),
    Index("receipts_of_unit", "unit", "cycle"),
)

ANSWERS = Table(
    "answers",
    METADATA,
    Column("receipt", Integer, ForeignKey("receipts.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("obligation", AnyText, nullable=False),
    Column("task_duty", AnyText, nullable=False),
    Column("task_reference", AnyText, nullable=False),
    Column("status", Text),
    Column("statement", AnyText, nullable=False),
    Column("remark", AnyText, nullable=False),
    Column("row", Integer, nullable=False),
    Column("task_column", AnyText, nullable=False),
    Column("sheet", AnyText, nullable=False),
    Column("more", AnyText, nullable=False),  # as ledger.more writes it
)

ITEMS = Table(
    "items",
    METADATA,
    Column("receipt", Integer, ForeignKey("receipts.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("obligation", AnyText, nullable=False),
    Column("task", AnyText, nullable=False),
    Column("title", AnyText, nullable=False),
    Column("type", AnyText, nullable=False),
    Column("doc_no", AnyText, nullable=False),
    Column("formed_on", Date),
    Column("published_on", Date),
    Column("url", AnyText, nullable=False),
    Column("section", AnyText, nullable=False),
    Column("officer", AnyText, nullable=False),
    Column("phone", AnyText, nullable=False),
    Column("first_review", AnyText, nullable=False),
    Column("second_review", AnyText, nullable=False),
    Column("final_review", AnyText, nullable=False),
    Column("draft_note", AnyText, nullable=False),
    Column("reading", AnyText, nullable=False),
    Column("remark", AnyText, nullable=False),
    Column("row", Integer, nullable=False),
    Column("unread", AnyText, nullable=False),  # a JSON list of column keys; empty for none
    Column("valid", Boolean, nullable=False),
    Column("sheet", AnyText, nullable=False),
    Column("more", AnyText, nullable=False),  # as ledger.more writes it
)

PROBLEMS = Table(
    "problems",
    METADATA,
    Column("receipt", Integer, ForeignKey("receipts.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("part", Text, nullable=False),  # receipt, content or both: which list it stands in
    Column("code", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("file", AnyText, nullable=False),
    Column("sheet", AnyText, nullable=False),
    Column("cell", AnyText, nullable=False),
    Column("found", AnyText, nullable=False),
    Column("expected", AnyText, nullable=False),
    Column("action", AnyText, nullable=False),
    Column("obligation", AnyText, nullable=False),
)

RULINGS = Table(
    "rulings",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("receipt", Integer, ForeignKey("receipts.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("unit", AnyText, nullable=False),
    Column("cycle", MonthText),
    Column("forced", Boolean, nullable=False),
    # The receipt as it was before this ruling.
    Column("former_verdict", Text, nullable=False),
    Column("former_unit", AnyText, nullable=False),
    Column("former_cycle", MonthText),
    Column("who", AnyText, nullable=False),
    Column("at", LocalTime, nullable=False),
    Column("reason", AnyText, nullable=False),
    Column("recorded_at", LocalTime, nullable=False),
    Column("act", Integer, nullable=False),
    # The act in force about the other matter (its time; its unit, or whether it counts) when it was taken; 0 for none.
    Column("upon", Integer, nullable=False),
)

MERGES = Table(
    "merges",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("unit", AnyText, nullable=False),
    Column("cycle", MonthText, nullable=False),
    Column("merged", Boolean, nullable=False),
    Column("who", AnyText, nullable=False),
    Column("at", LocalTime, nullable=False),
    Column("reason", AnyText, nullable=False),
    Column("recorded_at", LocalTime, nullable=False),
    Column("act", Integer, nullable=False),
)

LETTERS = Table(
    "letters",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key", AnyText, nullable=False),
    Column("kind", Text, nullable=False),
    Column("unit", AnyText, nullable=False),
    Column("cycle", MonthText),
    # Addresses, one a line.
    Column("recipients", AnyText, nullable=False),
    Column("copies", AnyText, nullable=False),
    Column("subject", AnyText, nullable=False),
    Column("message_id", AnyText, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", LocalTime, nullable=False),
    Column("level", Text, nullable=False),
    Column("detail", AnyText, nullable=False),
    Column("sha256", AnyText, nullable=False),
    UniqueConstraint("key"),
)

MESSAGES = Table(
    "messages",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("mailbox", AnyText, nullable=False),
    # Both are unsigned numbers of 32 bits (RFC 9051).
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("received_at", LocalTime, nullable=False),
    Column("sender", AnyText, nullable=False),
    Column("subject", AnyText, nullable=False),
    Column("message_id", AnyText, nullable=False),
    Column("in_reply_to", AnyText, nullable=False),  # message ids with a space between them
    Column("kind", Text, nullable=False),
    Column("unit", AnyText, nullable=False),
    Column("text", AnyText, nullable=False),
    Column("digest", Text, nullable=False),
    Column("recorded_at", LocalTime, nullable=False),
    UniqueConstraint("mailbox", "uidvalidity", "uid"),
    Index("messages_by_digest", "digest"),
)

ENCLOSURES = Table(
    "enclosures",
    METADATA,
    Column("message", Integer, ForeignKey("messages.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("file", AnyText, nullable=False),
    Column("sha256", AnyText, nullable=False),
    Column("original", AnyText, nullable=False),
)

ASSESSMENTS = Table(
    "assessments",
    METADATA,
    Column("cycle", MonthText, ForeignKey("cycles.cycle"), primary_key=True),
    # What concerns all units, with the scoring rules of the day.
    Column("payload", JSON, nullable=False),
)

SCORES = Table(
    "scores",
    METADATA,
    Column("cycle", MonthText, ForeignKey("assessments.cycle"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("unit", AnyText, nullable=False),
    Column("payload", JSON, nullable=False),
    UniqueConstraint("cycle", "unit"),
)

RECTIFICATIONS = Table(
    "rectifications",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("unit", AnyText, nullable=False),
    Column("cycle", MonthText, nullable=False),
    Column("step", Text, nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("mend_by", Date),
    Column("evidence", JSON, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("who", AnyText, nullable=False),
    Column("reason", AnyText, nullable=False),
    Column("recorded_at", LocalTime, nullable=False),
    Column("act", Integer, nullable=False),
)

RECTIFICATION_NOTES = Table(
    "rectification_notes",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("rectification", Integer, ForeignKey("rectifications.number"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("on_day", Date, nullable=False),
    Column("who", AnyText, nullable=False),
    Column("words", AnyText, nullable=False),
    Column("recorded_at", LocalTime, nullable=False),
    Column("act", Integer, nullable=False),
)

ACTS = Table(
    "acts",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("at", LocalTime, nullable=False),
    Column("who", AnyText, nullable=False),
    Column("reason", AnyText, nullable=False),
    Column("source", Text, nullable=False),
    Column("cycle", MonthText),
    Column("units", JSON, nullable=False),
    # Triples of subject, before and after.
    Column("changes", JSON, nullable=False),
    Column("undoes", Integer, nullable=False),  # 0 for none
    Column("recorded_at", LocalTime, nullable=False),
)

# What links showed when they were visited; of an address the newest counts.
VISITS = Table(
    "visits",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("url", AnyText, nullable=False),
    Column("at", LocalTime, nullable=False),
    Column("finding", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("final_url", AnyText, nullable=False),
    Column("titles", AnyText, nullable=False),  # a JSON list
    Column("published_on", Date),
    Column("sha256", Text, nullable=False),
    Column("etag", AnyText, nullable=False),
    Column("last_modified", AnyText, nullable=False),
    Index("visits_of_url", "url"),
)

# Faults on the website that units were asked to put right.
FAULT_CASES = Table(
    "fault_cases",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("cycle", MonthText, nullable=False),
    Column("kind", Text, nullable=False),
    Column("unit", AnyText, nullable=False),
    Column("obligation", AnyText, nullable=False),
    Column("task", AnyText, nullable=False),
    Column("title", AnyText, nullable=False),
    Column("url", AnyText, nullable=False),
    Column("found", AnyText, nullable=False),
    Column("expected", AnyText, nullable=False),
    Column("formed_on", Date),
    Column("published_on", Date),
    Column("raised_at", LocalTime, nullable=False),
    Column("mend_by", Date, nullable=False),
    Column("act", Integer, nullable=False),
)

# What units say of them: the rows of returned 整改链接表.
FAULT_ANSWERS = Table(
    "fault_answers",
    METADATA,
    Column("receipt", Integer, ForeignKey("receipts.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("url", AnyText, nullable=False),
    Column("explanation", AnyText, nullable=False),
    Column("row", Integer, nullable=False),
)

# What the office says of the units' explanations.
FAULT_WORDS = Table(
    "fault_words",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("fault", Integer, ForeignKey("fault_cases.number"), nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("at", LocalTime, nullable=False),
    Column("who", AnyText, nullable=False),
    Column("reason", AnyText, nullable=False),
    Column("act", Integer, nullable=False),
)

# What the website's list said of an item, by the act that imported it; of a key the last row in force counts.
PUBLISHED = Table(
    "published",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("act", Integer, nullable=False),
    Column("key", AnyText, nullable=False),
    Column("title", AnyText, nullable=False),
    Column("published_on", Date, nullable=False),
    Column("url", AnyText, nullable=False),
    Column("column_text", AnyText, nullable=False),
    Column("department", AnyText, nullable=False),
    Column("doc_no", AnyText, nullable=False),
    Column("formed_on", Date),
    Column("unit", AnyText, nullable=False),
    Column("duties", AnyText, nullable=False),  # ids with a space between them
    Column("source", AnyText, nullable=False),
    Column("listed", Boolean, nullable=False),
)

# The days, units and duties that an import covered.
PUBLISHED_SPANS = Table(
    "published_spans",
    METADATA,
    Column("act", Integer, primary_key=True, autoincrement=False),
    Column("at", LocalTime, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("units", JSON, nullable=False),
    Column("duties", JSON, nullable=False),  # null for all
    Column("files", JSON, nullable=False),  # pairs of name and sha256
)

# What an import changed in the catalogue, so that it can be undone.
CATALOGUE_IMPORTS = Table(
    "catalogue_imports",
    METADATA,
    Column("act", Integer, primary_key=True, autoincrement=False),
    Column("files", JSON, nullable=False),  # pairs of name and sha256
    Column("edits", AnyText, nullable=False),  # a JSON list of triples: cell, before and after; a few thousand
)

# What an act made of a receipt or of a month's closing, kept when another act replaced it; act 0: as it arrived.
ACT_STATES = Table(
    "act_states",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("act", Integer, primary_key=True, autoincrement=False),
    Column("payload", JSON, nullable=False),
)
