"""What the office typed into its columns of the tracker: decisions, or cells that cannot be taken.

A cell that is as the tracker showed it decides nothing. A cell that was changed is a decision made when the tracker was
saved, or now in one that is open; so of a decision here and one by command since, the later stands, whichever it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from zwgk_excel.domain.acts import ActSource
from zwgk_excel.domain.decision_checks import decision_problem
from zwgk_excel.domain.decisions import (
    NO_DECISIONS,
    ActiveDecisions,
    Decision,
    DecisionKind,
    active_decisions,
    decided,
)
from zwgk_excel.domain.problems import problem
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.tracker.previous.office_input import OfficeEntry, OfficeInput
from zwgk_excel.workbooks.tracker.rows.row_values import refused_text
from zwgk_excel.workbooks.tracker.rows.view import RefusedCell
from zwgk_excel.workflow.decisions.planning import YES
from zwgk_excel.workflow.decisions.recording import record_decisions
from zwgk_excel.workflow.intake.renewed_corrections import NOTHING_RENEWED, RenewedCorrections
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.statuses import closed_rows


@dataclass(frozen=True, slots=True)
class TypedDecisions:
    """What came of the office's columns."""

    decisions: tuple[Decision, ...]
    """Recorded now."""
    refused: tuple[RefusedCell, ...]
    """What was not taken, and what is to be told about the rest."""
    corrections: RenewedCorrections = NOTHING_RENEWED
    """What became of the copies in 退回修改."""


@dataclass(frozen=True, slots=True)
class _Change:
    """A cell that is not as the tracker showed it."""

    entry: OfficeEntry
    kind: DecisionKind
    value: str

    @property
    def decision(self) -> tuple[str, DecisionKind]:
        return self.entry.obligation, self.kind

    def what(self) -> str:
        """The cell in a sentence."""
        heading = layout("tracker")["tracking"].heading(self.kind)
        typed = self.entry.typed.get(self.kind)
        return f"清空{heading}" if typed is None else refused_text(heading, typed)


def take_typed_decisions(office: Office, typed: OfficeInput, who: str, saved: datetime | None) -> TypedDecisions:
    """Record what was changed in a tracker that was ``saved`` then, or is open (None); the caller holds the run lock.

    May be repeated for the same tracker: what a run that was killed had recorded is not recorded again.
    """
    history = office.ledger.decisions()
    shown = len(history) if typed.revision is None else typed.revision
    written_with = active_decisions((*history[:shown], *office.ledger.decisions(source="tracker", after=shown)))
    changes = [each for entry in typed.entries for each in _changes(entry, written_with)]
    if not changes:
        return TypedDecisions((), typed.refused)
    fitting, refused = _checked(office, changes)
    at = _moment(office, saved, history[:shown])
    standing = active_decisions(history)
    told: list[RefusedCell] = []
    taken: list[Decision] = []
    for each in fitting:
        key, kind = each.decision
        before = standing.get(key, NO_DECISIONS)
        if decided(before, kind, each.value) == before:
            continue
        # What the office writes beside an extension or a waiver is why; of itself an opinion is no reason.
        reason = "" if kind is DecisionKind.OPINION else each.entry.opinion
        taken.append(Decision(key, kind, each.value, who, at, reason=reason))
        since = [other for other in history[shown:] if (other.obligation, other.kind) == each.decision]
        told += (_rival(each, other, at) for other in since[-1:])
    renewed = record_decisions(office, taken, ActSource.TRACKER)
    return TypedDecisions(tuple(taken), (*typed.refused, *refused, *told), renewed)


def _changes(entry: OfficeEntry, written_with: dict[str, ActiveDecisions]) -> Iterator[_Change]:
    before = written_with.get(entry.obligation, NO_DECISIONS)
    return (_Change(entry, kind, value) for kind, value in changed_decisions(before, entry.over(before)))


def _moment(office: Office, saved: datetime | None, shown: Sequence[Decision]) -> datetime:
    """When the cells were changed: not after now, nor before the last decision that the tracker showed, whatever the
    clock of the computer that saved it says."""
    now = office.now()
    return max([min(saved or now, now), *(each.at for each in shown)])


def _checked(office: Office, changes: Sequence[_Change]) -> tuple[list[_Change], list[RefusedCell]]:
    """The changes that can be taken, and the cells of the others."""
    known = {each.key: each for each in office.obligations()}
    closed = closed_rows(office)
    fitting: list[_Change] = []
    refused: list[RefusedCell] = []
    for each in changes:
        key, kind = each.decision
        frozen = closed.get(key)
        obligation = frozen.status.obligation if frozen else known.get(key)
        if frozen and decided(frozen.status.decisions, kind, each.value) == frozen.status.decisions:
            continue
        wrong = obligation and decision_problem(
            obligation,
            kind,
            each.value,
            closed=frozen.month if frozen else None,
            on=office.now().date(),
            policy=office.workspace.settings.policy,
            what=each.what(),
            place=each.entry.place,
        )
        if wrong:
            refused.append(RefusedCell.of(kind, each.entry.typed.get(kind), wrong))
        else:
            fitting.append(each)
    return fitting, refused


def _rival(mine: _Change, other: Decision, at: datetime) -> RefusedCell:
    """What is told where a command decided otherwise since the tracker was written: the later of the two stands."""
    heading = layout("tracker")["tracking"].heading(mine.kind)
    code = "decision_older" if other.at > at else "decision_newer"
    shown = {"": "取消", YES: word("yes_no", "yes")}
    values = {
        "what": f"{heading}填的 {shown.get(mine.value, mine.value)} ",
        "at": f"{other.at:%Y-%m-%d %H:%M}",
        "who": other.who,
        "other": f"{heading} {shown.get(other.value, other.value)}",
    }
    return RefusedCell.of(mine.kind, None, problem(code, mine.entry.place, obligation=mine.entry.obligation, **values))


def changed_decisions(old: ActiveDecisions, new: ActiveDecisions) -> list[tuple[DecisionKind, str]]:
    """The (kind, value) pairs to decide so that ``old`` becomes ``new``."""
    found: list[tuple[DecisionKind, str]] = []
    if old.extended_to != new.extended_to:
        found.append((DecisionKind.EXTENSION, new.extended_to.isoformat() if new.extended_to else ""))
    if old.waived != new.waived:
        found.append((DecisionKind.WAIVER, YES if new.waived else ""))
    if old.opinion != new.opinion:
        found.append((DecisionKind.OPINION, new.opinion))
    return found
