"""Another process at work on a ledger: ``python -m tests.ledger.worker PLACE TASK …``."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, event

from tests.ledger.samples import NOVEMBER, now, receipt
from zwgk_excel.ledger import Ledger, open_ledger


def add(ledger: Ledger, first: int, count: int) -> None:
    """Record receipts one by one, each number told once it is recorded."""
    for number in range(first, first + count):
        ledger.add_receipts([receipt(number)], "inbox")
        print(number, flush=True)


def add_batch(ledger: Ledger, first: int, count: int) -> None:
    """Record receipts in one transaction."""
    ledger.add_receipts([receipt(number) for number in range(first, first + count)], "inbox")


def close(ledger: Ledger) -> None:
    """Close the cycle with a hundred figures."""
    figures = {f"D01/单位{number}/2026-11": {"items": number} for number in range(100)}
    ledger.close_cycle(NOVEMBER, now().date(), "王主任", now(), figures)


def hold(ledger: Ledger) -> None:
    """Be the only run until killed."""
    with ledger.exclusive():
        print("held", flush=True)
        time.sleep(60)


TASKS: dict[str, Callable[..., None]] = {
    "open": lambda ledger: None,
    "add": add,
    "add_batch": add_batch,
    "close": close,
    "hold": hold,
}


def die_at(statement: int) -> None:
    """Let the process end without a word before it runs its n-th statement or commit."""
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            os._exit(9)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)


def main(place: str, task: str, *numbers: str) -> None:
    """Open the ledger, made if need be, and do one task; the last number may say where to die."""
    values = [int(number) for number in numbers]
    if task.startswith("dying_"):
        die_at(values.pop())
        task = task.removeprefix("dying_")
    with open_ledger(place if "://" in place else Path(place), create=True, now=now) as ledger:
        TASKS[task](ledger, *values)


if __name__ == "__main__":
    main(*sys.argv[1:])
