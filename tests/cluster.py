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
from pathlib import Path

import pytest
from distributed.security import Security

from tests.mail.authority import Certificate
from tests.tools import ROOT, free_port
from zwgk_excel.workflow.cluster.connection import Cluster, ClusterTask

_SETTINGS = {
    "DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "critical",
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",  # a task that ends two workers is given up
}


@dataclass(frozen=True)
class Tls:
    """What a node shows itself with, and the authority it trusts."""

    authority: Path
    certificate: Certificate

    @property
    def security(self) -> Security:
        """The same for a client."""
        own = {"tls_client_cert": str(self.certificate.certificate), "tls_client_key": str(self.certificate.key)}
        return Security(tls_ca_file=str(self.authority), **own)


@dataclass
class LocalCluster:
    """A scheduler with worker processes."""

    port: int
    tls: Tls | None = None
    """The certificates of its nodes; none where it is not encrypted."""
    listens: str = "127.0.0.1"
    """Where the scheduler takes connections."""
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where clients find it."""
        return f"{'tls' if self.tls else 'tcp'}://127.0.0.1:{self.port}"

    @property
    def _options(self) -> tuple[str, ...]:
        if self.tls is None:
            return ()
        own = "--tls-cert", str(self.tls.certificate.certificate), "--tls-key", str(self.tls.certificate.key)
        return ("--protocol", "tls", "--tls-ca-file", str(self.tls.authority), *own)

    def start_scheduler(self) -> None:
        """Start the scheduler, at the same place each time."""
        usual = ("--host", self.listens, "--port", str(self.port), "--no-dashboard")
        self.scheduler = _start("scheduler", *usual, *self._options)
        until = time.monotonic() + 30
        while not _listens(self.port):
            assert time.monotonic() < until, "the scheduler does not start"
            time.sleep(0.05)

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker with a process of its own, watched over as in earnest."""
        usual = ("--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1")
        worker = _start("worker", self.address, *usual, *self._options)
        self.workers.append(worker)
        return worker

    def wait(self, count: int) -> None:
        """Wait until so many workers are there."""
        from distributed import Client

        security = {"security": self.tls.security} if self.tls else {}
        with Client(self.address, timeout=30, set_as_default=False, **security) as client:
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
def running(workers: int = 2, tls: Tls | None = None) -> Iterator[LocalCluster]:
    """A scheduler and its workers, if any, ready to work."""
    cluster = LocalCluster(free_port(), tls)
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

    def noting(self: Cluster, function: Callable[..., object], *arguments: object) -> ClusterTask[object]:
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
