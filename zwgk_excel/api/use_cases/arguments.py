"""What callers in Python may give: days and paths as text, one name or several."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from zwgk_excel.workflow.arguments import day_of, names_of

if TYPE_CHECKING:
    from zwgk_excel.workflow.office.context import Office

Day = date | str
Names = str | Iterable[str]
AnyPath = str | Path
Points = str | int | float | Decimal
Paths = str | Path | Iterable[str | Path]


def silent(done: int, total: int, name: str) -> None:
    """A progress callback that shows nothing."""


def paths_of(paths: Paths) -> list[Path]:
    """One path or several."""
    return [Path(paths)] if isinstance(paths, str | Path) else [Path(each) for each in paths]


def day_in(office: Office, as_of: Day | None) -> date:
    """The day that is given, else the office's today."""
    return day_of(as_of) or office.now().date()


def units_of(office: Office, units: Names) -> list[str]:
    """The proper names of units given by name or alias."""
    from zwgk_excel.workflow.office.context import find_unit

    return [find_unit(office, each) for each in names_of(units)]
