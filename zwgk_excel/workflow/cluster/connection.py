"""A connection to a Dask cluster that resends lost tasks.

Tasks are functions of this package with plain arguments and results. Workers do not access the workspace or the ledger,
so a task can be repeated at any time.
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
from zwgk_excel.mail.servers import is_loopback
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
"""The interval at which the workers are counted while a result is awaited."""
_PER_WORKER = 3
"""So many tasks wait for each worker, so that none is idle and memory stays bounded."""
_LOST_OFTEN = 10
"""A task that is lost more often is given up."""
_LARGE = "1GiB"
"""Dask warns of tasks that carry much; ours carry the files to be read."""


class WorkerKilledError(ZwgkError):
    """A task after which several workers died, one after the other."""


@dataclass
class ClusterTask(Generic[T]):
    """A submitted task with its arguments, kept until its result arrives so that it can be resubmitted."""

    function: Callable[..., T]
    arguments: tuple[object, ...] = field(repr=False)
    future: Future[T] | None = None
    sent_over: int = 0
    """The number of the connection that it was submitted over."""
    lost: int = 0
    """How often the cluster lost it."""


class Cluster:
    """A connection to the scheduler at ``address`` (``tls://host:port``, here also ``tcp://``); a context manager.

    ``patience`` is how many seconds the scheduler or all workers may be unreachable. ``security`` holds the
    certificates for ``tls://``. Raises UserError for an invalid address, a scheduler that does not respond, a
    certificate that is not accepted by either side, and nodes with another version of this program.
    """

    def __init__(self, address: str, *, patience: float = 60.0, security: Security | None = None) -> None:
        if not _ADDRESS.fullmatch(address):
            raise UserError(f"“{address}”不是集群地址；应如 tls://192.0.2.10:8786。")
        if _is_open(address):
            raise UserError(f"集群 {address} 不加密，也不核对对方是谁，只能用于本机；{_USE_TLS}")
        self.address, self.patience, self._security = address, patience, security
        self._connections = 0
        self._alone_since: float | None = None
        self._client = self._connect(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Disconnect; the cluster continues. May be called twice."""
        self._drop()

    def threads(self) -> int:
        """The number of tasks that the cluster can run at a time now; at least one."""
        return max(1, sum(int(each["nthreads"]) for each in self._workers().values()))

    def submit(self, function: Callable[..., T], *arguments: object) -> ClusterTask[T]:
        """Submit a call of a function of this package, which must not raise."""
        task = ClusterTask(function, arguments)
        self._send(task)
        return task

    def result(self, task: ClusterTask[T]) -> T:
        """Wait for a result, resubmitting the task where the cluster lost it.

        Raises WorkerKilledError, and UserError when the cluster is unreachable for longer than ``patience``.
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
        """The function's results in the order of the values; as many values are taken ahead as tasks run."""
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
        """Raise UserError when no worker has been connected for longer than ``patience``."""
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
        """Connect to the scheduler again; where the connection still works, resubmit this task."""
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
        self._refuse_open()
        self._check_versions()
        return client

    def _client_of(self, seconds: float) -> Client:
        from distributed import Client

        security = {"security": self._security} if self._security else {}
        return Client(self.address, timeout=seconds, set_as_default=False, **security)  # type: ignore[no-untyped-call]

    def _refuse_open(self) -> None:
        """Nothing is sent to a cluster, or read from it, that a stranger on the network may have joined."""
        if self.address.startswith("tls://"):
            return
        info = self._client.scheduler_info(n_workers=-1)
        if others := [each for each in (info["address"], *info["workers"]) if _is_open(each)]:
            self._drop()
            raise UserError(f"集群 {self.address} 不加密，却可以从别的机器进入（{'、'.join(others[:3])}）；{_USE_TLS}")

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
_USE_TLS = "请按 docs/cluster.md 设好证书，地址以 tls:// 开头。"


def _is_open(address: str) -> bool:
    """Whether an address is on the network without TLS: whoever reaches it can run code there and, by pickle, here."""
    scheme, _, rest = address.partition("://")
    return scheme != "tls" and not is_loopback(rest.rpartition(":")[0].strip("[]"))


def open_cluster(address: str, workspace: Workspace) -> Cluster:
    """Connect to a cluster, with the workspace's certificates for ``tls://``.

    Raises UserError, also where dask.distributed is not installed.
    """
    import importlib.util

    if importlib.util.find_spec("distributed") is None:
        raise UserError('使用集群还需要 dask.distributed；请运行 pip install "zwgk-excel[cluster]"。')
    return Cluster(address, security=security_of(workspace) if address.startswith("tls://") else None)


def _version() -> str:
    """Runs on a worker: the version of its program."""
    return __version__
