"""What ``zwgk doctor`` looks at and says; the texts lie in ``doctor.toml``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from zwgk_excel.layout.resources import read_toml


class CheckState(StrEnum):
    """What came out of a check."""

    OK = "ok"
    NOTE = "note"
    """To know; nothing is wrong."""
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DiagnosticResult:
    """One thing that was looked at."""

    area: str
    code: str
    state: CheckState
    title: str
    """What the area is called."""
    step: str
    """What was looked at there, in words."""
    found: str
    action: str = ""
    """What to do; empty where there is nothing to do."""

    @property
    def counts(self) -> bool:
        """Whether somebody has to look at it."""
        return self.state in (CheckState.WARNING, CheckState.FAILED)

    @property
    def failed(self) -> bool:
        """Whether the next step makes no sense."""
        return self.state is CheckState.FAILED

    def advised(self, hint: str) -> DiagnosticResult:
        """The same with more advice, where it failed."""
        return replace(self, action="；".join(filter(None, (self.action, hint)))) if self.failed else self


def check(area: str, code: str, **values: Any) -> DiagnosticResult:
    """A check by its code; ``values`` fill its texts in. Raises KeyError for a code or a value that is not there."""
    texts = _texts()["checks"][code]
    found, action = (texts.get(key, "").format(area=area, **values) for key in ("found", "action"))
    return DiagnosticResult(
        area, code, CheckState(texts["state"]), _texts()["areas"][area], texts["step"], found, action
    )


@cache
def _texts() -> dict[str, Any]:
    return read_toml("doctor.toml")
