"""The figures of months, as they leave the office: tracker, scores, bulletin, exported tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from zwgk_excel.domain.month_range import MonthRange
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.tracking import Timeliness, TrackerRow
from zwgk_excel.workbooks.bulletin.content import tags_of
from zwgk_excel.workbooks.tracker.rows.row_values import tracking_row
from zwgk_excel.workflow.analysis.columns import TABLES
from zwgk_excel.workflow.analysis.gathering import Gathering
from zwgk_excel.workflow.assessment.assessing import assess, assess_months
from zwgk_excel.workflow.assessment.stored_scores import to_payloads
from zwgk_excel.workflow.bulletins.bulletin import bulletin_of
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.statuses import Statuses, office_statuses

Figures = dict[str, Any]


def figures_of(office: Office, cycles: Collection[Month], as_of: date) -> dict[Month, Figures]:
    """Every figure of closed months: the rows of the tracker, the scores, the bulletin, what is exported."""
    found = office_statuses(office, as_of)
    exported = _exported(office, as_of, found)
    return {cycle: _figures_of(office, cycle, as_of, found, exported) for cycle in cycles}


def _figures_of(office: Office, cycle: Month, as_of: date, found: Statuses, exported: Figures) -> Figures:
    rows = {row.status.obligation.key: tracking_row(row) for row in found.rows if row.closed and row.month == cycle}
    common, scores = to_payloads(assess(office, Period.month(cycle), as_of, found), {}, {})
    return {
        "rows": {key: row | {"correction": None} for key, row in rows.items()},
        "scores": (common | {"corrections": None}, scores),
        "bulletin": tags_of(bulletin_of(office, Period.month(cycle), as_of=as_of)),
        "exported": {
            name: [row | {"correction": None} for row in table if _is_settled(row, cycle)]
            for name, table in exported.items()
        },
    }


def _is_settled(row: dict[str, Any], cycle: Month) -> bool:
    """Whether a row of a closed month is about what its closing settled: what it left counts in a later month."""
    return row.get("cycle") == str(cycle) and not row.get("counted_in")


def _exported(office: Office, as_of: date, found: Statuses) -> dict[str, list[dict[str, Any]]]:
    """The rows of every exported table but that of the acts, which grows by nature."""
    issued = office.issued()
    gathering = Gathering(office, MonthRange(issued[0], max(issued[-1], Month.of(as_of))), as_of)
    gathering.__dict__["_found"] = found  # else all is tracked once more
    return {name: [dict(row) for row in gathering.rows(name)] for name in TABLES if name != "acts"}


def quarters_of(office: Office, months: Collection[Month], as_of: date) -> dict[Period, Figures]:
    """The scores and the bulletin of each quarter whose months are all closed, and left no task to a later one."""
    quarters = {Period.quarter(month) for month in months}
    whole = [each for each in quarters if all(each.first + number in months for number in range(3))]
    assessed = {each: assess(office, each, as_of) for each in whole}
    return {
        each: {
            "scores": [(s.unit, s.kind, s.points, s.rank, s.band) for s in found.scores],
            "bulletin": tags_of(bulletin_of(office, each, as_of=as_of)),
        }
        for each, found in assessed.items()
        if found.closed
    }


def everything(office: Office, as_of: date) -> Figures:
    """All that the office shows of all months, but for the list of acts."""
    found = office_statuses(office, as_of)
    last = office.issued()[-1]
    return {
        "rows": found.rows,
        "problems": found.problems,
        "scores": [to_payloads(each, {}, {}) for each in assess_months(office, office.issued(), found)],
        "bulletin": tags_of(bulletin_of(office, Period.month(last), as_of=as_of)),
        "exported": _exported(office, as_of, found),
        "cycles": office.ledger.cycles(),
        "rectified": [each for each in office.ledger.rectifications() if not each.withdrawn],
        "decisions": office.active_decisions(),
    }


def standings(office: Office, as_of: date) -> tuple[Figures, list[Any]]:
    """Where every task of every issued month stands, and the scores.

    When a task begins to be due soon is a setting of the tracker; it moves no figure.
    """
    found = office_statuses(office, as_of)
    rows = {row.status.obligation.key: _without_soon(row) for row in found.rows}
    return rows, [to_payloads(each, {}, {}) for each in assess_months(office, office.issued(), found)]


def _without_soon(row: TrackerRow) -> TrackerRow:
    if row.status.timeliness is not Timeliness.DUE_SOON:
        return row
    return replace(row, status=replace(row.status, timeliness=Timeliness.NOT_DUE))


def differences(before: Figures, after: Figures) -> list[str]:
    """The names of what is not the same."""
    return [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]


def owed_in(office: Office, cycle: Month) -> set[tuple[Any, ...]]:
    """What a month owes: tasks with their dates and texts."""
    return {
        (each.key, each.opens, each.due, each.final, each.mandatory, each.duty.content, each.duty.category)
        for each in _of(office, cycle)
    }


def _of(office: Office, cycle: Month) -> Iterable[Any]:
    return (each for each in office.obligations() if each.cycle == cycle)
