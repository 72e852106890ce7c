"""Counting what code asks of the spreadsheet program: in Excel each of these calls crosses to another process."""

from __future__ import annotations

import inspect
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

_TESTS = Path(__file__).parents[2]
_ENGINES = tuple(str(_TESTS / folder) for folder in ("calc/engine", "addin/grid"))
_OWN = frozenset({"prepare_xl_data_element", "clean_value_data", "<genexpr>", "<lambda>"})
"""What happens in Python here for every value or element, and is no call in Excel."""
_HANDED_OVER = frozenset({"api", "max_cells_per_read", "max_cells_per_write", "__init__"})
"""What xlwings has at hand in Excel too: its own object behind its wrapper, constants."""
_NO_CALLS = _OWN | _HANDED_OVER | {"counted_calls"}


@contextmanager
def counted_calls() -> Iterator[Counter[str]]:
    """Count the members of the engine that are called from outside it, by name."""
    counts: Counter[str] = Counter()

    def look(frame: FrameType, event: str, argument: Any) -> None:
        name = frame.f_code.co_name
        nested = frame.f_code.co_flags & inspect.CO_NESTED
        if event == "call" and frame.f_code.co_filename.startswith(_ENGINES) and name not in _NO_CALLS and not nested:
            caller = frame.f_back
            if caller is None or not caller.f_code.co_filename.startswith(_ENGINES):
                counts[name] += 1

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield counts
    finally:
        sys.setprofile(before)
