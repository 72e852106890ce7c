"""One link visited: each redirect judged anew, the answer's meaning by stated signs."""

from __future__ import annotations

import hashlib
import queue
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin

from zwgk_excel.domain.link_checks import Visit, VisitFinding
from zwgk_excel.web.addresses import LONGEST_URL, NotVisitedError, Reach, Target, target_of
from zwgk_excel.web.exchange import LIMITS, Answer, VisitLimits, exchange, newer_than
from zwgk_excel.web.pages import read_page, sign_of_refusal

_MOVED = frozenset({301, 302, 303, 307, 308})
_UNCHANGED = 304
_GONE = frozenset({404, 410})
_REFUSED = frozenset({401, 402, 403, 405, 406, 407, 408, 412, 418, 421, 425, 426, 429, 431, 444, 451, 521})
"""Answers to a program, or to too many requests, that a person may not get; 412 and 521 are known of challenges."""
_HOMES = frozenset({"", "/", "/index.html", "/index.htm", "/index.shtml", "/index.jsp", "/index.php", "/index.aspx"})
_PAGES = ("text/html", "application/xhtml+xml", "text/plain", "")


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit, and the page as it was; empty where none was read."""

    visit: Visit
    body: bytes = b""


class Visitor:
    """Visits links within a reach; may be used by several threads at once."""

    def __init__(
        self,
        reach: Reach,
        context: ssl.SSLContext,
        now: Callable[[], datetime],
        *,
        limits: VisitLimits = LIMITS,
        wait: Callable[[str], None] = lambda host: None,
    ) -> None:
        """``wait`` is called before each request with the host, and returns when it may be asked."""
        self._reach, self._context, self._now = reach, context, now
        self._limits, self._wait = limits, wait

    def visit(self, url: str, before: Visit | None = None) -> Visited:
        """What a link shows; where it is as at a visit ``before`` the facts are those of then."""
        way = _Way(url)
        try:
            found = self._follow(way, before)
        except NotVisitedError as error:
            found = Visited(Visit(url, self._now(), error.finding))
        at, last = self._now(), way.target.url[:LONGEST_URL] if way.target else ""
        return replace(found, visit=replace(found.visit, at=at, status=way.status, final_url=last))

    def _follow(self, way: _Way, before: Visit | None) -> Visited:
        target = target_of(way.url)
        until = 0.0
        for _ in range(self._limits.redirects + 1):
            way.enter(target)
            if not self._reach.lists(target):
                raise NotVisitedError(VisitFinding.NOT_LISTED)
            waited = time.monotonic()
            self._wait(target.host)
            # Waiting for our own turn is no fault of the page.
            until = until + time.monotonic() - waited if until else time.monotonic() + self._limits.seconds
            known = _conditions(before, target)
            answer = self._answer(target, until, known)
            way.status = answer.status
            if answer.status == _UNCHANGED and before and known:
                return Visited(before)
            led = self._led(way, target, answer)
            if isinstance(led, Visited):
                return led
            target = led
        raise NotVisitedError(VisitFinding.LOOP)

    def _answer(self, target: Target, until: float, known: Mapping[str, str]) -> Answer:
        addresses = _in_time(lambda: self._reach.addresses(target), until)
        return exchange(target, addresses, self._context, until=until, most=self._limits.bytes, known=known)

    def _led(self, way: _Way, target: Target, answer: Answer) -> Visited | Target:
        """Where an answer leads: a page read, or the next address."""
        location = answer.headers.get("location", "")
        if answer.status in _MOVED and location:
            return way.next(target, location, sets_cookie="set-cookie" in answer.headers)
        kind = answer.headers.get("content-type", "")
        finding = _finding_of_status(answer, kind)
        if finding is not VisitFinding.READ:
            raise NotVisitedError(finding)
        facts = read_page(answer.body, kind)
        if facts.refresh:
            return way.next(target, facts.refresh, sets_cookie=False)
        finding = facts.finding
        if finding is VisitFinding.READ and way.led_home:
            finding = VisitFinding.HOME
        if finding is VisitFinding.READ and not answer.whole:
            finding = VisitFinding.TOO_LARGE
        digest = hashlib.sha256(answer.body).hexdigest()
        etag, modified = (answer.headers.get(name, "")[:200] for name in ("etag", "last-modified"))
        visit = Visit(
            way.url, self._now(), finding, 0, "", facts.titles, facts.published_on, digest, etag, modified
        )
        return Visited(visit, answer.body)


class _Way:
    """The way from a link to its page."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.status = 0
        self.target: Target | None = None
        self._first: Target | None = None
        self._seen: set[str] = set()

    def enter(self, target: Target) -> None:
        """Note an address that is asked next."""
        self.target = target
        self._first = self._first or target
        self._seen.add(target.url)

    @property
    def led_home(self) -> bool:
        """Whether redirects led from an article to the front page of a site."""
        first, last = self._first, self.target
        return bool(first and last) and last.path in _HOMES and first.path not in _HOMES  # type: ignore[union-attr]

    def next(self, target: Target, location: str, *, sets_cookie: bool) -> Target:
        """The address that one leads to; raises NotVisitedError for one that was asked already."""
        try:
            led = target_of(urljoin(target.url, location.strip()[:LONGEST_URL]))
        except ValueError:
            raise NotVisitedError(VisitFinding.NO_LINK) from None
        if led.url in self._seen:
            # A page that asks for a cookie leads to itself whoever does not keep it.
            raise NotVisitedError(VisitFinding.COOKIE if sets_cookie else VisitFinding.LOOP)
        return led


def _conditions(before: Visit | None, target: Target) -> dict[str, str]:
    """The headers that ask only for a newer page, where the page before was read at the very same address."""
    if before is None or before.finding is not VisitFinding.READ or before.final_url != target.url:
        return {}
    return newer_than(before.etag, before.last_modified)


def _finding_of_status(answer: Answer, kind: str) -> VisitFinding:
    """What a status and the kind of a body come to; READ for a page that is to be read."""
    if answer.status == 200:
        if kind.partition(";")[0].strip().lower() not in _PAGES:
            return VisitFinding.FILE
        return VisitFinding.READ
    if answer.status in _GONE:
        return VisitFinding.NOT_FOUND
    if sign := sign_of_refusal(answer.body, kind):
        return sign
    if answer.status in _REFUSED:
        return VisitFinding.BLOCKED
    return VisitFinding.CHALLENGE if 200 <= answer.status < 300 else VisitFinding.STATUS


def _in_time(ask: Callable[[], list[str]], until: float) -> list[str]:
    """The answer of the system's resolver, which knows no time of its own; OFFLINE where it takes longer."""
    told: queue.SimpleQueue[list[str] | NotVisitedError] = queue.SimpleQueue()

    def run() -> None:
        try:
            told.put(ask())
        except NotVisitedError as error:
            told.put(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        found = told.get(timeout=max(until - time.monotonic(), 0.001))
    except queue.Empty:
        raise NotVisitedError(VisitFinding.OFFLINE) from None
    if isinstance(found, NotVisitedError):
        raise found
    return found
