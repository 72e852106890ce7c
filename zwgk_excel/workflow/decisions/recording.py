"""The one place at which decisions about obligations enter the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from zwgk_excel.domain.decisions import Decision
from zwgk_excel.workflow.office.context import Office


def record_decisions(office: Office, decisions: Sequence[Decision], *, source: str) -> None:
    """Record what was decided in one go, by ``command`` or in the ``tracker``."""
    office.ledger.decide(decisions, source=source)
