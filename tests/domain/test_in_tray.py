"""What may be chosen about each row of the in-tray, and what has to be said with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from zwgk_excel.domain.in_tray import (
    CHOICES,
    NEEDS,
    NOT_ASSIGNABLE,
    TrayAnswer,
    TrayChoice,
    TrayFault,
    TrayFaultKind,
    Waiting,
    WaitingKind,
    faults,
    in_tray_order,
)
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problem_catalogue import CATALOGUE
from zwgk_excel.layout.words import words

NOVEMBER, DAY = Month(2026, 11), date(2026, 12, 3)
SINCE = date(2026, 11, 20)
FILE = Waiting(WaitingKind.FILE, "收件 12", "没有身份标记", "认定", SINCE, "市财政局", NOVEMBER, facts=("a",))
MONTH = Waiting(WaitingKind.CLOSING, "2026-11", "已结束", "结账", NOVEMBER.last, month=NOVEMBER)
UNIT = Waiting(WaitingKind.ESCALATION, "2026-11 市教育局 约谈", "逾期", "立项", NOVEMBER.last, "市教育局", NOVEMBER)
BACK = Waiting(WaitingKind.TAKE_BACK, "收件 15", "没有了", "核实", unit="市财政局", month=NOVEMBER)


def wrong(waiting: Waiting, choice: TrayChoice, **said: Any) -> list[tuple[str, str]]:
    return [(each.column, str(each.kind)) for each in faults(waiting, TrayAnswer(choice, **said))]


def test_a_file_is_assigned_to_a_unit_and_a_month():
    assert wrong(FILE, TrayChoice.ASSIGN, unit="市教育局", month=NOVEMBER) == []
    assert wrong(FILE, TrayChoice.ASSIGN) == [("unit", "missing"), ("month", "missing")]
    assert wrong(FILE, TrayChoice.FORCE_ASSIGN, unit="市教育局", month=NOVEMBER) == [("reason", "missing")]


def test_what_is_no_return_needs_no_word_and_may_keep_the_proposal():
    assert wrong(FILE, TrayChoice.SET_ASIDE, unit="市财政局", month=NOVEMBER) == []


def test_a_choice_of_another_kind_of_row_is_none_whatever_else_is_said():
    assert wrong(FILE, TrayChoice.CLOSE, day=DAY) == [("choice", "foreign")]
    assert wrong(MONTH, TrayChoice.ASSIGN, unit="市教育局", month=NOVEMBER) == [("choice", "foreign")]


@pytest.mark.parametrize("choice", [TrayChoice.TAKE_BACK, TrayChoice.KEEP, TrayChoice.WITHDRAW])
def test_what_is_decided_about_a_return_needs_a_reason(choice: TrayChoice):
    assert wrong(BACK, choice) == [("reason", "missing")]
    assert wrong(BACK, choice, reason="电话核实", unit="市财政局", month=NOVEMBER) == []


def test_a_row_is_about_its_own_unit_and_month():
    assert wrong(MONTH, TrayChoice.CLOSE, month=NOVEMBER + 1) == [("month", "other")]
    assert wrong(UNIT, TrayChoice.RECTIFY, unit="市财政局", month=NOVEMBER) == [("unit", "other")]
    assert wrong(MONTH, TrayChoice.CLOSE, unit="市财政局") == [("unit", "needless")]


def test_a_day_that_nobody_heeds_is_told():
    assert wrong(FILE, TrayChoice.SET_ASIDE, day=DAY) == [("day", "needless")]
    assert wrong(UNIT, TrayChoice.RECTIFY, day=DAY) == []
    assert wrong(MONTH, TrayChoice.CLOSE, day=DAY) == []


def test_ignored_is_only_with_a_reason():
    assert list(faults(UNIT, TrayAnswer(TrayChoice.IGNORE))) == [TrayFault("reason", TrayFaultKind.MISSING)]
    assert wrong(FILE, TrayChoice.IGNORE, reason="不用") == [("choice", "foreign")]  # it would keep its month open


def test_the_most_urgent_comes_first_then_what_has_waited_longest():
    younger = replace(FILE, subject="收件 13", since=date(2026, 11, 25))
    assert in_tray_order([UNIT, MONTH, younger, FILE, BACK, FILE], {}) == (FILE, younger, BACK, MONTH, UNIT)


def test_what_is_ignored_comes_back_when_its_facts_are_others():
    ignored = {UNIT.key: UNIT.fingerprint}
    assert in_tray_order([UNIT, MONTH], ignored) == (MONTH,)
    assert in_tray_order([replace(UNIT, facts=("又一项",))], ignored) == (replace(UNIT, facts=("又一项",)),)


def test_every_kind_and_choice_has_its_words_and_needs():
    assert list(words("waiting")) == list(WaitingKind)
    assert list(words("tray_choice")) == list(TrayChoice)
    assert NEEDS.keys() == set(TrayChoice)
    assert CHOICES.keys() == set(WaitingKind)


def test_a_subject_reads_the_same_in_a_cell_whatever_a_stranger_put_into_it():
    assert replace(FILE, subject="来信  ａ\x00\ud800@b.cn\n（c）").key == "file/来信 a@b.cn （c）"


def test_long_stories_are_cut():
    assert len(replace(FILE, told="长" * 5000).told) == 600


def test_what_cannot_be_assigned_is_known_by_problems_that_there_are():
    assert set(CATALOGUE) >= NOT_ASSIGNABLE
