"""What visiting a month's links costs: ``python -m benchmarks.verify [--json] [--links N]``.

The site of the tests runs on loopback in this process; each way of visiting it runs in a process of its own. The plain
way is a loop over urllib that fetches every address and forgets it: no bounds, no list of hosts, no judgement, and it
would wait for ever for the pages that never end, so those are asked by us alone. Memory is the highest resident size
less what the process had before it began.
"""

from __future__ import annotations

import argparse
import json
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any

from tests.mail.authority import Authority
from tests.web.site import COSTLY, HOST, KINDS, Site, here, reported, running, seeded
from zwgk_excel.domain.link_checks import LinkVerdict, judge
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.web.addresses import Reach
from zwgk_excel.web.crawling import Pace, visit_all
from zwgk_excel.web.exchange import VisitLimits, tls_context
from zwgk_excel.web.visiting import Visitor

PLAIN = "plain loop over urllib"
ENDING = {kind: verdict for kind, verdict in KINDS.items() if kind not in COSTLY}


def plain(site: Site, kinds: list[str], authority: str) -> dict[str, Any]:
    """Every address once, one after the other, by its loopback address."""
    context = ssl.create_default_context(cafile=authority)
    context.check_hostname = False
    sent = 0
    for number, kind in enumerate(kinds):
        url = reported(site, kind, number).item.url.replace(HOST, "127.0.0.1")
        with (
            suppress(OSError, ValueError, HTTPException),
            urllib.request.urlopen(url, timeout=15, context=context) as answer,
        ):
            sent += len(answer.read())
    return {"links": len(kinds), "bytes": sent}


def ours(site: Site, kinds: list[str], authority: str) -> dict[str, Any]:
    """The same links visited and judged by us; ``wrong`` counts verdicts that are not right."""
    links = [reported(site, kind, number) for number, kind in enumerate(kinds)]
    reach = Reach(site.hosts, ["127.0.0.0/8"], resolve=here)
    visitor = Visitor(reach, tls_context(authority), datetime.now, limits=VisitLimits(seconds=5))
    asked = [(each.item.url, None) for each in links]
    found = {each.visit.url: each.visit for each in visit_all(asked, visitor, Pace(0))}
    verdicts = [judge(each, found[each.item.url], Workdays(), 20).verdict for each in links]
    wrong = Counter(kind for kind, verdict in zip(kinds, verdicts, strict=True) if verdict is not KINDS[kind])
    faults = sum(KINDS[kind] is not LinkVerdict.FINE for kind in kinds)
    return {"links": len(kinds), "faults": faults, "wrong": dict(wrong)}


WAYS: dict[str, tuple[Callable[[Site, list[str], str], dict[str, Any]], bool]] = {
    PLAIN: (plain, False),
    "our visits": (ours, False),
    "our visits, with pages that never end": (ours, True),
}
"""Way → what it does, and whether the costly pages are among its links."""


def child(way: str, links: str, authority: str, ports: str) -> None:
    """Go one way, and print what it took."""
    work, costly = WAYS[way]
    kinds = seeded(int(links), KINDS if costly else ENDING)
    site = Site(json.loads(ports))
    before, started = _highest(), time.perf_counter()
    told = work(site, kinds, authority)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": round(seconds, 2), "mb": round((_highest() - before) / 1024, 1), **told}))


def _highest() -> int:
    """The highest resident size of this process so far, in kilobytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def measure(links: int) -> dict[str, dict[str, Any]]:
    """Way → links, seconds and megabytes, and verdicts that were not right."""
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        with running(authority) as site:
            given = [str(links), str(authority.file), json.dumps(site.ports)]
            return {way: _run(way, given) for way in WAYS}


def _run(way: str, given: list[str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.verify", "--way", way, *given]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--links", type=int, default=1000)
    found = measure(parser.parse_args().links)
    if "--json" in sys.argv:
        print(json.dumps(found, indent=2))
        return
    for way, values in found.items():
        print(f"{way}: {values}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--way"]:
        child(*sys.argv[2:])
    else:
        main()
