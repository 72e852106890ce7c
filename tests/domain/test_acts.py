"""Which acts are in force, by the list alone."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zwgk_excel.domain.acts import DECIDED, Act, ActKind, kind_of_decision, root_of, undone
from zwgk_excel.domain.decisions import ACCEPTED, DecisionKind

AT = datetime(2026, 11, 26, 9)


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([], {}),
        ([(1, 0), (2, 0)], {}),
        ([(1, 0), (2, 1)], {1: 2}),
        ([(1, 0), (2, 1), (3, 2)], {2: 3}),  # undone, and done again
        ([(1, 0), (2, 1), (3, 2), (4, 3)], {1: 2, 3: 4}),
        ([(1, 0), (2, 1), (3, 2), (4, 1)], {2: 3, 1: 4}),  # undone a second time
    ],
)
def test_an_act_is_in_force_unless_one_in_force_undoes_it(links, expected):
    assert undone(links) == undone(reversed(links)) == expected


@given(st.data())
def test_undoing_the_last_undoing_restores_what_was_in_force(data):
    links: list[tuple[int, int]] = []
    for number in range(1, data.draw(st.integers(1, 12)) + 1):
        open_ = [each for each, _ in links if each not in undone(links)]
        links.append((number, data.draw(st.sampled_from([0, *open_]))))
    before, last = undone(links), len(links)
    taken = undone([*links, (last + 1, last)])
    assert taken.pop(last) == last + 1
    assert undone([*links, (last + 1, last), (last + 2, last + 1)]) == before | {last + 1: last + 2}
    assert taken == undone(links[:-1])


def test_what_an_undoing_is_about_in_the_end():
    acts = {
        1: Act(ActKind.WAIVE, AT, "甲", number=1),
        2: Act(ActKind.UNDO, AT, "乙", undoes=1, number=2),
        3: Act(ActKind.UNDO, AT, "甲", undoes=2, number=3),
    }
    assert [root_of(each, acts).number for each in acts.values()] == [1, 1, 1]


def test_every_decision_has_an_act_that_takes_it_and_one_that_cancels_it():
    values = (ACCEPTED, "x", "")  # what takes a report back is accepted, or not
    assert {(kind_of_decision(kind, value), kind) for kind in DecisionKind for value in values} == set(DECIDED.items())
