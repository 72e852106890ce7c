"""``zwgk escalate`` (督促): the units that have reached an escalation level, and the list to print and sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from zwgk_excel.domain.escalation import (
    EscalationCandidate,
    EscalationLevel,
    EscalationPolicy,
    Rectification,
    escalation_candidates,
)
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.scoring import Assessment
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.escalation import rule_words
from zwgk_excel.workbooks.bulletin.escalation_list import EscalationContent, escalation_workbook
from zwgk_excel.workbooks.ooxml.edit_fingerprint import is_unedited
from zwgk_excel.workflow.assessment.assessing import assess_for_ladder, assess_months
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.replaceable_files import (
    require_own_file,
    require_replaceable,
    write,
    write_unless_edited,
)
from zwgk_excel.workflow.tracking.statuses import Statuses, office_statuses, require_issued


@dataclass(frozen=True, slots=True)
class Escalation:
    """The candidates of a month, and the rectifications so far."""

    cycle: Month
    as_of: date
    due: tuple[EscalationCandidate, ...]
    """The severest level first."""
    basis: dict[str, str]
    """Code of an escalation rule → its text."""
    rectifications: tuple[Rectification, ...]
    assessment: Assessment
    """Of the month itself."""
    confirmed: bool
    """Whether the office has confirmed both the scoring and the escalation rules."""


def escalate(office: Office, cycle: Month, as_of: date, found: Statuses | None = None) -> Escalation:
    """The candidates of ``cycle`` by the figures of a day; raises UserError when the cycle was never issued."""
    require_issued(office, cycle)
    ladder = ladder_of(office, cycle)
    months = [month for month in office.issued() if cycle - (ladder.reach - 1) <= month <= cycle]
    statuses = found or office_statuses(office, as_of)
    assessed = assess_for_ladder(office, months, statuses)
    (assessment,) = assess_months(office, [cycle], statuses)
    raised = office.ledger.rectifications()
    found_due = escalation_candidates(
        cycle, assessed, ladder, raised, successor=lambda name: office.successor(name, cycle)
    )
    return Escalation(
        cycle,
        as_of,
        found_due,
        {rule.code: rule_words(rule) for rule in ladder.rules},
        raised,
        assessment,
        confirmed=ladder.confirmed and assessment.confirmed,
    )


def ladder_of(office: Office, cycle: Month) -> EscalationPolicy:
    """The escalation rules of a month: those that it was closed with, else those of today."""
    return office.rules_of(cycle).ladder


@dataclass(frozen=True, slots=True)
class EscalationList:
    """A written list."""

    path: Path
    kept: tuple[Path, ...] = ()
    """Earlier lists of the month that were edited since and not changed."""


def export(
    office: Office, found: Escalation, out: Path | None = None, steps: Sequence[EscalationLevel] = ()
) -> EscalationList:
    """Write the list as a workbook, to 通报/<cycle>/ unless ``out`` is given; ``steps`` limits it to these levels.

    One in 通报 that was edited (the office's opinion typed in) is kept, and the new one gets a number. Raises UserError
    when it cannot be written, or ``out`` has no workbook suffix, belongs to the workspace or is a file of others.
    """
    content = EscalationContent(
        office.workspace.settings.office.name,
        found.cycle,
        found.as_of,
        tuple(each for each in found.due if not steps or each.step in steps),
        found.basis,
        found.rectifications,
        found.assessment,
        found.confirmed,
    )
    if out is None:
        path = office.workspace.bulletins(Period.month(found.cycle)) / layout("escalation").file_name
        written, _, kept = write_unless_edited(path, escalation_workbook(content))
        return EscalationList(written, kept)
    require_replaceable(out, office.workspace)
    if out.suffix.lower() != ".xlsx":
        raise UserError(f"“{out}”不是 .xlsx 文件名；请写成 名单.xlsx 的形式。")
    require_own_file(out, is_unedited)
    write(out, escalation_workbook(content))
    return EscalationList(out)
