"""对账: the website's list against the effective returns, by the month, from records alone.

The list is read once, whatever months are asked about. A closed month has what was imported and received when it was
closed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from zwgk_excel.domain.decisions import merged_cycles
from zwgk_excel.domain.effective_receipts import effective_receipts
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem, with_severities
from zwgk_excel.domain.published import PublishedRecord
from zwgk_excel.domain.reconciliation import Agreement, Difference, Reconciled, ReportedItem, reconcile
from zwgk_excel.domain.returns import Receipt, TaskAnswer
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.published.line_words import titles_of, values_of

_ABSENT, _UNREPORTED = "site_item_absent", "site_items_unreported"
_CODES: Mapping[Difference, str] = {
    Difference.TITLE: "site_title_differs",
    Difference.DATE: "site_date_differs",
    Difference.LINK: "site_link_differs",
    Difference.COLUMN: "site_column_differs",
}


class ListComparison:
    """The website's list and what was returned, read once for several months."""

    def __init__(
        self,
        office: Office,
        as_of: date | None = None,
        *,
        fresh: Sequence[Receipt] = (),
        units: Collection[str] = (),
    ) -> None:
        """``fresh`` are receipts with content that are not recorded yet; with ``units`` the lines of these alone."""
        self._office, self._as_of, self._fresh, self._units = office, as_of, fresh, units
        self._records: dict[int | None, PublishedRecord] = {}
        self._closings = {each.cycle: each.closed_at for each in office.ledger.cycles() if each.closed_at}
        self._items: dict[datetime | None, list[ReportedItem]] = {}

    def is_empty(self) -> bool:
        """Whether no export was ever imported: then there is nothing to compare, and nothing else is read."""
        return not self._record(None).spans

    def of(self, cycle: Month) -> tuple[Reconciled, ...]:
        """The lines of an issued month, by unit in the order of its issue."""
        if self.is_empty():
            return ()
        closed_at = self._closings.get(cycle)
        shown = self._office.ledger.closing_of(cycle) if closed_at else None
        asked: dict[str, dict[str, str]] = defaultdict(dict)
        successor = self._office.issues.issue(cycle).successor
        for each in self._office.plan(cycle):
            if not self._units or successor(each.unit) in self._units:
                asked[successor(each.unit)][each.duty.id] = f"{each.duty.id} {each.duty.column}"
        return reconcile(self._record(shown), self._reported(closed_at), cycle, asked, successor)

    def _record(self, shown: int | None) -> PublishedRecord:
        if shown not in self._records:
            # A day gone by knew nothing of the exports after it.
            by = datetime.combine(self._as_of, time.max) if self._as_of else None
            self._records[shown] = self._office.ledger.published(shown=shown, by=by)
        return self._records[shown]

    def _reported(self, until: datetime | None) -> list[ReportedItem]:
        """The items of the effective returns, of those that came by a time."""
        if until not in self._items:
            found = reported_items(self._office, until, self._as_of, fresh=self._fresh, units=self._units)
            self._items[until] = list(found)
        return self._items[until]


def reported_items(
    office: Office,
    until: datetime | None = None,
    as_of: date | None = None,
    *,
    fresh: Sequence[Receipt] = (),
    units: Collection[str] = (),
) -> Iterator[ReportedItem]:
    """The items of the effective returns of all months, of those that came by a time and a day if given.

    ``fresh`` are returns with content that are not recorded yet; ``units`` those who answer for the items now, all of
    them where none are named.
    """
    histories: dict[tuple[str, Month], list[Receipt]] = defaultdict(list)
    newest = max(office.issued(), default=None)
    stored = office.ledger.receipt_summaries()
    known = {(each.file, each.sha256) for each in stored}
    for each in (*stored, *(each for each in fresh if (each.file, each.sha256) not in known)):
        came_late = (until and each.received_at > until) or (as_of and each.received_at.date() > as_of)
        if not each.unit or each.cycle is None or not each.was_read or came_late:
            continue
        if not units or each.unit in units or (newest and office.successor(each.unit, newest) in units):
            histories[each.unit, each.cycle].append(each)
    merged = merged_cycles(office.ledger.mergings())
    for place, history in histories.items():
        ordered = sorted(history, key=lambda each: each.order)
        if place in merged:
            ordered = _whole(office, ordered)
        for receipt in _whole(office, effective_receipts(ordered, merged=place in merged)):
            for item in receipt.content.items if receipt.content else ():
                yield ReportedItem(*place, receipt.name, item)


def _whole(office: Office, receipts: Sequence[Receipt]) -> list[Receipt]:
    """Receipts with their content, which those that are not recorded yet have."""
    read = office.ledger.with_content(each for each in receipts if each.content is None)
    return [each if each.content is not None else next(read) for each in receipts]


def reconciliation(
    office: Office, cycle: Month, units: Collection[str] = (), *, as_of: date | None = None
) -> tuple[Reconciled, ...]:
    """The lines of a month, of all units or some, those that agree too.

    Raises UserError where the month was not issued.
    """
    if cycle not in office.issued():
        raise UserError(f"{cycle} 还没有生成报送表；请先运行 zwgk generate {cycle}。")
    return tuple(each for each in ListComparison(office, as_of).of(cycle) if not units or each.unit in units)


