"""What a decision changes, shown before and after it is done: the obligations whose figures differ."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zwgk_excel.domain.tracking import TrackerRow
    from zwgk_excel.workflow.tracking.effects import ChangedRow

_MOST = 10
"""Obligations that a preview lists: the undoing of a closing changes hundreds."""


def agreed(question: str, *, yes: bool, json: bool) -> bool:
    """Whether what was shown is to be done: ``--yes`` says so beforehand, else the person at the terminal.

    No where nobody is there to be asked, and with ``--json``.
    """
    from zwgk_excel.cli import show

    return yes or (not json and bool(sys.stdin and sys.stdin.isatty()) and show.confirm(question))


def print_changed_rows(changed: Sequence[ChangedRow], afterwards: str) -> None:
    """Print the obligations whose figures differ; ``afterwards`` heads what they will be."""
    from zwgk_excel.cli import show
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.workflow.acts.effect_words import UNCHANGED, changed_tasks, opened_and_closed

    tracking = layout("tracker")["tracking"]
    if rows := changed_tasks(changed):
        headings = [tracking.heading("unit"), "现在", afterwards]
        shown = f"，列出前 {_MOST} 项，其余见 --json" if len(rows) > _MOST else ""
        show.table(f"有变化的任务（{len(rows)} 项{shown}）", headings, rows[:_MOST], wraps=headings)
    else:
        show.print_line(UNCHANGED)
    for told in opened_and_closed(changed):
        show.print_line(told)


def changed_fields(changed: Sequence[ChangedRow]) -> list[dict[str, Any]]:
    """The same as ``--json`` gives it."""
    return [
        {"key": key, "before": _figures(before), "after": _figures(after)}
        for key, before, after in ((_key(*both), *both) for both in changed)
    ]


def _key(before: TrackerRow | None, after: TrackerRow | None) -> str:
    row = before or after
    assert row is not None
    return row.status.obligation.key


def _figures(row: TrackerRow | None) -> dict[str, Any] | None:
    if row is None:
        return None
    status = row.status
    return {
        "outcome": status.outcome,
        "timeliness": status.timeliness,
        "days_late": status.days_late,
        "extended_to": status.decisions.extended_to,
        "waived": status.decisions.waived,
        "opinion": status.decisions.opinion,
        "closed": row.closed,
        "correction": row.correction,
    }
