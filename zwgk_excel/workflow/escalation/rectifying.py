"""``zwgk rectify`` (整改): open, note, close (销号), withdraw; each with person, time and reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from zwgk_excel.domain.escalation import (
    EscalationCandidate,
    EscalationLevel,
    NoteKind,
    Rectification,
    RectificationNote,
    open_rectification_of,
)
from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.words import word
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.escalation.escalating import escalate
from zwgk_excel.workflow.office.context import Office, find_unit

BY_DEFAULT = (EscalationLevel.SUPERVISE, EscalationLevel.INTERVIEW)
"""The levels for which rectifications are opened by default."""


def open_due_rectifications(
    office: Office,
    cycle: Month,
    units: Sequence[str],
    step: EscalationLevel | None,
    *,
    mend_by: date | None,
    as_of: date,
    who: str,
    reason: str = "",
) -> tuple[Rectification, ...]:
    """Open rectifications for the candidates of ``cycle``, with the evidence; returns them.

    Without ``units``, for all candidates of ``step`` (:data:`BY_DEFAULT` where None); repeated, it finds none. For a
    named unit a level that it has not reached needs ``step`` and a ``reason``. Raises UserError, and opens nothing, for
    an unknown unit, one that is no candidate, one opened already, a past due day, or a day to come.
    """
    office.refuse_ahead(as_of, "立项")
    if mend_by is not None and mend_by < as_of:
        raise UserError(f"--mend-by {mend_by} 早于 {as_of}；请核对日期。")
    names = [find_unit(office, unit) for unit in units]
    with office.ledger.exclusive():
        found = escalate(office, cycle, as_of)
        if names:
            chosen = [_of_unit(name, found.due, found.rectifications, cycle, step, reason) for name in names]
        else:
            wanted = BY_DEFAULT if step is None else (step,)
            due_units = dict.fromkeys(each.unit for each in found.due if each.step in wanted)
            chosen = [_joined([each for each in found.due if each.unit == unit]) for unit in due_units]
        return office.ledger.raise_rectifications(
            Rectification(
                each.unit,
                each.cycle,
                each.step,
                as_of,
                mend_by,
                who=who,
                reason=reason,
                evidence=each.evidence,
                facts=each.facts,
            )
            for each in chosen
        )


def _of_unit(
    unit: str,
    due: Sequence[EscalationCandidate],
    raised: Sequence[Rectification],
    cycle: Month,
    step: EscalationLevel | None,
    reason: str,
) -> EscalationCandidate:
    mine = [each for each in due if each.unit == unit]
    wanted = step or (mine[0].step if mine else None)
    if wanted is None:
        raise UserError(f"{unit}在 {cycle} 没有达到任何督促措施；确要立项的，请加 --step 和 --reason。")
    if earlier := open_rectification_of(raised, unit, wanted, cycle):
        raise UserError(f"{unit} {cycle} 的{word('step', wanted)}已立项（第 {earlier.number} 号），尚未销号。")
    if mine:
        joined = _joined(mine)
        return EscalationCandidate(unit, cycle, wanted, joined.rule, joined.evidence, joined.facts)
    if not reason:
        raise UserError(f"{unit}在 {cycle} 没有达到{word('step', wanted)}；确要立项的，请用 --reason 写明理由。")
    return EscalationCandidate(unit, cycle, wanted, "", ())


def _joined(mine: Sequence[EscalationCandidate]) -> EscalationCandidate:
    """The findings of several rules about a unit as one; each fact once."""
    evidence = dict.fromkeys(text for each in mine for text in each.evidence)
    facts = dict.fromkeys(fact for each in mine for fact in each.facts)
    return EscalationCandidate(mine[0].unit, mine[0].cycle, mine[0].step, mine[0].rule, tuple(evidence), tuple(facts))


def note(office: Office, number: int, kind: NoteKind, words: str, *, on: date, who: str) -> Rectification:
    """Append a note to a rectification (measures, closed or withdrawn); returns it with the note applied.

    Raises UserError where the number does not exist, it is closed or withdrawn, or the day is before it was opened.
    """
    if not words.strip():
        raise UserError("请用 --reason 写明整改情况或理由。")
    with office.ledger.exclusive():
        found = next((each for each in office.ledger.rectifications() if each.number == number), None)
        if found is None:
            raise UserError(f"整改台账中没有第 {number} 号；请用 zwgk rectify list 查看。")
        if not found.is_open:
            state = "已撤销" if found.withdrawn else f"已于 {found.closed_on} 销号"
            raise UserError(f"第 {number} 号（{found.unit}）{state}，不能再改。")
        if on < found.raised_on:
            raise UserError(f"{on} 早于立项日期 {found.raised_on}；请核对日期。")
        return office.ledger.note(number, RectificationNote(kind, on, who, words.strip()))
