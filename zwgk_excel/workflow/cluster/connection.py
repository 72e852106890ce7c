"""A Dask cluster as one place to send work to: it outlives workers that die and a scheduler that restarts.

What is sent are functions of this package and plain values; what comes back are plain values. Nothing on the cluster
touches the workspace or its ledger, so whatever happens there, running again makes it good.
"""

from __future__ import annotations

import logging
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.version import __version__
from zwgk_excel.workflow.cluster.tls import fault, security_of
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.workspace import Workspace

if TYPE_CHECKING:
    from distributed import Client, Future
    from distributed.security import Security

_log = logging.getLogger(__name__)
T = TypeVar("T")
A = TypeVar("A")

_ADDRESS = re.compile(r"(tcp|tls)://[^\s/]+:\d{1,5}")
_CONNECT_SECONDS = 10.0
_LOOK_SECONDS = 2.0
"""While a result is awaited, so often we look whether anybody is still at work."""
_PER_WORKER = 3
"""So many tasks wait for each worker, so that none is idle and memory stays bounded."""
_LOST_OFTEN = 10
"""A task that is lost more often than this meets something that waiting does not mend."""
_LARGE = "1GiB"
"""Dask warns of tasks that carry much; ours carry the files to be read."""


class WorkerKilledError(ZwgkError):
    """A task that took several workers with it, one after the other."""


@dataclass
class ClusterTask(Generic[T]):
    """Something sent to the cluster, kept until its result is here so that it can be sent again."""

    function: Callable[..., T]
    arguments: tuple[object, ...] = field(repr=False)
    future: Future[T] | None = None
    sent_over: int = 0
    """Which of our connections it went over."""
    lost: int = 0
    """How often the cluster lost it."""


