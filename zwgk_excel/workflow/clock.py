"""The clock: local time in China."""

from __future__ import annotations

from datetime import UTC, date, datetime

from zwgk_excel.domain.periods import CHINA


def now() -> datetime:
    """The time in China, without a zone, to the second."""
    return local(datetime.now(UTC))


def today() -> date:
    """The day in China."""
    return now().date()


def local(moment: datetime) -> datetime:
    """A moment as China's local time without a zone; a moment that has no zone is taken as local already."""
    return (moment.astimezone(CHINA) if moment.tzinfo else moment).replace(tzinfo=None, microsecond=0)


def from_timestamp(seconds: float) -> datetime:
    """A file's time stamp (seconds since 1970) as China's local time."""
    return local(datetime.fromtimestamp(seconds, UTC))


def to_timestamp(moment: datetime) -> float:
    """A local time without a zone as a file's time stamp; the inverse of :func:`from_timestamp`."""
    return moment.replace(tzinfo=CHINA).timestamp()
