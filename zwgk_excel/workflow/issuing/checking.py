"""``zwgk check``: the tables by themselves and compared with the months issued, and settings that workbooks need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from zwgk_excel.domain.deadlines import Shift
from zwgk_excel.domain.lint.issued import IssuedMonth, compare_units, compare_with_issues
from zwgk_excel.domain.lint.own_deadlines import idle_deadlines, unknown_never_nil
from zwgk_excel.domain.lint.tables import ReferenceTables
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.layout import seed
from zwgk_excel.layout.holidays import provisional_days_off
from zwgk_excel.layout.policy import shipped_policy
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.settings import CalendarSettings, load_workdays
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE

_COMPARED = 13
"""The newest issued months that are compared: every duty was owed in one of them, the yearly ones too."""


def table_problems(office: Office) -> tuple[Problem, ...]:
    """Everything to look at in the tables; where they have errors, only their units are compared with what was issued.

    These questions come first then: a unit's name that was typed over is what the errors follow from.
    """
    if office.tables is None:
        return office.problems
    return (*_compared(office, office.tables), *office.apply_severities(_of_settings(office)))


def _compared(office: Office, tables: ReferenceTables) -> tuple[Problem, ...]:
    if any(each.is_error for each in office.problems):
        issued = list(office.ledger.issues().values())[-1:]
        asked = (each for issue in issued for each in compare_units(issue, tables, seed.vocabulary()))
        return (*office.apply_severities(asked), *office.problems)
    newest = reversed(office.issued()[-_COMPARED:])
    policy, shipped = office.workspace.settings.policy, shipped_policy()
    earlier = _with_earlier_calendars(office) if policy.shift is not Shift.NONE else ()
    months = [
        IssuedMonth(
            office.issues.as_listed(each),
            office.issues.by_tables(each),
            tuple(other.issues.by_tables(each) for other in earlier),
        )
        for each in newest
    ]
    compared = compare_with_issues(months, tables, seed.vocabulary(), SETTINGS_FILE)
    idle = idle_deadlines(policy, office.duties, office.roster, SETTINGS_FILE, shipped.extra_subjects)
    never = policy.nil_reports.never, shipped.nil_reports.never
    unknown = unknown_never_nil(*never, office.duties, SETTINGS_FILE)
    return (*office.problems, *office.apply_severities((*idle, *unknown, *compared)))


def _with_earlier_calendars(office: Office) -> tuple[Office, ...]:
    """The office as it was before any year was announced, and before it entered days of its own."""
    unannounced = Workdays(statutory=provisional_days_off(()))
    return tuple(replace(office, workdays=each) for each in (unannounced, load_workdays(CalendarSettings())))


def _of_settings(office: Office) -> Iterator[Problem]:
    """What every workbook that goes out needs of the settings."""
    if not office.workspace.settings.office.mailbox:
        yield problem("mailbox_missing", CellRef(SETTINGS_FILE))
