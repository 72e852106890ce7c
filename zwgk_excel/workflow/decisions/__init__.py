"""Decisions of the office: extensions and waivers, overrides of received files, merged returns."""

from __future__ import annotations

from zwgk_excel.workflow.decisions.extend_and_waive import changed_decisions, extend, waive
from zwgk_excel.workflow.decisions.overrides import assign, merge, set_aside

__all__ = [
    "assign",
    "changed_decisions",
    "extend",
    "merge",
    "set_aside",
    "waive",
]
