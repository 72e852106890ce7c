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

    tracking = layout("tracker")["tracking"]
    rows = [
        (_task(before, after), *(_status(row) for row in (before, after)))
        for before, after in changed
        if not _only_opened_or_closed(before, after)
    ]
    if rows:
        headings = [tracking.heading("unit"), "现在", afterwards]
        shown = f"，列出前 {_MOST} 项，其余见 --json" if len(rows) > _MOST else ""
        show.table(f"有变化的任务（{len(rows)} 项{shown}）", headings, rows[:_MOST], wraps=headings)
    else:
        show.print_line("各任务的报送结果和及时性没有变化。")
    moved = [(before.closed, after.closed) for before, after in changed if before and after]
    for which, told in (((True, False), "不再结账的"), ((False, True), "恢复结账的")):
        if number := moved.count(which):
            show.print_line(f"{told}任务共 {number} 项。")


def _only_opened_or_closed(before: TrackerRow | None, after: TrackerRow | None) -> bool:
    """Whether a closing, or the month that counts the task, comes or goes and with it no figure of the task."""
    if before is None or after is None or (before.closed, before.counted_in) == (after.closed, after.counted_in):
        return False
    figures = [
        (each.outcome, each.timeliness, each.received_at, each.items, each.decisions)
        for each in (before.status, after.status)
    ]
    return figures[0] == figures[1]


def _task(before: TrackerRow | None, after: TrackerRow | None) -> str:
    row = before or after
    assert row is not None
    return f"{row.status.obligation.unit} {row.status.obligation.duty.id}（{row.status.obligation.reference}）"


def _status(row: TrackerRow | None) -> str:
    """Outcome, timeliness and decisions of an obligation in words, and what changed after its month was closed."""
    from zwgk_excel.domain.acts import ActKind, Change
    from zwgk_excel.domain.decisions import NO_DECISIONS, DecisionKind
    from zwgk_excel.layout.act_words import decision_words
    from zwgk_excel.layout.words import word
    from zwgk_excel.workflow.decisions.in_tracker import changed_decisions

    if row is None:
        return "—"
    decisions = row.status.decisions
    decided = changed_decisions(NO_DECISIONS, decisions)
    parts = [
        word("outcome", row.status.outcome),
        word("timeliness", row.status.timeliness or ""),
        *(decision_words(kind, Change("", "", value)) for kind, value in decided if kind is not DecisionKind.WAIVER),
        decision_words(DecisionKind.TAKE_BACK, Change("", "", decisions.take_back)) if decisions.take_back else "",
        word("act", ActKind.CLOSE) if row.closed else "",
        row.correction,
    ]
    return "，".join(filter(None, parts))


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
