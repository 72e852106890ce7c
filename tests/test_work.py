"""The counts that stand in for time: they tell linear work from work that is not, and see what is held."""

import pytest

from tests.work import is_linear, peak_of, steps_of


def once_each(size: int) -> None:
    for number in range(size):
        str(number)


def again_from_the_beginning(size: int) -> None:
    for number in range(size):
        once_each(number)


def test_steps_are_counted_the_same_each_time():
    assert steps_of(lambda: once_each(100)) == steps_of(lambda: once_each(100)) > 0


@pytest.mark.parametrize(("work", "linear"), [(once_each, True), (again_from_the_beginning, False)])
def test_what_goes_back_to_the_beginning_is_not_linear(work, linear):
    assert is_linear(work, 200) is linear


def test_the_peak_is_what_was_held_at_once():
    assert 1 << 20 <= peak_of(lambda: [bytes(1 << 20) and None for _ in range(4)]) < 2 << 20
