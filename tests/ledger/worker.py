"""Another process at work on a ledger: ``python -m tests.ledger.worker PLACE TASK …``."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, event

from tests.ledger.samples import NOVEMBER, message, now, receipt
from zwgk_excel.ledger import Ledger, open_ledger

DIED = 9


def add(ledger: Ledger, first: int, count: int) -> None:
    """Record receipts one by one, each number told once it is recorded."""
    for number in range(first, first + count):
        ledger.add_receipts([receipt(number)], "inbox")
        print(number, flush=True)


def add_batch(ledger: Ledger, first: int, count: int) -> None:
    """Record receipts in one transaction."""
    ledger.add_receipts([receipt(number) for number in range(first, first + count)], "inbox")


def add_messages(ledger: Ledger, first: int, count: int) -> None:
    """Record mails in one transaction."""
    ledger.add_messages([message(number) for number in range(first, first + count)])


def close(ledger: Ledger) -> None:
    """Close the cycle with a hundred figures."""
    figures = {f"D01/单位{number}/2026-11": {"items": number} for number in range(100)}
    ledger.close_cycle(NOVEMBER, now().date(), "王主任", now(), figures)


def undo(ledger: Ledger) -> None:
    """Undo the closing that is the last act."""
    ledger.undo(ledger.acts()[-1].number, who="王主任", reason="还有文件没有登记")


def hold(ledger: Ledger) -> None:
    """Be the only run until killed."""
    with ledger.exclusive():
        print("held", flush=True)
        time.sleep(60)


TASKS: dict[str, Callable[..., None]] = {
    "open": lambda ledger: None,
    "add": add,
    "add_batch": add_batch,
    "add_messages": add_messages,
    "close": close,
    "undo": undo,
    "hold": hold,
}


def run(place: str, task: str, *values: int) -> None:
    """Open the ledger, made if need be, and do one task."""
    with open_ledger(place if "://" in place else Path(place), create=True, now=now) as ledger:
        TASKS[task](ledger, *values)


def die_at(statement: int) -> None:
    """Let the process end without a word before it runs its n-th statement or commit."""
    seen = 0

    def step(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            os._exit(DIED)

    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "commit", step)


def die_everywhere(place: str, task: str, *values: int) -> None:
    """Do a task on one copy of the ledger after the other, killed one statement later each time until it is done.

    The copies lie beside the ledger, ``1.db`` and so on; a line for each says its number and how the task ended.
    """
    for statement in count(1):
        copy = Path(place).with_name(f"{statement}.db")
        if Path(place).exists():
            shutil.copy(place, copy)
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                sys.stdout = sys.stderr
                die_at(statement)
                run(str(copy), task, *values)
                code = 0
            finally:
                os._exit(code)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(statement, ended, flush=True)
        if ended != DIED:
            return


def main(place: str, task: str, *numbers: str) -> None:
    """One task, or one that dies at every statement (``dying_…``)."""
    values = [int(number) for number in numbers]
    if task.startswith("dying_"):
        die_everywhere(place, task.removeprefix("dying_"), *values)
    else:
        run(place, task, *values)


if __name__ == "__main__":
    main(*sys.argv[1:])
