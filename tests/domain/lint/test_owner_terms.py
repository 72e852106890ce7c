"""Months of owners in a cell: as office workers write them, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.lint.test_lint import SOUND_DUTY, UNITS, check, found, only
from zwgk_excel.domain.duties import OwnerTerm
from zwgk_excel.domain.lint.owner_terms import gaps, owner_text, parse_months, reassigned, typed_owners
from zwgk_excel.domain.periods import Month

JANUARY, DECEMBER = Month(2027, 1), Month(2026, 12)
MONTHS = st.integers(0, 30).map(lambda count: Month(2026, 1) + count)
NAMES = st.sampled_from(["市财政局", "市住建局", "各乡镇(街道)", "市教育局"])
SPANS = st.one_of(
    st.tuples(st.none() | MONTHS, st.none()),
    st.tuples(st.none(), MONTHS),
    st.tuples(MONTHS, st.integers(0, 9)).map(lambda each: (each[0], each[0] + each[1])),
)
TERMS = st.tuples(NAMES, SPANS).map(lambda each: OwnerTerm(each[0], *each[1]))


@pytest.mark.parametrize(
    "text",
    [
        "2027-01起",
        "2027年1月起",
        "自2027年1月起",
        "从 2027-1 起",
        "２０２７－０１起",
        "202701起",
        "2027/1起",
        "2027.1开始",
        "2027年1月份起",
    ],
)
def test_from_a_month_on(text):
    assert parse_months(text) == (JANUARY, None)


@pytest.mark.parametrize(
    "text", ["至2026-12", "到2026年12月", "截至2026-12", "2026年12月止", "至２０２６年１２月底", "2026-12为止"]
)
def test_until_a_month(text):
    assert parse_months(text) == (None, DECEMBER)


@pytest.mark.parametrize(
    "text", ["2026-12至2027-01", "2026年12月—2027年1月", "2026-12-2027-01", "自2026年12月起至2027年1月止"]
)
def test_from_and_until(text):
    assert parse_months(text) == (DECEMBER, JANUARY)


@pytest.mark.parametrize("text", ["2027年起", "2027-13起", "1月起", "2027-01", "下月起", "2027-01-05起", "3科"])
def test_what_is_no_month_is_not_guessed(text):
    assert parse_months(text) is None


def test_separators_in_brackets_do_not_separate():
    typed = typed_owners("市财政局（2027/1起），市住建局(至2026/12)；各乡镇(街道)（2027-01起）、各乡镇(街道)")
    assert [(each.name, each.months) for each in typed] == [
        ("市财政局", "2027/1起"),
        ("市住建局", "至2026/12"),
        ("各乡镇(街道)", "2027-01起"),
        ("各乡镇(街道)", ""),
    ]


@given(TERMS)
def test_what_is_written_is_read_back(term):
    (typed,) = typed_owners(owner_text(term))
    assert OwnerTerm(typed.name, *(parse_months(typed.months) or (None, None))) == term


@given(st.lists(TERMS, max_size=5), st.lists(NAMES, min_size=1, max_size=2, unique=True), MONTHS)
def test_a_duty_given_to_others_is_theirs_from_the_month_on_and_was_others_before(owners, names, month):
    after = reassigned(owners, names, month)
    for count in range(-3, 34):
        day = Month(2026, 1) + count
        standing = {each.name for each in after if each.valid_in(day)}
        assert standing == (set(names) if day >= month else {each.name for each in owners if each.valid_in(day)})


@given(st.lists(TERMS, min_size=1, max_size=5))
def test_a_gap_is_every_month_between_owners_that_nobody_has(owners):
    for month in (Month(2026, 1) + count for count in range(-3, 60)):
        ended = any(each.valid_to and each.valid_to < month for each in owners)
        to_come = any(each.valid_from and each.valid_from > month for each in owners)
        nobody = ended and to_come and not any(each.valid_in(month) for each in owners)
        assert any(first <= month <= last for first, last in gaps(owners)) is nobody


def test_the_months_between_two_owners_are_named():
    tables = check({**SOUND_DUTY, "owners": "市财政局（至2026-12）、市民政局（2027-02起）"}, units=UNITS)
    assert "J4：2027-01 没有责任单位" in str(only(tables, "owner_gap"))
    tables = check({**SOUND_DUTY, "owners": "市财政局（至2026-12）、市民政局（2027-04起）"}, units=UNITS)
    assert "2027-01 至 2027-03 没有责任单位" in str(only(tables, "owner_gap"))


def test_in_a_duty():
    (duty,) = check({**SOUND_DUTY, "owners": "市财政局（2027-01起）、市民政局（至2026-12） 、市发改局"}).duties
    assert duty.owners == ("市财政局", "市民政局", "市发改委")
    assert duty.owners_in(DECEMBER) == ("市民政局", "市发改委")
    assert duty.owners_in(JANUARY) == ("市财政局", "市发改委")


def test_the_same_owner_in_two_spans():
    (duty,) = check({**SOUND_DUTY, "owners": "市财政局（至2026-06）、市财政局（2027-01起）、市民政局"}).duties
    assert [duty.owners_in(month) for month in (Month(2026, 6), Month(2026, 7), JANUARY)] == [
        ("市财政局", "市民政局"),
        ("市民政局",),
        ("市财政局", "市民政局"),
    ]


@pytest.mark.parametrize(
    ("owners", "code"),
    [
        ("市财政局（下月1日起）", "owner_months_form"),
        ("市财政局（2027-01起", None),
        ("市财政局（2027-03至2027-01）", "owner_months_order"),
        ("市财政局（至2026-12）", "owner_none_left"),
        ("市财政局（至2026-12）、市民政局（2027-02起）", "owner_gap"),
        ("市财政局（至2026-12）、市民政局（2027-01起）", None),
        ("市财政局（至2026-12）、市民政局（2027-02起）、市发改委", None),
        ("市财正局（2027-01起）", "owner_unknown"),
    ],
)
def test_what_is_wrong_is_told_at_the_cell(owners, code):
    tables = check({**SOUND_DUTY, "owners": owners}, units=UNITS)
    wanted = [(code, "J4")] if code else []
    assert [each for each in found(tables) if each[0] != "group_unused"] == wanted
    if code == "owner_months_form":
        assert "“市财政局（下月1日起）”无法识别是哪几个月" in str(only(tables, code))


def test_advised_units_have_months_too():
    (duty,) = check({**SOUND_DUTY, "advisory": "市民政局（2027-01起）"}).duties
    assert (duty.advisory_in(DECEMBER), duty.advisory_in(JANUARY)) == ((), ("市民政局",))
