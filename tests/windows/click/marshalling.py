"""Milliseconds of a call into another process by COM, as xlwings makes them; run inside a press of the stand-in.

    python -m tests.windows.click.marshalling WINDOW FILE

Each figure is the best of several batches: what else runs on the computer makes a call slower, never faster.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import xlwings as xw

BATCHES, CALLS = 15, 20
ROWS, COLUMNS = 200, 18


def measure(window: int) -> dict[str, float]:
    """What is measured → milliseconds."""
    from xlwings import _xlwindows as windows

    app = xw.App(impl=windows.App(xl=window))
    sheet = app.books.add().sheets[0].api
    block = sheet.Range(sheet.Cells(1, 1), sheet.Cells(ROWS, COLUMNS))
    rows = [[f"第 {row} 行第 {column} 列" for column in range(COLUMNS)] for row in range(ROWS)]

    def write() -> None:
        block.Value = rows

    return {
        "property": _best(lambda: sheet.Name),
        "object": _best(lambda: sheet.UsedRange),
        "written": _best(write, 1),
        "read": _best(lambda: block.Value, 1),
    }


def _best(work: Callable[[], object], calls: int = CALLS) -> float:
    found = []
    for _ in range(BATCHES):
        started = time.perf_counter()
        for _ in range(calls):
            work()
        found.append((time.perf_counter() - started) / calls * 1000)
    return round(min(found), 3)


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(measure(int(sys.argv[1]))), encoding="utf-8")
