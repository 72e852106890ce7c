"""What a check found, in words: on the terminal, in Excel and in the tracker."""

from __future__ import annotations

from zwgk_excel.domain.link_checks import LinkCheck, LinkVerdict, Visit, VisitFinding
from zwgk_excel.domain.text import shortened
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word

_LED = frozenset({VisitFinding.HOME, VisitFinding.NOT_LISTED, VisitFinding.LOOP})
"""Findings of which it matters where they were made."""
_NOT_ENTERED = frozenset({VisitFinding.NOT_LISTED, VisitFinding.INTERNAL})
"""Findings about an address that was not asked: an answer, if any, came from the one before, which led there."""
_TITLE = 60
"""Characters of a page's title that are told, or as many as the reported one has."""
_SAYS_NOTHING = frozenset({0, 200})


def told(check: LinkCheck) -> str:
    """What happened: what was found, with both where it differs from what was reported; empty for no visit."""
    visit, item = check.visit, check.link.item
    if visit is None:
        return ""
    if check.verdict is LinkVerdict.TITLE_DIFFERS:
        if not visit.titles:
            return word("visit_finding", VisitFinding.NO_TITLE)
        return f"网页上是“{shortened(visit.titles[0], max(_TITLE, len(item.title)))}”"
    if check.verdict is LinkVerdict.DATE_DIFFERS:
        late = f"；按网页，形成后第 {check.late_by} 个工作日才发布，超期" if check.late_by else ""
        return f"报的是 {item.published_on}，网页上是 {visit.published_on}{late}"
    if visit.finding in _NOT_ENTERED and visit.status not in _SAYS_NOTHING:
        return f"转向 {visit.final_url}（{visit.status}），{_of(visit)}，没有访问"
    if visit.finding is VisitFinding.INTERNAL:
        return f"{_of(visit)}；确在政务外网的，请把网段写进 zwgk.toml 的 [verify] networks"
    status = "" if visit.status in _SAYS_NOTHING else f"（{visit.status}）"
    led = f"，到了 {visit.final_url}" if visit.finding in _LED else ""
    return f"{_of(visit)}{status}{led}"


def _of(visit: Visit) -> str:
    return word("visit_finding", visit.finding)


def verdict_of(check: LinkCheck) -> str:
    """The verdict as it is told; that there is none yet for a link that was not visited."""
    unvisited: str = layout("tracker").settings["link_checks"]["unvisited"]
    return word("link_verdict", check.verdict) if check.verdict else unvisited
