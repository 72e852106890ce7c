"""The end of a socket that a thread waits at."""

from __future__ import annotations

import socket
from contextlib import suppress


def stop_listening(listener: socket.socket) -> None:
    """Close it and end the waiting, which else goes on: at the next interruption on whatever has its number by then."""
    with suppress(OSError):  # Windows shuts down no listener: closing it ends the waiting there
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()
