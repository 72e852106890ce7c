"""Names of one person."""

from __future__ import annotations

import pytest

from zwgk_excel.domain.persons import person


@pytest.mark.parametrize(
    "written",
    ["李明", "李 明", "李　明", "李明（副主任）", "李明(局长)", "李明局长", "李明副局长", "副主任：李明"],
)
def test_a_title_a_remark_and_spaces_make_no_other_person(written: str) -> None:
    assert person(written) == "李明"


@pytest.mark.parametrize(("written", "other"), [("李明", "李明明"), ("王主任", "李主任"), ("主任", "科长")])
def test_other_names_are_other_persons(written: str, other: str) -> None:
    assert person(written) != person(other)


def test_a_surname_with_a_title_is_kept_whole() -> None:
    assert person("王主任") == "王主任"
