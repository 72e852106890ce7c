"""The content of the tracker as values: the input of all writers of its sheets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from zwgk_excel.domain.acts import Act
from zwgk_excel.domain.correspondence import OutgoingMessage
from zwgk_excel.domain.duties import Unit
from zwgk_excel.domain.escalation import EscalationCandidate, Rectification
from zwgk_excel.domain.problems import CellRef, Problem
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.domain.score_rules import Scoring
from zwgk_excel.domain.scoring import Assessment
from zwgk_excel.domain.tracking import TrackerRow


@dataclass(frozen=True, slots=True)
class RectificationInput:
    """The office's cells in one row of the rectification ledger."""

    number: int
    """整改编号 of the rectification; 0 for what is due but not raised."""
    measures: str
    closed_on: date | None
    place: CellRef
    """The cell of the day it was closed."""
    unread: frozenset[str] = frozenset()
    """Keys of the columns that are missing or could not be understood: their values here mean nothing."""


@dataclass(frozen=True, slots=True)
class TrackerView:
    """The input of one tracker workbook."""

    office: str
    as_of: date
    live: bool
    """True: the tracker's day is TODAY(); False: it is ``as_of``, given by the caller."""
    due_soon_days: int
    rows: tuple[TrackerRow, ...]
    units: tuple[Unit, ...]
    contents: Iterable[Receipt]
    """The effective receipts, in the order of :func:`zwgk_excel.workbooks.tracker.rows.row_values.sheet_order`; their
    items fill 信息明细. Iterated several times, each time from the start: no iterator, but it need not hold them all in
    memory."""
    problems: tuple[Problem, ...]
    receipts: tuple[Receipt, ...]
    """Every receipt, the newest last."""
    letters: tuple[OutgoingMessage, ...] = ()
    """Every mail of ours, the newest last."""
    acts: tuple[Act, ...] = field(default=(), kw_only=True)
    """Every act, the newest last."""
    item_count: int = field(kw_only=True)
    """Items in all of ``contents``."""
    assessments: tuple[Assessment, ...] = ()
    """The scores of the months, for 考核评分; of each period one."""
    scoring: Scoring | None = None
    """The rules that open months are scored by; without them no score is a formula."""
    dues: tuple[EscalationCandidate, ...] = ()
    """The units that have reached an escalation level."""
    rectifications: tuple[Rectification, ...] = ()
    remarks: Mapping[str, str] = field(default_factory=dict)
    """整改情况 of the office by row key (:func:`zwgk_excel.workbooks.tracker.rows.score_rows.score_keys`)."""
    mended: Mapping[str, RectificationInput] = field(default_factory=dict)
    """The office's inputs on the rectification ledger by row key
    (:func:`zwgk_excel.workbooks.tracker.rows.score_rows.step_key`)."""
    revision: int = 0
    """The number of decisions in the ledger when the tracker was made: stored in the workbook, so that at the next
    consolidation a cell counts as changed only when it differs from what was written."""

    @property
    def last_act(self) -> int:
        """The number of the last act; 0 for none. Stored in the workbook for the same reason."""
        return self.acts[-1].number if self.acts else 0
