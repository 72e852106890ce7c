"""What a decision would change: which obligations are meant, what each would become, what is left out and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from zwgk_excel.domain.acts import ActKind, kind_of_decision
from zwgk_excel.domain.decision_checks import decision_problem
from zwgk_excel.domain.decisions import ActiveDecisions, DecisionKind, decided
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef
from zwgk_excel.domain.text import fold
from zwgk_excel.domain.tracking import ObligationStatus, Outcome, TrackerRow
from zwgk_excel.layout.words import word
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office, find_unit
from zwgk_excel.workflow.tracking.statuses import office_statuses, require_issued

YES = "yes"
"""The value of a waiver."""


@dataclass(frozen=True, slots=True)
class PlannedDecision:
    """One obligation that a decision would change."""

    obligation: Obligation
    before: ActiveDecisions
    after: ActiveDecisions


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A task that was asked for and cannot be decided on."""

    unit: str
    duty: str
    """Its id."""
    reason: str
    """A Chinese sentence without its full stop."""


@dataclass(frozen=True, slots=True)
class DecisionPlan:
    """A decision about some tasks of a month, before it is taken."""

    cycle: Month
    kind: DecisionKind
    value: str
    """That of :class:`zwgk_excel.domain.decisions.Decision`; empty to cancel."""
    changes: tuple[PlannedDecision, ...]
    unchanged: tuple[Obligation, ...]
    """Those for which the very same is in force already."""
    left_out: tuple[LeftOut, ...]

    @property
    def act(self) -> ActKind:
        """The act that it will be."""
        return kind_of_decision(self.kind, self.value)

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """Those for which it holds afterwards."""
        return (*(each.obligation for each in self.changes), *self.unchanged)


def plan_decision(
    office: Office,
    cycle: Month,
    units: str | Sequence[str] | None,
    duties: Sequence[str],
    kind: DecisionKind,
    value: str,
) -> DecisionPlan:
    """The plan for the tasks of ``cycle`` (:attr:`zwgk_excel.domain.obligations.Obligation.cycle`) that are named.

    ``units`` are names, aliases and groups; None means every unit. ``duties`` are ids; none given means what is
    still open, or for an empty ``value`` everything on which such a decision is in force. Raises UserError for an
    unknown unit, no unit at all, a month without tasks, and when there is nothing to decide.
    """
    if units is not None and not units:
        raise UserError("没有指定单位；请写明单位名称或单位组。")
    names = [units] if isinstance(units, str) else list(units or ())
    rows = office_statuses(office, office.now().date()).rows
    if not any(row.status.obligation.cycle == cycle for row in rows):
        require_issued(office, cycle)
    named = named_units(office, names, cycle)
    wanted = [duty.strip().upper() for duty in duties]
    mine = [row for row in rows if units is None or row.status.obligation.unit in named]
    chosen = [row for row in mine if _is_meant(row.status, cycle, wanted, kind, value)]
    absent = tuple(_absent(named, wanted, mine, cycle))
    plan = _sorted_out(office, chosen, DecisionPlan(cycle, kind, value, (), (), absent))
    if not plan.obligations:
        raise UserError(_refusal(plan, "、".join(names) or "全部单位", wanted))
    return plan


def named_units(office: Office, phrases: Iterable[str], cycle: Month) -> dict[str, bool]:
    """The proper names of the units that names, aliases and groups mean → whether it was named itself, not by a group.

    Raises UserError for what is neither.
    """
    roster = office.roster
    groups = {fold(name): name for name in (*(g for unit in roster for g in unit.groups), *roster.kind_groups)}
    found: dict[str, bool] = {}
    for phrase in phrases:
        group = groups.get(fold(phrase))
        if group is None or roster.name_of(phrase.strip()):
            found[find_unit(office, phrase)] = True
            continue
        members = roster.members(group, cycle)
        if not members:
            raise UserError(f"单位组“{group}”在 {cycle} 没有单位；请核对单位通讯录。")
        for name in members:
            found.setdefault(name, False)
    return found


