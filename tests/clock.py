"""The office's clock, for commands that look at it: what is closed as of a day must not lie in the future."""

from __future__ import annotations

from datetime import datetime

import pytest

from zwgk_excel.workflow.office.context import open_office, open_records


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Let every office that is opened from now on believe that it is ``moment``."""
    for opened in (open_office, open_records):
        defaults = opened.__wrapped__.__kwdefaults__  # type: ignore[attr-defined]
        monkeypatch.setitem(defaults, "now", lambda: moment)
