"""The columns of all tables for analysis: one definition for frames, exports and the data set.

Codes are English, as in ``status --json``; ``docs/python-api.md`` explains each column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from zwgk_excel.domain.returns import Item
from zwgk_excel.layout.columns import Column, ColumnKind, added_columns


class Kind(StrEnum):
    """The data type of a column."""

    TEXT = "text"
    MONTH = "month"
    """ISO text such as ``2026-11``; missing where the month is unknown."""
    DAY = "day"
    TIME = "time"
    """Local time in China without a zone, to the second."""
    COUNT = "count"
    """An integer; never missing."""
    NUMBER = "number"
    """An integer that may be missing."""
    POINTS = "points"
    """Points of a score, with a fraction; missing where nothing was scored."""
    FLAG = "flag"
    """True or false; never missing."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its data type and, for a closed set of codes, the list of ``lists.toml`` with their order."""

    kind: Kind
    codes: str = ""


TEXT, MONTH, DAY, TIME = Field(Kind.TEXT), Field(Kind.MONTH), Field(Kind.DAY), Field(Kind.TIME)
COUNT, NUMBER, POINTS, FLAG = Field(Kind.COUNT), Field(Kind.NUMBER), Field(Kind.POINTS), Field(Kind.FLAG)

Columns = Mapping[str, Field]
"""Column → what it holds, in the order of the table."""


def _codes(name: str) -> Field:
    return Field(Kind.TEXT, name)


_OBLIGATIONS: Columns = {
    "cycle": MONTH,
    "key": TEXT,
    "unit": TEXT,
    "duty": TEXT,
    "column": TEXT,
    "cadence": _codes("cadence"),
    "reference": TEXT,
    "due": DAY,
    "final": DAY,
    "mandatory": FLAG,
    "outcome": _codes("outcome"),
    "timeliness": _codes("timeliness"),
    "received_at": TIME,
    "days_late": COUNT,
    "days_left": NUMBER,
    "items": COUNT,
    "problems": COUNT,
    "extended_to": DAY,
    "waived": FLAG,
    "opinion": TEXT,
    "closed": FLAG,
    "counted_in": MONTH,
    "correction": TEXT,
}


def _of_column(column: Column) -> Field:
    """The field of a column of 信息明细 that only its layout defines."""
    of_kind = {ColumnKind.DATE: DAY, ColumnKind.INTEGER: NUMBER}
    return of_kind.get(column.kind, _codes(column.list) if column.is_coded else TEXT)


NOT_EXPORTED = frozenset({"more", "common"})
"""Fields of an item without a column: the added columns are columns of their own, the other is of the reading alone."""
_OF_ITEM: Mapping[str, Field] = {
    "str": TEXT,
    "date | None": DAY,
    "int": COUNT,
    "bool": FLAG,
    "frozenset[str]": TEXT,
}
"""The annotation of a field of an item → what its column holds."""
_ITEMS: Columns = {
    "cycle": MONTH,
    "unit": TEXT,
    "file": TEXT,
    **{each.name: _OF_ITEM[str(each.type)] for each in fields(Item) if each.name not in NOT_EXPORTED},
    "type": _codes("item_type"),
    **{each.key: _of_column(each) for each in added_columns("items")},
}
_PROBLEMS: Columns = {
    "cycle": MONTH,
    "unit": TEXT,
    "code": TEXT,
    "severity": _codes("severity"),
    **dict.fromkeys(("file", "sheet", "cell", "found", "expected", "action", "obligation"), TEXT),
}
_RECEIPTS: Columns = {
    "cycle": MONTH,
    "file": TEXT,
    "sha256": TEXT,
    "unit": TEXT,
    "verdict": _codes("verdict"),
    "received_at": TIME,
    "estimated": FLAG,
    "file_time": TIME,
    "items": COUNT,
    "problems": COUNT,
}
_SCORES: Columns = {
    "cycle": MONTH,
    "unit": TEXT,
    "kind": _codes("unit_kind"),
    "base": POINTS,
    "score": POINTS,
    "rank": NUMBER,
    "band": _codes("band"),
    "closed": FLAG,
    "confirmed": FLAG,
}
_SCORE_LINES: Columns = {
    "cycle": MONTH,
    "unit": TEXT,
    "rule": _codes("rule"),
    "points": POINTS,
    "obligation": TEXT,
    "reason": TEXT,
    "receipt": TEXT,
    "on": DAY,
}
_ACTS: Columns = {
    "number": COUNT,
    "at": TIME,
    "act": _codes("act"),
    "cycle": MONTH,
    "unit": TEXT,
    "obligation": TEXT,
    "file": TEXT,
    "rectification": NUMBER,
    "day": DAY,
    "step": _codes("step"),
    "opinion": TEXT,
    "who": TEXT,
    "reason": TEXT,
    "source": _codes("act_source"),
    "undoes": NUMBER,
    "undone_by": NUMBER,
}
_COLUMN_UPDATES: Columns = {
    "unit": TEXT,
    "duty": TEXT,
    "column": TEXT,
    "kind": _codes("update_kind"),
    "title": TEXT,
    "published_on": DAY,
    "days_since": NUMBER,
    "limit": NUMBER,
    "warn": NUMBER,
    "days_left": NUMBER,
    "state": _codes("update_state"),
}
_SITE_FAULTS: Columns = {
    "number": COUNT,
    "cycle": MONTH,
    "unit": TEXT,
    "kind": _codes("fault_kind"),
    **dict.fromkeys(("task", "title", "url", "found"), TEXT),
    "raised_on": DAY,
    "mend_by": DAY,
    "status": _codes("fault_answer"),
    "new_url": TEXT,
    "explanation": TEXT,
    "answered_at": TIME,
    "verdict": _codes("link_verdict"),
    "mended_on": DAY,
    "file": TEXT,
    "late": FLAG,
    "outcome": _codes("fault_outcome"),
}
_COVERAGE: Columns = {
    **dict.fromkeys(("unit", "entry", "domain", "title", "limit"), TEXT),
    "understood": FLAG,
    "since": MONTH,
    "items": COUNT,
    "late": COUNT,
    "last": DAY,
    "state": _codes("coverage"),
}
_PUBLISHED: Columns = {
    **dict.fromkeys(("unit", "department", "title"), TEXT),
    "published_on": DAY,
    **dict.fromkeys(("url", "column", "duties", "doc_no"), TEXT),
    "formed_on": DAY,
    "listed": FLAG,
    "source": TEXT,
}

TABLES: Mapping[str, Columns] = {
    "obligations": _OBLIGATIONS,
    "receipts": _RECEIPTS,
    "items": _ITEMS,
    "problems": _PROBLEMS,
    "scores": _SCORES,
    "score_lines": _SCORE_LINES,
    "acts": _ACTS,
    "column_updates": _COLUMN_UPDATES,
    "site_faults": _SITE_FAULTS,
    "coverage": _COVERAGE,
    "published": _PUBLISHED,
}
"""Every table → its columns."""