def differing(office: Office, cycles: Iterable[Month], as_of: date | None = None) -> tuple[Reconciled, ...]:
    """What does not agree, of several issued months, the newest first."""
    found = ListComparison(office, as_of)
    if found.is_empty():
        return ()
    months = sorted(cycles, reverse=True)
    return tuple(each for cycle in months for each in found.of(cycle) if each.agreement is not Agreement.SAME)


# --- what a return is told of it ---------------------------------------------------------------------


def with_list_notes(office: Office, receipts: Sequence[Receipt], as_of: date | None = None) -> tuple[Receipt, ...]:
    """Receipts with what the website's list says otherwise among their problems, in the office's severities.

    They are told of months that are not closed. What was stored with a receipt stays as it is.
    """
    if not receipts or ListComparison(office, as_of).is_empty():
        return tuple(receipts)
    fresh = [each for each in receipts if each.content is not None]
    months = {each.unit: each.cycle for each in receipts if each.unit and each.cycle}
    heirs = {office.successor(unit, month) for unit, month in months.items()}
    compared = ListComparison(office, as_of, fresh=fresh, units=heirs | months.keys())
    closed = {each.cycle for each in office.ledger.cycles() if each.closed_at}
    issued = set(office.issued())
    concerned = {each.cycle for each in receipts if each.cycle in issued and each.was_read} - closed
    told: dict[tuple[str, Month], list[Reconciled]] = defaultdict(list)
    for cycle in sorted(month for month in concerned if month):
        for line in compared.of(cycle):
            told[line.unit, cycle].append(line)
    wanted = [each for each in receipts if _lines_of(office, each, told)]
    # The row of a task stands in the content alone.
    whole = {each.order: read for each, read in zip(wanted, _whole(office, wanted), strict=True)}
    return tuple(_told(office, each, whole.get(each.order, each), told) for each in receipts)


def is_list_note(found: Problem) -> bool:
    """Whether a problem says what the website's list has otherwise, and only informs."""
    return found.code in {*_CODES.values(), _ABSENT, _UNREPORTED} and not found.counts


_Lines = Mapping[tuple[str, Month], Sequence[Reconciled]]


def _lines_of(office: Office, receipt: Receipt, told: _Lines) -> Sequence[Reconciled]:
    if receipt.cycle is None or not receipt.unit or not receipt.was_read:
        return ()
    lines = told.get((office.issues.issue(receipt.cycle).successor(receipt.unit), receipt.cycle), ())
    return [each for each in lines if each.agreement is not Agreement.SAME]


def _told(office: Office, receipt: Receipt, whole: Receipt, told: _Lines) -> Receipt:
    lines = _lines_of(office, receipt, told)
    if not lines:
        return receipt
    found = [each for line in lines if line.reported for each in _of_item(line, receipt)]
    found += _of_tasks([each for each in lines if each.agreement is Agreement.UNREPORTED], whole)
    severities = office.workspace.settings.policy.severities  # of a month that is not closed
    return replace(receipt, problems=(*receipt.problems, *with_severities(found, severities)))


def _of_item(line: Reconciled, receipt: Receipt) -> Iterator[Problem]:
    own, same = line.reported, line.published
    assert own is not None
    if own.file != receipt.name:
        return
    owed, item = own.item.obligation, own.item
    sheet = layout("report")["items"]
    if same is None:
        place = _place(receipt, sheet.index("title"), item.row, item.sheet)
        yield problem(_ABSENT, place, obligation=owed, until=line.until)
        return
    for each, (value, listed) in values_of(line).items():
        place = _place(receipt, sheet.index(each), item.row, item.sheet)
        values = {"heading": sheet.heading(each), "value": value, "shown": listed}
        yield problem(_CODES[each], place, obligation=owed, **values)


def _place(receipt: Receipt, column: int, row: int, copy: str, key: str = "items") -> CellRef:
    """A cell of a return, in the columns that its workbook went out with."""
    sheet = copy or layout("report")[key].name
    return CellRef(receipt.name, sheet, f"{column_letters(column)}{row}" if row else "")


def _of_tasks(lines: Sequence[Reconciled], receipt: Receipt) -> Iterator[Problem]:
    """One problem for each task of which the site has items that no return has."""
    if not lines or receipt.content is None:
        return
    rows: dict[str, TaskAnswer] = {}
    for answer in receipt.content.answers:
        rows.setdefault(answer.obligation.partition("/")[0], answer)
    of_duty: dict[str, list[Reconciled]] = defaultdict(list)
    for line in lines:
        duties = line.published.duties if line.published else ()
        if duty := next((each for each in duties if each in rows), ""):
            of_duty[duty].append(line)
    for duty, own in of_duty.items():
        yield _unreported(own, rows[duty], receipt)


def _unreported(lines: Sequence[Reconciled], answer: TaskAnswer, receipt: Receipt) -> Problem:
    column = layout("report")["tasks"].index("status")
    place = _place(receipt, column, answer.row, answer.sheet, "tasks")
    values = {"count": len(lines), "titles": titles_of(lines)}
    return problem(_UNREPORTED, place, obligation=answer.obligation, **values)


def unreported_by_unit(office: Office, cycles: Collection[Month]) -> dict[str, tuple[Reconciled, ...]]:
    """Unit → what it published in some months, as far as they are issued, and reported in none."""
    found: dict[str, list[Reconciled]] = defaultdict(list)
    for each in differing(office, set(cycles) & set(office.issued())):
        if each.agreement is Agreement.UNREPORTED:
            found[each.unit].append(each)
    return {unit: tuple(lines) for unit, lines in found.items()}
