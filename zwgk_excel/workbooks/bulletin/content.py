"""The values of the bulletin's template tags, from the tracker's figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from zwgk_excel.domain.counts import BEHIND, COMPLETE, NOT_YET, Counts, Incomplete
from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.periods import Month, Period, PeriodLength
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.scoring import Assessment
from zwgk_excel.domain.site_faults import FaultOutcome, FaultState
from zwgk_excel.domain.tracking import SATISFIED, Outcome, Timeliness, TrackerRow
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.bulletin.ranking import ranking_values
from zwgk_excel.workbooks.bulletin.words import (
    Tags,
    format_day,
    format_period,
    format_rate,
    limit,
    problem_kind,
    settings,
    tagged_row,
    text,
    units_named,
)
from zwgk_excel.workbooks.tracker.rows.figures import (
    FIGURES,
    RATES,
    counts_of,
    figure_heading,
    figures_of,
    rows_by_unit,
)
from zwgk_excel.workbooks.tracker.rows.view import TrackerView


@dataclass(frozen=True, slots=True)
class Bulletin:
    """The input of one bulletin."""

    period: Period
    closed: bool
    """Every month of the period is closed: the figures are final."""
    view: TrackerView
    """The tracker of the period's months alone; ``as_of`` is the day of the figures."""
    recent: tuple[TrackerRow, ...]
    """The rows of the months up to the period's last, for the chart."""
    problems: tuple[tuple[str, Problem], ...]
    """Errors and warnings in the returns of the period, each with its unit."""
    assessment: Assessment | None = None
    """None where nothing is scored."""
    incomplete: Incomplete = COMPLETE

    @property
    def title(self) -> str:
        """The bulletin's title."""
        return text("title", office=self.view.office, period=format_period(self.period))


def tags_of(bulletin: Bulletin) -> Tags:
    """Tag → value, for every tag of the document."""
    view, total = bulletin.view, counts_of(bulletin.view.rows)
    by_unit = {unit: rows for unit, rows in rows_by_unit(view).items() if rows}
    values: Tags = {
        "title": bulletin.title,
        "office": view.office,
        "year": bulletin.period.first.year,
        "period": format_period(bulletin.period),
        "is_year": bulletin.period.span is PeriodLength.YEAR,
        "closed": bulletin.closed,
        "as_of": format_day(view.as_of),
        "unfinished": _months(bulletin.incomplete.unfinished),
        "maturing": _months(bulletin.incomplete.maturing),
        "unissued": _months(bulletin.incomplete.unissued),
        "unit_count": _owing(by_unit.values()),
        "not_yet": sum(total[each] for each in NOT_YET),
        "on_demand": total.on_demand,
        "by_kind": _kind_rows(bulletin, by_unit),
        "by_unit": [_unittagged_row(number, *each) for number, each in enumerate(by_unit.items(), 1)],
        "by_month": [_monthtagged_row(month, rows) for month, rows in by_month(view.rows).items()],
        **_late_values(by_unit),
        **_on_time_values(by_unit),
        **_problem_values(bulletin.problems),
        **_site_fault_values(view.site_faults, view.as_of),
        **ranking_values(bulletin.assessment, _silent(by_unit)),
    }
    tags: Mapping[str, str] = settings()["tags"]
    return {tags[key]: value for key, value in values.items()} | _figure_tags(total)


def incomplete_words(bulletin: Bulletin) -> str:
    """Which months of the period are not over, have tasks that are not, or have no workbooks, as a sentence without its
    stop; empty for none."""
    found = bulletin.incomplete
    shown = {"unfinished": found.unfinished, "maturing": found.maturing, "unissued": found.unissued}
    return "；".join(text(key, months=_months(months)) for key, months in shown.items() if months)


def _months(months: Sequence[Month]) -> str:
    """The months in words; of three or more that follow each other the first and the last."""
    runs: list[list[Month]] = []
    for month in months:
        if not runs or month != runs[-1][-1] + 1:
            runs.append([])
        runs[-1].append(month)
    told = [[format_period(Period.month(month)) for month in run] for run in runs]
    return "、".join(f"{run[0]}至{run[-1]}" if len(run) > 2 else "、".join(run) for run in told)


def by_month(rows: Iterable[TrackerRow]) -> dict[Month, list[TrackerRow]]:
    """Month → its rows, oldest month first."""
    found: dict[Month, list[TrackerRow]] = {}
    for row in sorted(rows, key=lambda row: row.status.obligation.cycle):
        found.setdefault(row.status.obligation.cycle, []).append(row)
    return found


def _figure_tags(counts: Counts) -> Tags:
    found = figures_of(counts)
    return {
        figure_heading(key): format_rate(found[key]) if key in RATES else int(found[key] or 0) for key in FIGURES
    }


