"""The signature of a workbook: it holds for exactly what was signed, and for nothing that differs in one thing."""

from datetime import date
from typing import Any

import pytest

from zwgk_excel.domain.identity import AskedTask, compare_tasks, is_valid_signature, sign_identity
from zwgk_excel.domain.periods import Month

KEY = b"k" * 32
SIGNED: dict[str, Any] = {
    "key": KEY,
    "schema": 1,
    "unit": "市教育局",
    "cycle": Month(2026, 11),
    "issued_on": date(2026, 11, 2),
}


def test_it_is_an_hmac_that_never_changes():
    """Workbooks that went out years ago must still be known."""
    assert sign_identity(**SIGNED) == "a9b90eb0481ef8d3760f60bcaa66a1436dc97103e39d0a4a0db003f9e1e176a9"


def test_it_holds_for_what_was_signed_even_with_spaces_around_it():
    assert is_valid_signature(sign_identity(**SIGNED), **SIGNED)
    assert is_valid_signature(f" {sign_identity(**SIGNED)}\n", **SIGNED)


@pytest.mark.parametrize(
    "other",
    [
        {"key": b"x" * 32},
        {"schema": 2},
        {"unit": "市财政局"},
        {"cycle": Month(2026, 12)},
        {"issued_on": date(2026, 11, 3)},
    ],
    ids=lambda other: next(iter(other)),
)
def test_it_holds_for_nothing_else(other):
    assert not is_valid_signature(sign_identity(**SIGNED), **SIGNED | other)


@pytest.mark.parametrize(
    "claimed", ["", "0" * 64, "市教育局", sign_identity(**SIGNED)[:-1], sign_identity(**SIGNED).upper()]
)
def test_what_is_no_signature_holds_for_nothing(claimed):
    assert not is_valid_signature(claimed, **SIGNED)


def test_it_covers_the_columns_that_came_in_later():
    with_one, with_none = sign_identity(**SIGNED, added="items.tried_on"), sign_identity(**SIGNED)
    assert is_valid_signature(with_one, **SIGNED, added="items.tried_on")
    assert is_valid_signature(with_none, **SIGNED)
    assert not is_valid_signature(with_one, **SIGNED)
    assert not is_valid_signature(with_none, **SIGNED, added="items.tried_on")


# --- what it asks ------------------------------------------------------------------------------

ASKED = (
    AskedTask("D02", "2026-11", "2026-11-25"),
    AskedTask("D24", "2026-11", "按需"),
    AskedTask("D41", "2026 市本级", "2027-02-20"),
)
TASKS = {**SIGNED, "schema": 2, "tasks": ASKED}


@pytest.mark.parametrize(
    "tasks",
    [
        (),
        ASKED[:2],
        ASKED[::-1],
        (*ASKED, AskedTask("D03", "2026-11", "2026-11-25")),
        (AskedTask("D02", "2026-12", "2026-11-25"), *ASKED[1:]),
        (AskedTask("D02", "2026-11", "2026-12-25"), *ASKED[1:]),
        (AskedTask("D022026-11", "", "2026-11-25"), *ASKED[1:]),
    ],
)
def test_it_covers_the_tasks(tasks):
    signed = sign_identity(**TASKS)
    assert is_valid_signature(signed, **TASKS)
    assert not is_valid_signature(signed, **TASKS | {"tasks": tasks})


def test_no_field_can_take_the_place_of_another():
    assert sign_identity(**TASKS | {"added": "x", "tasks": ()}) != sign_identity(**TASKS | {"added": "", "tasks": ()})
    old = sign_identity(**SIGNED)
    assert not is_valid_signature(old, **SIGNED | {"schema": 2})


def row(id_: str, reference: str, due: str = "") -> AskedTask:
    return AskedTask(id_, reference, due)


@pytest.mark.parametrize(
    ("found", "foreign", "removed", "redated"),
    [
        (ASKED, "", "", ""),
        (ASKED[::-1], "", "", ""),
        ((), "", "", ""),
        ((row("d 02", "２０２６-11"), row("D24", "2026-11"), row("D41", "2026  市本级")), "", "", ""),
        (ASKED[1:], "", "D02 2026-11", ""),
        ((*ASKED, row("D03", "2026Q4")), "D03 2026Q4", "", ""),
        ((row("D02", "2026-10"), *ASKED[1:]), "D02 2026-10", "D02 2026-11", ""),
        ((row("第二项", "2026-11"), *ASKED[1:]), "", "", ""),
        ((row("D02", "十一月"), *ASKED[1:]), "", "", ""),
        ((row("D02", "十一月"), ASKED[1]), "", "D41 2026 市本级", ""),
        ((row("", "2026-11"), row("", "2026-11"), ASKED[2]), "", "", ""),  # two 编号 were cleared
        ((row("D02", "2026-11", "2026-11-30"), *ASKED[1:]), "", "", "2026-11-30"),
    ],
)
def test_what_a_list_says_against_what_was_asked(found, foreign, removed, redated):
    change = compare_tasks(ASKED, found)
    assert "、".join(each.name for each in change.foreign) == foreign
    assert "、".join(each.name for each in change.removed) == removed
    assert "、".join(now.due for _, now in change.redated) == redated
    assert not change.is_another_list


def test_the_list_of_another_workbook_is_no_change_of_this_one():
    others = tuple(row(f"D0{number}", "2026-11") for number in range(3, 9))
    assert compare_tasks(ASKED, (*ASKED, *others)).is_another_list
    assert compare_tasks((), others).is_another_list
    assert not compare_tasks(ASKED, (*ASKED, *others[:2])).is_another_list
