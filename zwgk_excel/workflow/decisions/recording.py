"""The one place at which decisions about obligations enter the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from zwgk_excel.domain.acts import ActSource
from zwgk_excel.domain.decisions import Decision, DecisionKind
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.intake.renewed_corrections import RenewedCorrections, renewed_by
from zwgk_excel.workflow.office.context import Office


def record_decisions(
    office: Office, decisions: Sequence[Decision], source: ActSource | None = None, *, cycle: Month | None = None
) -> RenewedCorrections:
    """Record what was decided in one go, in the tracker or (None) as the office acts now; ``cycle`` as it was named.

    The copies in 退回修改 follow: they never ask for what is waived, nor by a day that was put off. Raises UserError,
    and records nothing, where one of them cannot be written.
    """
    keys = (each.obligation for each in decisions if each.kind is not DecisionKind.OPINION)
    units = {key.partition("/")[2].rpartition("/")[0] for key in keys}
    return renewed_by(office, units, lambda: office.ledger.decide(decisions, source, cycle=cycle))[1]
