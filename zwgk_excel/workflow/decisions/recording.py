"""The one place at which decisions about obligations enter the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from zwgk_excel.domain.acts import ActSource
from zwgk_excel.domain.decisions import Decision
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.office.context import Office


def record_decisions(
    office: Office, decisions: Sequence[Decision], source: ActSource | None = None, *, cycle: Month | None = None
) -> None:
    """Record what was decided in one go, in the tracker or (None) as the office acts now; ``cycle`` as it was named."""
    office.ledger.decide(decisions, source, cycle=cycle)
