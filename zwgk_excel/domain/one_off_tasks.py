"""临时任务: a task that the office asks for once, by a date of its own.

责任分工表 D40 wants reports 在规定时间内, D25 根据领导变动情况及时: the office says the date each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zwgk_excel.domain.periods import Month


@dataclass(frozen=True, slots=True)
class OneOffTask:
    """One row of the sheet 临时任务 that is not cancelled."""

    id: str
    """``T01``."""
    title: str
    """What the obligation has as its subject."""
    duty: str
    """Id of the duty that it belongs to: whose section, category and rules it has."""
    owners: tuple[str, ...]
    """Units and groups that must report, by the names of the roster; they need not owe the duty otherwise."""
    due: date
    final: date
    """Not before ``due``."""
    content: str = ""
    """What is to be reported; the duty's own content where empty."""

    @property
    def month(self) -> Month:
        """The month that it belongs to, and its reference period: that of its due date."""
        return Month.of(self.due)
