"""``zwgk extend``, ``waive`` and ``opinion``: decisions about the tasks of a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from zwgk_excel.domain.decisions import NO_DECISIONS, Decision, DecisionKind
from zwgk_excel.domain.obligations import Obligation, label
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.text import clean_paragraph
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.decisions.planning import YES, DecisionPlan, plan_decision
from zwgk_excel.workflow.decisions.recording import record_decisions
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.renewed_corrections import RenewedCorrections
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.statuses import closed_rows


def plan_extension(
    office: Office, cycle: Month, units: str | Sequence[str] | None, duties: Sequence[str], until: date | None
) -> DecisionPlan:
    """What moving due and final of tasks of ``cycle`` to ``until`` would change; None cancels extensions.

    Names, and what is raised, as in :func:`zwgk_excel.workflow.decisions.planning.plan_decision`.
    """
    value = until.isoformat() if until else ""
    return plan_decision(office, cycle, units, duties, DecisionKind.EXTENSION, value)


def plan_waiver(
    office: Office, cycle: Month, units: str | Sequence[str] | None, duties: Sequence[str], *, cancel: bool
) -> DecisionPlan:
    """What waiving tasks of ``cycle``, or cancelling the waivers, would change; the rest as :func:`plan_extension`."""
    return plan_decision(office, cycle, units, duties, DecisionKind.WAIVER, "" if cancel else YES)


def plan_opinion(
    office: Office, cycle: Month, units: str | Sequence[str] | None, duties: Sequence[str], text: str
) -> DecisionPlan:
    """What noting the office's opinion on tasks of ``cycle`` would change; an empty text cancels opinions.

    The rest as :func:`plan_extension`; raises UserError also for a text that is too long for its cell.
    """
    limit = layout("tracker")["tracking"]["opinion"].max_length
    text = clean_paragraph(text)
    if len(text) > limit:
        raise UserError(f"意见有 {len(text)} 字，最多 {limit} 字；请写得简短一些。")
    return plan_decision(office, cycle, units, duties, DecisionKind.OPINION, text)


def take_decision(office: Office, plan: DecisionPlan, *, who: str, reason: str) -> RenewedCorrections:
    """Take a planned decision; returns what became of the copies in 退回修改.

    Raises UserError, and decides nothing, when a month was closed or a decision taken since it was planned.
    """
    with office.ledger.exclusive():
        at, known, closed = office.now(), office.active_decisions(), closed_rows(office)
        for each in plan.changes:
            key = each.obligation.key
            if key in closed or known.get(key, NO_DECISIONS) != each.before:
                task = f"{each.obligation.unit} {label(each.obligation, plain=False)}"
                raise UserError(f"{task} 在确认期间已另有办理或已结账，什么也没有改动；请重新运行。")
        decisions = [Decision(each.obligation.key, plan.kind, plan.value, who, at, reason) for each in plan.changes]
        return record_decisions(office, decisions, cycle=plan.cycle)


def extend(
    office: Office,
    cycle: Month,
    units: str | Sequence[str] | None,
    duties: Sequence[str],
    until: date | None,
    *,
    who: str,
    reason: str,
) -> tuple[Obligation, ...]:
    """:func:`plan_extension`, taken at once; returns the obligations for which it is in force now."""
    return _taken(office, plan_extension(office, cycle, units, duties, until), who, reason)


def waive(
    office: Office,
    cycle: Month,
    units: str | Sequence[str] | None,
    duties: Sequence[str],
    *,
    cancel: bool,
    who: str,
    reason: str,
) -> tuple[Obligation, ...]:
    """:func:`plan_waiver`, taken at once; returns as :func:`extend` does."""
    return _taken(office, plan_waiver(office, cycle, units, duties, cancel=cancel), who, reason)


def _taken(office: Office, plan: DecisionPlan, who: str, reason: str) -> tuple[Obligation, ...]:
    """The obligations for which a plan is in force now that it is taken."""
    take_decision(office, plan, who=who, reason=reason)
    return plan.obligations
