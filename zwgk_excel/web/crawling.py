"""Many links: at most eight at once, each host no more often than the office allows, results as they come."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice, zip_longest
from urllib.parse import urlsplit

from zwgk_excel.domain.link_checks import Visit
from zwgk_excel.web.visiting import Visited, Visitor

AT_ONCE = 8
_SECONDS = 60
Asked = tuple[str, Visit | None]
"""A link and the visit before, if there was one."""


class Pace:
    """Lets each host be asked so many times a minute, evenly."""

    def __init__(self, per_minute: int) -> None:
        """0 for no limit."""
        self._gap = _SECONDS / per_minute if per_minute else 0.0
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def wait(self, host: str) -> None:
        """Return when it is the caller's turn at a host."""
        with self._lock:
            turn = max(self._next.get(host, 0.0), time.monotonic())
            self._next[host] = turn + self._gap
        self._ended.wait(max(turn - time.monotonic(), 0))

    def end(self) -> None:
        """Let nobody wait any more."""
        self._ended.set()


def visit_all(asked: Iterable[Asked], visitor: Visitor, pace: Pace) -> Generator[Visited, None, None]:
    """The visits of links, in the order in which they end.

    Whoever stops listening waits only for those under way; none is begun after that.
    """
    left = iter(in_turn(list(asked)))
    running: set[Future[Visited]] = set()
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="visit")
    try:
        while True:
            running |= {pool.submit(visitor.visit, *each) for each in islice(left, AT_ONCE - len(running))}
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for each in done:
                yield each.result()
    finally:
        for each in running:
            each.cancel()
        pace.end()
        pool.shutdown(cancel_futures=True)


def in_turn(asked: Sequence[Asked]) -> list[Asked]:
    """The links, those of different hosts in turn, so that none is kept waiting for the slowest."""
    hosts: dict[str, list[Asked]] = defaultdict(list)
    for each in asked:
        hosts[_host(each[0])].append(each)
    return [each for turn in zip_longest(*hosts.values()) for each in turn if each is not None]


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""

