"""Decisions of the office: extensions and waivers, overrides of received files, merged returns.

A decision about tasks is planned first, so that it can be looked at, and then taken; :func:`extend` and :func:`waive`
do both at once.
"""

from __future__ import annotations

from zwgk_excel.workflow.decisions.extend_and_waive import (
    extend,
    plan_extension,
    plan_opinion,
    plan_waiver,
    take_decision,
    waive,
)
from zwgk_excel.workflow.decisions.in_tracker import take_typed_decisions
from zwgk_excel.workflow.decisions.overrides import assign, merge, set_aside

__all__ = [
    "assign",
    "extend",
    "merge",
    "plan_extension",
    "plan_opinion",
    "plan_waiver",
    "set_aside",
    "take_decision",
    "take_typed_decisions",
    "waive",
]
