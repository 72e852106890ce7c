"""Pivot tables of the frame of obligations: units by months, columns by timeliness.

As in the tracker's figures (:mod:`zwgk_excel.workbooks.tracker.rows.figures`; a test compares both) only obligations
with a due date count. The on-time rate is on time ÷ (due or satisfied already), without waived ones.
"""

from __future__ import annotations

import pandas as pd

from zwgk_excel.domain.tracking import Outcome, Timeliness

TOTAL = "total"
"""The last row and the last column of every pivot."""
ON_TIME_RATE = "on_time_rate"
_EARLY = [Timeliness.NOT_DUE.value, Timeliness.DUE_SOON.value]
_TIMED = [each.value for each in Timeliness if each is not Timeliness.ON_DEMAND]


def on_time_rates(obligations: pd.DataFrame) -> pd.DataFrame:
    """Units by months: the on-time rate from 0 to 1 (Float64), missing where nothing counts yet."""
    judged = _judged(obligations)
    return _by_month(judged.assign(value=judged.timeliness.eq(Timeliness.ON_TIME.value)), "mean").astype("Float64")


def overdue_counts(obligations: pd.DataFrame) -> pd.DataFrame:
    """Units by months: how many obligations are overdue and still missing (Int64), missing where none was owed."""
    dated = _dated(obligations)
    return _by_month(dated.assign(value=dated.timeliness.eq(Timeliness.OVERDUE.value)), "sum").astype("Int64")


def timeliness_by_column(obligations: pd.DataFrame) -> pd.DataFrame:
    """Duties (id and 栏目) by timeliness: how many obligations (Int64), their total without waived ones, the rate."""
    dated = _dated(obligations)
    owed = dated[dated.outcome.ne(Outcome.WAIVED.value)]
    keys = ["duty", "column"]
    counted = owed.groupby([*keys, owed.timeliness.astype(str)]).size().unstack(fill_value=0)
    counted = counted.reindex(columns=_TIMED, fill_value=0).sort_index()
    counted.columns.name = None
    counted.loc[(TOTAL, ""), :] = counted.sum()
    counted[TOTAL] = counted.sum(axis=1)
    counted = counted.astype("Int64")
    judged = (counted[TOTAL] - counted[_EARLY].sum(axis=1)).astype("Float64")
    rate = counted[Timeliness.ON_TIME.value].astype("Float64") / judged.where(judged > 0)
    return counted.assign(**{ON_TIME_RATE: rate})


def _dated(obligations: pd.DataFrame) -> pd.DataFrame:
    return obligations[obligations.due.notna()]


def _judged(obligations: pd.DataFrame) -> pd.DataFrame:
    dated = _dated(obligations)
    return dated[dated.outcome.ne(Outcome.WAIVED.value) & ~dated.timeliness.isin(_EARLY)]


def _by_month(rows: pd.DataFrame, how: str) -> pd.DataFrame:
    """``value`` of the rows by unit and cycle; totals are computed from the rows, not from the cells."""
    table = rows.groupby(["unit", "cycle"]).value.agg(how).unstack("cycle")
    table.columns.name = None
    table[TOTAL] = rows.groupby("unit").value.agg(how)
    last = rows.groupby("cycle").value.agg(how)
    last[TOTAL] = rows.value.agg(how) if len(rows) else None
    table.loc[TOTAL] = last
    return table
