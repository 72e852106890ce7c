"""The content of the tracker as values: the input of all writers of its sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from zwgk_excel.domain.acts import Act
from zwgk_excel.domain.catalogue.coverage import EntryCoverage
from zwgk_excel.domain.column_updates import ColumnUpdate
from zwgk_excel.domain.correspondence import OutgoingMessage
from zwgk_excel.domain.duties import Unit
from zwgk_excel.domain.escalation import EscalationCandidate, Rectification
from zwgk_excel.domain.in_tray import Waiting
from zwgk_excel.domain.link_checks import LinkCheck
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem
from zwgk_excel.domain.reconciliation import Reconciled
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.domain.score_rules import Scoring
from zwgk_excel.domain.scoring import Assessment
from zwgk_excel.domain.site_faults import FaultState
from zwgk_excel.domain.tracking import TrackerRow
from zwgk_excel.layout.columns import layout


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


TypedValue = str | int | float | date | datetime
"""What stands in a cell of the office's."""


@dataclass(frozen=True, slots=True)
class TrayEntry:
    """The office's cells in one row of the in-tray."""

    key: str
    """:attr:`zwgk_excel.domain.in_tray.Waiting.key`; empty where the row says none."""
    shown: str
    """What the row is about, as it stands there."""
    told: str
    """情况, as it stands there: what the office has seen."""
    values: Mapping[str, Any]
    """Column key → what it was understood as; of the choice its code."""
    unread: frozenset[str]
    """Keys of the columns that could not be understood."""
    typed: Mapping[str, TypedValue]
    """Column key → what stands in its cell, of those that are not empty."""
    places: Mapping[str, CellRef]
    """Column key → its cell."""


@dataclass(frozen=True, slots=True)
class TrayRow:
    """One row of the in-tray as it is shown."""

    waiting: Waiting
    typed: Mapping[str, TypedValue] = field(default_factory=dict)
    """Column key → what the office typed there and stays."""
    result: str = ""
    """Why what was chosen could not be carried out; empty for nothing."""


@dataclass(frozen=True, slots=True)
class RefusedCell:
    """A cell of the office's on the tracking sheet that was not taken as it stands."""

    column: str
    """Key of its column."""
    typed: TypedValue | None
    """What stays in the cell until the office puts it right; None where the cell shows what is in force."""
    cause: str
    """Why, for the row: its column named, a Chinese sentence."""
    problem: Problem
    """The same for people elsewhere: unit, task and cell named. Its place is that of the tracker it was read from,
    until :func:`with_places` gives it that of the tracker that is written."""

    @classmethod
    def of(cls, column: str, typed: TypedValue | None, found: Problem) -> RefusedCell:
        """A refused cell from the problem with it, which has its obligation and does not name it."""
        duty, _, rest = found.obligation.partition("/")
        unit, _, reference = rest.rpartition("/")
        return cls(column, typed, found.cause, replace(found, found=f"{unit} {duty}（{reference}）：{found.found}"))

    @property
    def obligation(self) -> str:
        """The key of its row."""
        return self.problem.obligation


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
    reconciled: tuple[Reconciled, ...] = field(default=(), kw_only=True)
    """What the website's list and the returns do not agree about, the newest month first."""
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
    refused: tuple[RefusedCell, ...] = ()
    """Cells of the tracking sheet that were not taken."""
    coverage: Sequence[EntryCoverage] = ()
    """How units stand with the entries of the catalogue, in the order of the units; none without a catalogue."""
    link_checks: Mapping[Month, Sequence[LinkCheck]] = field(default_factory=dict)
    """Month → its links that count, of the months of which some were visited."""
    updates: tuple[ColumnUpdate, ...] = ()
    """The columns of all units with what was published there last."""
    updates_confirmed: bool = False
    """Whether their limits are the office's, and no sample."""
    site_faults: tuple[FaultState, ...] = ()
    """The faults on the website that units were asked to put right, by number."""
    tray: tuple[TrayRow, ...] = ()
    """What waits for the office, the most urgent first."""
    revision: int = 0
    """The number of decisions in the ledger when the tracker was made: stored in the workbook, so that at the next
    consolidation a cell counts as changed only when it differs from what was written."""

    @property
    def last_act(self) -> int:
        """The number of the last act; 0 for none. Stored in the workbook for the same reason."""
        return self.acts[-1].number if self.acts else 0

def with_places(view: TrackerView, cell_of: Callable[[str, str], str]) -> TrackerView:
    """The view with the problems of the refused cells among its own, each at its cell of the tracker to be written.

    ``cell_of`` gives the cell of an obligation and a column key; empty where the tracker has none.
    """
    places = (cell_of(each.obligation, each.column) for each in view.refused)
    placed = (_placed(each.problem, cell) for each, cell in zip(view.refused, places, strict=True))
    refused = tuple(replace(each, problem=found) for each, found in zip(view.refused, placed, strict=True))
    return replace(view, refused=refused, problems=(*view.problems, *(each.problem for each in refused)))


def _placed(found: Problem, cell: str) -> Problem:
    sheet = layout("tracker")["tracking" if cell else "removed"].name
    return replace(found, place=CellRef(found.place.file, sheet, cell))
