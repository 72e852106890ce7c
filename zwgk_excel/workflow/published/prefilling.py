"""What a unit's next report workbook goes out with: what it published since its last report and has not reported."""

from __future__ import annotations

from collections.abc import Sequence

from zwgk_excel.domain.obligations import ReportTask
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.prefilled import PrefilledRow
from zwgk_excel.domain.published import PublishedItem, PublishedRecord
from zwgk_excel.domain.reconciliation import ReportedItem, matches
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.writing.style import cell_text
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.published.reconciling import reported_items


class Prefilling:
    """The rows of the workbooks of one month; list and returns are read once, and not at all without an export."""

    def __init__(self, office: Office, cycle: Month) -> None:
        self._cycle, self._successor = cycle, office.issues.issue(cycle).successor
        self._record: PublishedRecord = office.ledger.published()
        reported = list(reported_items(office)) if self._record.items else []
        self._reported: dict[str, list[ReportedItem]] = {}
        for each in reported:
            self._reported.setdefault(self._successor(each.unit), []).append(each)
        self._published: dict[str, list[PublishedItem]] = {}
        for item in self._record.items:
            if item.listed and item.unit:
                self._published.setdefault(self._successor(item.unit), []).append(item)

    def rows(self, unit: str, listed: Sequence[ReportTask]) -> tuple[PrefilledRow, ...]:
        """What a unit's workbook with these tasks goes out with, by task in their order, then by day.

        Of its tasks that are not waived: what it published from the first day of the month of its last report on (of
        one that never reported: whatever counts for the task), and no return of it has. No more than the sheet checks.
        """
        mine = self._published.get(unit, ())
        if not mine:
            return ()
        own = self._reported.get(unit, [])
        known = {each.key for each in matches(mine, own).values()}
        last = max((each.cycle for each in own), default=None)
        tasks = [each for each in listed if not each.decisions.waived]
        found: list[tuple[int, PublishedItem]] = []
        for item in mine:
            if item.key in known or (last and item.published_on < last.first):
                continue
            place = _task_of(item, tasks)
            if place is not None:
                found.append((place, item))
        found.sort(key=lambda each: (each[0], each[1].published_on))
        most: int = layout("report").settings["rows"]
        return tuple(_row(tasks[place], item) for place, item in found[:most])


def _task_of(item: PublishedItem, tasks: Sequence[ReportTask]) -> int | None:
    """The position of the task that an item is of; None where it counts for none.

    Of several of a duty the one whose period it was published in, else the first that it counts for.
    """
    fitting = [place for place, task in enumerate(tasks) if _counts_for(item, task)]
    within = [place for place in fitting if _is_within(item, tasks[place])]
    return next(iter(within or fitting), None)


def _counts_for(item: PublishedItem, task: ReportTask) -> bool:
    first = task.obligation.published_from
    return task.obligation.duty.id in item.duties and (first is None or first <= item.published_on)


def _is_within(item: PublishedItem, task: ReportTask) -> bool:
    period = task.obligation.period
    return period.first.first <= item.published_on <= period.last.last


def _row(task: ReportTask, item: PublishedItem) -> PrefilledRow:
    """The cells as they are written: what no cell can hold is left out of the text."""
    remark: str = layout("published").settings["texts"]["prefilled"]
    return PrefilledRow(
        cell_text(task.label),
        cell_text(item.title),
        item.published_on,
        cell_text(item.url),
        cell_text(item.doc_no),
        item.formed_on,
        remark,
    )
