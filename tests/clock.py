"""The office's clock, for commands that look at it: what is closed as of a day must not lie in the future."""

from __future__ import annotations

from datetime import datetime

import pytest

from zwgk_excel.workflow.office.context import open_office


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Let every office that is opened from now on believe that it is ``moment``."""
    assert open_office.__wrapped__.__kwdefaults__ is not None  # type: ignore[attr-defined]
    monkeypatch.setitem(open_office.__wrapped__.__kwdefaults__, "now", lambda: moment)  # type: ignore[attr-defined]
