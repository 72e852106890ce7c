"""Worker processes that import nothing from the current folder, and nothing of the program that started them.

``python -c``, with which multiprocessing starts its processes, looks for every module in the current folder first,
where anybody's ``json.py`` may lie. Then it runs the main script once more, for functions that are defined there: a
script that has no ``if __name__ == "__main__"`` would do everything again in every worker. Ours need no such function.
"""

from __future__ import annotations

import multiprocessing.context
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from zwgk_excel.workflow.workers import job_limits

_SAFE_PATH = "PYTHONSAFEPATH"
_WHENCE = ("__spec__", "__file__")
"""What multiprocessing looks at (``spawn.get_preparation_data``)."""
_environment = threading.Lock()


@contextmanager
def _safe_path() -> Iterator[None]:
    """Processes started meanwhile have a safe path and know of no script; whoever imports this keeps his own."""
    with _environment, _without_script():
        before = os.environ.get(_SAFE_PATH)
        os.environ[_SAFE_PATH] = "1"
        try:
            yield
        finally:
            if before is None:
                del os.environ[_SAFE_PATH]
            else:
                os.environ[_SAFE_PATH] = before


@contextmanager
def _without_script() -> Iterator[None]:
    """Hide where the main module comes from: what multiprocessing does not find it does not run in the process."""
    main = sys.modules["__main__"]
    hidden = {name: getattr(main, name) for name in _WHENCE if hasattr(main, name)}
    try:
        for name in hidden:
            setattr(main, name, None)
        yield
    finally:
        for name, value in hidden.items():
            setattr(main, name, value)


class SafeSpawnProcess(multiprocessing.context.SpawnProcess):
    """A process of its own, started with a safe path; on Windows it ends when whoever started it does."""

    def start(self) -> None:
        """Start it."""
        with _safe_path():
            super().start()
        if sys.platform == "win32":
            job_limits.end_with_us(self.sentinel)


class _SafeSpawn(multiprocessing.context.SpawnContext):
    Process = SafeSpawnProcess


def worker_context(preload: list[str]) -> multiprocessing.context.BaseContext:
    """Workers from a server without threads of its own: forking this process, which has some, could hang.

    The server has imported ``preload``. On Windows, which has no such server, workers are started singly.
    """
    if sys.platform == "win32" or "forkserver" not in multiprocessing.get_all_start_methods():
        return _SafeSpawn()
    return _served(preload)


if sys.platform != "win32":
    from multiprocessing.resource_tracker import ensure_running

    class SafeForkServerProcess(multiprocessing.context.ForkServerProcess):
        """A fork of the server, which is started with a safe path."""

        def start(self) -> None:
            """Start it, and the server where it does not run."""
            with _safe_path():
                super().start()

    class _SafeForkServer(multiprocessing.context.ForkServerContext):
        Process = SafeForkServerProcess

    def _served(preload: list[str]) -> multiprocessing.context.BaseContext:
        context = _SafeForkServer()
        context.set_forkserver_preload(preload)
        with _safe_path():
            ensure_running()  # the first lock or queue would start it
        return context
