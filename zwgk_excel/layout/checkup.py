"""The results of ``zwgk doctor``; their texts are in ``doctor.toml``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from zwgk_excel.layout.resources import read_toml


class CheckState(StrEnum):
    """The result of a check."""

    OK = "ok"
    NOTE = "note"
    """To know; nothing is wrong."""
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DiagnosticResult:
    """One check of ``zwgk doctor`` with its result."""

    area: str
    code: str
    state: CheckState
    title: str
    """What the area is called."""
    step: str
    """What was checked, as Chinese text."""
    found: str
    action: str = ""
    """What to do; empty where there is nothing to do."""

    @property
    def counts(self) -> bool:
        """Whether it needs attention."""
        return self.state in (CheckState.WARNING, CheckState.FAILED)

    @property
    def failed(self) -> bool:
        """Whether the check failed, so that later steps are skipped."""
        return self.state is CheckState.FAILED

    def advised(self, hint: str) -> DiagnosticResult:
        """The same with ``hint`` added to its advice, where it failed."""
        return replace(self, action="；".join(filter(None, (self.action, hint)))) if self.failed else self


def check(area: str, code: str, **values: Any) -> DiagnosticResult:
    """The result with this code; ``values`` fill its texts. Raises KeyError for an unknown code or a missing value."""
    texts = _texts()["checks"][code]
    found, action = (texts.get(key, "").format(area=area, **values) for key in ("found", "action"))
    return DiagnosticResult(
        area, code, CheckState(texts["state"]), _texts()["areas"][area], texts["step"], found, action
    )


@cache
def _texts() -> dict[str, Any]:
    return read_toml("doctor.toml")
