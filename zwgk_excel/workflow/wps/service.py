"""The service on 127.0.0.1 that runs what a button of the WPS add-in does.

Whoever asks must know the token of the note (:mod:`zwgk_excel.workflow.wps.note`) and come from the add-in's own pages;
what may be asked is to press one of the buttons of ``buttons.toml``, and to serve it until it ends.
"""

from __future__ import annotations

import hmac
import json
import secrets
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedReader, RawIOBase
from time import monotonic, sleep, time
from typing import Any

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.layout.resources import folder as shipped
from zwgk_excel.workflow.wps.exchange import Exchange
from zwgk_excel.workflow.wps.note import BEAT, Note, note_path, private_folder, read_note, this_program, write_note
from zwgk_excel.workflow.wps.press import Press

ADDRESS = "127.0.0.1"
IDLE = 1800.0
"""Seconds without a request after which the service ends."""
BODY = 1 << 16
"""Bytes that a request may bring."""
READING = 10.0
"""Seconds in which a request must have come whole, and its answer be taken."""
CONNECTIONS = 32
"""Connections at a time; more are closed at once."""
_WAIT = 20.0
"""Seconds that a page which asks for news is kept waiting."""
_TRIES, _PAUSE = 20, 0.05
"""To remove the note, and the seconds between them."""
TOKEN_HEADER = "X-Zwgk-Token"
_FILE_ORIGINS = frozenset({"null", "file://"})
"""What Chromium says of a page that is a file, as the add-in's is. A sandboxed page says so too: the token decides."""
_PAGES = {
    "/dialog": ("dialog.html", "text/html; charset=utf-8"),
    "/dialog.js": ("dialog.js", "text/javascript; charset=utf-8"),
    "/dialog.css": ("dialog.css", "text/css; charset=utf-8"),
}
_GUARDS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class RefusedRequestError(ZwgkError):
    """A request that is not answered; the argument is the status."""


class Service(ThreadingHTTPServer):
    """The service of one user. ``command`` gives the command line of a button's process."""

    daemon_threads = True
    allow_reuse_address = False
    request_queue_size = CONNECTIONS

    def __init__(self, command: Callable[[str], Sequence[str]], *, idle: float = IDLE) -> None:
        """Listen on a port of the system's choice. Raises UserError as :func:`private_folder`, and OSError."""
        private_folder()
        self.token, self._program = secrets.token_urlsafe(32), this_program()
        self._command, self._idle = command, idle
        self._press: Press | None = None
        self._pressing = threading.Lock()
        self._places = threading.BoundedSemaphore(CONNECTIONS)
        self._last_used = monotonic()
        self._stopped = threading.Event()
        super().__init__((ADDRESS, 0), Handler)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    def run(self) -> None:
        """Take over from whoever serves the user, until nothing was asked for the idle time or another takes over."""
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()
        try:
            self._write_note()
            while self._is_wanted() and not self._stopped.wait(BEAT):
                pass
        finally:
            if self._is_ours(read_note()):
                _remove_note()
            self.shutdown()
            self.server_close()

    def stop(self) -> None:
        """Let :meth:`run` return."""
        self._stopped.set()

    def press(self, button: str) -> str:
        """Start a button's process; its number. Raises :class:`RefusedRequestError` for none, while one runs whose page
        is there, and where it cannot be started."""
        if button not in ribbon_tab().buttons:
            raise RefusedRequestError(HTTPStatus.NOT_FOUND)
        with self._pressing:
            if self._press and self._press.running and not self._press.is_abandoned():
                raise RefusedRequestError(HTTPStatus.CONFLICT)
            try:
                self._press = Press(self._command(button), str(note_path().parent))
            except OSError:
                raise RefusedRequestError(HTTPStatus.INTERNAL_SERVER_ERROR) from None
            return self._press.id

    def pressed(self, number: object) -> Press:
        """The press of that number. Raises :class:`RefusedRequestError`."""
        press = self._press
        if press is None or press.id != number:
            raise RefusedRequestError(HTTPStatus.GONE)
        return press

    def used(self) -> None:
        """Somebody who knows the token asked."""
        self._last_used = monotonic()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own, where there is a place left."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and give the place back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def server_bind(self) -> None:
        """Bind so that no other program can listen on the same port beside us, which Windows would let it."""
        if sys.platform == "win32":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        super().server_bind()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is nothing to tell anybody."""

    def _is_wanted(self) -> bool:
        """Whether to go on; a button that is at work is always served to its end."""
        renewed = self._renewed()
        working = self._press is not None and self._press.running
        return working or (renewed and monotonic() - self._last_used <= self._idle)

    def _renewed(self) -> bool:
        """Whether the note is this service's, which it then says anew."""
        found = read_note()
        if found is not None and found.fresh and not self._is_ours(found):
            return False
        self._write_note()
        return True

    def _write_note(self) -> None:
        with suppress(PermissionError):  # on Windows, while it is being read: the next one will do
            write_note(Note(self.port, self.token, self._program, time()))

    def _is_ours(self, note: Note | None) -> bool:
        return note is not None and hmac.compare_digest(note.token.encode(), self.token.encode())


