"""What the visits so far say of the links that count, month by month, as of a day: nothing is visited."""

from __future__ import annotations

from collections import defaultdict

from zwgk_excel.domain.link_checks import LinkCheck, ReportedLink, judge
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.text import is_one_link
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.statuses import Statuses


def checked_months(office: Office, found: Statuses) -> dict[Month, tuple[LinkCheck, ...]]:
    """Month → its links that count, judged by their newest visits; only months of which some link was visited.

    A month is judged by the working days and limit that it was closed with, an open one by those of today.
    """
    visits = {url: each for url, each in office.ledger.visits().items() if each.at.date() <= found.as_of}
    if not visits:
        return {}
    links: dict[Month, list[ReportedLink]] = defaultdict(list)
    for receipt in found.contents:
        if receipt.cycle and receipt.content:
            counted = (item for item in receipt.content.items if item.valid and is_one_link(item.url))
            links[receipt.cycle] += (ReportedLink(receipt.unit, receipt.name, item) for item in counted)
    checked: dict[Month, tuple[LinkCheck, ...]] = {}
    for month, mine in links.items():
        if any(each.item.url in visits for each in mine):
            rules = office.rules_of(month)
            checked[month] = tuple(
                judge(each, visits.get(each.item.url), rules.workdays, rules.publish_within) for each in mine
            )
    return checked
