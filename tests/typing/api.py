"""What a program outside may rely on, as a type checker sees it: mypy checks this against the installed wheel.

It is never run. A ``type: ignore`` that mypy does not need is an error too, so each of them shows a mistake found.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import assert_type

import zwgk_excel
from zwgk_excel import (
    Assessment,
    CycleStatus,
    Export,
    Generation,
    IntakeResult,
    Month,
    Obligation,
    Office,
    Outcome,
    Receipt,
    Timeliness,
    ZwgkError,
    assess,
    export,
    extend,
    frames,
    generate,
    open_office,
    receive,
    status,
)


def a_month(folder: Path) -> None:
    """The use cases with text and with values."""
    with open_office(folder) as office:
        assert_type(office, Office)
        assert_type(generate(office, "2026-11"), Generation)
        taken = receive(office, [folder / "a.xlsx", "b.xlsx"])
        assert_type(taken, IntakeResult)
        assert_type(taken[0], Receipt)
        assert_type(extend(office, Month(2026, 11), "市教育局", None, who="张三"), tuple[Obligation, ...])
        assert_type(status(office, Month(2026, 11), as_of=date(2026, 12, 3)), CycleStatus)
        assert_type(assess(office, "2026Q4"), Assessment)
        assert_type(export(office, "2026", "数据.xlsx"), Export)
        assert_type(frames.frames(office, "2026").as_of, date)


def values(found: CycleStatus) -> None:
    """Statuses with their codes."""
    for row in found.rows:
        assert_type(row.status.outcome, Outcome)
        assert_type(row.status.timeliness, Timeliness | None)


def errors(error: zwgk_excel.LedgerError) -> ZwgkError:
    """Every error is the common one."""
    return error


def nonsense() -> None:
    """A name that is none is an error."""
    zwgk_excel.generat  # type: ignore[attr-defined]  # noqa: B018
