"""``zwgk check``: the two tables by themselves, and compared with the last month issued."""

from __future__ import annotations

from zwgk_excel.domain.lint.issued import compare_with_issue
from zwgk_excel.domain.problems import Problem
from zwgk_excel.layout import seed
from zwgk_excel.workflow.office.context import Office


def table_problems(office: Office) -> tuple[Problem, ...]:
    """Everything to look at in the tables; they are compared with the last issue only where they have no errors."""
    issued = office.issued()
    if not issued or office.tables is None or any(each.is_error for each in office.problems):
        return office.problems
    before, now = office.issues.as_listed(issued[-1]), office.issues.by_tables(issued[-1])
    compared = compare_with_issue(before, now, office.tables, seed.vocabulary())
    return (*office.problems, *office.apply_severities(compared))
