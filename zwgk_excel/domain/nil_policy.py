"""Which duties a unit may answer with a nil report (零报告, 本期无更新)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zwgk_excel.domain.duties import Cadence, Duty


@dataclass(frozen=True, slots=True)
class NilPolicy:
    """``policy.toml`` [nil_reports]; without values every duty may be answered so, and nothing is remarked."""

    cadences: frozenset[Cadence] = frozenset(Cadence)
    """Where nothing may have happened in a period."""
    never: frozenset[str] = frozenset()
    """Ids of duties that have something in every period, whatever their cadence."""
    in_a_row: Mapping[Cadence, int] = field(default_factory=dict)
    """So many nil reports one after the other are remarked to the office; a cadence that is not there never."""

    def allows(self, duty: Duty) -> bool:
        """Whether a unit may answer a duty with a nil report."""
        return duty.cadence in self.cadences and duty.id not in self.never
