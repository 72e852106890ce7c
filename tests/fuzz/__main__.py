"""Mutants on the whole way in: ``python -m tests.fuzz SECONDS [SEED [NUMBER]]``.

Every third is a mail. What is wrong about one is printed, with its seed and number, which make it again, and the file
is kept in ``build/fuzz``. With a NUMBER only that one is made. Ends with 1 where anything was wrong.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.fuzz.arrivals import faults
from tests.fuzz.mutations import Mutant, mail_mutant, mutant
from tests.hostile.reports import Report, filled, issued
from tests.tools import ROOT

KEPT = ROOT / "build" / "fuzz"


def made(seed: int, number: int, report: Report) -> Mutant:
    """The mutant of a seed with a number."""
    make = mail_mutant if number % 3 == 2 else mutant
    return make(Random(f"{seed}/{number}"), number, report)


def many(seed: int, report: Report, *, seconds: float = 0.0, count: int = 0) -> Iterator[Mutant]:
    """The mutants of a seed, for some time or so many."""
    until = time.monotonic() + seconds
    number = 0
    while number < count or time.monotonic() < until:
        yield made(seed, number, report)
        number += 1


def main(seconds: str, seed: str = "1", number: str = "") -> int:
    """Run, and tell what is wrong."""
    wrong = 0
    became: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        desk = issued(Path(folder))
        report = filled(desk)
        given = [made(int(seed), int(number), report)] if number else many(int(seed), report, seconds=float(seconds))
        for each, outcome, fault in faults(desk, given):
            became[outcome] += 1
            if fault:
                wrong += 1
                KEPT.mkdir(parents=True, exist_ok=True)
                (KEPT / f"{seed}_{each.name}").write_bytes(each.data)
                print(f"{seed} {each.name} {'+'.join(each.done)} → {outcome}\n    {fault[-1500:]}", flush=True)
    for outcome, count in became.most_common():
        print(f"{count:>6}  {outcome[:100]}")
    print(f"{became.total():>6}  files, {wrong} with faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
