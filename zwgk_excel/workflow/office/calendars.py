"""The working-day calendar: the announced years of a maintained library, and the office's own days."""

from __future__ import annotations

from datetime import date

from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.workflow.office.settings import CalendarSettings


def load_workdays(own: CalendarSettings) -> Workdays:
    """Every exception to Monday-to-Friday that is announced, with the office's own laid over it."""
    from chinese_calendar.constants import holidays, workdays  # takes 30 ms, and most commands count no days

    exceptions: dict[date, bool] = dict.fromkeys(holidays, False) | dict.fromkeys(workdays, True)
    years = frozenset(day.year for day in exceptions)
    exceptions |= dict.fromkeys(own.off, False) | dict.fromkeys(own.worked, True)
    return Workdays(exceptions, years)


