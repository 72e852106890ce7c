"""A computer's clock on which the middle of December 2026 has come, whenever the tests run."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

import pytest

from zwgk_excel.workflow import clock


class _December(datetime):
    """The time now, and no earlier."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return max(datetime.now(tz), datetime(2026, 12, 15, tzinfo=UTC))

    @classmethod
    def fromtimestamp(cls, timestamp: float, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.fromtimestamp(timestamp, tz)


def in_december(patch: pytest.MonkeyPatch) -> None:
    """Let commands of this process believe that returns of November and early December may have been received."""
    patch.setattr(clock, "datetime", _December)