def _owing(rows_of_units: Iterable[Sequence[TrackerRow]]) -> int:
    return sum(bool(counts_of(rows).due) for rows in rows_of_units)


def _silent(by_unit: Mapping[str, Sequence[TrackerRow]]) -> frozenset[str]:
    """The units that reported nothing of what they owed by a date."""
    return frozenset(
        unit
        for unit, rows in by_unit.items()
        if not any(row.status.obligation.dated and row.status.outcome in SATISFIED for row in rows)
    )


def _kind_rows(bulletin: Bulletin, by_unit: Mapping[str, Sequence[TrackerRow]]) -> list[Tags]:
    kinds = {unit.name: unit.kind for unit in bulletin.view.units}
    found = []
    for kind in UnitKind:
        mine = [rows for unit, rows in by_unit.items() if kinds.get(unit) is kind]
        if count := _owing(mine):
            counted = _figure_tags(counts_of(row for rows in mine for row in rows))
            found.append(tagged_row(kind=word("unit_kind", kind), unit_count=count) | counted)
    return found


def _unittagged_row(number: int, unit: str, rows: Sequence[TrackerRow]) -> Tags:
    counts = counts_of(rows)
    return tagged_row(number=number, unit=unit, on_demand=counts.on_demand) | _figure_tags(counts)


def _monthtagged_row(month: Month, rows: Sequence[TrackerRow]) -> Tags:
    words = text("month", year=month.year, month=month.month)
    counts = counts_of(rows)
    return tagged_row(month=words, on_demand=counts.on_demand) | _figure_tags(counts)


def _late_values(by_unit: Mapping[str, Sequence[TrackerRow]]) -> Tags:
    late = {unit: [row for row in rows if row.status.timeliness in BEHIND] for unit, rows in by_unit.items()}
    counts = {unit: len(rows) for unit, rows in late.items() if rows}
    units = [text("counted_unit", unit=unit, count=count) for unit, count in counts.items()]
    rows = [row for rows in late.values() for row in rows]
    return {
        "late_total": len(rows),
        "late_unit_count": len(counts),
        "late_units": "、".join(units),
        "late": [_latetagged_row(number, row) for number, row in enumerate(rows, 1)],
    }


def _latetagged_row(number: int, row: TrackerRow) -> Tags:
    status, obligation = row.status, row.status.obligation
    return tagged_row(
        number=number,
        unit=obligation.unit,
        column=obligation.duty.column,
        reference=obligation.reference,
        due=str(status.decisions.extended_to or obligation.final or ""),
        received_on=str(status.received_at.date()) if status.received_at else text("nothing"),
        state=late_state(row),
    )


def late_state(row: TrackerRow) -> str:
    """The state of a late or overdue obligation: ``逾期3天未报``."""
    status = row.status
    if status.timeliness is Timeliness.LATE:
        return text("late", days=status.days_late)
    return text("returned" if status.outcome is Outcome.RETURNED else "overdue", days=status.days_late)


def _on_time_values(by_unit: Mapping[str, Sequence[TrackerRow]]) -> Tags:
    """The values about units that owed something and were on time with all of it."""
    found = []
    for unit, rows in by_unit.items():
        counts = counts_of(rows)
        if counts.owed and counts.on_time == counts.owed:
            found.append(unit)
    return {"on_time_units": "、".join(found), "on_time_unit_count": len(found)}


def _problem_values(problems: Sequence[tuple[str, Problem]]) -> Tags:
    counts = Counter(problem_kind(problem.code) for _, problem in problems)
    main = [text("counted_problem", problem=kind, count=n) for kind, n in counts.most_common(limit("main_problems"))]
    units = {kind: dict.fromkeys(unit for unit, each in problems if problem_kind(each.code) == kind) for kind in counts}
    return {
        "problem_total": len(problems),
        "problem_unit_count": len({unit for unit, _ in problems}),
        "main_problems": "、".join(main),
        "problems": [
            tagged_row(number=number, problem=kind, count=count, units=units_named(list(units[kind])))
            for number, (kind, count) in enumerate(counts.most_common(), 1)
        ],
    }


def _site_fault_values(states: Iterable[FaultState], as_of: date) -> Tags:
    """The values about faults on the website: numbers and units, never what a page says of itself."""
    asked = [each for each in states if each.outcome is not FaultOutcome.WITHDRAWN]
    late = Counter(each.case.fault.unit for each in asked if each.is_open and each.is_late(as_of))
    return {
        "site_fault_total": len(asked),
        "site_fault_unit_count": len({each.case.fault.unit for each in asked}),
        "site_fault_settled": sum(not each.is_open for each in asked),
        "site_fault_late": sum(late.values()),
        "site_fault_late_units": "、".join(
            text("counted_faults", unit=unit, count=count) for unit, count in late.items()
        ),
    }
