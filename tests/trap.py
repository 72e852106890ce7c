"""Servers of a stranger on this machine: they let everybody begin, agree to everything, and note what they are told."""

from __future__ import annotations

import socket
import struct
import threading

from tests.listeners import stop_listening


class Trap:
    """An IMAP server."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        stop_listening(self._socket)

    def greet(self, line: socket.socket) -> None:
        """Speak first."""
        line.sendall(b"* OK IMAP4rev1 ready\r\n")

    def answer(self, line: socket.socket, said: bytes) -> None:
        """Answer one message."""
        tag = said.split(b" ", 1)[0]
        listed = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" if b"CAPABILITY" in said.upper() else b""
        line.sendall(listed + tag + b" OK done\r\n")

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:  # closed
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line:
            self.greet(line)
            while said := line.recv(4096):
                self.heard += said
                self.answer(line, said)


class DatabaseTrap(Trap):
    """A PostgreSQL server that wants the password in clear (protocol 3.0, message formats)."""

    _SSL_REQUEST, _GSS_REQUEST = 80877103, 80877104

    def greet(self, line: socket.socket) -> None:
        """The client speaks first."""

    def answer(self, line: socket.socket, said: bytes) -> None:
        """No encryption; then AuthenticationCleartextPassword; then an error."""
        if said[:1] == b"p":
            fields = b"SFATAL\0C28P01\0Mpassword authentication failed\0\0"
            line.sendall(b"E" + struct.pack("!i", len(fields) + 4) + fields)
        elif struct.unpack("!ii", said[:8])[1] in (self._SSL_REQUEST, self._GSS_REQUEST):
            line.sendall(b"N")
        else:
            line.sendall(b"R" + struct.pack("!ii", 8, 3))
