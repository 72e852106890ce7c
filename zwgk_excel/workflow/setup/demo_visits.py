"""What the links of ``zwgk demo`` showed: visits as they are recorded, though the demonstration visits nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from zwgk_excel.domain.link_checks import ReportedLink, Visit, VisitFinding
from zwgk_excel.workflow.verification.verifying import VerificationPlan

_ONE_IN = 12
"""Of so many links one shows something else than was reported."""


def recorded_visits(plan: VerificationPlan, at: datetime) -> Iterator[Visit]:
    """A visit of each address, one a second from ``at`` on; the faulty ones show each verdict in turn."""
    by_url = {each.item.url: each for each in plan.links}
    for number, link in enumerate(by_url.values()):
        fine = _fine(link, at + timedelta(seconds=number))
        yield _faulty(fine, number // _ONE_IN) if number % _ONE_IN == _ONE_IN - 1 else fine


def lost_pages(plan: VerificationPlan, unit: str, at: datetime) -> Iterator[Visit]:
    """A visit of each address of a unit, none of which is there any more."""
    for url in dict.fromkeys(each.item.url for each in plan.links if each.unit == unit):
        yield Visit(url, at, VisitFinding.NOT_FOUND, status=404, final_url=url)


def _fine(link: ReportedLink, at: datetime) -> Visit:
    item = link.item
    return Visit(
        item.url,
        at,
        VisitFinding.READ,
        status=200,
        final_url=item.url,
        titles=(item.title,),
        published_on=item.published_on,
        sha256=hashlib.sha256(item.title.encode()).hexdigest(),
    )


def _faulty(fine: Visit, number: int) -> Visit:
    """What the ``number``-th faulty link shows."""
    later = fine.published_on and fine.published_on + timedelta(days=45)
    no_page = replace(fine, titles=(), published_on=None, sha256="")
    kinds = (
        replace(no_page, finding=VisitFinding.TIMEOUT, status=0, final_url=""),
        replace(no_page, finding=VisitFinding.NOT_FOUND, status=404),
        replace(fine, titles=("机构职能",)),
        replace(fine, published_on=later),
        replace(no_page, finding=VisitFinding.CHALLENGE, status=403),
    )
    return kinds[number % len(kinds)]
