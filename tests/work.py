"""How much work a piece of code does, counted: the same in every run and on every machine, as time is not."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any


def steps_of(work: Callable[[], object]) -> int:
    """How many lines are run meanwhile, and how many calls they make into C; what C does inside is not seen."""
    count = 0

    def note_line(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return note_line

    def note_call(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event == "c_call"

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(note_line)
    sys.setprofile(note_call)
    try:
        work()
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
    return count


def peak_of(work: Callable[[], object]) -> int:
    """The most bytes that are held at once meanwhile beside what was there before."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def is_linear(work: Callable[[int], object], size: int) -> bool:
    """Whether twice the size takes no more than twice the steps, and a little."""
    once, twice = (steps_of(lambda size=each: work(size)) for each in (size, 2 * size))  # type: ignore[misc]
    return twice <= 2.2 * once + 100
