"""When a column was updated last, and whether that is too long ago."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.domain.make import CYCLE, duty, item, obligation
from zwgk_excel.domain.column_updates import ColumnUpdate, UpdateState, column_updates, to_be_told
from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.update_policy import UpdateKind, UpdateLimit, UpdatePolicy
from zwgk_excel.layout.policy import load_policy, shipped_policy

DAY = date(2026, 11, 20)
LIMIT = UpdateLimit(days=14, warn=3)
POLICY = UpdatePolicy(limits={UpdateKind.DYNAMIC: LIMIT}, cadences={Cadence.MONTHLY: UpdateKind.DYNAMIC})


def found(*obligations, items=(), policy=POLICY, successor=lambda unit: unit, issued=(CYCLE,)):
    return column_updates(obligations, items, policy, successor, issued)


@pytest.mark.parametrize(
    ("days", "state", "left"),
    [(0, "fresh", 14), (10, "fresh", 4), (11, "soon", 3), (14, "soon", 0), (15, "stale", -1), (400, "stale", -386)],
)
def test_a_column_is_stale_on_the_day_after_its_limit(days: int, state: str, left: int):
    (update,) = found(obligation(), items=[item(published_on=DAY - timedelta(days=days))])
    assert (update.state(DAY), update.days_left(DAY), update.days_since(DAY)) == (state, left, days)


def test_the_newest_item_counts_in_whatever_order_they_come():
    days = [DAY - timedelta(days=each) for each in (9, 2, 30)]
    items = [item(title=f"第{number}条", published_on=each) for number, each in enumerate(days)]
    for ordered in (items, items[::-1]):
        (update,) = found(obligation(), items=ordered)
        assert (update.title, update.published_on) == ("第1条", days[1])


def test_an_earlier_month_updates_the_column_too():
    old, new = obligation(cycle=CYCLE - 1), obligation()
    (update,) = found(old, new, items=[item(old.key, published_on=date(2026, 10, 30))], issued=(CYCLE - 1, CYCLE))
    assert update.published_on == date(2026, 10, 30)


def test_a_column_that_never_had_anything():
    (update,) = found(obligation(), items=[item(published_on=None)])
    assert (update.state(DAY), update.days_since(DAY), update.days_left(DAY)) == (UpdateState.NEVER, None, None)


def test_what_has_no_limit_is_listed_and_told_to_nobody():
    policy = UpdatePolicy(limits=POLICY.limits, cadences=POLICY.cadences, duties={"D02": UpdateKind.UNLIMITED})
    (update,) = found(obligation(), policy=policy)
    assert update.state(DAY) is UpdateState.UNLIMITED
    assert to_be_told([update], DAY) == ()


def test_what_is_only_advised_and_what_a_unit_owes_no_more_is_no_column_of_its():
    gone = obligation(duty("D09"), cycle=CYCLE - 1)
    quarter = obligation(duty("D16", cadence=Cadence.QUARTERLY), cycle=CYCLE - 2)
    advised = obligation(duty("D10"), mandatory=False)
    issued = [CYCLE - 2, CYCLE - 1, CYCLE]
    assert [each.duty.id for each in found(gone, quarter, advised, obligation(), issued=issued)] == ["D16", "D02"]


def test_a_month_that_is_not_issued_owes_nothing():
    assert found(obligation(cycle=CYCLE + 1)) == ()
    assert found(obligation(), issued=()) == ()


def test_a_renamed_unit_goes_on_with_its_columns():
    old, new = obligation(unit_="市经委", cycle=CYCLE - 1), obligation(unit_="市经信局")
    names = {"市经委": "市经信局"}
    items = [item(old.key, published_on=date(2026, 10, 8))]
    given = {"items": items, "successor": lambda unit: names.get(unit, unit), "issued": (CYCLE - 1, CYCLE)}
    assert [(each.unit, each.published_on) for each in found(old, new, **given)] == [("市经信局", date(2026, 10, 8))]


def test_the_shipped_policy_is_a_sample_with_a_kind_for_each_cadence_that_is_no_yearly_one():
    policy = shipped_policy().column_updates
    assert not policy.confirmed
    kinds = {each: policy.kind_of(duty("D90", cadence=each)) for each in Cadence}
    assert kinds[Cadence.MONTHLY] is UpdateKind.REGULAR
    assert kinds[Cadence.YEARLY] is kinds[Cadence.ANNUAL_REPORT] is UpdateKind.UNLIMITED
    assert policy.kind_of(duty("D01")) is UpdateKind.DOCUMENTS
    assert policy.kind_of(duty("D25", cadence=Cadence.ON_DEMAND)) is UpdateKind.UNLIMITED
    assert policy.limits[UpdateKind.DYNAMIC] == UpdateLimit(14, 3)


def test_the_office_changes_it():
    own = {"confirmed": True, "dynamic": {"days": 10}, "duties": {"d02": "dynamic", "D01": "regular"}}
    policy = load_policy({"column_updates": own}).column_updates
    assert policy.confirmed
    assert policy.limits[UpdateKind.DYNAMIC] == UpdateLimit(10, 3)
    assert policy.kind_of(duty()) is UpdateKind.DYNAMIC
    assert policy.kind_of(duty("D01")) is UpdateKind.REGULAR
    assert policy.kind_of(duty("D40")) is UpdateKind.UNLIMITED, "what it does not name stays"


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"dynamic": {"days": 0}}, r"column_updates\.dynamic\.days = 0"),
        ({"dynamic": {"warn": 14}}, r"column_updates\.dynamic\.warn = 14 .*应小于 days（14）"),
        ({"duties": {"D01": "news"}}, r"column_updates\.duties\.D01"),
        ({"duties": ["D01"]}, r"column_updates\.duties"),
        ({"cadences": {"weekly": "dynamic"}}, r"column_updates\.cadences\.weekly"),
        ({"confirmed": "yes"}, r"column_updates\.confirmed"),
        ({"news": {}}, r"column_updates\.news"),
        ({"unlimited": {"days": 5}}, r"column_updates\.unlimited"),
    ],
)
def test_what_it_may_not_write(own: dict[str, object], told: str):
    with pytest.raises(ValueError, match=told):
        load_policy({"column_updates": own})


def test_days_never_count_backwards():
    update = ColumnUpdate("市财政局", duty(), UpdateKind.DYNAMIC, LIMIT, "标题", date(2026, 11, 25))
    assert (update.days_since(DAY), update.state(DAY)) == (0, UpdateState.FRESH)
