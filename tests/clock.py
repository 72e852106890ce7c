"""The office's clock, for commands that look at it: nothing is received or closed on a day that is yet to come."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

import pytest

from zwgk_excel.workflow import clock
from zwgk_excel.workflow.office.context import open_office, open_records


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Let every office that is opened from now on believe that it is ``moment``."""
    for opened in (open_office, open_records):
        defaults = opened.__wrapped__.__kwdefaults__  # type: ignore[attr-defined]
        monkeypatch.setitem(defaults, "now", lambda: moment)


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
