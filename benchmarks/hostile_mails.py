"""How long hostile mails take to read, and whether twice the mail takes twice as long.

The tests count the steps of our own code; what a regular expression does inside is seen here alone.
Run ``python -m benchmarks.hostile_mails``.
"""

from __future__ import annotations

import time

from tests.mail.samples import HOSTILE
from zwgk_excel.mail.read_mail import read_mail

SIZE, ROUNDS = 100_000, 3


def seconds(raw: bytes) -> float:
    """Processor time to read a mail, the least of some rounds."""
    taken = []
    for _ in range(ROUNDS):
        started = time.process_time()
        read_mail(raw)
        taken.append(time.process_time() - started)
    return min(taken)


def main() -> None:
    """Print a line for each kind of mail."""
    for name, make in HOSTILE.items():
        once, twice = make(SIZE), make(2 * SIZE)
        first, second = seconds(once), seconds(twice)
        print(f"{name:<28} {len(once) >> 10:>6} KB {first:7.3f} s   {len(twice) >> 10:>6} KB {second:7.3f} s")


if __name__ == "__main__":
    main()
