"""Converts obligation statuses to and from the JSON stored when a cycle is closed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.duties import Cadence, Duty
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.tracking import ObligationStatus, Outcome, Timeliness
from zwgk_excel.ledger.errors import damage_told


def to_payload(status: ObligationStatus) -> dict[str, Any]:
    """The status as JSON values, with its obligation, so that it does not depend on the present duty table."""
    o, s = status.obligation, status.decisions
    return {
        "duty": o.duty.id,
        "column": o.duty.column,
        "category": o.duty.category,
        "cadence": str(o.duty.cadence),
        "policy": o.duty.policy,
        "unit": o.unit,
        "period": str(o.period),
        "subject": o.subject,
        "opens": o.opens.isoformat(),
        "due": o.due.isoformat() if o.due else None,
        "final": o.final.isoformat() if o.final else None,
        **({"moved_from": str(o.moved_from)} if o.moved_from else {}),
        "mandatory": o.mandatory,
        "outcome": str(status.outcome),
        "timeliness": str(status.timeliness) if status.timeliness else None,
        "received_at": status.received_at.isoformat() if status.received_at else None,
        "days_late": status.days_late,
        "days_left": status.days_left,
        "items": status.items,
        "problems": status.problems,
        "extended_to": s.extended_to.isoformat() if s.extended_to else None,
        "waived": s.waived,
        "opinion": s.opinion,
        "take_back": s.take_back,
    }


@damage_told()
def from_payload(raw: dict[str, Any]) -> ObligationStatus:
    """The status that :func:`to_payload` converted; raises LedgerDamagedError."""
    policy = raw.get("policy", False)  # not kept at first
    duty = Duty(raw["duty"], raw["column"], raw["category"], "", "", Cadence(raw["cadence"]), policy=policy)
    obligation = Obligation(
        duty,
        raw["unit"],
        Period.parse(raw["period"]),
        date.fromisoformat(raw["opens"]),
        _date(raw["due"]),
        _date(raw["final"]),
        raw["mandatory"],
        raw["subject"],
        Month.parse(raw["moved_from"]) if "moved_from" in raw else None,
    )
    return ObligationStatus(
        obligation,
        Outcome(raw["outcome"]),
        Timeliness(raw["timeliness"]) if raw["timeliness"] else None,
        datetime.fromisoformat(raw["received_at"]) if raw["received_at"] else None,
        raw["days_late"],
        raw["days_left"],
        raw["items"],
        raw["problems"],
        ActiveDecisions(_date(raw["extended_to"]), raw["waived"], raw["opinion"], raw.get("take_back", "")),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
