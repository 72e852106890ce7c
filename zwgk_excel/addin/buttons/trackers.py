"""What buttons want of the tracker, wherever it is: open in Excel, or a file that another program shows."""

from __future__ import annotations

from typing import Protocol

from zwgk_excel.workbooks.opening.open_book import Grid
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.users import acting_person


class Tracker(Protocol):
    """The workspace's tracker. Whatever is asked of it raises UserError where it cannot be done."""

    @property
    def exists(self) -> bool:
        """Whether there is one."""
        ...

    def grid(self, sheet: str) -> Grid | None:
        """The cells of a sheet; None where it has none of that name."""
        ...

    def turn_to(self, sheet: str) -> None:
        """Bring it to the front, and the sheet where it has it; nothing where there is no tracker."""
        ...

    def consolidate(self) -> str:
        """Take in what is new and bring it up to date, or make it; the closing words."""
        ...


def consolidator(office: Office) -> str:
    """Who is on record for what a consolidation takes in."""
    return acting_person("", office.workspace.settings.office.person)
