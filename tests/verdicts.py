"""What becomes of files: ``python -m tests.verdicts [--json] FOLDER…`` takes every file of the folders in.

Each is received by itself, in a throw-away workspace that issued the reports of :mod:`tests.hostile`, and measured: how
long it took, and how much memory any one process used. ``--json`` prints a line of JSON for each file as it is done.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from tests.hostile.reports import issued
from tests.tools import ROOT
from tests.workflow.desk import Desk
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.workers.readers import ReaderPool

RECEIVED = datetime(2026, 11, 20, 10, 30)
SECONDS, MEGABYTES = 10, 1024
"""What no file may take."""
_RESET_PEAK = "5"
"""What to write to clear_refs to have a process's highest memory forgotten; see proc(5)."""
_POLL = 0.005
_SELF = Path("/proc/self")


@dataclass(frozen=True)
class Taken:
    """A file that was taken in."""

    file: str
    outcome: str
    """As :func:`outcome` gives it; of an archive, then those of its files, with ``+`` between them."""
    codes: tuple[str, ...]
    titles: tuple[str, ...]
    """The titles of its items."""
    seconds: float
    megabytes: float | None
    """The most that any one process held, of this one only what it grew by; None where the system does not tell."""


def outcome(receipt: Receipt) -> str:
    """``accepted``, ``returned:CODE``, ``duplicate``, or the code of the problem it is quarantined with."""
    if receipt.verdict in {Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_PROBLEMS}:
        return "accepted"
    codes = [each.code for each in sorted(receipt.problems, key=lambda each: not each.is_error)]
    match receipt.verdict:
        case Verdict.QUARANTINED:
            return codes[0]
        case Verdict.RETURNED:
            return f"returned:{codes[0]}"
    return str(receipt.verdict)


def take_each(desk: Desk, paths: Iterable[Path]) -> Iterator[Taken]:
    """Receive the files one by one."""
    desk.now = datetime(2026, 12, 3, 9)
    # By the clock no longer than is measured here, however busy the computer is.
    with desk.open() as office, ReaderPool(wall=SECONDS - 2) as readers:
        for path in paths:
            with measured() as measure:
                receipts = receive(office, [path], received_at=RECEIVED, readers=readers)
            whole = list(office.ledger.with_content(receipts))
            yield Taken(
                file=path.name,
                outcome="+".join(outcome(each) for each in receipts),
                codes=tuple(problem.code for each in receipts for problem in each.problems),
                titles=tuple(item.title for each in whole if each.content for item in each.content.items),
                seconds=measure.seconds,
                megabytes=measure.megabytes,
            )


def within_limits(taken: Taken) -> bool:
    """Whether a file took no more time and memory than any file may."""
    return taken.seconds < SECONDS and (taken.megabytes or 0) < MEGABYTES


def taken_by_command(*folders: Path) -> list[Taken]:
    """What this command says of folders, run as a process of its own; nothing else may come out of it."""
    command = [sys.executable, "-m", "tests.verdicts", "--json", *map(str, folders)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, ""), f"{run.stderr}\nafter {run.stdout[-500:]}"
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return [Taken(**line | {key: tuple(line[key]) for key in ("codes", "titles")}) for line in lines]


def files_in(folders: Iterable[Path]) -> list[Path]:
    """The files of folders, but for the list of what they are."""
    return sorted(path for folder in folders for path in folder.iterdir() if path.is_file() and path.suffix != ".tsv")


# --- time and memory ---------------------------------------------------------------------------


@dataclass
class Measure:
    """What a piece of work took."""

    seconds: float = 0.0
    megabytes: float | None = None


@contextmanager
def measured() -> Iterator[Measure]:
    """Measure what runs inside: wall time, and the memory of this process and all that it starts.

    What this process held before is not counted: of a long run of tests that is a gigabyte.
    """
    measure, done = Measure(), threading.Event()
    for process in _family():
        _write_quietly(process / "clear_refs", _RESET_PEAK)
    watch = threading.Thread(target=_watch, args=(measure, done, _peak(_SELF) or 0))
    watch.start()
    started = time.perf_counter()
    try:
        yield measure
    finally:
        measure.seconds = time.perf_counter() - started
        done.set()
        watch.join()


def _watch(measure: Measure, done: threading.Event, before: float) -> None:
    while True:
        last = done.wait(_POLL)
        held = [(process, peak) for process in _family() if (peak := _peak(process))]
        peaks = [peak - before if process == _SELF else peak for process, peak in held]
        if peaks:
            measure.megabytes = max(measure.megabytes or 0, *peaks)
        if last:
            return


def _family() -> list[Path]:
    """The /proc folders of this process and its descendants; empty where there is no /proc."""
    family, found = [], [_SELF]
    while found:
        process = found.pop()
        children = _read_quietly(list(process.glob("task/*/children")))
        found += [Path("/proc", child) for child in children.split()]
        family.append(process)
    return family


def _peak(process: Path) -> float | None:
    lines = _read_quietly([process / "status"]).splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), None)


def _read_quietly(paths: Iterable[Path]) -> str:
    """What is in files of /proc, those of processes that have ended left out."""
    texts = []
    for path in paths:
        try:
            texts.append(path.read_text())
        except OSError:
            continue
    return " ".join(texts)


def _write_quietly(path: Path, text: str) -> None:
    try:
        path.write_text(text)
    except OSError:
        # The process has ended, or the system keeps no peaks: then the peak is the one since it began.
        return


# --- the command -------------------------------------------------------------------------------


def main(*arguments: str) -> None:
    """Take the files in and print what became of them."""
    folders = [Path(argument) for argument in arguments if argument != "--json"]
    with tempfile.TemporaryDirectory() as workspace:
        taken = take_each(issued(Path(workspace)), files_in(folders))
        if "--json" in arguments:
            for each in taken:
                print(json.dumps(asdict(each), ensure_ascii=False), flush=True)
            return
        _print(list(taken))


def _print(taken: list[Taken]) -> None:
    for each in taken:
        memory = "" if each.megabytes is None else f"{each.megabytes:6.0f} MB"
        print(f"{each.seconds:6.2f} s {memory}  {_short(each.outcome):<28} {each.file}")
    print()
    for name, count in Counter(each.outcome.partition("+")[0] for each in taken).most_common():
        print(f"{count:>6}  {name}")
    print(f"{len(taken):>6}  files in {sum(each.seconds for each in taken):.1f} s")


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


if __name__ == "__main__":
    main(*sys.argv[1:])
