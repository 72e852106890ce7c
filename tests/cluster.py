"""Real nodes on loopback, each a process that a test may kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.mail.authority import Certificate
from tests.tools import ROOT, free_port
from zwgk_excel.workflow.cluster.connection import Cluster
from zwgk_excel.workflow.cluster.conversation import Answer
from zwgk_excel.workflow.workers.readers import ReadingJob

_NODE = """
from tests.workflow import killers
from zwgk_excel.workflow.cluster.node import Node
Node({address!r}, workers=1, parse=killers.{parse}).serve_forever()
"""


@dataclass(frozen=True)
class Tls:
    """What a node shows itself with, and the authority it trusts."""

    authority: Path
    certificate: Certificate


@dataclass
class LocalNodes:
    """Nodes with a worker each, at ports of their own."""

    tls: Tls | None = None
    """The certificates of all of them; none where the lines are not encrypted."""
    parse: str = ""
    """The parser of ``tests.workflow.killers`` that they read with; the usual one where empty."""
    running: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """All of them, for ``--cluster``."""
        return ",".join(f"{'tls' if self.tls else 'tcp'}://127.0.0.1:{port}" for port in self.running)

    def start(self, port: int = 0) -> None:
        """Start one, at the given port."""
        port = port or free_port()
        address = f"{'tls' if self.tls else 'tcp'}://127.0.0.1:{port}"
        command = ["-m", "zwgk_excel", "node", address, "--workers", "1", *self._options()]
        if self.parse:
            command = ["-c", _NODE.format(address=address, parse=self.parse)]
        self.running[port] = _start(command)
        until = time.monotonic() + 60
        while not _listens(port):
            assert time.monotonic() < until, "the node does not start"
            time.sleep(0.05)

    def _options(self) -> tuple[str, ...]:
        if self.tls is None:
            return ()
        own = "--certificate", str(self.tls.certificate.certificate), "--key", str(self.tls.certificate.key)
        return ("--ca-file", str(self.tls.authority), *own)

    def kill(self, number: int = 0) -> int:
        """Kill one and all its children without a word; its port."""
        port = list(self.running)[number]
        _kill(self.running.pop(port))
        return port

    def stop(self) -> None:
        """Kill all."""
        while self.running:
            self.kill()


@contextmanager
def running(nodes: int = 1, tls: Tls | None = None, parse: str = "") -> Iterator[LocalNodes]:
    """So many nodes, ready to work."""
    started = LocalNodes(tls, parse)
    try:
        for _ in range(nodes):
            started.start()
        yield started
    finally:
        started.stop()


def noted_names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that nodes have read from now on."""
    names: list[str] = []
    read = Cluster.read

    def noting(self: Cluster, jobs: Sequence[ReadingJob]) -> Answer:
        found = read(self, jobs)
        names.extend(job.name for job in jobs)
        return found

    monkeypatch.setattr(Cluster, "read", noting)
    return names


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
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
