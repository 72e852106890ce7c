"""Builds report workbooks in worker processes, results in order."""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from zwgk_excel.workbooks.report.report_workbook import ReportContent, report_workbook
from zwgk_excel.workflow.workers.readers import PRELOADED
from zwgk_excel.workflow.workers.safe_processes import worker_context

_log = logging.getLogger(__name__)

_FEW = 24
"""So many workbooks are made sooner than workers for them have started (about a second)."""
_TASK = 8
_TASKS_AHEAD = 3


def build_reports(wanted: Iterable[ReportContent], *, workers: int | None = None) -> Iterator[bytes]:
    """The workbook of each content, in order; equal bytes in one process or in ``workers``.

    Where worker processes cannot be started, or die, this process makes the rest.
    """
    contents = list(wanted)
    workers = workers or os.cpu_count() or 1
    done = 0
    if workers > 1 and len(contents) > _FEW:
        try:
            for book in _made_by(workers, contents):
                yield book
                done += 1
        except (BrokenProcessPool, OSError, MemoryError) as error:
            # What follows makes the rest, and raises where it was the content's fault.
            _log.warning("%d workbooks are made without workers: %r", len(contents) - done, error)
    for content in contents[done:]:
        yield report_workbook(content)


def _made_by(workers: int, contents: Sequence[ReportContent]) -> Iterator[bytes]:
    tasks = (contents[start : start + _TASK] for start in range(0, len(contents), _TASK))
    with ProcessPoolExecutor(workers, mp_context=worker_context(PRELOADED)) as pool:
        waiting: deque[Future[list[bytes]]] = deque()
        try:
            for task in tasks:
                waiting.append(pool.submit(_make, task))
                if len(waiting) >= workers * _TASKS_AHEAD:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _make(contents: Sequence[ReportContent]) -> list[bytes]:
    return [report_workbook(content) for content in contents]
