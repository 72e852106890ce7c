"""What the tracker shows, before it becomes a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zwgk_excel.domain.correspondence import Letter
from zwgk_excel.domain.duties import Unit
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.domain.tracking import Status


@dataclass(frozen=True, slots=True)
class TrackerRow:
    """One obligation as the tracking sheet lists it."""

    status: Status
    closed: bool = False
    """Its cycle is closed: the figures are those it was closed with, as values, not formulas."""
    correction: str = ""
    """What changed after the cycle was closed, in words; empty when nothing did."""


@dataclass(frozen=True, slots=True)
class TrackerView:
    """Everything one tracker workbook is made from."""

    office: str
    as_of: date
    live: bool
    """True: the tracker's day is TODAY(); False: it is ``as_of``, because somebody asked for that day."""
    due_soon_days: int
    rows: tuple[TrackerRow, ...]
    units: tuple[Unit, ...]
    contents: tuple[Receipt, ...]
    """Receipts whose content counts; their items fill 信息明细."""
    problems: tuple[Problem, ...]
    receipts: tuple[Receipt, ...]
    """Every receipt, the newest last."""
    letters: tuple[Letter, ...] = ()
    """Every mail of ours, the newest last."""
    revision: int = 0
    """How many decisions the ledger held when the tracker was made: kept in the workbook, so that at the next
    consolidation a cell counts as typed only when it differs from what it was written with."""
