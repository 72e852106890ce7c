"""调查征集: consultations known from items, their feedback wherever it is reported, and when it is late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from zwgk_excel.domain.companions import has_normative_title
from zwgk_excel.domain.consultations import ADOPTION, OPINIONS, UNTIL, consultations, late_feedback
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import CellValue, Item, Receipt, Return, Verdict
from zwgk_excel.domain.workdays import Workdays

UNIT, WITHIN = "市司法局", 20
AT = datetime(2026, 8, 20, 9)
DAYS = Workdays({}, frozenset({2026, 2027}))
CALL = "关于《城市犬只管理办法（征求意见稿）》公开征求意见的公告"


def item(title: str, said: Mapping[str, CellValue], *, url: str = "", published: date | None = None) -> Item:
    """An item with what it says in the columns about consultations."""
    return Item(f"D42/{UNIT}/2026-08", "D42", title, url=url, published_on=published, row=4, more=said)


def call(until: date = date(2026, 8, 31), said: Mapping[str, CellValue] = MappingProxyType({})) -> Item:
    """A consultation."""
    return item(CALL, {UNTIL: until, **said}, url="http://a.cn/1", published=date(2026, 8, 1))


def returned(*items: Item, at: datetime = AT, unit: str = UNIT) -> Receipt:
    """A return with these items."""
    cycle = Month.of(at.date())
    content = Return(unit, cycle, (), items)
    return Receipt(f"收件箱/{cycle}.xlsx", str(at), at, Verdict.ACCEPTED, unit=unit, cycle=cycle, content=content)


def found(*receipts: Receipt, as_of: date = date(2026, 12, 1), within: int = WITHIN) -> list[tuple[str, str]]:
    """(Code, file) of the problems as of a day."""
    problems = late_feedback(consultations(receipts), DAYS, within, as_of)
    return [(each.code, each.place.file) for each in problems]


def test_feedback_is_due_so_many_working_days_after_the_end() -> None:
    (one,) = consultations([returned(call())])
    assert (one.unit, one.until, one.answered_on) == (UNIT, date(2026, 8, 31), None)
    assert one.due(DAYS, WITHIN) == date(2026, 9, 28)
    assert found(returned(call()), as_of=date(2026, 9, 28)) == []
    assert found(returned(call()), as_of=date(2026, 9, 29)) == [("feedback_missing", "2026-08.xlsx")]


@pytest.mark.parametrize(
    "title",
    [
        "《城市犬只管理办法》意见征集结果反馈",
        "《大冶市城市犬只管理办法》公开征求意见采纳情况的说明",
        "大冶市城市犬只管理办法",  # the document itself, with the opinions beside it
        CALL,
    ],
)
def test_a_later_item_about_the_same_matter_is_its_feedback(title: str) -> None:
    told = item(title, {OPINIONS: 12, ADOPTION: "采纳 3 条"}, published=date(2026, 9, 10))
    later = returned(told, at=AT + timedelta(days=31))
    (one,) = consultations([returned(call()), later])
    assert one.answered_on == date(2026, 9, 10)
    assert found(returned(call()), later) == []


@pytest.mark.parametrize(
    "other",
    [
        item("《养老服务条例》意见征集结果反馈", {OPINIONS: 3}),  # another matter
        item("《城市犬只管理办法》印发", {}),  # says no result
        item("公告", {OPINIONS: 3}),  # about nothing
        replace(item("《城市犬只管理办法》征集结果", {OPINIONS: 3}), valid=False),  # it has an error, and goes back
        item("《城市犬只管理办法》征集结果", {OPINIONS: 3}, published=date(2026, 7, 1)),  # of one before it
    ],
)
def test_other_items_are_no_feedback(other: Item) -> None:
    later = returned(other, at=AT + timedelta(days=31))
    assert found(returned(call()), later) == [("feedback_missing", "2026-08.xlsx")]


def test_what_was_sent_back_is_no_consultation() -> None:
    rejected = replace(call(), valid=False)
    assert consultations([returned(rejected)]) == ()
    (one,) = consultations([returned(call()), returned(replace(call(date(2026, 9, 15)), valid=False), at=AT)])
    assert one.until == date(2026, 8, 31)


@pytest.mark.parametrize("title", [CALL, "《城市犬只管理办法》意见征集结果反馈", "《城市犬只管理办法》意见采纳情况"])
def test_what_is_about_a_document_is_not_taken_for_the_document(title: str) -> None:
    assert not has_normative_title(replace(item(title, {}), type="feedback"))


@pytest.mark.parametrize(
    ("remark", "tied"),
    [
        (f"对应{CALL}", True),
        ("见 HTTP://a.cn/1 的征集", True),
        ("对应 http://a.cn/12", False),
        ("犬只征集", False),
        ("", False),
    ],
)
def test_a_result_is_tied_by_what_its_remark_names(remark: str, tied: bool) -> None:
    told = replace(item("关于养狗问题的答复", {OPINIONS: 3}, published=date(2026, 9, 10)), remark=remark)
    (one,) = consultations([returned(call()), returned(told, at=AT + timedelta(days=31))])
    assert one.answered_on == (date(2026, 9, 10) if tied else None)


def test_nobody_having_said_anything_is_a_result_too() -> None:
    told = item("另一行", {OPINIONS: 0}, url="HTTP://A.cn/1", published=date(2026, 9, 1))
    assert found(returned(call(), told)) == []


def test_the_same_row_filled_in_later_counts_from_its_receipt() -> None:
    filled = call(said={OPINIONS: 5, ADOPTION: "采纳 1 条"})
    (one,) = consultations([returned(call()), returned(filled, at=datetime(2026, 9, 20, 9))])
    assert one.answered_on == date(2026, 9, 20)
    late = returned(filled, at=datetime(2026, 10, 20, 9))
    assert found(returned(call()), late) == [("feedback_late", "2026-10.xlsx")]


def test_a_prolonged_consultation_is_due_later() -> None:
    longer = returned(call(date(2026, 10, 31)), at=datetime(2026, 9, 20, 9))
    (one,) = consultations([returned(call()), longer])
    assert one.until == date(2026, 10, 31)


def test_units_answer_for_their_own_and_for_those_they_took_over() -> None:
    told = returned(item("《城市犬只管理办法》征集结果", {OPINIONS: 1}, published=date(2026, 9, 1)), unit="新局")
    assert [each.answered_on for each in consultations([returned(call()), told])] == [None]
    (one,) = consultations([returned(call()), told], {UNIT: "新局", "新局": "新局"}.__getitem__)
    assert (one.unit, one.answered_on) == ("新局", date(2026, 9, 1))


@settings(max_examples=examples(60), deadline=None)
@given(st.dates(date(2026, 8, 1), date(2026, 12, 31)), st.integers(0, 60), st.integers(0, 120))
def test_feedback_in_time_is_never_late_whenever_it_is_looked_at(until: date, within: int, later: int) -> None:
    (one,) = consultations([returned(call(until))])
    due = one.due(DAYS, within)
    seen_on = due + timedelta(days=later)
    told = returned(item(CALL, {OPINIONS: 0}, published=due), at=AT + timedelta(days=1))
    assert found(returned(call(until)), told, within=within, as_of=seen_on) == []
    missing = list(late_feedback([one], DAYS, within, seen_on))
    assert len(missing) == (later > 0)
