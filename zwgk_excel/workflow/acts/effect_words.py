"""What an act changes, in words, as the command line and the ribbon show it before and after it is done."""

from __future__ import annotations

from collections.abc import Sequence

from zwgk_excel.domain.acts import ActKind, Change
from zwgk_excel.domain.decisions import NO_DECISIONS, DecisionKind
from zwgk_excel.domain.tracking import TrackerRow
from zwgk_excel.layout.act_words import decision_words
from zwgk_excel.layout.words import word
from zwgk_excel.workflow.decisions.in_tracker import changed_decisions
from zwgk_excel.workflow.intake.renewed_corrections import RenewedCorrections
from zwgk_excel.workflow.tracking.effects import ChangedRow

UNCHANGED = "各任务的报送结果和及时性没有变化。"


def changed_tasks(changed: Sequence[ChangedRow]) -> list[tuple[str, str, str]]:
    """(Task, what it is now, what it will be) of each obligation whose figures differ."""
    return [
        (_task(before, after), _status(before), _status(after))
        for before, after in changed
        if not _only_opened_or_closed(before, after)
    ]


def opened_and_closed(changed: Sequence[ChangedRow]) -> list[str]:
    """How many tasks are not closed any more, and how many are again, a sentence each."""
    moved = [(before.closed, after.closed) for before, after in changed if before and after]
    told = (((True, False), "不再结账的"), ((False, True), "恢复结账的"))
    return [f"{words}任务共 {number} 项。" for which, words in told if (number := moved.count(which))]


def changed_lines(changed: Sequence[ChangedRow]) -> list[str]:
    """All of it, a line each; one that says so where no figure differs."""
    rows = [f"{task}：{now} → {then}" for task, now, then in changed_tasks(changed)]
    return [*(rows or [UNCHANGED]), *opened_and_closed(changed)]


def renewed_lines(renewed: RenewedCorrections) -> list[str]:
    """What became of copies in 退回修改, a line each."""
    gone = (f"不再需要，已从退回修改中删去：{path.name}" for path in renewed.removed)
    void = (f"已经作废，但有人改动过，改名保留，请勿发出：{path.name}" for path in renewed.kept)
    return [*gone, *void, *(f"修改意见已按现在的情况重写：{path.name}" for path in renewed.written)]


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
