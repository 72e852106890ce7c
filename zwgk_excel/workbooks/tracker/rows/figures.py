"""The figures of a table: counts (:mod:`zwgk_excel.domain.counts`) by the keys of its columns.

In the tracker they are the cached results of its formulas (:mod:`zwgk_excel.workbooks.tracker.rows.formulas`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from zwgk_excel.domain.counts import Counts, count
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.tracking import Outcome, Timeliness, TrackerRow
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.tracker.rows.row_values import DONE, OPEN, RowValues
from zwgk_excel.workbooks.tracker.rows.view import TrackerView

OUTCOMES = (Outcome.REPORTED, Outcome.NIL, Outcome.RETURNED, Outcome.MISSING, Outcome.WAIVED)
TIMELINESSES = (*reversed(DONE), *reversed(OPEN))
"""From on time to overdue."""
DUE, REPLY_RATE, ON_TIME_RATE = "due", "reply_rate", "on_time_rate"
FIGURES: tuple[str, ...] = (DUE, *OUTCOMES, *TIMELINESSES, REPLY_RATE, ON_TIME_RATE)
"""Keys of the figures, in the order they are shown."""
RATES = frozenset({REPLY_RATE, ON_TIME_RATE})
URGENCY = "urgency"

Figures = dict[str, float | None]


def figures(rows: Iterable[TrackerRow]) -> Figures:
    """Counts by outcome and timeliness, and two rates from 0 to 1 (None where nothing counts), by key of FIGURES."""
    return figures_of(counts_of(rows))


def counts_of(rows: Iterable[TrackerRow]) -> Counts:
    """The counts of tracker rows."""
    return count(row.status for row in rows)


def figures_of(counts: Counts) -> Figures:
    """Counts by key of FIGURES, outcomes and timelinesses by their codes, in this order."""
    rates = {REPLY_RATE: counts.reply_rate, ON_TIME_RATE: counts.on_time_rate}
    return {key: rates[key] if key in RATES else counts[key] for key in FIGURES}


def figure_heading(key: str) -> str:
    """The heading of a figure."""
    own: Mapping[str, str] = layout("tracker").settings["overview"]["figures"]
    if key in own:
        return own[key]
    return word("outcome", key) if key in set(OUTCOMES) else word("timeliness", key)


def cycles_of(view: TrackerView) -> list[Month]:
    """The months of the view's obligations, oldest first."""
    return sorted({row.status.obligation.cycle for row in view.rows})


def closed_cycles(view: TrackerView) -> set[Month]:
    """The months whose rows are all closed."""
    return set(cycles_of(view)) - {row.status.obligation.cycle for row in view.rows if not row.closed}


def rows_by_unit(view: TrackerView) -> dict[str, list[TrackerRow]]:
    """Unit → its rows: units of the roster in order, then former ones."""
    found: dict[str, list[TrackerRow]] = {unit.name: [] for unit in view.units}
    for row in sorted(view.rows, key=lambda r: r.status.obligation.unit):
        found.setdefault(row.status.obligation.unit, []).append(row)
    return found


def matrix(view: TrackerView) -> list[RowValues]:
    """One row for each unit: ``unit``, ``kind``, totals, and a text for each month under its key ``2026-11``."""
    kinds = {unit.name: word("unit_kind", unit.kind) for unit in view.units}
    cycles = cycles_of(view)
    return [_matrix_row(name, kinds.get(name, ""), rows, cycles) for name, rows in rows_by_unit(view).items()]


def _matrix_row(name: str, kind: str, rows: Sequence[TrackerRow], cycles: Sequence[Month]) -> RowValues:
    by_cycle: dict[Month, list[TrackerRow]] = defaultdict(list)
    for row in rows:
        by_cycle[row.status.obligation.cycle].append(row)
    total = counts_of(rows)
    figured = figures_of(total)
    kept = {key: figured[key] for key in (Timeliness.OVERDUE, Timeliness.LATE, ON_TIME_RATE)}
    texts = {str(cycle): matrix_text(by_cycle[cycle]) for cycle in cycles}
    return {"unit": name, "kind": kind, **kept, URGENCY: reminder_priority(total), **texts}


def reminder_priority(total: Counts) -> int:
    """Reminder priority of a unit: overdue × 10⁶ + in grace × 10³ + due soon; 0 for none."""
    return total.overdue * 1_000_000 + total.in_grace * 1_000 + total.due_soon


MATRIX_TIMELINESS = (Timeliness.LATE, Timeliness.GRACE, Timeliness.OVERDUE, Timeliness.IN_GRACE)
"""What a cell of the matrix names beside done/owed, in this order."""


def matrix_text(rows: Sequence[TrackerRow]) -> str:
    """One cell of the matrix: ``4/5 迟1 缺1``; empty for no dated obligation and no answered on-demand one."""
    marks: Mapping[str, str] = layout("tracker").settings["matrix"]
    counts = counts_of(rows)
    parts = [f"{counts.answered}/{counts.owed}"] if counts.owed else [marks["waived"]] if counts.due else []
    parts += [f"{marks[each]}{counts[each]}" for each in MATRIX_TIMELINESS if counts[each]]
    if counts.on_demand:
        parts.append(f"{marks['on_demand']}{counts.on_demand}")
    return " ".join(parts)
