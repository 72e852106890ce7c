"""What is wrong on the website, as it is told to the units: one list, whatever found it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from zwgk_excel.domain.column_updates import FAULTY, ColumnUpdate
from zwgk_excel.domain.link_checks import LinkCheck, LinkVerdict
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.site_faults import FaultKind, SiteFault
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.link_words import told, verdict_of
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.column_updates import office_column_updates
from zwgk_excel.workflow.tracking.statuses import Statuses
from zwgk_excel.workflow.verification.checked_months import checked_months


def found_faults(office: Office, cycle: Month, statuses: Statuses) -> tuple[SiteFault, ...]:
    """What is wrong as of the day of the statuses, by all sources: with what was reported for a cycle, and besides."""
    return tuple(each for source in SOURCES for each in source(office, cycle, statuses))


def link_faults(office: Office, cycle: Month, statuses: Statuses) -> Iterator[SiteFault]:
    """The faults of the links of a cycle, by the newest visits."""
    month = Month.of(statuses.as_of)
    for check in checked_months(office, statuses).get(cycle, ()):
        if check.is_faulty:
            yield _of_link(check, office.successor(check.link.unit, month))


def _of_link(check: LinkCheck, unit: str) -> SiteFault:
    item, texts = check.link.item, _texts()
    by_date = check.verdict is LinkVerdict.DATE_DIFFERS
    expected = texts["expected_date" if by_date else "expected_link"].format(published_on=item.published_on)
    return SiteFault(
        FaultKind.LINK,
        unit,
        item.obligation,
        item.task,
        item.title,
        item.url,
        f"{verdict_of(check)}：{told(check)}".rstrip("："),
        f"{expected}{texts['late'] if check.late_by else ''}",
        item.formed_on,
        item.published_on,
    )


def column_faults(office: Office, cycle: Month, statuses: Statuses) -> Iterator[SiteFault]:
    """The columns that were not updated for too long, where the office has agreed on the limits.

    They are stale on a day, not in a month: with whichever cycle they are asked about, it is once.
    """
    if not office.workspace.settings.policy.column_updates.confirmed:
        return
    for each in office_column_updates(office, statuses):
        if each.limit and each.state(statuses.as_of) in FAULTY:
            yield _of_column(each, each.limit.days, statuses.as_of)


def _of_column(update: ColumnUpdate, limit: int, as_of: date) -> SiteFault:
    texts, since = _texts(), update.days_since(as_of)
    words = {"title": update.title, "published_on": update.published_on, "days": since, "limit": limit}
    return SiteFault(
        FaultKind.COLUMN,
        update.unit,
        update.obligation,
        f"{update.duty.id} {update.duty.column}",
        "",
        "",
        texts["found_never" if since is None else "found_stale"].format_map(words),
        texts["expected_column"].format_map(words),
        published_on=update.published_on,
    )


def _texts() -> Mapping[str, str]:
    found: Mapping[str, str] = layout("site_faults").settings["texts"]
    return found


SOURCES: tuple[Callable[[Office, Month, Statuses], Iterator[SiteFault]], ...] = (link_faults, column_faults)
"""What finds faults."""