def _is_meant(status: ObligationStatus, cycle: Month, wanted: Sequence[str], kind: DecisionKind, value: str) -> bool:
    if status.obligation.cycle != cycle:
        return False
    if wanted:
        return status.obligation.duty.id in wanted
    if not value:
        return _in_force(status.decisions, kind)
    return status.is_open or (kind is DecisionKind.WAIVER and status.outcome is Outcome.WAIVED)


def _in_force(decisions: ActiveDecisions, kind: DecisionKind) -> bool:
    return bool(getattr(decisions, kind))


def _sorted_out(office: Office, rows: Iterable[TrackerRow], plan: DecisionPlan) -> DecisionPlan:
    """The plan with each of the rows among its changes, the unchanged ones, or what is left out."""
    changes: list[PlannedDecision] = []
    unchanged: list[Obligation] = []
    left_out = list(plan.left_out)
    for row in rows:
        obligation, before = row.status.obligation, row.status.decisions
        after = decided(before, plan.kind, plan.value)
        if reason := _reason(office, row, plan):
            left_out.append(LeftOut(obligation.unit, obligation.duty.id, reason))
        elif before == after:
            unchanged.append(obligation)
        else:
            changes.append(PlannedDecision(obligation, before, after))
    return replace(plan, changes=tuple(changes), unchanged=tuple(unchanged), left_out=tuple(left_out))


def _reason(office: Office, row: TrackerRow, plan: DecisionPlan) -> str:
    """Why a task cannot be decided on; empty where it can."""
    today, policy = office.now().date(), office.workspace.settings.policy
    until = plan.value if plan.kind is DecisionKind.EXTENSION else ""
    what = f"{word('act', plan.act)}至 {until}" if until else word("act", plan.act)
    obligation = row.status.obligation
    closed = row.month if row.closed else None
    wrong = decision_problem(
        obligation, plan.kind, plan.value, closed=closed, on=today, policy=policy, what=what, place=CellRef()
    )
    if wrong:
        return f"{wrong.found}；{reopen_first(row.month)}" if row.closed else wrong.found
    if not plan.value and not _in_force(row.status.decisions, plan.kind):
        return f"没有{word('act', kind_of_decision(plan.kind, YES))}可取消"
    return ""


def reopen_first(month: Month) -> str:
    """What to do about a task that a closed month has settled, as a part of a sentence."""
    return f"确要更改的，先用 zwgk reopen {month} --reason 理由 撤销结账"


def _absent(
    named: dict[str, bool], wanted: Sequence[str], rows: Sequence[TrackerRow], cycle: Month
) -> Iterator[LeftOut]:
    """The duties that a unit was asked about and does not owe in the month, with the months in which it does.

    A group is asked about as a whole: what one of its members never owes is not told.
    """
    months: dict[tuple[str, str], set[Month]] = {}
    for row in rows:
        obligation = row.status.obligation
        months.setdefault((obligation.unit, obligation.duty.id), set()).add(obligation.cycle)
    for unit, itself in named.items():
        for duty in wanted:
            owed = months.get((unit, duty), set())
            if cycle in owed or not (owed or itself):
                continue
            where = f"（它属于 {'、'.join(map(str, sorted(owed)))}，请写该月份）" if owed else "，请用 zwgk plan 查看"
            yield LeftOut(unit, duty, f"{cycle} 没有任务 {duty}{where}")


def _refusal(plan: DecisionPlan, who: str, wanted: Sequence[str]) -> str:
    what = word("act", kind_of_decision(plan.kind, YES))
    if not plan.left_out and wanted:
        return f"“{who}”在 {plan.cycle} 没有任务 {'、'.join(wanted)}；请用 zwgk plan 查看。"
    if not plan.left_out:
        why = f"没有{what}可取消" if not plan.value else f"没有可{what}的任务：都已报送、已免报，或没有时限"
        return f"“{who}”在 {plan.cycle} {why}。"
    tasks: dict[str, list[str]] = {}
    for each in plan.left_out:
        tasks.setdefault(each.reason, []).append(f"{each.unit} {each.duty}")
    reasons = "；".join(f"{reason}（{'、'.join(names)}）" for reason, names in tasks.items())
    return f"没有一项可以办理：{reasons}。"
