"""A unit's returns merged by the office: everything counts, the newest of equal ones wins, in whatever order given."""

from dataclasses import replace
from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.make import CYCLE, item, nil, november, obligation, receipt, track
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.effective_receipts import BLANK_REPORT_CODE, effective_receipts, without_settled_problems
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.returns import TaskAnswer
from zwgk_excel.domain.tracking import (
    Outcome,
    by_unit_and_cycle,
    history_of,
    items_of_several,
    told_by_several,
    track_histories,
)

TASK = obligation()
OTHER = "D04/市财政局/2026-11"
MERGED = {("市财政局", CYCLE)}
DAY = date(2027, 2, 1)

ITEMS = st.lists(
    st.builds(
        lambda number, valid, title: item(url=f"http://a.cn/{number}", valid=valid, title=title),
        st.integers(1, 4),
        st.booleans(),
        st.sampled_from(["甲", "乙"]),
    ),
    max_size=3,
)
RECEIPTS = st.lists(
    st.builds(
        lambda at, items, said, cycle: receipt(at, items=items, answers=[said], cycle=cycle),
        st.datetimes(datetime(2026, 11, 1), datetime(2027, 1, 31)),
        ITEMS,
        st.sampled_from([nil(), TaskAnswer(TASK.key)]),
        st.sampled_from([CYCLE, CYCLE, CYCLE + 1]),
    ),
    max_size=6,
)


def tracked(receipts, merged=MERGED, as_of=DAY):
    return track([TASK], receipts, {}, as_of=as_of, due_soon_days=5, merged=merged)


@given(RECEIPTS, st.randoms(), st.dates(date(2026, 11, 1), date(2027, 2, 28)))
def test_order_and_repetition_do_not_matter(receipts, random, as_of):
    shuffled = receipts + receipts[:2]
    random.shuffle(shuffled)
    assert tracked(receipts, as_of=as_of) == tracked(shuffled, as_of=as_of)


def titles(items):
    """Every item's identity with the titles it goes by."""
    found: dict[tuple[str, str], set[str]] = {}
    for each in items:
        found.setdefault(each.identity, set()).add(each.title)
    return found


@given(RECEIPTS)
def test_nothing_vanishes_and_every_item_is_there_in_its_newest_form(receipts):
    found = tracked(receipts)
    mine = {r.order: r for r in receipts if r.cycle == CYCLE}
    newest: dict[tuple[str, str], set[str]] = {}
    for each in sorted(mine.values(), key=lambda r: r.order):
        newest |= titles(each.content.items)
    assert titles(i for each in found.contents if each.cycle == CYCLE for i in each.content.items) == newest
    assert {p.place.file for p in found.problems} <= {r.name for r in receipts if r.cycle != CYCLE}


@given(RECEIPTS)
def test_merging_changes_neither_who_satisfied_first_nor_when(receipts):
    (merged,), (plain,) = tracked(receipts).statuses, tracked(receipts, merged=()).statuses
    assert (merged.received_at, merged.timeliness, merged.days_late) == (
        plain.received_at,
        plain.timeliness,
        plain.days_late,
    )
    assert merged.items >= plain.items


@given(RECEIPTS)
def test_of_answers_the_newest_that_is_not_empty_counts(receipts):
    found = tracked(receipts)
    mine = sorted((r for r in receipts if r.cycle == CYCLE), key=lambda r: r.order)
    said = [r for r in mine if not r.content.answers[0].is_empty]
    kept = [r for r in found.contents if r.cycle == CYCLE and any(not a.is_empty for a in r.content.answers)]
    assert [r.order for r in kept] == [r.order for r in said[-1:]]


@given(RECEIPTS, st.booleans())
def test_tallies_track_as_contents_do(receipts, is_merged):
    merged = MERGED if is_merged else set()
    whole = tracked(receipts, merged)
    arrived = by_unit_and_cycle(receipts, DAY)
    short = [history_of(returns, merged=place in merged).summary() for place, returns in arrived.items()]
    items = items_of_several(told_by_several(short), whole.contents)
    found = track_histories([TASK], short, {}, as_of=DAY, due_soon_days=5, items=items)
    assert (found.statuses, found.problems) == (whole.statuses, whole.problems)
    assert [each.without_content() for each in found.contents] == [each.without_content() for each in whole.contents]
    assert all(each.content is None for history in short for each in history.returns)


def test_items_with_neither_link_nor_title_are_like_no_other():
    blank = item(url="", title="")
    first, second = receipt(november(20), items=[blank]), receipt(november(21), items=[blank])
    assert [each.content and len(each.content.items) for each in effective_receipts([first, second], merged=True)] == [
        1,
        1,
    ]


def complaint(code, key=TASK.key, cell="H4"):
    values = dict.fromkeys(("said", "heading", "received", "first"), "")
    return problem(code, CellRef("a.xlsx", "任务清单", cell), obligation=key, value="D02", **values)


def test_what_another_file_answers_is_no_complaint_any_more():
    first = receipt(november(20), items=[item()], problems=[complaint("task_unanswered", OTHER)])
    second = receipt(november(21), items=[item(OTHER, url="http://a.cn/9")], problems=[complaint("task_unanswered")])
    found = tracked([first, second])
    assert [p for r in found.contents for p in r.problems] == []
    assert found.statuses[0].outcome is Outcome.REPORTED


def test_what_no_file_answers_is_complained_about_once():
    first = receipt(november(20), items=[item()], problems=[complaint("task_unanswered", OTHER)])
    second = receipt(november(21), items=[item(url="http://a.cn/9")], problems=[complaint("task_unanswered", OTHER)])
    found = tracked([first, second])
    assert [(r.order, len(r.problems)) for r in found.contents] == [(first.order, 0), (second.order, 1)]


def test_a_workbook_in_which_nothing_was_filled_in_replaces_nothing():
    good = receipt(november(20), items=[item()])
    blank = receipt(
        november(21), answers=[TaskAnswer(TASK.key)], problems=[problem(BLANK_REPORT_CODE, CellRef("b.xlsx"))]
    )
    assert effective_receipts([good, blank], merged=False) == [good]
    assert effective_receipts([good, blank], merged=True) == [good]
    assert effective_receipts([blank], merged=False) == [blank]
    # One that lost its content otherwise does: what was wrong with it must be seen.
    lost = replace(blank, problems=(problem("sheet_missing", CellRef("b.xlsx"), value="信息明细"),))
    assert effective_receipts([good, lost], merged=False) == [lost]


ASKED = ("task_unanswered", "task_without_items", "nil_refused", "nil_too_early", "nil_without_statement")
WAIVED = {TASK.key: ActiveDecisions(waived=True)}


def standing(problems, decided):
    return [each.code for each in without_settled_problems(receipt(november(20), problems=problems), decided).problems]


def test_a_waiver_settles_what_was_asked_for_and_not_what_is_wrong_with_the_items():
    about = [complaint(code) for code in ASKED]
    others = [complaint("task_unanswered", OTHER), complaint("link_form")]
    assert standing([*about, *others], WAIVED) == ["task_unanswered", "link_form"]
    assert standing([*about, *others], {}) == [*ASKED, "task_unanswered", "link_form"]


def test_an_extension_into_a_later_month_settles_what_is_not_answered_yet():
    about = [complaint("task_unanswered"), complaint("nil_refused")]
    later, same = ({TASK.key: ActiveDecisions(extended_to=day)} for day in (date(2026, 12, 8), november(30)))
    assert standing(about, later) == ["nil_refused"]
    assert standing(about, same) == ["task_unanswered", "nil_refused"]
