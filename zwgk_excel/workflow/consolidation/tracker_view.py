"""Builds the content of the tracker: statuses, scores, escalation, and the office's inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from zwgk_excel.domain.escalation import EscalationCandidate, Rectification, escalation_candidates
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Problem
from zwgk_excel.workbooks.tracker.previous.office_input import OfficeInput
from zwgk_excel.workbooks.tracker.rows.row_values import sheet_order
from zwgk_excel.workbooks.tracker.rows.view import RefusedCell, TrackerView
from zwgk_excel.workflow.acts.history import recorded_acts
from zwgk_excel.workflow.assessment.assessing import assess_for_ladder, assess_months
from zwgk_excel.workflow.catalogue import office_coverage
from zwgk_excel.workflow.escalation.escalating import ladder_of
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.published.reconciling import differing
from zwgk_excel.workflow.tracking.column_updates import office_column_updates
from zwgk_excel.workflow.tracking.site_faults import fault_states
from zwgk_excel.workflow.tracking.statuses import Statuses
from zwgk_excel.workflow.verification.checked_months import checked_months

_ACTED_ON = 2
"""Months that the office urges about: the current one, and the one before, whose final dates are over."""


def tracker_view(
    office: Office,
    found: Statuses,
    as_of: date | None,
    typed: OfficeInput,
    problems: Sequence[Problem] = (),
    refused: Sequence[RefusedCell] = (),
) -> TrackerView:
    """The view of the whole ledger; ``as_of`` None for a tracker whose day moves on.

    ``typed`` are the inputs of the previous tracker, ``problems`` those with them, ``refused`` the cells that were not
    taken.
    """
    settings = office.workspace.settings
    months = [month for month in office.issued() if month <= Month.of(found.as_of)]
    assessments = assess_months(office, months, found)
    raised = office.ledger.rectifications()
    return TrackerView(
        office=settings.office.name,
        as_of=found.as_of,
        live=as_of is None,
        due_soon_days=settings.policy.due_soon_days,
        rows=found.rows,
        units=office.units(),
        contents=found.contents.in_order(sheet_order),
        item_count=found.contents.items,
        problems=(*found.problems, *office.apply_severities((*typed.problems, *problems))),
        receipts=found.receipts,
        coverage=office_coverage(office, found),
        link_checks=checked_months(office, found),
        site_faults=fault_states(office, found.as_of, found.contents),
        letters=tuple(each for each in office.ledger.letters() if each.at.date() <= found.as_of),
        reconciled=differing(office, months, found.as_of),
        acts=recorded_acts(office),
        assessments=assessments,
        scoring=settings.score_rules,
        dues=_dues(office, months, found, raised),
        rectifications=raised,
        remarks=typed.remarks,
        mended=typed.mended,
        refused=tuple(replace(each, problem=office.apply_severities([each.problem])[0]) for each in refused),
        updates=office_column_updates(office, found),
        updates_confirmed=settings.policy.column_updates.confirmed,
        revision=len(office.ledger.decisions()),
    )


def _dues(
    office: Office, months: Sequence[Month], statuses: Statuses, raised: Sequence[Rectification]
) -> tuple[EscalationCandidate, ...]:
    acted_on = months[-_ACTED_ON:]
    reach = max((ladder_of(office, month).reach for month in acted_on), default=1)
    known = assess_for_ladder(office, [month for month in months if month > acted_on[0] - reach], statuses)
    found: list[EscalationCandidate] = []
    for cycle in acted_on:

        def successor(name: str, cycle: Month = cycle) -> str:
            return office.successor(name, cycle)

        found += escalation_candidates(cycle, known, ladder_of(office, cycle), raised, successor=successor)
    return tuple(found)
