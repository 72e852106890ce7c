"""Letters: written down before they are handed over, and moved one step at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.ledger.samples import NOVEMBER, now
from zwgk_excel.domain.correspondence import LetterKind, LetterState, OutgoingMessage
from zwgk_excel.ledger import Ledger, LedgerError

LATER = now() + timedelta(minutes=1)
EDUCATION = OutgoingMessage(
    "issue/2026-11/市教育局/1",
    LetterKind.ISSUE,
    "市教育局",
    NOVEMBER,
    ("jiaoyu@example.gov.cn", "jy2@example.gov.cn"),
    ("copy@example.gov.cn",),
    "2026年11月信息报送表",
    "<a@example.gov.cn>",
    LetterState.PREPARED,
    now(),
    sha256="a" * 64,
)
REMINDER = replace(
    EDUCATION, key="reminder/2026-11-26/市教育局/1", kind=LetterKind.REMINDER, cycle=None, copies=(), level="urge"
)


def test_letters_come_back_as_they_were_given(ledger: Ledger) -> None:
    ledger.prepare_letter(EDUCATION)
    ledger.prepare_letter(REMINDER)
    assert ledger.letters() == (EDUCATION, REMINDER)
    assert ledger.letters(cycle=NOVEMBER) == (EDUCATION,)


def test_a_letter_that_was_not_handed_over_may_be_written_anew(ledger: Ledger) -> None:
    ledger.prepare_letter(EDUCATION)
    changed = replace(EDUCATION, to=("new@example.gov.cn",), sha256="b" * 64)
    ledger.prepare_letter(changed)
    assert ledger.letters() == (changed,)


@pytest.mark.parametrize("state", [each for each in LetterState if each is not LetterState.PREPARED])
def test_a_letter_that_was_handed_over_is_never_written_anew(ledger: Ledger, state: LetterState) -> None:
    ledger.prepare_letter(EDUCATION)
    ledger.move_letter(EDUCATION.key, LetterState.PREPARED, state, LATER, "250 好")
    with pytest.raises(LedgerError, match=EDUCATION.key):
        ledger.prepare_letter(EDUCATION)
    assert ledger.letters() == (replace(EDUCATION, state=state, at=LATER, detail="250 好"),)


def test_a_step_is_taken_once_and_from_where_the_letter_is(ledger: Ledger) -> None:
    ledger.prepare_letter(EDUCATION)
    ledger.move_letter(EDUCATION.key, LetterState.PREPARED, LetterState.HANDING_OVER, LATER)
    with pytest.raises(LedgerError, match="prepared"):
        ledger.move_letter(EDUCATION.key, LetterState.PREPARED, LetterState.HANDING_OVER, LATER)
    with pytest.raises(LedgerError):
        ledger.move_letter("issue/2026-11/没有/1", LetterState.PREPARED, LetterState.SENT, LATER)
    assert ledger.letters()[0].state is LetterState.HANDING_OVER
