"""The rows of 考核评分 and 整改台账 as plain values, and the row keys by which the office's inputs are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from zwgk_excel.domain.escalation import EscalationLevel, Rectification
from zwgk_excel.domain.file_names import beside_unit
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.scoring import Assessment, Score, ScoreLine
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.tracker.rows.row_keys import ROW_KEYS, unique_keys
from zwgk_excel.workbooks.tracker.rows.row_values import FileLink, RowValues
from zwgk_excel.workbooks.tracker.rows.view import TrackerView

SCORE_KEY, STEP_KEY = ROW_KEYS["scores"], ROW_KEYS["rectifications"]


def score_rows(view: TrackerView) -> list[RowValues]:
    """A row per score line, one for a unit without lines; the newest period first, then kind and rank.

    Points are floats, deductions negative; ``lead`` is 1 in the first row of a unit and a period. A unit that is not
    ranked has words in place of its rank, and no score.
    """
    assessments = sorted(view.assessments, key=lambda each: each.period, reverse=True)
    rows = [row for each in assessments for row in _rows_of(each)]
    for row, key in zip(rows, score_keys(rows), strict=True):
        row["remark"] = view.remarks.get(key, "")
    return rows


def score_keys(rows: Iterable[RowValues]) -> list[str]:
    """The keys of the office's remarks, one per row: ``2026-11/市教育局/迟报/D02/市教育局/2026-11``."""
    return list(unique_keys([str(row.get(key) or "") for key in SCORE_KEY] for row in rows))


def removed_headings() -> frozenset[str]:
    """The headings of inputs on scores and rectifications, as on the sheet of removed values."""
    tracker = layout("tracker")
    return frozenset({tracker["scores"].heading("remark"), tracker["rectifications"].heading("measures")})


def unplaced_texts(view: TrackerView) -> list[tuple[str, str, str]]:
    """The office's inputs on rows that no longer exist: (row key, heading of the column, text)."""
    tracker = layout("tracker")
    present = set(score_keys(score_rows(view)))
    heading = tracker["scores"].heading("remark")
    found = [(key, heading, text) for key, text in view.remarks.items() if text and key not in present]
    present = {step_key(row) for row in rectification_rows(view)}
    heading = tracker["rectifications"].heading("measures")
    mended = view.mended.items()
    rows = {row.status.obligation.key for row in view.rows} if view.refused else set()
    columns = tracker["tracking"]
    gone = [each for each in view.refused if each.obligation not in rows and each.typed is not None]
    found += [(each.obligation, columns.heading(each.column), str(each.typed)) for each in gone]
    return found + [(key, heading, each.measures) for key, each in mended if each.measures and key not in present]


def _rows_of(assessment: Assessment) -> Iterator[RowValues]:
    for score in assessment.scores:
        for number, line in enumerate(score.lines or (None,)):
            yield _row(assessment, score, line, lead=not number)
    tracker = layout("tracker")
    told = [(tracker["tracking"].heading("correction"), each.text) for each in assessment.corrections]
    told += [(word("severity", "note"), text) for text in assessment.notes]
    for rule, text in told:
        yield {"cycle": str(assessment.period), "rule": rule, "reason": text}


def _row(assessment: Assessment, score: Score, line: ScoreLine | None, *, lead: bool) -> RowValues:
    found: RowValues = {
        "cycle": str(assessment.period),
        "kind": word("unit_kind", score.kind),
        "unit": score.unit,
        "base": float(score.base) if score.is_ranked else None,
        "score": float(score.points) if score.is_ranked else None,
        "rank": score.rank if score.is_ranked else word("ranking", score.unranked_as),
        "band": word("band", score.band) if score.is_ranked else "",
        "lead": 1 if lead else None,
    }
    if line is None:
        return found
    name = beside_unit(line.receipt.rpartition("/")[2], score.unit, assessment.period)
    file = FileLink(name, line.receipt) if line.receipt else None
    told: RowValues = {"points": float(line.points), "reason": line.reason, "obligation": line.obligation, "file": file}
    return {**found, "rule": word("rule", line.rule), **told}


def rectification_rows(view: TrackerView) -> list[RowValues]:
    """The candidates, then the rectifications: the newest month first, in it the severest level, then the roster."""
    units = {unit.name: position for position, unit in enumerate(view.units)}
    due: dict[tuple[Month, str, EscalationLevel], list[str]] = {}
    for each in view.dues:
        due.setdefault((each.cycle, each.unit, each.step), []).extend(each.evidence)

    def order(cycle: Month, unit: str, step: EscalationLevel) -> tuple[object, ...]:
        return -cycle.year, -cycle.month, -list(EscalationLevel).index(step), units.get(unit, len(units)), unit

    wanted = [_due_row(*key, due[key], view) for key in sorted(due, key=lambda key: order(*key))]
    raised = sorted(view.rectifications, key=lambda each: (order(each.cycle, each.unit, each.step), -each.number))
    return wanted + [_raised_row(each, view.as_of) for each in raised]


def step_key(row: RowValues) -> str:
    """The key of the office's inputs on a row of the ledger: ``3/2026-11/市教育局/督办``."""
    return "/".join(str(row[key] or "") for key in STEP_KEY)


def _due_row(cycle: Month, unit: str, step: EscalationLevel, evidence: Iterable[str], view: TrackerView) -> RowValues:
    row: RowValues = {
        "number": None,
        "cycle": str(cycle),
        "unit": unit,
        "step": word("step", step),
        "state": _states()["due"],
        "evidence": "\n".join(dict.fromkeys(evidence)),
        "raised_on": None,
        "mend_by": None,
        "measures": "",
        "closed_on": None,
    }
    # What the office wrote before it raised anything stays where it wrote it.
    typed = view.mended.get(step_key(row))
    return {**row, "measures": typed.measures} if typed else row


def _raised_row(raised: Rectification, as_of: date) -> RowValues:
    return {
        "number": raised.number,
        "cycle": str(raised.cycle),
        "unit": raised.unit,
        "step": word("step", raised.step),
        "state": state_of(raised, as_of),
        "evidence": "\n".join(text for text in (raised.reason, *raised.evidence) if text),
        "raised_on": raised.raised_on,
        "mend_by": raised.mend_by,
        "measures": raised.measures,
        "closed_on": raised.closed_on,
    }


def _states() -> Mapping[str, str]:
    states: Mapping[str, str] = layout("tracker").settings["rectifications"]
    return states


def state_of(raised: Rectification, as_of: date) -> str:
    """The state of a rectification as a label: withdrawn, closed, overdue, open."""
    if raised.withdrawn:
        return _states()["withdrawn"]
    if raised.closed_on:
        return _states()["closed"]
    return _states()["overdue" if raised.is_overdue(as_of) else "mending"]
