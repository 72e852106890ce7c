"""A real Dask cluster on loopback: a scheduler and its workers, each a process that a test may kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.tools import ROOT, free_port
from zwgk_excel.workflow.cluster import Cluster, Task

_SETTINGS = {
    "DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "critical",
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",  # a task that ends two workers is given up
}


@dataclass
class LocalCluster:
    """A scheduler with worker processes."""

    port: int
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where clients find it."""
        return f"tcp://127.0.0.1:{self.port}"

    def start_scheduler(self) -> None:
        """Start the scheduler, at the same place each time."""
        self.scheduler = _start("scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard")
        until = time.monotonic() + 30
        while not _listens(self.port):
            assert time.monotonic() < until, "the scheduler does not start"
            time.sleep(0.05)

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker with a process of its own, watched over as in earnest."""
        worker = _start("worker", self.address, "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1")
        self.workers.append(worker)
        return worker

    def wait(self, count: int) -> None:
        """Wait until so many workers are there."""
        from distributed import Client

        with Client(self.address, timeout=30, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=60)

    def kill_worker(self) -> None:
        """Kill one worker, what watches over it and all its children, without a word."""
        _kill(self.workers.pop(0))

    def kill_scheduler(self) -> None:
        """Kill the scheduler without a word."""
        assert self.scheduler is not None
        _kill(self.scheduler)

    def stop(self) -> None:
        """Kill everything."""
        for process in (*self.workers, *([self.scheduler] if self.scheduler else [])):
            _kill(process)
        self.workers.clear()


@contextmanager
def running(workers: int = 2) -> Iterator[LocalCluster]:
    """A scheduler and its workers, if any, ready to work."""
    cluster = LocalCluster(free_port())
    try:
        cluster.start_scheduler()
        for _ in range(workers):
            cluster.start_worker()
        if workers:
            cluster.wait(workers)
        yield cluster
    finally:
        cluster.stop()


def noted_tasks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the functions that are sent to any cluster from now on, which gets them all the same."""
    names: list[str] = []
    submit = Cluster.submit

    def noting(self: Cluster, function: Callable[..., object], *arguments: object) -> Task[object]:
        names.append(function.__name__)
        return submit(self, function, *arguments)

    monkeypatch.setattr(Cluster, "submit", noting)
    return names


def _start(what: str, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "distributed.cli.dask_" + what, *options]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **_SETTINGS, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
