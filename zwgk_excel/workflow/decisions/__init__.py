"""Decisions of the office: extensions and waivers, overrides of received files, merged returns, receipts.

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
from zwgk_excel.workflow.decisions.receipt_acts import accept_take_back, correct_time, keep_report, withdraw

__all__ = [
    "accept_take_back",
    "assign",
    "correct_time",
    "extend",
    "keep_report",
    "merge",
    "plan_extension",
    "plan_opinion",
    "plan_waiver",
    "set_aside",
    "take_decision",
    "take_typed_decisions",
    "waive",
    "withdraw",
]
