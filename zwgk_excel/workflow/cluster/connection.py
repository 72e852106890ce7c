"""Connections to the nodes of a cluster: batches of files go to whichever is free, answers are checked.

Only plain data comes back (:mod:`zwgk_excel.workflow.cluster.plain_data`). A node that is lost is tried once more; one
that does not answer, or answers what was not asked, is spoken to no more. What no node has read is for the caller to
read.
"""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.version import __version__
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workflow.cluster.addresses import Address
from zwgk_excel.workflow.cluster.conversation import ANSWER, GREETING, Answer, Hello, SentFile, Welcome
from zwgk_excel.workflow.cluster.plain_data import NotPlainError, dumped, loaded
from zwgk_excel.workflow.cluster.plausible import misplaced
from zwgk_excel.workflow.cluster.tls import encrypted, fault
from zwgk_excel.workflow.cluster.wire import Message, ProtocolError, receive, send
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.workers.readers import BUSY, ReadingJob

_log = logging.getLogger(__name__)
_CONNECT_SECONDS = 10.0
_TRIES = 3
"""A batch is sent so often; then it may be the batch that ends nodes."""
_TRANSFER = 60.0
"""Seconds for files to be sent and answers to come, beside the time to read them."""
_MOST_WORKERS = 1024
"""Of one node; more is not a number of processors."""
_SAFE = "已登记的文件不受影响，"


class NoAnswerError(ZwgkError, OSError):
    """No node has read a batch."""


