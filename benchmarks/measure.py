"""One measured run: a workload in a process of its own, with its time, processor time and peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

_CORES = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took."""

    seconds: float
    """Wall time of the work itself: without starting the interpreter and importing."""
    peak_mb: float
    """Highest resident memory of the main process, in MB."""
    all_mb: float
    """Highest resident memory of it and its workers together."""
    facts: Mapping[str, Any]
    """What the work says of itself: files, items."""


def run(command: Sequence[str], *, cwd: Path | None = None) -> Run:
    """Run a command that prints ``{"seconds": …, …}`` as its last line; raises RuntimeError where it fails."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd) as process:
        watch = _Watch(process.pid)
        watch.start()
        out, err = process.communicate()
        watch.done.set()
        watch.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{err[-2000:]}")
    said = json.loads(out.strip().splitlines()[-1])
    return Run(said.pop("seconds"), watch.alone / 1024, watch.all / 1024, said)


def ours(name: str, *args: object) -> list[str]:
    """The command of a workload of :mod:`benchmarks.work`."""
    return [sys.executable, "-m", "benchmarks.work", name, *map(str, args)]


class _Watch(threading.Thread):
    """Looks at a process and its offspring ten times a second; KB."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.done = pid, threading.Event()
        self.alone = self.all = 0.0

    def run(self) -> None:
        while not self.done.wait(0.1):
            family = _family(self.pid)
            memory = {pid: resident(pid) for pid in family}
            self.alone = max(self.alone, memory.get(self.pid, 0))
            self.all = max(self.all, sum(memory.values()))


def _family(root: int) -> set[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue  # it has ended meanwhile
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def resident(pid: int) -> float:
    """Resident memory of a process in KB; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((float(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, lowest and highest, rounded to four digits."""
    return {"median": _short(median(values)), "min": _short(min(values)), "max": _short(max(values))}


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"processor": model, "cores": _CORES, "memory_gb": round(memory), "python": sys.version.split()[0],
            "system": sys.platform, "day": time.strftime("%Y-%m-%d")}  # fmt: skip


def as_json(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Runs as plain values."""
    return [asdict(each) for each in runs]
