"""Parses files and mails in worker processes with limits, so that a crash, hang or memory error costs one of them.

A task is several files. When a worker dies its files are parsed again one by one, so that the cause is known. A worker
has limits of memory and processor time; on POSIX it leaves no core file, on Windows the limits are those of a job
(:mod:`zwgk_excel.workflow.workers.job_limits`). How long a file may take is counted in processor time, since what else
a busy computer does is not the file's fault; by the clock it may take several times as long.

Jobs and results travel as pickles. A worker is a shield against accidents, not a wall: whoever takes one over by a hole
in a parser has its user's files anyway, and needs no pickle. Other machines are spoken to in plain data
(:mod:`zwgk_excel.workflow.cluster.plain_data`).
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooSlow
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.workbooks.opening.archives import OpenedArchive, open_archive
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workbooks.opening.rejected import RejectedFileError, unreadable
from zwgk_excel.workbooks.reading.read_return import ParsedReturn, read_return
from zwgk_excel.workflow.errors import reason_of
from zwgk_excel.workflow.workers import job_limits
from zwgk_excel.workflow.workers.safe_processes import worker_context

if TYPE_CHECKING:
    from pebble import ProcessPool

    from zwgk_excel.mail.read_mail import ParsedMail
    from zwgk_excel.workbooks.bulletin.document import DocumentValues

_log = logging.getLogger(__name__)
T = TypeVar("T")
J = TypeVar("J")

SECONDS, MEMORY = 6.0, 1 << 30
"""Limits of one file or mail, in seconds of a processor, and of a worker: bytes of address space, on Windows of memory
that it may commit."""
BUSY = 5.0
"""So many times its seconds a file may take by the clock: a computer that is so busy gives a worker a fifth of a
processor. It ends what waits and computes nothing, and what computes where the system keeps no processor time."""
_FILES, _BYTES = 20, 4 << 20
"""A task holds at most so many files, and so many bytes unless it is a single file."""
_SHARE_SECONDS = 1.0
"""A task that has taken so long hands back what it has; the rest of its files go into a new one."""
_TASKS_AHEAD = 3
"""So many tasks wait for each worker, so that none is idle and memory stays bounded."""
_ENDED = frozenset({"file_too_slow", "file_crashed"})
"""Problems of what ended a worker, which is not to say of a template as of a file that a unit sent."""
_NO_MEMORY = "占用内存过多"
_OUT_OF_TIME = frozenset({-27, 1816})
"""How a worker ends whose processor time is used up: SIGPROF, ERROR_NOT_ENOUGH_QUOTA."""
PRELOADED = ["zwgk_excel.workflow.workers.readers", "python_calamine"]
"""What every worker needs."""


@dataclass(frozen=True, slots=True)
class ReadingJob:
    """One file to parse."""

    source: Path | bytes = field(repr=False)
    """Its path, or its bytes."""
    name: str
    """The file's name for messages."""
    by: date
    """The day by which it was filled: a date in it without a year is the latest such day not after it."""

    @property
    def size(self) -> int:
        """Bytes; 0 for a missing file, which parsing reports."""
        try:
            return len(self.source) if isinstance(self.source, bytes) else self.source.stat().st_size
        except OSError:
            return 0


@dataclass(frozen=True, slots=True)
class MarkupJob:
    """A return to be marked up."""

    name: str
    """The file's name for messages."""
    data: bytes = field(repr=False)
    """Empty where there is nothing to edit."""
    problems: Sequence[Problem]
    title: str
    """Whose return it is."""
    author: str
    notes: tuple[str, ...] = ()
    """Lines for the unit above the list of problems."""


@dataclass(frozen=True, slots=True)
class _WorkerError:
    """An error in a worker that is a fault of this program: reported as a problem, logged with its trace."""

    reason: str
    trace: str


ParseReturn = Callable[[ReadingJob, Sequence[str]], ParsedReturn | Problem]
"""What a worker does with a job and the office's passwords; it must be importable by its name."""


def parse_return(job: ReadingJob, passwords: Sequence[str]) -> ParsedReturn | Problem:
    """Parse one return; the problem is that of the guards."""
    try:
        return read_return(_content(job), job.name, by=job.by, passwords=passwords)
    except RejectedFileError as rejected:
        return rejected.problem


def _content(job: ReadingJob) -> bytes:
    if isinstance(job.source, bytes):
        return job.source
    try:
        return read_file(job.source)
    except OSError as error:
        raise unreadable(job.name, reason_of(error)) from error