class _Reading(RawIOBase):
    """What a connection sends until a time of ``monotonic``; then TimeoutError.

    Hanging up from another thread would do on Linux alone: on Windows the one that waits need not wake.
    """

    def __init__(self, connection: socket.socket, until: float) -> None:
        self._connection, self._until = connection, until

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what is there; the bytes."""
        self._connection.settimeout(max(self._until - monotonic(), 0.001))
        return self._connection.recv_into(buffer)


class Handler(BaseHTTPRequestHandler):
    """One request; each connection brings one."""

    server: Service
    server_version, sys_version = "zwgk", ""

    def setup(self) -> None:
        """Give the request its time: whoever sends a byte now and then is cut off all the same."""
        super().setup()
        self.rfile = BufferedReader(_Reading(self.connection, monotonic() + READING))

    def tell_page(self) -> None:
        """The page of the dialog, which holds no secret."""
        self._answer(self._page)

    def tell_permission(self) -> None:
        """What a browser asks before a page of another origin may send the token: only the add-in's may."""
        self._answer(self._permission)

    def act(self) -> None:
        """What needs the token: to press a button, and to serve what was pressed."""
        self._answer(self._action)

    # As http.server calls them.
    do_GET, do_OPTIONS, do_POST = tell_page, tell_permission, act

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: their paths say nothing, and there is nobody to read it."""

    def _answer(self, work: Callable[[], tuple[bytes, str]]) -> None:
        status, content, kind = HTTPStatus.OK, b"", "text/plain"
        try:
            if self.headers.get_all("Host") != [f"{ADDRESS}:{self.server.port}"]:
                raise RefusedRequestError(HTTPStatus.MISDIRECTED_REQUEST)
            content, kind = work()
        except RefusedRequestError as refused:
            status = refused.args[0]
        self.connection.settimeout(READING)
        self.send_response(status)
        for name, value in {**_GUARDS, **self._sharing(), "Content-Type": kind}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _page(self) -> tuple[bytes, str]:
        if self.path not in _PAGES:
            raise RefusedRequestError(HTTPStatus.NOT_FOUND)
        name, kind = _PAGES[self.path]
        return (shipped("vba_shim") / "wps" / name).read_bytes(), kind

    def _permission(self) -> tuple[bytes, str]:
        self._require_own_origin()
        return b"", "text/plain"

    def _action(self) -> tuple[bytes, str]:
        self._require_own_origin()
        if not hmac.compare_digest(self.headers.get(TOKEN_HEADER, "").encode(), self.server.token.encode()):
            raise RefusedRequestError(HTTPStatus.FORBIDDEN)
        asked = self._body()
        self.server.used()
        told = self._told(asked)
        return json.dumps(told).encode("ascii"), "application/json"

    def _told(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.path == "/press":
            return {"press": self.server.press(str(asked.get("button")))}
        press = self.server.pressed(asked.get("press"))
        if self.path == "/wps":
            return _fetched(press.wps, asked)
        if self.path == "/shown":
            return _fetched(press.dialog, asked)
        if self.path == "/closed":
            press.dialog.leave()
        elif self.path == "/left":
            press.leave()
        else:
            raise RefusedRequestError(HTTPStatus.NOT_FOUND)
        return {}

    def _body(self) -> dict[str, Any]:
        size = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not (size.isascii() and size.isdigit()):
            raise RefusedRequestError(HTTPStatus.LENGTH_REQUIRED)
        if len(size) > len(str(BODY)) or int(size) > BODY:
            raise RefusedRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            asked = json.loads(self.rfile.read(int(size)))
        except (ValueError, RecursionError):
            raise RefusedRequestError(HTTPStatus.BAD_REQUEST) from None
        if not isinstance(asked, dict):
            raise RefusedRequestError(HTTPStatus.BAD_REQUEST)
        return asked

    def _require_own_origin(self) -> None:
        if self._origin() not in _FILE_ORIGINS | {f"http://{ADDRESS}:{self.server.port}"}:
            raise RefusedRequestError(HTTPStatus.FORBIDDEN)

    def _origin(self) -> str:
        found = self.headers.get_all("Origin") or []
        return found[0] if len(found) == 1 else ""

    def _sharing(self) -> dict[str, str]:
        """That the page of the add-in, which is a file, may read the answer."""
        if self._origin() not in _FILE_ORIGINS:
            return {}
        return {
            "Access-Control-Allow-Origin": self._origin(),
            "Access-Control-Allow-Headers": f"Content-Type, {TOKEN_HEADER}",
            "Access-Control-Allow-Private-Network": "true",
            "Vary": "Origin",
        }


def _remove_note() -> None:
    """Take the note away; on Windows not while it is being read. What is left then is stale soon."""
    for _ in range(_TRIES):
        with suppress(PermissionError):
            note_path().unlink(missing_ok=True)
            break
        sleep(_PAUSE)


def _fetched(exchange: Exchange, asked: dict[str, Any]) -> dict[str, Any]:
    """What a page is told after ``asked``: it may hold an answer, and says what the page knows."""
    number, wait = asked.get("number", 0), _WAIT
    if "answer" in asked:
        exchange.answer(number, asked["answer"])
        wait = 0.0
    told = exchange.fetch(number, str(asked.get("progress", "")), wait)
    return {"number": told.number, "question": told.question, "progress": told.progress, "ended": told.ended}


def serve(started: Callable[[int], None]) -> bool:
    """Run the service of the current user until it is idle; False where this program's runs. ``started`` gets the port.

    Raises UserError where the note's folder is not the user's own, OSError where it cannot be written.
    """
    running, note = reachable(), read_note()
    if running and note and note.program == this_program():
        return False
    if running is False:  # killed a moment ago, its note left behind
        note_path().unlink(missing_ok=True)
    with Service(button_process) as service:
        started(service.port)
        service.run()
    return True


def button_process(button: str) -> list[str]:
    """The command line of a button's process. It imports nothing from the folder it is started in."""
    return [sys.executable, "-P", "-m", "zwgk_excel.addin", button]


def reachable(timeout: float = 2.0) -> bool | None:
    """Whether the service that the note names answers; None where the note names none. ``timeout`` in seconds."""
    note = read_note()
    if note is None or not note.fresh:
        return None
    connection = HTTPConnection(ADDRESS, note.port, timeout=timeout)
    try:
        connection.request("GET", "/dialog")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
