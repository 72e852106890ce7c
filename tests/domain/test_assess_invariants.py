"""What holds for every month: scores that a unit cannot lose by reporting, or by the office's leave."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.domain.make import duty, item, nil, november, obligation, receipt
from tests.domain.scores import score, yardstick
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.returns import AnswerStatus, TaskAnswer

TASKS = [
    obligation(duty("D02", "政府采购")),
    obligation(duty("D04", "稳岗就业", policy=True)),
    obligation(duty("D24", "基层信息公开", Cadence.ON_DEMAND), due=None, final=None),
    obligation(duty("D10", "乡村振兴"), due=None, final=None, mandatory=False),
]
KEYS = [task.key for task in TASKS]
DAYS = st.integers(0, 60).map(lambda n: november(1) + timedelta(days=n))
ITEMS = st.builds(
    item,
    st.sampled_from(KEYS),
    type=st.sampled_from(["notice", "news"]),
    url=st.sampled_from([f"http://a.cn/{n}" for n in range(4)]),
    formed_on=st.just(date(2026, 9, 10)) | st.none(),
    published_on=st.sampled_from([date(2026, 9, 20), date(2026, 10, 30)]),
    valid=st.booleans(),
)
ANSWERS = st.builds(nil, st.sampled_from(KEYS)) | st.builds(
    lambda key: TaskAnswer(key, status=AnswerStatus.REPORTED), st.sampled_from(KEYS)
)


@st.composite
def faults(draw):
    code, values = draw(
        st.sampled_from(
            [
                ("item_field_missing", {"heading": "发布链接"}),
                ("item_reading_missing", {"heading": "解读材料", "said": ""}),
                ("news_for_policy", {"value": "D04", "fit": "规范性文件", "unfit": "新闻动态"}),
            ]
        )
    )
    cell = draw(st.sampled_from(["G4", "G4:G9", "G4、G7"]))
    return problem(code, CellRef("a.xlsx", "信息明细", cell), obligation=draw(st.sampled_from(KEYS)), **values)


RECEIPTS = st.lists(
    st.builds(
        receipt,
        DAYS,
        items=st.lists(ITEMS, max_size=4),
        answers=st.lists(ANSWERS, max_size=2),
        problems=st.lists(faults(), max_size=3),
    ),
    max_size=4,
).map(lambda many: [replace(each, sha256=f"{n}", file=f"收件箱/{n}.xlsx") for n, each in enumerate(many)])
STANDINGS = st.dictionaries(
    st.sampled_from(KEYS), st.builds(ActiveDecisions, extended_to=st.none() | DAYS, waived=st.booleans()), max_size=3
)
SCORINGS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {},
        {"missing": {"points": 40, "cap": 60}},
        {"weights": {"department": Decimal("1.37")}, "cap": 100},
        {"missing": {"cap": 6}, "formal": {"cap": 1}, "early": {"cap": 0}},
    ]
)
UNCUT = SCORINGS.filter(lambda scoring: scoring.get("missing", {}).get("cap", 30) >= 30)
"""Rules by which a second task without any report costs as much as the first."""
AS_OF = DAYS.map(lambda day: yardstick(day).as_of)


@given(RECEIPTS, STANDINGS, SCORINGS, AS_OF, st.randoms())
def test_the_order_of_receipts_does_not_matter(receipts, standings, scoring, as_of, luck):
    by = yardstick(as_of, **scoring)
    mixed = [*receipts, *receipts]
    luck.shuffle(mixed)
    assert score(TASKS, mixed, standings, by=by) == score(TASKS, receipts, standings, by=by)


@given(RECEIPTS, STANDINGS, SCORINGS, AS_OF)
def test_points_are_base_plus_lines_within_floor_and_cap(receipts, standings, scoring, as_of):
    by = yardstick(as_of, **scoring)
    found = score(TASKS, receipts, standings, by=by)
    total = found.base + sum(line.points for line in found.lines)
    assert found.points == min(max(total, by.rules.floor), by.rules.cap)
    for rule, point_rule in by.rules.point_rules.items():
        assert abs(sum((line.points for line in found.lines if line.rule == rule), Decimal(0))) <= point_rule.cap


def tasks_of(receipt):
    return {each.obligation for each in (*receipt.content.items, *receipt.content.answers)}


@given(RECEIPTS, STANDINGS, UNCUT, AS_OF, st.sampled_from(TASKS), st.data())
def test_an_extra_item_on_time_never_lowers_a_score(receipts, standings, scoring, as_of, task, data):
    by = yardstick(as_of, **scoring)
    extra = item(task.key, url="http://a.cn/extra", formed_on=november(1), published_on=november(1))
    # A return that says nothing replaces nothing; with the item it would replace what was reported before it. And what
    # is told of a task that it does not report would count from then on.
    on_time = [
        n
        for n, each in enumerate(receipts)
        if each.received_at.date() <= november(25)
        and not each.content.is_empty
        and (task.key in tasks_of(each) or task.key not in {told.obligation for told in each.problems})
    ]
    assume(on_time or not receipts)
    more = list(receipts) or [receipt(november(20), sha="new")]
    chosen = data.draw(st.sampled_from(on_time or [0]))
    content = more[chosen].content
    more[chosen] = replace(more[chosen], content=replace(content, items=(*content.items, extra)))
    assert score(TASKS, more, standings, by=by).points >= score(TASKS, receipts, standings, by=by).points


@given(RECEIPTS, STANDINGS, SCORINGS, AS_OF, st.sampled_from(KEYS), st.integers(1, 40))
def test_an_extension_never_lowers_a_score(receipts, standings, scoring, as_of, key, days):
    by = yardstick(as_of, **scoring)
    old = standings.get(key, ActiveDecisions())
    until = (old.extended_to or november(25)) + timedelta(days=days)
    longer = standings | {key: replace(old, extended_to=until)}
    assert score(TASKS, receipts, longer, by=by).points >= score(TASKS, receipts, standings, by=by).points


@given(RECEIPTS, STANDINGS, SCORINGS, AS_OF)
def test_waived_and_advised_tasks_have_no_deduction(receipts, standings, scoring, as_of):
    found = score(TASKS, receipts, standings, by=yardstick(as_of, **scoring))
    waived = {key for key, each in standings.items() if each.waived}
    assert not {line.obligation for line in found.deductions} & {*waived, TASKS[3].key}
    assert {line.rule for line in found.deductions if line.obligation == TASKS[2].key} <= {"late_item", "formal"}