class ReaderPool:
    """Worker processes that parse returned files, started with the first file and restarted when they die.

    ``workers`` is by default the number of processors; ``seconds`` of a processor one file may take, by default
    ``patience``, and ``wall`` seconds by the clock, by default ``BUSY`` times as many; ``memory`` the bytes of a worker
    as with ``MEMORY``, ``passwords`` those for encrypted workbooks.
    """

    patience = SECONDS
    """The seconds of a processor for one file where none are given."""

    def __init__(
        self,
        workers: int | None = None,
        seconds: float | None = None,
        memory: int = MEMORY,
        passwords: Sequence[str] = (),
        *,
        wall: float | None = None,
        parse: ParseReturn = parse_return,
    ) -> None:
        self.workers = workers or os.cpu_count() or 1
        self.seconds = self.patience if seconds is None else seconds
        self.wall = self.seconds * BUSY if wall is None else wall
        self.memory, self.passwords = memory, tuple(passwords)
        self.tasks_ahead = self.workers * _TASKS_AHEAD
        self._parse = parse
        self._pool: ProcessPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers; may be called twice."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]  # the library annotates all but this
            self._pool.join()
            self._pool = None

    def start(self, files: int) -> None:
        """Begin to start as many workers as ``files`` files need; later calls start no more.

        Starting takes a third of a second, in which this process can do other work.
        """
        if self._pool is None:
            self._running(-(-files // _FILES))

    def read(self, data: bytes, name: str, *, by: date) -> ParsedReturn | Problem:
        """Parse one file; ``name`` and ``by`` as in :class:`ReadingJob`.

        The problem says why it could not be parsed.
        """
        return self._alone(ReadingJob(data, name, by))

    def read_all(self, jobs: Iterable[ReadingJob]) -> Iterator[tuple[ReadingJob, ParsedReturn | Problem]]:
        """Parse many files, results in the order of the jobs; only a few tasks are taken from ``jobs`` ahead."""
        waiting: deque[tuple[list[ReadingJob], Future[list[ParsedReturn | Problem | _WorkerError]]]] = deque()
        for batch in _batches(jobs):
            waiting.append((batch, self._submit(batch)))
            if len(waiting) >= self.tasks_ahead:
                yield from self._results(*waiting.popleft())
        while waiting:
            yield from self._results(*waiting.popleft())

    def begin(self, jobs: Sequence[ReadingJob]) -> Iterator[tuple[ReadingJob, ParsedReturn | Problem]]:
        """Start parsing a limited number of files at once; the results, in order, can be fetched later."""
        begun = [(batch, self._submit(batch)) for batch in _batches(jobs)]
        return (result for batch, future in begun for result in self._results(batch, future))

    def opened(self, data: bytes, name: str) -> OpenedArchive | Problem | None:
        """An archive or a saved mail, opened in a worker; None for a file that is none (see ``archives``)."""
        found = self._guarded(name, _open_archive, data, name, self.seconds)
        return found if found is None or isinstance(found, OpenedArchive) else self._told(found, name)

    def filled_in(self, template: bytes, name: str, values: DocumentValues) -> bytes | Problem:
        """A bulletin's document; the problem says what is wrong with its template."""
        found = self._guarded(name, _fill_in, template, name, values, self.seconds)
        if isinstance(found, bytes):
            return found
        told = self._told(found, name)
        return problem("template_endless", CellRef(name), seconds=f"{self.seconds:g}") if told.code in _ENDED else told

    def run(self, work: Callable[..., T], *args: object, name: str = "") -> T | Problem:
        """The result of an importable function in a worker with this pool's limits, or the problem that ended it.

        ``name`` is for messages. What the function raises is raised here.
        """
        return self._guarded(name, _within, self.seconds, work, *args)

    def marked_up(self, markings: Iterable[MarkupJob]) -> Iterator[bytes | None]:
        """The marked-up copies, in order; None for a return that cannot be edited or that kills workers."""
        for marking, found in self._each(_mark, markings, lambda marking: marking.name):
            if isinstance(found, _WorkerError | Problem):
                _log.error(
                    "marking up %s failed\n%s", marking.name, found.trace if isinstance(found, _WorkerError) else found
                )
                yield None
            else:
                yield found

    def mails(self, mails: Iterable[bytes]) -> Iterator[ParsedMail | Problem]:
        """The mails parsed, in order; the problem, which has no place, says why one could not be."""
        for _, found in self._each(_mail, mails, lambda _: ""):
            yield self._told(found, "")

    def _each(
        self, work: Callable[[J, float], T], jobs: Iterable[J], name: Callable[[J], str]
    ) -> Iterator[tuple[J, T | Problem]]:
        """Each job with its result, in order; jobs that break a worker cost themselves alone."""
        waiting: deque[tuple[J, Future[T]]] = deque()
        for job in jobs:
            waiting.append((job, self._schedule(work, self.wall, job, self.seconds)))
            if len(waiting) >= self.tasks_ahead:
                first, future = waiting.popleft()
                found = self._awaited(work, first, future, name(first))
                yield first, found
        while waiting:
            first, future = waiting.popleft()
            found = self._awaited(work, first, future, name(first))
            yield first, found

    def _awaited(self, work: Callable[[J, float], T], job: J, future: Future[T], name: str) -> T | Problem:
        try:
            return future.result()
        except TooSlow:
            return self._too_slow(name, self.wall)
        except (OSError, BrokenProcessPool, MemoryError) as error:
            if _out_of_time(error):
                return self._too_slow(name, self.seconds)
            # It, or another that broke the worker.
            return self._guarded(name, work, job, self.seconds)

    def _results(
        self, batch: list[ReadingJob], future: Future[list[ParsedReturn | Problem | _WorkerError]]
    ) -> Iterator[tuple[ReadingJob, ParsedReturn | Problem]]:
        done: list[ParsedReturn | Problem | _WorkerError] = []
        try:
            done = future.result()
        except TooSlow:
            if len(batch) == 1:
                done = [self._too_slow(batch[0].name, self.wall)]
        except (OSError, BrokenProcessPool, MemoryError) as error:
            # Whichever of them broke the worker is found by reading each alone.
            if len(batch) == 1 and _out_of_time(error):
                done = [self._too_slow(batch[0].name, self.seconds)]
        for job, result in zip(batch, done, strict=False):
            yield job, self._told(result, job.name)
        for job in batch[len(done) :]:
            yield job, self._alone(job)

    def _alone(self, job: ReadingJob) -> ParsedReturn | Problem:
        found = self._guarded(job.name, _parse_batch, self._parse, [job], self.passwords, self.seconds)
        return self._told(found[0] if isinstance(found, list) else found, job.name)

    def _too_slow(self, name: str, seconds: float) -> Problem:
        return problem("file_too_slow", CellRef(name), seconds=f"{seconds:g}")

    def _told(self, result: T | _WorkerError, name: str) -> T | Problem:
        if not isinstance(result, _WorkerError):
            return result
        _log.error("reading %s failed\n%s", name, result.trace)
        return problem("file_crashed", CellRef(name), reason=result.reason)

    def _guarded(self, name: str, work: Callable[..., T], *args: object) -> T | Problem:
        """The result of ``work`` in a worker, or the problem that ended the worker."""
        for _ in range(2):  # a worker that dies before it took the task breaks the whole pool: once more with a new one
            try:
                return self._running().schedule(work, args=args, timeout=self.wall).result()
            except TooSlow:
                return self._too_slow(name, self.wall)
            except (BrokenProcessPool, RuntimeError):
                self.close()
            except MemoryError:  # of the worker, which had room for the result and none to hand it over
                return problem("file_crashed", CellRef(name), reason=_NO_MEMORY)
            except OSError as error:
                if _out_of_time(error):
                    return self._too_slow(name, self.seconds)
                return problem("file_crashed", CellRef(name), reason=_ended(error))
        return problem("file_crashed", CellRef(name), reason="读取进程无法启动")

    def _submit(self, batch: list[ReadingJob]) -> Future[list[ParsedReturn | Problem | _WorkerError]]:
        limit = self.wall + (_SHARE_SECONDS if len(batch) > 1 else 0)
        return self._schedule(_parse_batch, limit, self._parse, batch, self.passwords, self.seconds)

    def _schedule(self, work: Callable[..., T], limit: float, *args: object) -> Future[T]:
        try:
            return self._running().schedule(work, args=args, timeout=limit)
        except RuntimeError:  # broken since the last task
            self.close()
            return self._running().schedule(work, args=args, timeout=limit)

    def _running(self, wanted: int = 0) -> ProcessPool:
        """The workers; new ones (``wanted`` of them) where there are none."""
        if self._pool is None:
            from pebble import ProcessPool

            count = min(self.workers, wanted or self.workers)
            self._pool = ProcessPool(
                count, initializer=_prepare_worker, initargs=(self.memory,), context=worker_context(PRELOADED)
            )
            self._pool.schedule(_ready)
        return self._pool


def _batches(jobs: Iterable[ReadingJob]) -> Iterator[list[ReadingJob]]:
    batch: list[ReadingJob] = []
    size = 0
    for job in jobs:
        if batch and (len(batch) == _FILES or size + job.size > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(job)
        size += job.size
    if batch:
        yield batch


def _out_of_time(error: BaseException) -> bool:
    """Whether a worker ended because its processor time was used up."""
    return getattr(error, "exitcode", None) in _OUT_OF_TIME


def _ended(error: OSError) -> str:
    code = getattr(error, "exitcode", None)
    return f"读取进程结束，代码 {code}" if code is not None else "读取进程结束"


# --- within a worker ---------------------------------------------------------------------------


def _prepare_worker(memory: int) -> None:
    # Calamine's panics and aborts print to stderr, past Python.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    else:
        job_limits.limit_this_process(memory)


def _ready() -> None:
    """An empty first task, which starts the worker."""


def _limit_processor(seconds: float) -> None:
    """Let this process end when it has used so many seconds of a processor from now on."""
    if sys.platform != "win32":
        # Whole seconds are all that RLIMIT_CPU knows.
        signal.setitimer(signal.ITIMER_PROF, seconds)
    else:
        job_limits.limit_processor(seconds)


def _within(seconds: float, work: Callable[..., T], *args: object) -> T:
    """What ``work`` gives, within so many seconds of a processor; as many are left to hand it over."""
    _limit_processor(seconds)
    try:
        return work(*args)
    finally:
        _limit_processor(seconds)


def _parse_batch(
    parse: ParseReturn, batch: Sequence[ReadingJob], passwords: Sequence[str], seconds: float
) -> list[ParsedReturn | Problem | _WorkerError]:
    """The results of the first files of a batch: of all of them, unless they take long."""
    results: list[ParsedReturn | Problem | _WorkerError] = []
    started = time.monotonic()
    for job in batch:
        results.append(_caught(seconds, parse, job, passwords))
        if time.monotonic() - started > _SHARE_SECONDS:
            break
    return results


def mark_up_job(marking: MarkupJob) -> bytes | None:
    """The marked-up copy of a return; None where the file cannot be edited."""
    from zwgk_excel.workbooks.correction.mark_up import NotEditableError, correction_copy

    if not marking.data:
        return None
    try:
        return correction_copy(
            marking.data, marking.problems, title=marking.title, author=marking.author, notes=marking.notes
        )
    except NotEditableError:
        return None


def _mark(marking: MarkupJob, seconds: float) -> bytes | _WorkerError | None:
    return _caught(seconds, mark_up_job, marking)


def _fill_in(
    template: bytes, name: str, values: DocumentValues, seconds: float
) -> bytes | Problem | _WorkerError:
    from zwgk_excel.workbooks.bulletin.document import bulletin_document

    def written() -> bytes | Problem:
        try:
            return bulletin_document(template, name, values)
        except RejectedFileError as rejected:
            return rejected.problem

    return _caught(seconds, written)


def _mail(data: bytes, seconds: float) -> ParsedMail | _WorkerError:
    from zwgk_excel.mail.read_mail import read_mail

    return _caught(seconds, read_mail, data)


def _open_archive(
    data: bytes, name: str, seconds: float
) -> OpenedArchive | Problem | _WorkerError | None:
    def opened() -> OpenedArchive | Problem | None:
        try:
            return open_archive(data, name, _open_mail)
        except RejectedFileError as rejected:
            return rejected.problem

    return _caught(seconds, opened)


def _open_mail(data: bytes, name: str) -> tuple[Sequence[tuple[str, bytes]], Sequence[Problem]] | None:
    from zwgk_excel.mail.mail_files import open_mail_file

    found = open_mail_file(data)
    if found is None:
        return None
    notes = [problem("mail_signed", CellRef(name))] if found.signed else []
    if found.link and not found.files:
        notes.append(problem("mail_linked", CellRef(name), link=found.link))
    return found.files, notes


def _caught(seconds: float, work: Callable[..., T], *args: object) -> T | _WorkerError:
    try:
        return _within(seconds, work, *args)
    except MemoryError:
        return _WorkerError(_NO_MEMORY, traceback.format_exc())
    except BaseException as error:  # a panic of the bulk reader is no Exception
        if isinstance(error, SystemExit):  # how a worker is asked to end
            raise
        return _WorkerError("内容异常", traceback.format_exc())