class Cluster:
    """A connection to the scheduler at ``address`` (``tcp://host:port`` or ``tls://…``); a context manager.

    ``patience`` is how many seconds a scheduler or all workers may be gone before we give up. ``security`` holds the
    certificates for ``tls://``. Raises UserError for an address that is none, a scheduler that does not answer or
    whose certificate or ours is not accepted, and nodes with another version of this program.
    """

    def __init__(self, address: str, *, patience: float = 60.0, security: Security | None = None) -> None:
        if not _ADDRESS.fullmatch(address):
            raise UserError(f"“{address}”不是集群地址；应如 tcp://192.0.2.10:8786。")
        self.address, self.patience, self._security = address, patience, security
        self._connections = 0
        self._alone_since: float | None = None
        self._client = self._connect(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the cluster, which goes on without us; safe to call twice."""
        self._drop()

    def threads(self) -> int:
        """How many tasks the cluster works on at a time now; at least one."""
        return max(1, sum(int(each["nthreads"]) for each in self._workers().values()))

    def submit(self, function: Callable[..., T], *arguments: object) -> ClusterTask[T]:
        """Send a call of a function of this package; it must not raise."""
        task = ClusterTask(function, arguments)
        self._send(task)
        return task

    def result(self, task: ClusterTask[T]) -> T:
        """Wait for a result, sending the task again where the cluster lost it.

        Raises KilledItsWorkers, and UserError when the cluster is gone for longer than our patience.
        """
        from distributed import KilledWorker

        while True:
            try:
                if task.future is None or task.sent_over != self._connections:
                    self._send(task)
                found: T = task.future.result(timeout=_LOOK_SECONDS)  # type: ignore[union-attr]
            except KilledWorker as killed:
                raise WorkerKilledError(str(killed)) from None
            except TimeoutError:
                self._look()
            except ImportError as error:
                raise self._other_program(error) from error
            except Exception as error:  # our functions do not raise: it is the cluster
                _log.info("the cluster lost a task: %r", error)
                self._reconnect(task)
            else:
                task.future, task.arguments, self._alone_since = None, (), None
                return found

    def map(self, function: Callable[[A], T], values: Iterable[A]) -> Iterator[T]:
        """The function's results in the order of the values; only so many values as are under way are taken ahead."""
        waiting: deque[ClusterTask[T]] = deque()
        ahead = self.threads() * _PER_WORKER
        for value in values:
            waiting.append(self.submit(function, value))
            if len(waiting) >= ahead:
                yield self.result(waiting.popleft())
        while waiting:
            yield self.result(waiting.popleft())

    def _send(self, task: ClusterTask[T]) -> None:
        task.future = self._client.submit(task.function, *task.arguments, pure=False)
        task.sent_over = self._connections

    def _look(self) -> None:
        """Give up when nobody has been at work for too long; the scheduler itself is missed elsewhere."""
        if self._workers():
            self._alone_since = None
            return
        self._alone_since = self._alone_since or time.monotonic()
        if time.monotonic() - self._alone_since > self.patience:
            raise UserError(f"集群 {self.address} 没有可用的计算节点；{_SAFE}请启动计算节点后重新运行。")

    def _workers(self) -> dict[str, Any]:
        try:
            workers: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        except Exception as error:  # whatever it is, waiting for a result will meet it too
            _log.info("the scheduler does not say who is there: %r", error)
            return {}
        return workers

    def _reconnect(self, task: ClusterTask[T]) -> None:
        """Find the scheduler again; one that lost only this task, and not us, is asked for it once more."""
        task.future = None
        task.lost += 1
        if task.lost > _LOST_OFTEN:
            raise UserError(f"集群 {self.address} 一再丢失任务；{_SAFE}请检查调度程序和计算节点后重新运行。")
        if task.sent_over == self._connections:
            self._drop()
            self._client = self._connect(self.patience)

    def _connect(self, patience: float) -> Client:
        import dask

        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it tells of every lost connection; we do so
        dask.config.set({"distributed.admin.large-graph-warning-threshold": _LARGE})
        until = time.monotonic() + patience
        while True:
            try:
                client = self._client_of(min(_CONNECT_SECONDS, self.patience))
                break
            except RuntimeError as error:  # Dask is set to speak to nobody without encryption
                raise UserError(f"本机的 Dask 配置不允许不加密的集群 {self.address}；地址应以 tls:// 开头。") from error
            except (OSError, TimeoutError, ValueError) as error:
                if self._security and (why := fault(self.address, self._security)):
                    raise UserError(f"连不上集群 {self.address}：{why}；{_SAFE}改好后重新运行。") from error
                if time.monotonic() > until:
                    raise UserError(f"连不上集群 {self.address}；{_SAFE}请核对地址和调度程序后重新运行。") from error
                time.sleep(0.5)
        self._connections += 1
        self._client = client
        self._check_versions()
        return client

    def _client_of(self, seconds: float) -> Client:
        from distributed import Client

        security = {"security": self._security} if self._security else {}
        return Client(self.address, timeout=seconds, set_as_default=False, **security)  # type: ignore[no-untyped-call]

    def _check_versions(self) -> None:
        try:
            versions = set(self._client.run(_version).values())
        except Exception as error:
            raise self._other_program(error) from error
        if versions - {__version__}:
            raise self._other_program(None)

    def _other_program(self, error: BaseException | None) -> UserError:
        self._drop()
        why = f"（{type(error).__name__}）" if error else ""
        return UserError(
            f"集群 {self.address} 上的程序与本机不同{why}；请在调度程序和每个计算节点上安装 zwgk-excel {__version__}。"
        )

    def _drop(self) -> None:
        try:
            self._client.close(timeout=1)  # type: ignore[no-untyped-call]
        except Exception as error:
            _log.info("closing the connection failed: %r", error)


_SAFE = "已登记的文件不受影响，"


def open_cluster(address: str, workspace: Workspace) -> Cluster:
    """Connect to a cluster, with the workspace's certificates where the line is to be encrypted (``tls://``).

    Raises UserError, also where dask.distributed is not installed.
    """
    import importlib.util

    if importlib.util.find_spec("distributed") is None:
        raise UserError('使用集群还需要 dask.distributed；请运行 pip install "zwgk-excel[cluster]"。')
    return Cluster(address, security=security_of(workspace) if address.startswith("tls://") else None)


def _version() -> str:
    """On a worker: which program it runs."""
    return __version__
