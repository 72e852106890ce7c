"""The rows of the tables as plain values by column: codes in English, months as ISO text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from zwgk_excel.domain.acts import Act
from zwgk_excel.domain.catalogue.coverage import EntryCoverage
from zwgk_excel.domain.column_updates import ColumnUpdate
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.published import PublishedItem
from zwgk_excel.domain.returns import CellValue, Item, Receipt
from zwgk_excel.domain.scoring import Assessment, Score, ScoreLine
from zwgk_excel.domain.site_faults import FaultState
from zwgk_excel.domain.tracking import TrackerRow
from zwgk_excel.layout.columns import ColumnKind, added_columns
from zwgk_excel.workflow.analysis.columns import NOT_EXPORTED

Row = dict[str, Any]
_EXACT: Mapping[ColumnKind, type] = {ColumnKind.DATE: date, ColumnKind.INTEGER: int}


def storable(value: Any) -> Any:
    """A value that every format can store: enumerations as text, lone surrogates in text as question marks.

    Lone surrogates represent undecodable bytes of a file name.
    """
    return str(value).encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value


def obligation_row(row: TrackerRow) -> Row:
    """An obligation with its status."""
    status, obligation = row.status, row.status.obligation
    return {
        "cycle": str(obligation.cycle),
        "key": obligation.key,
        "unit": obligation.unit,
        "duty": obligation.duty.id,
        "column": obligation.duty.column,
        "cadence": obligation.duty.cadence,
        "reference": obligation.reference,
        "due": obligation.due,
        "final": obligation.final,
        "mandatory": obligation.mandatory,
        "outcome": status.outcome,
        "timeliness": status.timeliness,
        "received_at": status.received_at,
        "days_late": status.days_late,
        "days_left": status.days_left,
        "items": status.items,
        "problems": status.problems,
        "extended_to": status.decisions.extended_to,
        "waived": status.decisions.waived,
        "opinion": status.decisions.opinion,
        "closed": row.closed,
        "counted_in": str(row.counted_in) if row.counted_in else None,
        "correction": row.correction,
    }


def item_row(item: Item, receipt: Receipt) -> Row:
    """An item of an effective content, with its return."""
    typed = {each.name: getattr(item, each.name) for each in fields(Item) if each.name not in NOT_EXPORTED}
    added = {each.key: _of_kind(item.more.get(each.key), each.kind) for each in added_columns("items")}
    unread = ",".join(sorted(item.unread))
    return {**typed, **added, "unread": unread, "unit": receipt.unit, "file": receipt.file, "cycle": cycle_of(receipt)}


def _of_kind(value: CellValue | None, kind: ColumnKind) -> CellValue | None:
    """A value of its column's type; None for one stored when the column had another type."""
    if kind not in _EXACT:
        return "" if value is None else str(value)
    return value if isinstance(value, _EXACT[kind]) else None


def problem_row(each: Problem, receipt: Receipt | None) -> Row:
    """A problem, with the unit of its file's receipt."""
    unit, cycle = (receipt.unit, cycle_of(receipt)) if receipt else ("", None)
    return {**each.as_dict(), "unit": unit, "cycle": cycle}


def receipt_row(receipt: Receipt) -> Row:
    """A received file; notes are not counted as problems."""
    return {
        "cycle": cycle_of(receipt),
        "file": receipt.file,
        "sha256": receipt.sha256,
        "unit": receipt.unit,
        "verdict": receipt.verdict,
        "received_at": receipt.received_at,
        "estimated": receipt.estimated,
        "file_time": receipt.file_time,
        "items": receipt.items,
        "problems": sum(each.counts for each in receipt.problems),
    }


def score_row(score: Score, assessment: Assessment) -> Row:
    """The score of a unit in a month; without points, rank and band for one that is not ranked."""
    return {
        "cycle": str(assessment.period.first),
        "unit": score.unit,
        "kind": score.kind,
        "base": float(score.base),
        "score": float(score.points) if score.is_ranked else None,
        "rank": score.rank,
        "band": score.band,
        "closed": assessment.closed,
        "confirmed": assessment.confirmed,
    }


def score_line_row(line: ScoreLine, score: Score, assessment: Assessment) -> Row:
    """One deduction or bonus of a unit in a month."""
    return {
        "cycle": str(assessment.period.first),
        "unit": score.unit,
        "rule": line.rule,
        "points": float(line.points),
        "obligation": line.obligation,
        "reason": line.reason,
        "receipt": line.receipt,
        "on": line.on,
    }


def act_row(act: Act) -> Row:
    """An act, without what it was about: an obligation, a file or a rectification, with a day, a level or an opinion.

    The unit is given where there is only one.
    """
    return {
        "number": act.number,
        "at": act.at,
        "act": act.kind,
        "cycle": str(act.cycle) if act.cycle else None,
        "unit": act.units[0] if len(act.units) == 1 else "",
        "obligation": "",
        "file": "",
        "rectification": None,
        "day": None,
        "step": "",
        "opinion": "",
        "who": act.who,
        "reason": act.reason,
        "source": act.source,
        "undoes": act.undoes or None,
        "undone_by": act.undone_by or None,
    }


def column_update_row(update: ColumnUpdate, as_of: date) -> Row:
    """A column of a unit, and what was published there last."""
    return {
        "unit": update.unit,
        "duty": update.duty.id,
        "column": update.duty.column,
        "kind": update.kind,
        "title": update.title,
        "published_on": update.published_on,
        "days_since": update.days_since(as_of),
        "limit": update.limit.days if update.limit else None,
        "warn": update.limit.warn if update.limit else None,
        "days_left": update.days_left(as_of),
        "state": update.state(as_of),
    }


def site_fault_row(state: FaultState, as_of: date) -> Row:
    """A fault on the website that a unit was asked to put right, and what came of it."""
    case, fault, said = state.case, state.case.fault, state.case.answer
    return {
        "number": case.number,
        "cycle": str(case.cycle),
        "unit": fault.unit,
        "kind": fault.kind,
        "task": fault.task,
        "title": fault.title,
        "url": fault.url,
        "found": fault.found,
        "raised_on": case.raised_at.date(),
        "mend_by": case.mend_by,
        "status": said.answer.status if said else "",
        "new_url": said.answer.url if said else "",
        "explanation": said.answer.explanation if said else "",
        "answered_at": said.at if said else None,
        "verdict": state.check.verdict if state.check else "",
        "mended_on": state.mended_on,
        "file": said.file if said else "",
        "late": state.is_late(as_of),
        "outcome": state.outcome,
    }


def coverage_row(found: EntryCoverage) -> Row:
    """An entry of the catalogue that a unit was offered, and what it published of it."""
    return {
        "unit": found.unit,
        "entry": found.entry.id,
        "domain": found.entry.domain,
        "title": found.entry.item,
        "limit": found.entry.limit,
        "understood": found.limit is not None,
        "since": str(found.since),
        "items": found.items,
        "late": found.late,
        "last": found.last,
        "state": found.state,
    }


def published_row(item: PublishedItem) -> Row:
    """An item of the website's own list."""
    return {
        "unit": item.unit,
        "department": item.department,
        "title": item.title,
        "published_on": item.published_on,
        "url": item.url,
        "column": item.column,
        "duties": "、".join(item.duties),
        "doc_no": item.doc_no,
        "formed_on": item.formed_on,
        "listed": item.listed,
        "source": item.source,
    }


def cycle_of(receipt: Receipt) -> str | None:
    """The cycle of a receipt as text; None where it is not known."""
    return str(receipt.cycle) if receipt.cycle else None
