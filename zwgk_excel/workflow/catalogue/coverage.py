"""What of the catalogue was published, by the records: what months were issued with, and the returns that count.

A closed month keeps what it was closed with: of what came later nothing is counted for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from zwgk_excel.domain.catalogue.coverage import CoverageState, EntryCoverage, EntryPublication, asked_entries, coverage
from zwgk_excel.domain.catalogue.entries import ENTRY, entry_ids
from zwgk_excel.domain.catalogue.time_limits import parse_limit
from zwgk_excel.domain.decisions import merged_cycles
from zwgk_excel.domain.effective_receipts import effective_receipts
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Item, Receipt
from zwgk_excel.domain.tracking import by_unit_and_cycle
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.contents import EffectiveReceipts
from zwgk_excel.workflow.tracking.statuses import Statuses

_NAMED = 10
"""Entries that a mail with a workbook names; of more it says how many there are."""


def office_coverage(office: Office, found: Statuses) -> tuple[EntryCoverage, ...]:
    """How every unit stands with every entry that it is offered, on the day of ``found``; none without a catalogue."""
    asked = asked_entries(office.issues.issues(), Month.of(found.as_of))
    if not asked:
        return ()
    return coverage(asked, _published(office, found), found.as_of)


def never_filled(found: Iterable[EntryCoverage], cycle: Month, named: int = _NAMED) -> dict[str, str]:
    """Unit → the entries that workbooks before a month's offered and that nobody ever filled, as a mail says it.

    So many are ``named``; of more it says how many there are.
    """
    told: dict[str, list[str]] = {}
    for each in found:
        if each.state is CoverageState.NEVER and each.since < cycle:
            told.setdefault(each.unit, []).append(each.entry.label)
    return {unit: _brief(labels, named) for unit, labels in told.items()}


def _brief(labels: Sequence[str], named: int) -> str:
    more = f" 等 {len(labels)} 个" if len(labels) > named else ""
    return "、".join(labels[:named]) + more


def _published(office: Office, found: Statuses) -> Iterator[EntryPublication]:
    issues = office.issues.issues()
    newest = issues[max(month for month in issues if month <= Month.of(found.as_of))]
    for receipt in EffectiveReceipts(office.ledger, _counted(office, found)):
        issue = issues.get(receipt.cycle) if receipt.cycle else None
        if issue is None or not issue.entries or receipt.content is None:
            continue
        limits = {each.id: parse_limit(each.limit) for each in issue.entries}
        labels = {each.id: each.label for each in issue.entries}
        workdays = office.rules_of(issue.cycle).workdays
        for item in receipt.content.items:
            for id_ in _entries_of(item, labels):
                limit, day = limits[id_], item.published_on
                late = limit is not None and day is not None and limit.is_late(item.formed_on, day, workdays)
                unit = newest.successor(receipt.unit)
                yield EntryPublication(unit, id_, item.url.casefold() or item.title, day, late)


def _entries_of(item: Item, labels: Mapping[str, str]) -> Iterator[str]:
    """What an item that counts is of; also where it is reported with a task that offers something else.

    It is on the website, whichever task reports it: intake tells that the task and the entry do not go together.
    """
    typed = item.value(ENTRY) if item.valid else None
    return (each for each in entry_ids(f"{typed}", labels) if each in labels) if typed else iter(())


def _counted(office: Office, found: Statuses) -> Sequence[Receipt]:
    """The effective returns, of a closed month those that were effective when it was closed."""
    closings = {each.cycle: each.closed_at for each in office.ledger.cycles() if each.closed_at}
    moved = {(each.unit, each.cycle) for each in found.contents.receipts if _came_after(each, closings)}
    kept = [each for each in found.contents.receipts if (each.unit, each.cycle) not in moved]
    if not moved:
        return kept
    before = (each for each in found.receipts if (each.unit, each.cycle) in moved and not _came_after(each, closings))
    merged = merged_cycles(office.ledger.mergings())
    for place, history in by_unit_and_cycle(before, found.as_of).items():
        whole = list(office.ledger.with_content(history))
        kept += effective_receipts(whole, merged=place in merged)
    return kept


def _came_after(receipt: Receipt, closings: dict[Month, datetime]) -> bool:
    closed_at = closings.get(receipt.cycle) if receipt.cycle else None
    return closed_at is not None and receipt.received_at > closed_at
