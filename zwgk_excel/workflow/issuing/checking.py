"""``zwgk check``: the two tables by themselves, and compared with the months issued."""

from __future__ import annotations

from zwgk_excel.domain.lint.issued import IssuedMonth, compare_with_issues
from zwgk_excel.domain.problems import Problem
from zwgk_excel.layout import seed
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE

_COMPARED = 13
"""The newest issued months that are compared: every duty was owed in one of them, the yearly ones too."""


def table_problems(office: Office) -> tuple[Problem, ...]:
    """Everything to look at in the tables; they are compared with what was issued only where they have no errors."""
    if office.tables is None or any(each.is_error for each in office.problems):
        return office.problems
    newest = reversed(office.issued()[-_COMPARED:])
    months = [IssuedMonth(office.issues.as_listed(each), office.issues.by_tables(each)) for each in newest]
    compared = compare_with_issues(months, office.tables, seed.vocabulary(), SETTINGS_FILE)
    return (*office.problems, *office.apply_severities(compared))