@dataclass(eq=False)
class _Line:
    """One connection to a node; a node has as many as it has workers."""

    address: Address
    socket: socket.socket

    def close(self) -> None:
        """Hang up, also where another thread waits for an answer: closing alone would not wake it."""
        with suppress(OSError):  # the other side has done so
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class Cluster:
    """Connections to all nodes at ``addresses``; a context manager. ``hello`` says how files are to be read.

    ``context`` holds the certificates for ``tls://``. Raises UserError for a node that is not there, a certificate that
    is not accepted by either side, and nodes with another version of this program.
    """

    def __init__(self, addresses: Sequence[Address], hello: Hello, *, context: ssl.SSLContext | None = None) -> None:
        self._hello, self._context = hello, context
        self._lines: set[_Line] = set()
        """All that are open, in use or free."""
        self._free: list[_Line] = []
        self._changed = threading.Condition()
        self._closed = False
        self._distrusted: set[Address] = set()
        self.faults: list[str] = []
        """What happened to nodes, in Chinese."""
        try:
            for address in addresses:
                self._open(address)
        except BaseException:
            self.close()
            raise
        self.lines = len(self._lines)
        """The number of batches that were read at a time in the beginning."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up, in the middle of an answer too; the nodes continue. May be called twice."""
        with self._changed:
            self._closed = True
            lines = tuple(self._lines)
            self._lines.clear()
            self._free.clear()
            self._changed.notify_all()
        for line in lines:
            line.close()

    def read(self, jobs: Sequence[ReadingJob]) -> Answer:
        """What a node has read in some files, in their order; raises NoAnswerError. Called from several threads."""
        data = [each.source if isinstance(each.source, bytes) else read_file(each.source) for each in jobs]
        sent = tuple(SentFile(job.name, job.by, len(each)) for job, each in zip(jobs, data, strict=True))
        message = Message(dumped(sent), b"".join(data))
        for _ in range(_TRIES):
            line = self._taken()
            if line is None:
                break
            try:
                found = self._asked(line, message, jobs)
            except (ProtocolError, NotPlainError, TimeoutError) as error:
                self._distrust(line, error)
            except OSError as error:
                self._lost(line, error)
            except BaseException:
                self._drop(line)
                raise
            else:
                self._give_back(line)
                return found
        raise NoAnswerError("no node has read these files")

    def _asked(self, line: _Line, message: Message, jobs: Sequence[ReadingJob]) -> Answer:
        send(line.socket, message, _TRANSFER)
        # One of them may take as long by the clock as a busy node needs.
        each = self._hello.milliseconds / 1000
        seconds = (each + 1) * len(jobs) + each * BUSY + _TRANSFER
        reply = receive(line.socket, ANSWER, seconds)
        if reply is None:
            raise ConnectionResetError("hung up")
        answer: Answer = loaded(Answer, reply.document)
        if len(answer) != len(jobs):
            raise ProtocolError(f"{len(answer)} answers for {len(jobs)} files")
        for job, found in zip(jobs, answer, strict=True):
            if reason := misplaced(job.name, found):
                raise ProtocolError(f"an answer that does not belong to {job.name}: {reason}")
        return answer

    # --- lines ---------------------------------------------------------------------------------

    def _open(self, address: Address) -> None:
        """Connect to a node, as often as it has workers."""
        first, workers = self._connected(address)
        self._add(first)
        for _ in range(workers - 1):
            try:
                line, _ = self._connected(address)
            except UserError as error:  # it has as many conversations as it can hold
                _log.info("%s takes no more lines: %s", address, error)
                break
            self._add(line)

    def _connected(self, address: Address) -> tuple[_Line, int]:
        try:
            plain = socket.create_connection((address.host, address.port), _CONNECT_SECONDS)
        except OSError as error:
            raise _unreachable(address, fault(error)) from error
        line = _Line(address, plain)
        try:
            if address.encrypted:
                assert self._context is not None, "tls:// has a context"
                line.socket = encrypted(plain, self._context, address.host)
            reply = receive(line.socket, GREETING, _CONNECT_SECONDS)
            welcome: Welcome | None = loaded(Welcome, reply.document) if reply else None
            send(line.socket, Message(dumped(self._hello)), _CONNECT_SECONDS)
        except (OSError, ProtocolError, NotPlainError) as error:
            line.close()
            raise _unreachable(address, fault(error)) from error
        if welcome is None:
            line.close()
            raise _unreachable(address, "它结束了连接")
        if welcome.version != __version__:
            line.close()
            raise UserError(f"计算节点 {address} 上的程序与本机不同；请在每个计算节点上安装 zwgk-excel {__version__}。")
        return line, min(max(welcome.workers, 1), _MOST_WORKERS)

    def _add(self, line: _Line) -> None:
        with self._changed:
            self._lines.add(line)
            self._free.append(line)
            self._changed.notify()

    def _taken(self) -> _Line | None:
        """A free line, waited for; None where there is none any more."""
        with self._changed:
            while self._lines and not self._free:
                self._changed.wait()
            return self._free.pop() if self._free else None

    def _give_back(self, line: _Line) -> None:
        with self._changed:
            if line in self._lines:
                self._free.append(line)
            self._changed.notify()

    def _drop(self, line: _Line) -> None:
        line.close()
        with self._changed:
            self._lines.discard(line)
            self._changed.notify_all()

    def _lost(self, line: _Line, error: OSError) -> None:
        """Connect once more to a node that was lost: it may have been started again."""
        self._drop(line)
        if self._closed or line.address in self._distrusted:
            return
        _log.info("the line to %s was lost: %r", line.address, error)
        self._tell(f"计算节点 {line.address} 中断过；它没有读完的文件改由其他节点或本机读取。")
        with suppress(UserError):  # told already
            self._add(self._connected(line.address)[0])

    def _distrust(self, line: _Line, error: Exception) -> None:
        """Speak no more to a node that does not answer what was asked."""
        _log.warning("%s is not asked any more: %s", line.address, error)
        with self._changed:
            self._distrusted.add(line.address)
            lines = [each for each in self._lines if each.address == line.address]
            self._free = [each for each in self._free if each.address != line.address]
        for each in lines:  # those in use are lost in the middle of their answers
            self._drop(each)
        self._tell(f"计算节点 {line.address} 的回答不可用，已停用，请检查那台计算机；它的文件改由其他节点或本机读取。")

    def _tell(self, sentence: str) -> None:
        with self._changed:
            if sentence not in self.faults:
                self.faults.append(sentence)


def _unreachable(address: Address, why: str) -> UserError:
    return UserError(f"无法连接计算节点 {address}：{why}；{_SAFE}请核对后重新运行，或不用 --cluster。")
