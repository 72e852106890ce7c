"""The figures of the tracker, counted in Python: the cached results of its formulas.

Only mandatory obligations with a date count in figures and rates. The formulas are in
:mod:`zwgk_excel.workbooks.tracker.rows.formulas`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.tracking import SATISFIED, Outcome, Timeliness, TrackerRow
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
    dated = [row.status for row in rows if row.status.obligation.due is not None]
    outcomes = Counter(status.outcome for status in dated)
    when = Counter(status.timeliness for status in dated)
    owed = len(dated) - outcomes[Outcome.WAIVED]
    answered = sum(outcomes[each] for each in SATISFIED)
    judged = owed - when[Timeliness.NOT_DUE] - when[Timeliness.DUE_SOON]
    return {
        DUE: len(dated),
        **{each: outcomes[each] for each in OUTCOMES},
        **{each: when[each] for each in TIMELINESSES},
        REPLY_RATE: answered / owed if owed else None,
        ON_TIME_RATE: when[Timeliness.ON_TIME] / judged if judged else None,
    }


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
    total = figures(rows)
    kept = {key: total[key] for key in (Timeliness.OVERDUE, Timeliness.LATE, ON_TIME_RATE)}
    texts = {str(cycle): matrix_text(by_cycle[cycle]) for cycle in cycles}
    return {"unit": name, "kind": kind, **kept, URGENCY: reminder_priority(total), **texts}


def reminder_priority(total: Figures) -> int:
    """Reminder priority of a unit: overdue × 10⁶ + in grace × 10³ + due soon; 0 for none."""
    counts = (total[each] or 0 for each in (Timeliness.OVERDUE, Timeliness.IN_GRACE, Timeliness.DUE_SOON))
    overdue, in_grace, due_soon = (int(count) for count in counts)
    return overdue * 1_000_000 + in_grace * 1_000 + due_soon


MATRIX_TIMELINESS = (Timeliness.LATE, Timeliness.GRACE, Timeliness.OVERDUE, Timeliness.IN_GRACE)
"""What a cell of the matrix names beside done/owed, in this order."""


def matrix_text(rows: Sequence[TrackerRow]) -> str:
    """One cell of the matrix: ``4/5 迟1 缺1``; empty for no dated obligation and no answered on-demand one."""
    marks: Mapping[str, str] = layout("tracker").settings["matrix"]
    counts = figures(rows)
    owed = int((counts[DUE] or 0) - (counts[Outcome.WAIVED] or 0))
    done = sum(int(counts[each] or 0) for each in DONE)
    parts = [f"{done}/{owed}"] if owed else [marks["waived"]] if counts[DUE] else []
    parts += [f"{marks[each]}{counts[each]:.0f}" for each in MATRIX_TIMELINESS if counts[each]]
    if answered := sum(row.status.timeliness is Timeliness.ON_DEMAND and _answered(row) for row in rows):
        parts.append(f"{marks['on_demand']}{answered}")
    return " ".join(parts)


def _answered(row: TrackerRow) -> bool:
    return row.status.outcome in SATISFIED
