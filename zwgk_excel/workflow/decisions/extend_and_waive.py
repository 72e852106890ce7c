"""``zwgk extend`` and ``zwgk waive``: decisions about obligations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from zwgk_excel.domain.decisions import ActiveDecisions, Decision, DecisionKind
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office, find_unit
from zwgk_excel.workflow.tracking.statuses import cycle_status

YES = "yes"
"""The value of a waiver."""


def extend(
    office: Office, cycle: Month, unit: str, duties: Sequence[str], until: date | None, *, who: str, reason: str
) -> tuple[Obligation, ...]:
    """Move due and final of a unit's open obligations in ``cycle`` to ``until``; None cancels extensions.

    ``duties`` are ids; none given means every open dated one. Raises UserError for an unknown unit or duty, and when no
    obligation fits.
    """
    chosen = _chosen(office, cycle, unit, duties)
    chosen = [each for each in chosen if each.due is not None]
    if not chosen:
        raise UserError(f"“{unit}”在 {cycle} 没有可延期的任务：所选任务没有时限，或都已报送。")
    for each in chosen:
        if until is not None and each.due is not None and until <= each.due:
            raise UserError(f"{until} 不晚于原时限 {each.due}（{each.duty.id} {each.duty.column}）；请核对日期。")
    _decide(office, cycle, chosen, DecisionKind.EXTENSION, until.isoformat() if until else "", who, reason)
    return tuple(chosen)


def waive(
    office: Office, cycle: Month, unit: str, duties: Sequence[str], *, cancel: bool, who: str, reason: str
) -> tuple[Obligation, ...]:
    """Waive a unit's obligations in ``cycle``, or cancel waivers; raises UserError as :func:`extend` does."""
    chosen = _chosen(office, cycle, unit, duties, waived=cancel)
    if not chosen:
        why = "没有免报可取消" if cancel else "都已报送、已免报，或没有时限"
        raise UserError(f"“{unit}”在 {cycle} 没有这样的任务：{why}。")
    _decide(office, cycle, chosen, DecisionKind.WAIVER, "" if cancel else YES, who, reason)
    return tuple(chosen)


def _chosen(
    office: Office, cycle: Month, unit: str, duties: Sequence[str], *, waived: bool = False
) -> list[Obligation]:
    name = find_unit(office, unit)
    rows = [row for row in cycle_status(office, cycle, office.now().date()).rows if not row.closed]
    mine = [row.status for row in rows if row.status.obligation.unit == name]
    wanted = {duty.upper() for duty in duties}
    missing = wanted - {status.obligation.duty.id for status in mine}
    if missing:
        raise UserError(f"“{name}”在 {cycle} 没有任务 {'、'.join(sorted(missing))}；请用 zwgk plan 查看。")
    if wanted:
        return [s.obligation for s in mine if s.obligation.duty.id in wanted]
    return [s.obligation for s in mine if (s.decisions.waived if waived else s.is_open)]


def _decide(
    office: Office,
    cycle: Month,
    obligations: Iterable[Obligation],
    kind: DecisionKind,
    value: str,
    who: str,
    reason: str,
) -> None:
    at = office.now()
    office.ledger.decide([Decision(o.key, kind, value, who, at, reason) for o in obligations], cycle=cycle)


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
