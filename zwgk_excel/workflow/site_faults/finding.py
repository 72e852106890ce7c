"""What is wrong on the website, as it is told to the units: one list, whatever found it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from zwgk_excel.domain.link_checks import LinkCheck, LinkVerdict
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.site_faults import FaultKind, SiteFault
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.link_words import told, verdict_of
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.statuses import Statuses
from zwgk_excel.workflow.verification.checked_months import checked_months


def found_faults(office: Office, cycle: Month, statuses: Statuses) -> tuple[SiteFault, ...]:
    """What is wrong with what was reported for a cycle, as of the day of the statuses, from all sources."""
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


def _texts() -> Mapping[str, str]:
    found: Mapping[str, str] = layout("site_faults").settings["texts"]
    return found


SOURCES: tuple[Callable[[Office, Month, Statuses], Iterator[SiteFault]], ...] = (link_faults,)
"""What finds faults."""
