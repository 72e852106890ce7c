"""What a return takes back of what was accepted."""

from dataclasses import replace

import pytest

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import AnswerStatus, Item, Return, TaskAnswer
from zwgk_excel.domain.taken_back import TakenBack, taken_back

TASK, OTHER = "D02/市财政局/2026-11", "D04/市财政局/2026-11"
FIRST = Item(TASK, title="公告一", url="http://a.cn/1")
SECOND = Item(TASK, title="公告二", url="http://a.cn/2")
REPORTED, NIL, PENDING = AnswerStatus.REPORTED, AnswerStatus.NIL, AnswerStatus.PENDING


def content(*items: Item, **answers: AnswerStatus | None) -> Return:
    """A return with these items; ``D02=…`` and ``D04=…`` are what it answers."""
    keys = {"D02": TASK, "D04": OTHER}
    told = tuple(TaskAnswer(keys[key], status=status, statement="无") for key, status in answers.items())
    return Return("市财政局", Month(2026, 11), told, items)


@pytest.mark.parametrize(
    ("newer", "found"),
    [
        (content(FIRST, SECOND), ()),
        (content(SECOND, FIRST, replace(FIRST, title="公告三", url="http://a.cn/3")), ()),
        (content(FIRST), (TakenBack(TASK, REPORTED, REPORTED, (SECOND,)),)),
        (content(D02=NIL), (TakenBack(TASK, REPORTED, NIL, (FIRST, SECOND)),)),
        (content(D02=PENDING), (TakenBack(TASK, REPORTED, PENDING, (FIRST, SECOND)),)),
        (content(), (TakenBack(TASK, REPORTED, None, (FIRST, SECOND)),)),
        (content(FIRST, replace(SECOND, obligation=OTHER)), (TakenBack(TASK, REPORTED, REPORTED, (SECOND,)),)),
        (content(FIRST, replace(SECOND, title="更正的标题")), ()),
        (content(FIRST, replace(SECOND, url="http://a.cn/2a")), ()),
        (content(FIRST, replace(SECOND, url="HTTP://A.CN/2", title="x")), ()),
        (content(FIRST, replace(SECOND, url="", title="")), (TakenBack(TASK, REPORTED, REPORTED, (SECOND,)),)),
        (content(FIRST, replace(SECOND, valid=False)), ()),
    ],
)
def test_items_that_are_gone(newer, found):
    assert taken_back([content(FIRST, SECOND)], newer) == found


@pytest.mark.parametrize(
    ("newer", "after"), [(content(D04=PENDING), PENDING), (content(D04=None), None), (content(), None)]
)
def test_a_nil_report_that_is_gone(newer, after):
    assert taken_back([content(D04=NIL)], newer) == (TakenBack(OTHER, NIL, after),)


@pytest.mark.parametrize("newer", [content(D04=NIL), content(D04=REPORTED), content(replace(FIRST, obligation=OTHER))])
def test_a_nil_report_that_stays_or_becomes_one_of_items(newer):
    assert taken_back([content(D04=NIL)], newer) == ()


def test_a_nil_report_that_counts_for_nothing_is_not_taken_back():
    assert taken_back([content(FIRST, D04=NIL)], content(FIRST), {OTHER}.__contains__) == ()
    assert taken_back([content(FIRST)], content(), {TASK}.__contains__) != (), "items are no nil report"


def test_what_was_never_accepted_is_not_taken_back():
    invalid, loose = replace(FIRST, valid=False), replace(FIRST, obligation="")
    unsaid = Return("市财政局", Month(2026, 11), (TaskAnswer(OTHER, status=NIL),))
    assert taken_back([content(invalid, loose, D04=PENDING), unsaid], content()) == ()
    assert taken_back([], content(FIRST)) == ()
