"""Whose a sender is, by the roster; and what is to be told of one who is not the unit's."""

import pytest

from zwgk_excel.domain.duties import DutyOfficer, Roster, Unit, UnitKind
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef
from zwgk_excel.domain.senders import addresses_of, check_sender, units_of

ROSTER = Roster(
    (
        Unit("市教育局", UnitKind.DEPARTMENT, mails=("JY@example.gov.cn",), copies=("jy2@example.gov.cn",)),
        Unit("市财政局", UnitKind.DEPARTMENT, mails=("cz@example.gov.cn", "both@example.gov.cn")),
        Unit("市审计局", UnitKind.DEPARTMENT, mails=("both@example.gov.cn",)),
        Unit("旧局", UnitKind.DEPARTMENT, mails=("old@example.gov.cn",), valid_to=Month(2026, 10)),
        Unit("新局", UnitKind.DEPARTMENT, mails=("new@example.gov.cn",), predecessors=("旧局",)),
        Unit("茗山乡", UnitKind.TOWNSHIP),
    ),
    {},
    (DutyOfficer("旧局", "D02", ("甲",), mails=("Jia@example.gov.cn",)),),
)


def code(sender: str, unit: str) -> str:
    told = check_sender(ROSTER, sender, unit, CellRef("a.xlsx"), office={"zwgk@example.gov.cn"})
    return told.code if told else ""


@pytest.mark.parametrize(
    ("sender", "unit", "told"),
    [
        ("jy@example.gov.cn", "市教育局", ""),
        ("jy2@example.gov.cn", "市教育局", ""),
        ("both@example.gov.cn", "市财政局", ""),
        ("both@example.gov.cn", "市审计局", ""),
        ("old@example.gov.cn", "新局", ""),
        ("new@example.gov.cn", "旧局", "sender_differs"),
        ("jia@example.gov.cn", "旧局", ""),  # the officer of one of its duties
        ("jia@example.gov.cn", "新局", ""),
        ("jia@example.gov.cn", "市教育局", "sender_differs"),
        ("jy@example.gov.cn", "市财政局", "sender_differs"),
        ("jy@example.gov.cn", "茗山乡", "sender_differs"),
        ("who@example.com", "市教育局", "sender_unknown"),
        ("", "市教育局", "sender_unknown"),
        ("who@example.com", "茗山乡", "sender_unchecked"),
        ("zwgk@example.gov.cn", "市教育局", "sender_office"),
        ("who@example.com", "", "sender_unknown"),
        ("jy@example.gov.cn", "", ""),
    ],
)
def test_what_is_told(sender, unit, told):
    assert code(sender, unit) == told


def test_whose_an_address_is():
    assert units_of(ROSTER, "BOTH@example.gov.cn") == ("市财政局", "市审计局")
    assert units_of(ROSTER, "") == ()
    assert units_of(ROSTER, "old@example.gov.cn") == ("旧局", "新局")
    assert addresses_of(ROSTER, "没有") == frozenset()


def test_units_that_took_over_each_other_end_somewhere():
    ring = Roster(
        (
            Unit("甲", UnitKind.DEPARTMENT, mails=("a@x.cn",), predecessors=("乙",)),
            Unit("乙", UnitKind.DEPARTMENT, mails=("b@x.cn",), predecessors=("甲",)),
        ),
        {},
    )
    assert addresses_of(ring, "甲") == {"a@x.cn", "b@x.cn"}
