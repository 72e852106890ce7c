"""Collects the rows of all tables for a range of months from an open office."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

from zwgk_excel.domain.month_range import MonthRange
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.domain.scoring import Assessment
from zwgk_excel.workflow.analysis.acts import acts
from zwgk_excel.workflow.analysis.rows import (
    Row,
    column_update_row,
    coverage_row,
    item_row,
    obligation_row,
    problem_row,
    published_row,
    receipt_row,
    score_line_row,
    score_row,
    site_fault_row,
)
from zwgk_excel.workflow.arguments import Months, day_of, months_of
from zwgk_excel.workflow.assessment.assessing import assess_months
from zwgk_excel.workflow.catalogue.coverage import office_coverage
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.column_updates import office_column_updates
from zwgk_excel.workflow.tracking.contents import EffectiveReceipts
from zwgk_excel.workflow.tracking.site_faults import fault_states
from zwgk_excel.workflow.tracking.statuses import Statuses, office_statuses


@dataclass(frozen=True)
class Gathering:
    """A range of months as of a day; everything is tracked once, on first use, and cached.

    A row belongs to the range by its cycle, an item of the website's list by its day of publication; columns and
    entries of the catalogue stand as of the day, whatever the range. A file without a cycle, and the
    acts about it, belong to the month of its receipt; a problem whose file has no receipt is always included.
    """

    office: Office
    months: MonthRange
    as_of: date

    def rows(self, table: str) -> Iterable[Row]:
        """The rows of a table, by its name in ``columns.TABLES``; raises KeyError for another name."""
        return {
            "obligations": self._obligations,
            "receipts": self._receipt_rows,
            "items": self._items,
            "problems": self._problems,
            "scores": self._scores,
            "score_lines": self._score_lines,
            "acts": self._acts,
            "column_updates": self._column_updates,
            "site_faults": self._site_faults,
            "coverage": self._coverage,
            "published": self._published,
        }[table]()

    @cached_property
    def issued(self) -> tuple[Month, ...]:
        """The issued months of the range, oldest first."""
        return tuple(month for month in self.office.issued() if month in self.months)

    @cached_property
    def _found(self) -> Statuses:
        return office_statuses(self.office, self.as_of)

    @cached_property
    def _assessed(self) -> tuple[Assessment, ...]:
        return assess_months(self.office, self.issued, self._found)

    def _obligations(self) -> Iterable[Row]:
        rows = self._found.rows
        return (obligation_row(row) for row in rows if row.status.obligation.cycle in self.months)

    def _receipt_rows(self) -> Iterable[Row]:
        return (receipt_row(each) for each in self._found.receipts if self._wanted(each))

    def _items(self) -> Iterable[Row]:
        counted = [each for each in self._found.contents.receipts if self._wanted(each)]
        whole = EffectiveReceipts(self.office.ledger, counted)
        return (item_row(item, each) for each in whole if each.content for item in each.content.items)

    def _problems(self) -> Iterable[Row]:
        receipts = {each.name: each for each in self._found.receipts}
        for each in self._found.problems:
            receipt = receipts.get(each.place.file)
            if receipt is None or self._wanted(receipt):
                yield problem_row(each, receipt)

    def _scores(self) -> Iterable[Row]:
        return (score_row(score, month) for month in self._assessed for score in month.scores)

    def _score_lines(self) -> Iterable[Row]:
        scored = ((score, month) for month in self._assessed for score in month.scores)
        return (score_line_row(line, score, month) for score, month in scored for line in score.lines)

    def _acts(self) -> Iterable[Row]:
        cycles = {row.status.obligation.key: str(row.status.obligation.cycle) for row in self._found.rows}
        arrived = {each.file: _month_of(each) for each in self._found.receipts}
        for row in acts(self.office.ledger, cycles, self.as_of):
            cycle = row["cycle"]
            month = Month.parse(cycle) if cycle else arrived.get(row["file"]) or Month.of(row["at"].date())
            if month in self.months:
                yield row

    def _column_updates(self) -> Iterable[Row]:
        found = office_column_updates(self.office, self._found)
        return (column_update_row(each, self.as_of) for each in found)

    def _site_faults(self) -> Iterable[Row]:
        states = fault_states(self.office, self.as_of, self._found.contents)
        return (site_fault_row(each, self.as_of) for each in states if each.case.cycle in self.months)

    def _coverage(self) -> Iterable[Row]:
        return map(coverage_row, office_coverage(self.office, self._found))

    def _published(self) -> Iterable[Row]:
        listed = self.office.ledger.published(by=datetime.combine(self.as_of, time.max)).items
        return (published_row(each) for each in listed if Month.of(each.published_on) in self.months)

    def _wanted(self, receipt: Receipt) -> bool:
        return _month_of(receipt) in self.months


def _month_of(receipt: Receipt) -> Month:
    """The cycle of a file, else the month of its receipt."""
    return receipt.cycle or Month.of(receipt.received_at.date())


def gather(office: Office, months: Months, as_of: date | str | None) -> Gathering:
    """The data of a range of months as of a day (today where None).

    Raises UserError when none of its months was issued, InvalidValueError for an unreadable range or day.
    """
    found = Gathering(office, months_of(months), day_of(as_of) or office.now().date())
    if not found.issued:
        raise UserError(f"{found.months.words} 还没有生成报送表，没有数据；{_instead(office.issued(), found.months)}。")
    return found


def _instead(issued: Sequence[Month], months: MonthRange) -> str:
    """What can be had instead: the first and the last month that exist."""
    if not issued:
        return f"请先运行 zwgk generate {months.first}"
    return f"有数据的月份是 {issued[0]}" + (f" 至 {issued[-1]}" if len(issued) > 1 else "")
