"""Working days of problems, counted again by the calendar of now."""

from __future__ import annotations

from datetime import date, datetime

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.recounting import is_provisional, recounted
from zwgk_excel.domain.returns import Item, Receipt, Return, Verdict
from zwgk_excel.domain.workdays import PROVISIONAL, Workdays

KEY = "D02/市财政局/2027-02"
OFF = dict.fromkeys([date(2027, 2, day) for day in (4, 5, 8, 9, 10)], False)
ANNOUNCED = Workdays(OFF, frozenset({2026, 2027}))
STATUTORY = Workdays({}, frozenset({2026}), frozenset(OFF))
LIMIT = 20


def overdue(cell: str, days: int, provisional: str = PROVISIONAL) -> Problem:
    place = CellRef("收件箱/a.xlsx", "信息明细", cell)
    return problem("item_overdue", place, obligation=KEY, days=days, limit=LIMIT, provisional=provisional)


def received(*problems: Problem, spans: dict[int, tuple[date, date]]) -> Receipt:
    items = tuple(Item(KEY, row=row, formed_on=first, published_on=last) for row, (first, last) in spans.items())
    content = Return("市财政局", None, items=items)
    return Receipt(
        "收件箱/a.xlsx", "0", datetime(2027, 3, 1, 9), Verdict.ACCEPTED, problems=problems, content=content
    )


def told(receipt: Receipt) -> list[tuple[str, str, int]]:
    """(Code, cell, working days)."""
    return [(each.code, each.place.cell, int(each.found.split()[1])) for each in receipt.problems]


SPANS = {
    5: (date(2027, 1, 29), date(2027, 3, 1)),  # 21 from Monday to Friday, 16 without the holidays
    6: (date(2027, 1, 29), date(2027, 3, 10)),  # 28, 23
    7: (date(2027, 1, 29), date(2027, 3, 10)),
}


def test_what_is_in_time_after_all_becomes_a_note_and_the_others_have_the_new_count() -> None:
    found = recounted(received(overdue("G5", 21), overdue("G6:G7", 28), spans=SPANS), ANNOUNCED, LIMIT)
    assert told(found) == [("item_in_time", "G5", 16), ("item_overdue", "G6:G7", 23)]
    assert "公布前暂按 28 个计" in found.problems[1].found
    assert [each.counts for each in found.problems] == [False, True]


def test_by_a_calendar_that_is_still_provisional_it_stays_so() -> None:
    found = recounted(received(overdue("G6", 28), spans=SPANS), STATUTORY, LIMIT)
    assert told(found) == [("item_overdue", "G6", 23)]
    assert PROVISIONAL in found.problems[0].found
    assert is_provisional(found)
    assert recounted(found, STATUTORY, LIMIT) == found


def test_what_never_rested_on_a_provisional_calendar_stays_as_it_was_said() -> None:
    receipt = received(overdue("G5", 21, ""), spans=SPANS)
    assert not is_provisional(receipt)
    assert recounted(receipt, ANNOUNCED, LIMIT) == receipt
