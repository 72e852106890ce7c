"""``zwgk node``: a computer that reads files for an office and tells what they hold. It does nothing else.

It has no workspace, no ledger and no key, runs no code that comes over the line, and keeps no file. A connection has a
reader of its own, in a process with the office's limits.
"""

from __future__ import annotations

import logging
import os
import socket
import socketserver
import ssl
import threading
from collections.abc import Sequence

from zwgk_excel.version import __version__
from zwgk_excel.workflow.cluster.addresses import Address, address_of
from zwgk_excel.workflow.cluster.conversation import (
    ANSWER,
    GREETING,
    MEMORY,
    PASSWORDS,
    REQUEST,
    SECONDS,
    Answer,
    Hello,
    Request,
    Welcome,
)
from zwgk_excel.workflow.cluster.plain_data import NotPlainError, dumped, loaded
from zwgk_excel.workflow.cluster.wire import Message, ProtocolError, receive, send
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.workers.readers import ParseReturn, ReaderPool, ReadingJob, parse_return

_log = logging.getLogger(__name__)
_PATIENCE = 10.0
"""Seconds for a greeting; a stranger who says nothing costs no more."""
_IDLE = 3600.0
"""Seconds between two requests of an office."""
_TRANSFER = 120.0
"""Seconds for an answer to be taken."""
_LINES = 4
"""So many connections for each worker; further ones are closed at once."""


class Node(socketserver.ThreadingTCPServer):
    """Listens at ``address``; ``context`` is the TLS context for ``tls://``. Raises UserError where it cannot.

    A plain line, which proves nobody's identity, is for this computer alone. ``parse`` reads one file.
    """

    daemon_threads = True
    allow_reuse_address = os.name != "nt"

    def __init__(
        self,
        address: str,
        *,
        context: ssl.SSLContext | None = None,
        workers: int | None = None,
        parse: ParseReturn = parse_return,
    ) -> None:
        self.place = address_of(address)
        assert self.place.encrypted == (context is not None), "tls:// has a context, tcp:// has none"
        self.context, self.parse = context, parse
        self.workers = workers or os.cpu_count() or 1
        self.lines = threading.BoundedSemaphore(self.workers * _LINES)
        if ":" in self.place.host:
            self.address_family = socket.AF_INET6
        try:
            super().__init__((self.place.host, self.place.port), _Conversation)
        except OSError as error:
            raise UserError(f"不能在 {address} 上接受连接：{reason_of(error)}；请核对地址和端口。") from error

    @property
    def address(self) -> str:
        """Where it listens, with its real port."""
        return str(Address(self.place.encrypted, self.place.host, int(self.server_address[1])))

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Begin a conversation in a thread of its own, unless there are too many."""
        if self.lines.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Hold a conversation, and make room for the next."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.lines.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Note a fault of this program; the other conversations go on."""
        _log.exception("a conversation with %s failed", client_address)


class _Conversation(socketserver.BaseRequestHandler):
    server: Node

    def handle(self) -> None:
        """Greet, then answer requests until the office goes away or breaks the protocol."""
        line: socket.socket = self.request
        try:
            line.settimeout(_PATIENCE)
            if self.server.context:
                line = self.server.context.wrap_socket(line, server_side=True)
            with line:
                self._converse(line)
        except (OSError, ProtocolError, NotPlainError) as error:
            _log.info("the conversation with %s ended: %r", self.client_address, error)

    def _converse(self, line: socket.socket) -> None:
        # The node speaks first: an office whose certificate it refuses is listening then, and learns why.
        send(line, Message(dumped(Welcome(__version__, self.server.workers))), _PATIENCE)
        message = receive(line, GREETING, _PATIENCE)
        if message is None:
            return
        hello: Hello = loaded(Hello, message.document)
        with ReaderPool(
            1,
            min(hello.milliseconds / 1000, SECONDS),
            min(hello.memory, MEMORY),
            hello.passwords[:PASSWORDS],
            parse=self.server.parse,
        ) as readers:
            while request := receive(line, REQUEST, _IDLE):
                send(line, Message(_answer(readers, jobs_of(request))), _TRANSFER)


def jobs_of(request: Message) -> list[ReadingJob]:
    """The files of a request; raises ProtocolError where their sizes are not those of the bytes."""
    sent: Request = loaded(Request, request.document)
    if any(each.size < 0 for each in sent) or sum(each.size for each in sent) != len(request.data):
        raise ProtocolError("sizes that are not those of the files")
    jobs, at = [], 0
    for each in sent:
        jobs.append(ReadingJob(request.data[at : at + each.size], each.name, each.by))
        at += each.size
    return jobs


def _answer(readers: ReaderPool, jobs: Sequence[ReadingJob]) -> bytes:
    """What was read, as plain data; raises ProtocolError where it is more than an office accepts: it reads itself."""
    found: Answer = tuple(found for _, found in readers.read_all(jobs))
    data = dumped(found)
    if len(data) > ANSWER.document:
        raise ProtocolError(f"an answer of {len(data)} bytes")
    return data
