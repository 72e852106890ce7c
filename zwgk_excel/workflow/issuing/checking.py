"""``zwgk check``: the two tables by themselves, and compared with the months issued."""

from __future__ import annotations

from zwgk_excel.domain.lint.issued import IssuedMonth, compare_units, compare_with_issues
from zwgk_excel.domain.lint.own_deadlines import idle_deadlines
from zwgk_excel.domain.problems import Problem
from zwgk_excel.layout import seed
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE

_COMPARED = 13
"""The newest issued months that are compared: every duty was owed in one of them, the yearly ones too."""


def table_problems(office: Office) -> tuple[Problem, ...]:
    """Everything to look at in the tables; where they have errors, only their units are compared with what was issued.

    These questions come first then: a unit's name that was typed over is what the errors follow from.
    """
    if office.tables is None:
        return office.problems
    if any(each.is_error for each in office.problems):
        issued = list(office.ledger.issues().values())[-1:]
        asked = (each for issue in issued for each in compare_units(issue, office.tables, seed.vocabulary()))
        return (*office.apply_severities(asked), *office.problems)
    newest = reversed(office.issued()[-_COMPARED:])
    months = [IssuedMonth(office.issues.as_listed(each), office.issues.by_tables(each)) for each in newest]
    compared = compare_with_issues(months, office.tables, seed.vocabulary(), SETTINGS_FILE)
    idle = idle_deadlines(office.workspace.settings.policy, office.duties, office.roster, SETTINGS_FILE)
    return (*office.problems, *office.apply_severities((*idle, *compared)))
