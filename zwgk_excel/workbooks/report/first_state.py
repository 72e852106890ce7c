"""What 自查 says of a workbook as it goes out: of tasks without answers, and of prefilled rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zwgk_excel.workbooks.report import self_check
from zwgk_excel.workbooks.report.content import ReportContent, TaskRow
from zwgk_excel.workbooks.report.self_check import ItemCounts


@dataclass(frozen=True, slots=True)
class FirstState:
    """The results of the formulas of a new workbook."""

    items: tuple[str, ...]
    """自查 of each prefilled row."""
    counts: tuple[ItemCounts, ...]
    """Of each task."""
    tasks: tuple[str, ...]
    """自查 of each task."""


def first_state(content: ReportContent, tasks: Sequence[TaskRow]) -> FirstState:
    """The state of a workbook with these contents, whose tasks are the rows ``tasks``."""
    rows = [row.cells for row in content.prefilled]
    flags = {task.label: task.flags for task in tasks}
    common: Mapping[str, object] = dict(content.common)
    slow, latest = self_check.slow_after(content.publish_within), self_check.latest_days(content.cycle)
    items: list[str] = []
    seen: dict[object, list[Mapping[str, object]]] = defaultdict(list)
    for row in rows:
        marks = (("url", row.get("url")), ("title", row["title"]))
        # Only what has its link or its title can be the same item: most rows have none above.
        alike = [each for mark in marks if mark[1] for each in seen[mark]]
        items.append(self_check.item_check(row, flags, alike, common, slow, latest))
        for mark in marks:
            seen[mark].append(row)
    by_task: dict[object, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        by_task[row["task"]].append(place)
    counts = tuple(_counts(task, rows, items, by_task.get(task.label, [])) for task in tasks)
    states = tuple(
        self_check.task_check({}, task.flags, count) for task, count in zip(tasks, counts, strict=True)
    )
    return FirstState(tuple(items), counts, states)


def _counts(
    task: TaskRow, rows: Sequence[Mapping[str, object]], checks: Sequence[str], places: Sequence[int]
) -> ItemCounts:
    own = [rows[place] for place in places]
    return self_check.tally(task.label, own, [checks[place] for place in places], task.flags)
