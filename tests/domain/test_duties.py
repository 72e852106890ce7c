"""Duties and units in time, and the roster found by name, alias and group."""

from __future__ import annotations

import pytest

from tests.domain.make import duty, roster, unit
from zwgk_excel.domain.duties import DutyOfficer, Roster, UnitKind
from zwgk_excel.domain.periods import Month

MARCH, APRIL, MAY = Month(2026, 3), Month(2026, 4), Month(2026, 5)
TOWN = UnitKind.TOWNSHIP


@pytest.mark.parametrize(
    ("first", "last", "stands"),
    [
        (None, None, [True, True, True]),
        (APRIL, None, [False, True, True]),
        (None, APRIL, [True, True, False]),
        (APRIL, APRIL, [False, True, False]),
    ],
)
def test_validity_includes_both_ends(first: Month | None, last: Month | None, stands: list[bool]) -> None:
    for row in (duty(valid_from=first, valid_to=last), unit("市财政局", valid_from=first, valid_to=last)):
        assert [row.valid_in(month) for month in (MARCH, APRIL, MAY)] == stands


def test_own_name_goes_before_an_alias() -> None:
    found = roster(unit("甲局", aliases=("乙局", "丙局")), unit("乙局"))
    assert found.name_of("丙局") == "甲局"
    assert found.name_of("乙局") == "乙局"
    assert found.name_of("丁局") is None


def test_members_of_a_name_an_alias_and_groups() -> None:
    found = roster(
        unit("甲局", aliases=("甲委",), groups=("规划",)), unit("乙镇", TOWN, groups=("规划",)), unit("丙局")
    )
    assert found.members("甲局", APRIL) == found.members("甲委", APRIL) == ("甲局",)
    assert found.members("各部门", APRIL) == ("甲局", "丙局")
    assert found.members("各乡镇(街道)", APRIL) == ("乙镇",)
    assert found.members("规划", APRIL) == ("甲局", "乙镇")
    assert found.members("没有", APRIL) == ()


def test_members_are_those_of_the_month() -> None:
    found = roster(unit("旧局", valid_to=MARCH), unit("新局", valid_from=APRIL), unit("丙局"))
    assert found.members("各部门", MARCH) == ("旧局", "丙局")
    assert found.members("各部门", APRIL) == ("新局", "丙局")
    assert found.members("旧局", APRIL) == ()


def test_groups_are_those_of_a_kind_and_those_that_units_say_they_are_in() -> None:
    found = roster(unit("甲局", groups=("涉农",)), unit("乙局"))
    members = {phrase: found.members(phrase, MARCH) for phrase in ("各部门", "涉农", "规划", "乙局")}
    assert members == {"各部门": ("甲局", "乙局"), "涉农": ("甲局",), "规划": (), "乙局": ("乙局",)}


def test_unit_of_a_month_else_the_last_row() -> None:
    early, late = unit("甲局", officers=("张三",), valid_to=MARCH), unit("甲局", officers=("李四",), valid_from=MAY)
    found = roster(early, late)
    assert found.unit("甲局", MARCH) is early
    assert found.unit("甲局", MAY) is late
    assert found.unit("甲局", APRIL) is late
    assert found.unit("甲局") is late
    assert found.unit("乙局") is None


def test_successor_follows_renames_and_mergers() -> None:
    found = roster(
        unit("甲局", valid_to=MARCH),
        unit("乙局", predecessors=("甲局",), valid_from=APRIL, valid_to=APRIL),
        unit("丙局", predecessors=("乙局",), valid_from=MAY),
    )
    assert [found.successor("甲局", month) for month in (MARCH, APRIL, MAY)] == ["甲局", "乙局", "丙局"]
    assert found.successor("丁局", MAY) == "丁局"


def test_successors_in_a_circle_end() -> None:
    first, second = (
        unit("甲局", predecessors=("乙局",), valid_to=MARCH),
        unit("乙局", predecessors=("甲局",), valid_to=MARCH),
    )
    assert roster(first, second).successor("甲局", MAY) == "乙局"


def test_officers_of_a_duty_stay_when_the_unit_is_taken_over() -> None:
    old, new = unit("市人社局", valid_to=MARCH), unit("市人社新局", predecessors=("市人社局",), valid_from=APRIL)
    first, second, third = (
        DutyOfficer(name, id_, (officer,))
        for name, id_, officer in (("市人社局", "D04", "甲"), ("市人社局", "D08", "乙"), ("市人社新局", "D08", "丙"))
    )
    units = Roster((old, new), {}, (first, second, third))
    assert units.officers_of("市人社局", {"D04", "D08"}, MARCH) == (first, second)
    assert units.officers_of("市人社新局", {"D04", "D08"}, APRIL) == (first, third), "its own go before"
    assert units.officers_of("市人社新局", {"D01"}, APRIL) == ()


@pytest.mark.parametrize(
    ("officers", "phones", "shown"),
    [
        (("甲",), ("1",), "甲 1"),
        (("甲", "乙"), ("1", "2"), "甲 1、乙 2"),
        (("甲", "乙"), ("1",), "甲、乙 1"),
        (("甲",), (), "甲"),
        ((), ("1",), "1"),
    ],
)
def test_contact_names_each_with_the_own_number(
    officers: tuple[str, ...], phones: tuple[str, ...], shown: str
) -> None:
    assert DutyOfficer("市人社局", "D04", officers, phones).contact == shown
