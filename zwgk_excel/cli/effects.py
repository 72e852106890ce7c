"""What a decision changes, shown before and after it is done: the obligations whose figures differ."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from zwgk_excel.cli.options import who

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from zwgk_excel.domain.tracking import TrackerRow
    from zwgk_excel.workflow.office.context import Office
    from zwgk_excel.workflow.tracking.effects import ChangedRow

P = TypeVar("P")
D = TypeVar("D")

_MOST = 10
"""Obligations that a preview lists: the undoing of a closing changes hundreds."""


@dataclass(frozen=True, slots=True)
class ActFlow(Generic[P, D]):
    """An act that a person decides on after a look at it: planned, shown, agreed to, carried out, told."""

    plan: Callable[[Office, str], P]
    """What would be done, by a person of that name; nothing is written."""
    show: Callable[[P], None]
    carry_out: Callable[[Office, P, str], D]
    tell: Callable[[P, D], None]
    fields: Callable[[P, D | None], Any]
    """The same for ``--json``; None where it was not carried out."""
    verb: str = "照此办理"


def run_act(
    flow: ActFlow[P, D], office: AbstractContextManager[Office], *, name: str, yes: bool, json: bool
) -> int:
    """Run such an act in the office that is opened; exit code 1 while it waits for consent."""
    from zwgk_excel.cli import show

    done: D | None = None
    with office as opened:
        by = who(opened, name)
        planned = flow.plan(opened, by)
        if not json:
            flow.show(planned)
        if agreed(f"现在{flow.verb}吗？", yes=yes, json=json):
            done = flow.carry_out(opened, planned, by)
    if json:
        show.as_json(flow.fields(planned, done))
    elif done is None:
        show.print_line(f"以上只是预览，什么也没有改动；加 --yes 才{flow.verb}。", "bold")
    else:
        flow.tell(planned, done)
    return 1 if done is None else 0


def tell_to_consolidate() -> None:
    """Say how what was decided comes into the tracker."""
    from zwgk_excel.cli import show

    show.print_line("运行 zwgk consolidate 更新总台账。")


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
