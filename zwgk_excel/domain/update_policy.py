"""How long a column may stay without anything new (栏目更新), by kind of column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from zwgk_excel.domain.duties import Cadence, Duty


class UpdateKind(StrEnum):
    """What kind of column a duty is about: how often its readers expect something new (栏目类别)."""

    DYNAMIC = "dynamic"
    REGULAR = "regular"
    DOCUMENTS = "documents"
    UNLIMITED = "unlimited"
    """Nothing new is expected at any time."""


@dataclass(frozen=True, slots=True)
class UpdateLimit:
    """How many calendar days a column may stay without anything new."""

    days: int
    warn: int
    """So many days before that, it is told."""


@dataclass(frozen=True, slots=True)
class UpdatePolicy:
    """``policy.toml`` [column_updates]; without values no column has a limit."""

    confirmed: bool = False
    """Whether the office has agreed on the limits: until then they are a sample, and no unit is told of them."""
    limits: Mapping[UpdateKind, UpdateLimit] = field(default_factory=dict)
    cadences: Mapping[Cadence, UpdateKind] = field(default_factory=dict)
    duties: Mapping[str, UpdateKind] = field(default_factory=dict)
    """Duty id → its kind, where that is not the one of its cadence."""

    def kind_of(self, duty: Duty) -> UpdateKind:
        """The kind of a duty's column."""
        return self.duties.get(duty.id) or self.cadences.get(duty.cadence, UpdateKind.UNLIMITED)
