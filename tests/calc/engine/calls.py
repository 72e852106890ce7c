"""Counting what code asks of the spreadsheet program: in Excel each of these calls crosses to another process."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

_HERE = str(Path(__file__).parent)
_OWN = frozenset({"prepare_xl_data_element", "clean_value_data", "<genexpr>", "<lambda>"})
"""What happens in Python here for every value or element, and is no call in Excel."""


@contextmanager
def counted_calls() -> Iterator[Counter[str]]:
    """Count the members of the engine that are called from outside it, by name."""
    counts: Counter[str] = Counter()

    def look(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(_HERE) and frame.f_code.co_name not in _OWN:
            caller = frame.f_back
            if caller is None or not caller.f_code.co_filename.startswith(_HERE):
                counts[frame.f_code.co_name] += 1

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield counts
    finally:
        sys.setprofile(before)
