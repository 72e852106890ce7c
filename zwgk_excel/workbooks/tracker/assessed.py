"""The rows of 考核评分 and 整改台账 as plain values, and what makes a row of the first that row and no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from zwgk_excel.domain.ladder import Due, Rectification, Step
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.scoring import Assessment, Line, Score
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.tracker.tables import FileLink, Row
from zwgk_excel.workbooks.tracker.view import Mended, TrackerView

SCORE_KEY = ("cycle", "unit", "rule", "obligation")
"""The columns that say what a row of the score sheet is about; a number follows a key that comes again."""
STEP_KEY = ("cycle", "unit", "step")
"""The same for the rectification ledger."""


def numbered(keys: Iterable[str]) -> Iterator[str]:
    """The keys, each that comes again with its number: ``a``, ``a#2``."""
    seen: dict[str, int] = {}
    for key in keys:
        seen[key] = seen.get(key, 0) + 1
        yield key if seen[key] == 1 else f"{key}#{seen[key]}"


def score_rows(view: TrackerView) -> list[Row]:
    """A row for each line of each score, one for a unit without any; the newest period first, then kind and rank.

    Points are floats, deductions negative; ``lead`` is 1 in the first row of a unit and a period.
    """
    assessments = sorted(view.assessments, key=lambda each: each.period, reverse=True)
    rows = [row for each in assessments for row in _rows_of(each)]
    for row, key in zip(rows, score_keys(rows), strict=True):
        row["remark"] = view.remarks.get(key, "")
    return rows


def score_keys(rows: Iterable[Row]) -> list[str]:
    """What the office's remarks are kept by, row for row: ``2026-11/市教育局/迟报/D02/市教育局/2026-11``."""
    return list(numbered("/".join(str(row.get(key) or "") for key in SCORE_KEY) for row in rows))


def lost_remarks(view: TrackerView) -> dict[str, str]:
    """Remarks on lines that are in the scores no more, by the key they had."""
    present = set(score_keys(score_rows(view)))
    return {key: text for key, text in view.remarks.items() if text and key not in present}


def _rows_of(assessment: Assessment) -> Iterator[Row]:
    for score in assessment.scores:
        for number, line in enumerate(score.lines or (None,)):
            yield _row(assessment, score, line, lead=not number)
    tracker = layout("tracker")
    told = [(tracker["tracking"].heading("correction"), text) for text in assessment.corrections]
    told += [(word("severity", "note"), text) for text in assessment.notes]
    for rule, text in told:
        yield {"cycle": str(assessment.period), "rule": rule, "reason": text}


def _row(assessment: Assessment, score: Score, line: Line | None, *, lead: bool) -> Row:
    found: Row = {
        "cycle": str(assessment.period),
        "kind": word("unit_kind", score.kind),
        "unit": score.unit,
        "base": float(score.base),
        "score": float(score.points),
        "rank": score.rank,
        "band": word("band", score.band),
        "lead": 1 if lead else None,
    }
    if line is None:
        return found
    file = FileLink(line.receipt.rpartition("/")[2], line.receipt) if line.receipt else None
    told: Row = {"points": float(line.points), "reason": line.reason, "obligation": line.obligation, "file": file}
    return {**found, "rule": word("rule", line.rule), **told}


def rectification_rows(view: TrackerView) -> list[Row]:
    """What was raised, and what is due to be: the newest month first, in it the gravest step, then the roster."""
    units = {unit.name: position for position, unit in enumerate(view.units)}
    records: dict[tuple[Month, str, Step], tuple[Rectification | None, Due | None]] = {}
    for raised in view.rectifications:
        records[raised.cycle, raised.unit, raised.step] = raised, None
    for due in view.dues:
        key = due.cycle, due.unit, due.step
        records[key] = records.get(key, (None, None))[0], due

    def order(key: tuple[Month, str, Step]) -> tuple[object, ...]:
        cycle, unit, step = key
        return -cycle.year, -cycle.month, -list(Step).index(step), units.get(unit, len(units)), unit

    rows = [_step_row(key, *records[key], view.as_of) for key in sorted(records, key=order)]
    return [_with_typed(row, view.mended.get(step_key(row))) for row in rows]


def step_key(row: Row) -> str:
    """What the office's cells of the ledger are kept by: ``2026-11/市教育局/催报``."""
    return "/".join(str(row[key]) for key in STEP_KEY)


def _with_typed(row: Row, typed: Mended | None) -> Row:
    """The row of something that is not raised yet: what the office wrote stays where it wrote it."""
    if typed is None or row["raised_on"] is not None:
        return row
    states: dict[str, str] = layout("tracker").settings["rectifications"]
    state = states["closed"] if typed.closed_on else row["state"]
    return {**row, "measures": typed.measures, "closed_on": typed.closed_on, "state": state}


def _step_row(key: tuple[Month, str, Step], raised: Rectification | None, due: Due | None, as_of: date) -> Row:
    cycle, unit, step = key
    return {
        "cycle": str(cycle),
        "unit": unit,
        "step": word("step", step),
        "state": state_of(raised, as_of),
        "evidence": "\n".join(due.evidence) if due else "",
        "raised_on": raised.raised_on if raised else None,
        "mend_by": raised.mend_by if raised else None,
        "measures": raised.measures if raised else "",
        "closed_on": raised.closed_on if raised else None,
    }


def state_of(raised: Rectification | None, as_of: date) -> str:
    """How far it is, in a word of the sheet: to be raised, being mended, overdue, closed."""
    states: dict[str, str] = layout("tracker").settings["rectifications"]
    if raised is None:
        return states["due"]
    if raised.closed_on:
        return states["closed"]
    return states["overdue" if raised.mend_by and as_of > raised.mend_by else "mending"]
