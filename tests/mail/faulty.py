"""Servers that do one wrong thing."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from tests.listeners import stop_listening
from tests.mail.account import HOST

Talk = Callable[[socket.socket], None]


class Faulty(AbstractContextManager["Faulty"]):
    """Listens on ``port`` and has the same talk with every client, until it is left."""

    def __init__(self, talk: Talk) -> None:
        self._talk, self._over = talk, threading.Event()
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        stop_listening(self._listener)

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._meet, args=(line,), daemon=True).start()

    def _meet(self, line: socket.socket) -> None:
        with line:
            try:
                self._talk(line)
            except (OSError, ssl.SSLError):
                return  # the client went away, as clients do


def silent(line: socket.socket) -> None:
    """Accepts and says nothing."""
    line.settimeout(30)
    while line.recv(4096):
        pass


def hangs_up(line: socket.socket) -> None:
    """Accepts and goes."""


def says(*answers: bytes) -> Talk:
    """Greets with the first answer, and answers each line that comes with the next; then goes."""

    def talk(line: socket.socket) -> None:
        line.settimeout(30)
        reader = line.makefile("rb")
        for number, answer in enumerate(answers):
            if number and not reader.readline():
                return
            line.sendall(answer)

    return talk


def encrypted(context: ssl.SSLContext, talk: Talk) -> Talk:
    """The same talk on a line that is encrypted from the first byte on."""

    def inner(line: socket.socket) -> None:
        with context.wrap_socket(line, server_side=True) as wrapped:
            talk(wrapped)

    return inner


def imap(capabilities: str, refused: dict[str, str] | None = None) -> Talk:
    """An IMAP server that says OK to everything but what is ``refused`` (command → its words)."""

    def talk(line: socket.socket) -> None:
        line.settimeout(30)
        line.sendall(b"* OK hello\r\n")
        for request in line.makefile("rb"):
            tag, command = request.decode("ascii").split()[:2]
            told = f"* CAPABILITY IMAP4rev1 {capabilities}\r\n" if command == "CAPABILITY" else ""
            state = f"NO {refused[command]}" if refused and command in refused else "OK done"
            line.sendall(f"{told}{tag} {state}\r\n".encode())

    return talk
