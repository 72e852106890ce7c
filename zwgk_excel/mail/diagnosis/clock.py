"""Comparison of the computer's clock with a mail server's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from zwgk_excel.domain.clocks import span_in_words
from zwgk_excel.domain.periods import CHINA
from zwgk_excel.layout.checkup import DiagnosticResult, check
from zwgk_excel.mail.diagnosis.failures import Attempt

_TOLERATED = timedelta(minutes=5)


def clock_check(seen: datetime | None, attempt: Attempt, *, exact: bool) -> Iterator[DiagnosticResult]:
    """A warning where the clocks differ by more than five minutes.

    ``seen`` is a time that the server gave. Without ``exact`` it is some time in the past, such as that of the newest
    mail, and can only show that the computer is slow.
    """
    if seen is None:
        return
    ahead = (seen if seen.tzinfo else seen.replace(tzinfo=UTC)) - attempt.now.replace(tzinfo=CHINA)
    if ahead > _TOLERATED:
        yield check("computer", "clock_slow", span=span_in_words(ahead))
    elif exact and -ahead > _TOLERATED:
        yield check("computer", "clock_fast", span=span_in_words(ahead))
