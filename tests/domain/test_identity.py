"""The signature of a workbook: it holds for exactly what was signed, and for nothing that differs in one thing."""

from datetime import date
from typing import Any

import pytest

from zwgk_excel.domain.identity import is_valid_signature, sign_identity
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
