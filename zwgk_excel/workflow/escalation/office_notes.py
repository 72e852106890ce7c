"""Records 整改措施 and 销号日期 typed in the tracker as notes on the rectifications."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from zwgk_excel.domain.acts import ActSource
from zwgk_excel.domain.escalation import NoteKind, Rectification, RectificationNote
from zwgk_excel.domain.problems import Problem, problem
from zwgk_excel.domain.text import clean_paragraph
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.previous.office_input import OfficeInput
from zwgk_excel.workbooks.tracker.rows.view import RectificationInput
from zwgk_excel.workflow.office.context import Office

IN_TRACKER = "在总台账中填写销号日期"
"""Why a rectification was closed, where the office only typed the day."""


def record_rectifications(office: Office, typed: OfficeInput, who: str) -> tuple[Problem, ...]:
    """Append new inputs as notes on the open rectifications; returns problems with inputs that do not fit.

    A cell with less text than the ledger has is an old one and ignored, and so is what was undone since; a closing is
    not undone here. May be repeated for the same tracker.
    """
    problems: list[Problem] = []
    notes: list[tuple[int, RectificationNote]] = []
    raised = {each.number: each for each in office.ledger.rectifications()}
    # A tracker of earlier versions knew no undoing.
    shown = {each.number: each for each in office.ledger.rectifications(shown=typed.acts or 0)}
    for entry in typed.mended.values():
        record = raised.get(entry.number)
        if record is None:
            problems += _not_raised(entry)
        elif record.is_open:
            found = _notes(shown[record.number], entry, office.now().date(), who)
            notes += ((record.number, each) for each in found if isinstance(each, RectificationNote))
            problems += (each for each in found if isinstance(each, Problem))
    if notes:
        office.ledger.add_notes(notes, ActSource.TRACKER)
    return tuple(problems)


def _notes(
    shown: Rectification, entry: RectificationInput, today: date, who: str
) -> list[RectificationNote | Problem]:
    """The notes to append to a rectification, in order, and the problems with its inputs.

    ``shown`` is the rectification as the tracker may show it.
    """
    found: list[RectificationNote | Problem] = []
    words = "" if "measures" in entry.unread else new_text(entry.measures, shown.measures)
    if words:
        found.append(RectificationNote(NoteKind.MENDED, today, who, words))
    if entry.closed_on in {None, shown.closed_on} or "closed_on" in entry.unread:
        return found
    if entry.closed_on < shown.raised_on:
        found.append(problem("rectification_day", entry.place, raised_on=shown.raised_on, **_named(entry)))
    else:
        found.append(RectificationNote(NoteKind.CLOSED, entry.closed_on, who, IN_TRACKER))
    return found


def new_text(typed: str, known: str) -> str:
    """The part of a cell's text that the ledger does not have; empty for nothing new."""
    known = clean_paragraph(known)
    return "" if typed in known else typed.removeprefix(known).strip()


def _not_raised(entry: RectificationInput) -> Iterator[Problem]:
    if entry.closed_on is not None:
        yield problem("rectification_not_raised", entry.place, **_named(entry))


def _named(entry: RectificationInput) -> dict[str, Any]:
    return {"heading": layout("tracker")["rectifications"].heading("closed_on"), "value": entry.closed_on}
