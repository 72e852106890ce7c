"""三审: three persons sign an item (通知三、2)."""

from __future__ import annotations

from zwgk_excel.domain.companions import REVIEWS
from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.report.self_check.rule import CheckRule


def _same(one: str, other: str) -> CheckRule:
    """The rule for two reviews signed by one person.

    Of three equal names the first is named twice, as in ``validation``.
    """
    again = (one, other) == REVIEWS[1:]
    twice = defined_names.alike(one, other)
    condition = f"AND({twice},NOT({defined_names.alike(*REVIEWS[:2])}))" if again else twice
    return CheckRule(
        f"{{{one}}}与{{{other}}}相同",
        condition,
        lambda row: row[one].is_same_person(row[other]) and not (again and row[REVIEWS[0]].is_same_person(row[one])),
        (one, other),
    )


REVIEW_RULES = (
    _same("first_review", "second_review"),
    _same("first_review", "final_review"),
    _same("second_review", "final_review"),
)
