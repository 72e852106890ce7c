"""The tasks of a cluster: parsing returned files, each node in a separate process, and making workbooks."""

from __future__ import annotations

import atexit
import logging
import multiprocessing
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.workbooks.opening.archives import Member
from zwgk_excel.workbooks.reading.read_return import ParsedReturn
from zwgk_excel.workbooks.report.report_workbook import ReportContent, report_workbook
from zwgk_excel.workflow.cluster.connection import Cluster, ClusterTask, WorkerKilledError
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.workers.readers import MarkupJob, ParseReturn, ReaderPool, ReadingJob, parse_return

_log = logging.getLogger(__name__)
T = TypeVar("T")
_Found = list[ParsedReturn | Problem]


@dataclass(frozen=True, slots=True)
class _Limits:
    """The parameters of a reader on a node."""

    seconds: float
    memory: int
    passwords: tuple[str, ...]
    parse: ParseReturn


@dataclass(frozen=True, slots=True)
class _Failed:
    """The trace of an error on a node that no file caused."""

    trace: str


class ClusterReaders(ReaderPool):
    """A :class:`ReaderPool` on the workers of a cluster: the same results and limits for every file."""

    def __init__(
        self,
        cluster: Cluster,
        seconds: float = 6,
        memory: int = 1 << 30,
        passwords: Sequence[str] = (),
        *,
        parse: ParseReturn = parse_return,
    ) -> None:
        super().__init__(cluster.threads(), seconds, memory, passwords, parse=parse)
        self._cluster = cluster
        self._limits = _Limits(seconds, memory, self.passwords, parse)

    def start(self, files: int) -> None:
        """Does nothing: the workers of the cluster run already."""

    def members(self, data: bytes, name: str) -> list[Member] | Problem | None:
        """The members of an archive, unpacked on the cluster."""
        return self._of_one(name, _members, data, name)

    def marked_up(self, markings: Iterable[MarkupJob]) -> Iterator[bytes | None]:
        """The marked-up copies of returns, made on the cluster."""
        tasks = [(each, self._cluster.submit(_mark, self._limits, each)) for each in markings]
        for marking, task in tasks:
            try:
                yield _sound(self._cluster.result(task))
            except WorkerKilledError:
                _log.error("marking up %s stopped several nodes", marking.name)
                yield None

    def _submit(self, batch: list[ReadingJob]) -> ClusterTask[_Found | _Failed]:  # type: ignore[override]
        return self._cluster.submit(_read, self._limits, _with_bytes(batch))

    def _results(  # type: ignore[override]
        self, batch: list[ReadingJob], future: ClusterTask[_Found | _Failed]
    ) -> Iterator[tuple[ReadingJob, ParsedReturn | Problem]]:
        try:
            found = _sound(self._cluster.result(future))
        except WorkerKilledError:  # whichever of them did it is found by reading each alone
            found = [self._alone(job) for job in batch]
        yield from zip(batch, found, strict=True)

    def _alone(self, job: ReadingJob) -> ParsedReturn | Problem:
        found = self._of_one(job.name, _read, _with_bytes([job]))
        return found if isinstance(found, Problem) else found[0]

    def _of_one(self, name: str, function: Callable[..., T | _Failed], *arguments: object) -> T | Problem:
        try:
            return _sound(self._cluster.result(self._cluster.submit(function, self._limits, *arguments)))
        except WorkerKilledError:
            return problem("file_crashed", CellRef(name), reason="几个计算节点先后因它停止")


def build_reports_on(cluster: Cluster) -> Callable[[Iterable[ReportContent]], Iterator[bytes]]:
    """A function that makes report workbooks on the cluster, in the order of their contents, for ``generate``."""

    def make(contents: Iterable[ReportContent]) -> Iterator[bytes]:
        try:
            for made in cluster.map(_make, contents):
                yield _sound(made)
        except WorkerKilledError:
            raise UserError("集群的几个计算节点先后停止，报送表没有做完；请检查计算节点的内存后重新运行。") from None

    return make


def _sound(found: T | _Failed) -> T:
    if isinstance(found, _Failed):
        _log.error("a task failed on the cluster\n%s", found.trace)
        raise UserError("集群的计算节点出错；已登记的文件不受影响，请查看日志，或不用 --cluster 重新运行。")
    return found


def _with_bytes(batch: Sequence[ReadingJob]) -> list[ReadingJob]:
    """The jobs with the bytes of their files, because the nodes need not see our disk.

    Unreadable files are passed on as they are; the node reports them.
    """
    return [replace(job, source=data) if (data := _bytes_of(job)) is not None else job for job in batch]


def _bytes_of(job: ReadingJob) -> bytes | None:
    if isinstance(job.source, bytes):
        return job.source
    try:
        return job.source.read_bytes()
    except OSError:
        return None


# --- on a node ---------------------------------------------------------------------------------

_thread_local = threading.local()
_open_readers: list[ReaderPool] = []


def _read(limits: _Limits, batch: Sequence[ReadingJob]) -> _Found | _Failed:
    return _caught(lambda: [found for _, found in _readers(limits).read_all(batch)])


def _members(limits: _Limits, data: bytes, name: str) -> list[Member] | Problem | _Failed | None:
    return _caught(lambda: _readers(limits).members(data, name))


def _mark(limits: _Limits, marking: MarkupJob) -> bytes | _Failed | None:
    return _caught(lambda: next(_readers(limits).marked_up([marking])))


def _make(content: ReportContent) -> bytes | _Failed:
    return _caught(lambda: report_workbook(content))


def _caught(work: Callable[[], T]) -> T | _Failed:
    try:
        return work()
    except Exception:
        return _Failed(traceback.format_exc())


def _readers(limits: _Limits) -> ReaderPool:
    """The reader of this thread, kept for further tasks: one process that may die without effect on others."""
    kept: tuple[_Limits, ReaderPool] | None = getattr(_thread_local, "readers", None)
    if kept and kept[0] == limits:
        return kept[1]
    if kept:
        kept[1].close()
        _open_readers.remove(kept[1])
    # A node's own process is a daemon, which may not have children unless it says otherwise.
    multiprocessing.current_process().daemon = False
    made = ReaderPool(1, limits.seconds, limits.memory, limits.passwords, parse=limits.parse)
    _thread_local.readers = limits, made
    _open_readers.append(made)
    return made


@atexit.register
def _close_all() -> None:
    for readers in _open_readers:
        readers.close()
