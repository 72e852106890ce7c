"""三审: three persons sign an item (通知三、2)."""

from __future__ import annotations

from zwgk_excel.domain.companions import REVIEWS
from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.report.self_check.rule import CheckRule


def _same(one: str, other: str) -> CheckRule:
    """The rule for two reviews signed by one person.

    Of three equal names the first is named twice. Of names that differ by a rank all three pairs are told, unlike in
    ``validation``: to keep the third one back would take tokens that LibreOffice does not have.
    """
    condition, again = defined_names.alike(one, other), (one, other) == REVIEWS[1:]
    if again:
        first, second = map(defined_names.name_of, REVIEWS[:2])
        condition = f"AND({condition},{first}<>{second})"
    return CheckRule(
        f"{{{one}}}与{{{other}}}相同",
        condition,
        lambda row: row[one].is_same_person(row[other]) and not (again and row[REVIEWS[0]].name == row[one].name),
        (one, other),
    )


REVIEW_RULES = (
    _same("first_review", "second_review"),
    _same("first_review", "final_review"),
    _same("second_review", "final_review"),
)
