"""Readers on the nodes of a cluster, with the same results as on this computer."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from zwgk_excel.domain.problems import Problem
from zwgk_excel.version import __version__
from zwgk_excel.workbooks.reading.read_return import ParsedReturn
from zwgk_excel.workflow.cluster.addresses import addresses_of
from zwgk_excel.workflow.cluster.connection import Cluster
from zwgk_excel.workflow.cluster.conversation import Hello
from zwgk_excel.workflow.cluster.tls import client_context
from zwgk_excel.workflow.office.workspace import Workspace
from zwgk_excel.workflow.workers.readers import ReaderPool, ReadingJob


class ClusterReaders(ReaderPool):
    """A :class:`ReaderPool` whose files are read by the nodes at ``addresses``, with commas between them.

    What no node has read, and what leaves the office (marked-up copies) or is stored (the members of archives), is
    read and made by workers of this computer. Raises UserError as :class:`Cluster` does.
    """

    def __init__(
        self,
        addresses: str,
        workspace: Workspace,
        seconds: float = 6,
        memory: int = 1 << 30,
        passwords: Sequence[str] = (),
    ) -> None:
        super().__init__(None, seconds, memory, passwords)
        places = addresses_of(addresses)
        context = client_context(workspace) if any(each.encrypted for each in places) else None
        hello = Hello(__version__, round(seconds * 1000), memory, tuple(passwords))
        self._cluster = Cluster(places, hello, context=context)
        self._threads = ThreadPoolExecutor(self._cluster.lines, "node")
        self.tasks_ahead = max(self.tasks_ahead, 2 * self._cluster.lines)

    @property
    def faults(self) -> Sequence[str]:
        """What happened to nodes, in Chinese."""
        return self._cluster.faults

    def start(self, files: int) -> None:
        """Does nothing: the nodes run already, and workers of this computer are started when they are needed."""

    def close(self) -> None:
        """Leave the nodes and end the workers; may be called twice."""
        self._cluster.close()
        self._threads.shutdown(wait=True, cancel_futures=True)
        super().close()

    def _submit(self, batch: list[ReadingJob]) -> Future[Sequence[ParsedReturn | Problem]]:  # type: ignore[override]
        return self._threads.submit(self._cluster.read, batch)
