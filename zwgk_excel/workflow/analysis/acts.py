"""The list of acts as rows: one for each subject of an act, so that an extension of five tasks has five."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from zwgk_excel.domain.acts import DECIDED, OF_FILES, OF_RECTIFICATIONS, ActKind, Change, root_of, undone
from zwgk_excel.domain.decisions import DecisionKind
from zwgk_excel.domain.escalation import Rectification
from zwgk_excel.ledger import Ledger
from zwgk_excel.ledger.decisions import unit_of
from zwgk_excel.workflow.analysis.rows import Row, act_row

_NOTHING = Change("", "", "")


def acts(ledger: Ledger, cycles: Mapping[str, str], as_of: date) -> Iterator[Row]:
    """Every act up to a day, the oldest first, as it stood then; ``cycles`` maps obligation keys to cycles."""
    every = {each.number: each for each in ledger.acts()}
    known = [each for each in every.values() if each.at.date() <= as_of]
    taken_back = undone((each.number, each.undoes) for each in known)
    raised = {str(each.number): each for each in ledger.rectifications()}
    for act in known:
        row = act_row(replace(act, undone_by=taken_back.get(act.number, 0)))
        kind = root_of(act, every).kind
        for change in act.changes or (_NOTHING,):
            about = _about(kind, change, cycles, raised)
            yield row | {key: value for key, value in about.items() if value is not None}


def _about(
    kind: ActKind, change: Change, cycles: Mapping[str, str], raised: Mapping[str, Rectification]
) -> Row:
    """The columns that a subject fills; None for what the act itself says."""
    if kind in DECIDED:
        key, decided = change.subject, DECIDED[kind]
        day = _day(change.after) if decided is DecisionKind.EXTENSION else None
        opinion = change.after if decided is DecisionKind.OPINION else None
        unit = unit_of(key) or None
        return {"obligation": key, "unit": unit, "cycle": cycles.get(key), "day": day, "opinion": opinion}
    if kind in OF_FILES:
        return {"file": change.subject}
    if kind in OF_RECTIFICATIONS and (record := raised.get(change.subject)):
        day = None if kind is ActKind.RECTIFY else _day(change.after)
        return {"rectification": record.number, "step": record.step, "day": day}
    return {"day": _day(change.after)} if kind is ActKind.CLOSE else {}


def _day(text: str) -> date | None:
    """A day as ISO text; None for none, and for the state of what an undoing changed."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
