"""Which rows of an open table stay, come and go: whatever the plan says is played on a list and looked at."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zwgk_excel.addin.refresh.row_plan import LiveRow, RowPlan, plan_rows, runs

FIRST = 4
KEYS = st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h"])
ROWS = st.lists(
    st.one_of(
        KEYS.map(lambda key: LiveRow(key, blank=False)),
        st.just(LiveRow("", blank=True)),
        st.just(LiveRow("", blank=False)),
    ),
    max_size=9,
)


def play(rows: list[LiveRow], plan: RowPlan) -> list[LiveRow | None]:
    """The rows of a sheet from FIRST on after the inserts (None) and deletes, done in the plan's order."""
    sheet: list[LiveRow | None] = list(rows)
    for before, count in plan.inserts:
        sheet[before - FIRST : before - FIRST] = [None] * count
    for first, last in plan.deletes:
        del sheet[first - FIRST : last - FIRST + 1]
    return sheet


@given(ROWS, st.lists(KEYS, unique=True))
def test_every_wanted_key_has_a_row_and_nothing_written_is_lost(rows: list[LiveRow], wanted: list[str]):
    plan = plan_rows(rows, FIRST, wanted)
    after = play(rows, plan)
    assert set(plan.rows_after) == set(wanted)
    assert len(set(plan.rows_after.values())) == len(wanted)
    for key, row in plan.rows_after.items():
        there = after[row - FIRST]
        assert there == LiveRow(key, blank=False) if key in plan.rows_before else there is None
    assert [row for row in after if row == LiveRow("", blank=False)] == [
        row for row in rows if row == LiveRow("", blank=False)
    ]
    assert plan.last == FIRST + max(len(after), 1) - 1


@given(ROWS, st.lists(KEYS, unique=True))
def test_rows_that_stay_keep_their_order(rows: list[LiveRow], wanted: list[str]):
    plan = plan_rows(rows, FIRST, wanted)
    before = sorted(plan.rows_before, key=lambda key: plan.rows_before[key])
    assert before == sorted(plan.rows_before, key=lambda key: plan.rows_after[key])


@given(st.lists(KEYS, unique=True), st.lists(KEYS, unique=True))
def test_an_unsorted_table_ends_in_the_wanted_order(live: list[str], wanted: list[str]):
    """Where the old rows stand in the new order, the new rows come between them where they belong."""
    rows = [LiveRow(key, blank=False) for key in wanted if key in live]
    plan = plan_rows(rows, FIRST, wanted)
    assert sorted(wanted, key=lambda key: plan.rows_after[key]) == wanted


def test_the_last_row_of_a_table_stays_and_is_emptied():
    plan = plan_rows([LiveRow("a", blank=False), LiveRow("b", blank=False)], FIRST, [])
    assert (plan.deletes, plan.emptied, plan.last) == (((5, 5),), FIRST, FIRST)


def test_runs():
    assert list(runs({7, 3, 4, 5, 9})) == [(3, 5), (7, 7), (9, 9)]
