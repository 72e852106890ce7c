"""Messages on a connection: a JSON document, and bytes beside it, both of bounded length and in bounded time."""

from __future__ import annotations

import socket
import struct
import time
from dataclasses import dataclass

from zwgk_excel.domain.errors import ZwgkError

_HEAD = struct.Struct(">8sIQ")
_MARK = b"zwgk\x00\x01\r\n"
"""How every message begins; another number means another protocol."""
_PIECE = 1 << 20


class ProtocolError(ZwgkError):
    """What came is no message of ours, or a larger one than it may be."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The bytes of a message that are accepted."""

    document: int
    data: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """A JSON document, and what does not belong into JSON."""

    document: bytes
    data: bytes = b""


def send(line: socket.socket, message: Message, seconds: float) -> None:
    """Send a message within so many seconds; raises OSError (TimeoutError among them)."""
    line.settimeout(seconds)
    line.sendall(_HEAD.pack(_MARK, len(message.document), len(message.data)))
    line.sendall(message.document)
    line.sendall(message.data)


def receive(line: socket.socket, limits: Limits, seconds: float) -> Message | None:
    """The next message, whole within so many seconds; None where the other side has ended the conversation.

    Raises ProtocolError before anything is read that is too large, and OSError.
    """
    until = time.monotonic() + seconds
    head = _exactly(line, _HEAD.size, until)
    if not head:
        return None
    mark, document, data = _HEAD.unpack(head)
    if mark != _MARK:
        raise ProtocolError("no message of zwgk")
    if document > limits.document or data > limits.data:
        raise ProtocolError(f"a message of {document} and {data} bytes")
    return Message(_whole(line, document, until), _whole(line, data, until))


def _whole(line: socket.socket, length: int, until: float) -> bytes:
    found = _exactly(line, length, until)
    if len(found) < length:
        raise ProtocolError("a message without its end")
    return found


def _exactly(line: socket.socket, length: int, until: float) -> bytes:
    """So many bytes, or none where the other side has closed before the first."""
    found = bytearray()
    while len(found) < length:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("no whole message in time")
        line.settimeout(left)
        piece = line.recv(min(_PIECE, length - len(found)))
        if not piece:
            if found:
                raise ProtocolError("a message without its end")
            break
        found += piece
    return bytes(found)
