"""Clocks that differ: the computer's and the mail server's."""

from __future__ import annotations

from datetime import datetime, timedelta

from zwgk_excel.domain.problems import CellRef, Problem, problem

_TOLERATED = timedelta(days=1)


def clock_behind(newest_mail: datetime | None, now: datetime) -> Problem | None:
    """The problem with a clock by which the newest mail was received in the future; None for less than a day.

    What the server received counts as received then; so what depends on today does not have it yet.
    """
    if newest_mail is None or newest_mail - now < _TOLERATED:
        return None
    received = f"{newest_mail:%Y-%m-%d %H:%M}"
    return problem("clock_behind", CellRef(), span=span_in_words(newest_mail - now), received=received)


def span_in_words(span: timedelta) -> str:
    """A difference between clocks, whichever is ahead, in a sensible unit: ``21 天``, ``3 小时``, ``7 分钟``."""
    seconds = abs(span).total_seconds()
    for words, unit in (("天", 86_400), ("小时", 3_600)):
        if seconds >= 2 * unit:
            return f"{round(seconds / unit)} {words}"
    return f"{round(seconds / 60)} 分钟"
