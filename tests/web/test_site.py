"""Every fault of a site is found, and none invented."""

from contextlib import closing
from datetime import datetime

import pytest

from tests.web.site import KINDS, here, reported, seeded, trusting
from zwgk_excel.domain.link_checks import VisitFinding, judge
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.web.addresses import Reach
from zwgk_excel.web.crawling import AT_ONCE, Pace, visit_all
from zwgk_excel.web.exchange import USER_AGENT, VisitLimits
from zwgk_excel.web.visiting import Visitor

LINKS = 300
LIMITS = VisitLimits(seconds=3, bytes=1 << 20)
NOW = datetime(2026, 12, 1, 9)


@pytest.fixture(scope="module")
def visited(site, authority):
    """Link → what was found, of some hundred links."""
    links = [reported(site, kind, number) for number, kind in enumerate(seeded(LINKS))]
    reach = Reach(site.hosts, ["127.0.0.0/8"], resolve=here)
    visitor = Visitor(reach, trusting(authority), lambda: NOW, limits=LIMITS)
    found = {each.visit.url: each for each in visit_all([(each.item.url, None) for each in links], visitor, Pace(0))}
    return [(each, found[each.item.url]) for each in links]


def test_every_fault_is_found_and_none_invented(visited):
    wrong = []
    for link, found in visited:
        kind = link.item.url.split("/")[3]
        check = judge(link, found.visit, Workdays(), 20)
        if check.verdict is not KINDS[kind]:
            wrong.append((kind, check.verdict, found.visit))
    assert wrong == []
    assert {link.item.url.split("/")[3] for link, _ in visited} == set(KINDS)


FINDINGS = {
    "meta": VisitFinding.READ,
    "dead": VisitFinding.NOT_FOUND,
    "home": VisitFinding.HOME,
    "error": VisitFinding.STATUS,
    "loop": VisitFinding.LOOP,
    "reset": VisitFinding.BROKEN,
    "closed": VisitFinding.REFUSED,
    "expired": VisitFinding.CERTIFICATE,
    "stranger": VisitFinding.CERTIFICATE,
    "slow": VisitFinding.TIMEOUT,
    "slow_head": VisitFinding.TIMEOUT,
    "endless": VisitFinding.TOO_LARGE,
    "huge": VisitFinding.TOO_LARGE,
    "challenge": VisitFinding.CHALLENGE,
    "cookie": VisitFinding.COOKIE,
    "login": VisitFinding.LOGIN,
    "blocked": VisitFinding.BLOCKED,
    "script": VisitFinding.SCRIPT_ONLY,
    "pdf": VisitFinding.FILE,
}


@pytest.mark.parametrize("kind", FINDINGS)
def test_what_happened_is_told(visited, kind):
    found = {each.visit.finding for link, each in visited if f"/{kind}/" in link.item.url}
    assert found == {FINDINGS[kind]}


def test_a_moved_page_has_the_address_where_it_is(visited, site):
    (first, *_) = [each.visit for link, each in visited if "/moved/" in link.item.url]
    assert first.final_url == first.url.replace("/moved/", "/meta/")
    assert (first.status, len(first.sha256)) == (200, 64)


def test_a_redirect_to_an_address_in_chinese_is_followed(site, authority, monkeypatch):
    place = "/meta/9?栏目=公告".encode().decode("latin-1")  # as servers send it
    monkeypatch.setattr(f"{site.__module__}._Handler._moved", lambda handler, number: handler._lead(place))
    visitor = Visitor(Reach(site.hosts, ["127.0.0.0/8"], resolve=here), trusting(authority), lambda: NOW)
    found = visitor.visit(site.url("moved", 9)).visit
    assert found.finding is VisitFinding.READ
    assert found.final_url.endswith("/meta/9?%E6%A0%8F%E7%9B%AE=%E5%85%AC%E5%91%8A")


def test_how_the_site_is_asked(visited, site):
    assert site.agents == {USER_AGENT}
    assert site.cookies == 0


def test_a_page_that_is_as_it_was_is_not_sent_again(site, authority):
    visitor = Visitor(Reach(site.hosts, ["127.0.0.0/8"], resolve=here), trusting(authority), lambda: NOW)
    first = visitor.visit(site.url("meta", 7)).visit
    again = visitor.visit(first.url, first)
    assert (first.status, first.etag) == (200, '"7"')
    assert (again.visit.status, again.visit.titles, again.body) == (304, first.titles, b"")
    assert again.visit.sha256 == first.sha256


def test_whoever_stops_listening_begins_no_more_visits(site, authority):
    site.requests.clear()
    pace = Pace(60)  # a request a second
    reach = Reach(site.hosts, ["127.0.0.0/8"], resolve=here)
    visitor = Visitor(reach, trusting(authority), lambda: NOW, wait=pace.wait)
    asked = [(site.url("meta", number), None) for number in range(200)]
    with closing(visit_all(asked, visitor, pace)) as visits:
        next(visits)
    assert sum(site.requests.values()) <= AT_ONCE
