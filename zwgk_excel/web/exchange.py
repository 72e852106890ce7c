"""One request to one address that was checked, and its answer: bounded in time and size, nothing kept, nothing sent on.

The time is that of the whole exchange, whatever the server does meanwhile: at its end the connection is cut.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException

from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError

from zwgk_excel.domain.link_checks import VisitFinding
from zwgk_excel.version import __version__
from zwgk_excel.web.addresses import NotVisitedError, Target

USER_AGENT = f"zwgk-excel/{__version__} (link check)"
_PIECE = 1 << 14
_TO_CONNECT = 0.4
"""The part of the time in which a connection must stand, and once more its encryption."""
_ADDRESSES = 3
"""So many addresses of a name are tried."""
_SURELY_WRONG = frozenset({10, 18, 62, 64})
"""Of OpenSSL's results (x509_vfy.h): expired, self-signed, for another name, for another address. Of others a browser
may know the authority that we do not."""
_OFFLINE = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, 10050, 10051, 10065})
"""This computer has no way there; the last three as Windows numbers them."""
_HEADER_TEXT = re.compile(r"[\x20-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class VisitLimits:
    """What one visit may take."""

    seconds: float = 15
    """Of the whole page with its redirects; those of the evaluation of government sites (15 秒)."""
    bytes: int = 2 << 20
    """Of a decoded body, and of what is sent for it."""
    redirects: int = 5


LIMITS = VisitLimits()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    """By names in small letters; of several the first."""
    body: bytes
    """Decoded, not more than was wanted."""
    whole: bool
    """Whether that is all of it."""


def exchange(
    target: Target,
    addresses: Sequence[str],
    context: ssl.SSLContext,
    *,
    until: float,
    most: int,
    known: Mapping[str, str],
) -> Answer:
    """The answer to GET at the first of the addresses that can be connected to, until a time of ``time.monotonic``.

    ``known`` are headers that ask only for a newer page. Raises NotVisitedError.
    """
    connection = _connected(target, addresses, context, until)
    late = threading.Event()
    watch = threading.Timer(max(until - time.monotonic(), 0), _cut, (connection, late))
    watch.daemon = True
    watch.start()
    try:
        answer = _asked(connection, target, most, known)
    except NotVisitedError:
        raise
    except (OSError, HTTPError, HTTPException, ValueError, zlib.error) as error:
        raise NotVisitedError(VisitFinding.TIMEOUT if late.is_set() else finding_of(error)) from None
    finally:
        watch.cancel()
        connection.close()
    if late.is_set():  # what is cut off may look like a whole answer
        raise NotVisitedError(VisitFinding.TIMEOUT)
    return answer


def _cut(connection: HTTPConnection, late: threading.Event) -> None:
    late.set()
    with suppress(OSError, AttributeError):  # closed in the same moment
        connection.sock.shutdown(socket.SHUT_RDWR)


def _connected(target: Target, addresses: Sequence[str], context: ssl.SSLContext, until: float) -> HTTPConnection:
    """A connection to an address under the target's name; raises NotVisitedError where none stands.

    Of several reasons the first that is not our own: many computers have no way to IPv6 addresses.
    """
    failed: list[VisitFinding] = []
    share = _TO_CONNECT * (until - time.monotonic())
    for address in addresses[:_ADDRESSES]:
        left = min(until - time.monotonic(), share)
        if left <= 0:
            break
        connection = HTTPConnection(address, target.port, timeout=left)
        if target.scheme == "https":
            connection = HTTPSConnection(
                address, target.port, timeout=left, ssl_context=context, server_hostname=target.host
            )
        try:
            connection.connect()
        except (OSError, HTTPError, HTTPException) as error:
            connection.close()
            failed.append(finding_of(error))
            continue
        connection.sock.settimeout(max(until - time.monotonic(), 0.001))
        return connection
    theirs = [each for each in failed if each is not VisitFinding.OFFLINE]
    raise NotVisitedError([*theirs, *failed, VisitFinding.TIMEOUT][0])


def _asked(connection: HTTPConnection, target: Target, most: int, known: Mapping[str, str]) -> Answer:
    headers = {
        "Host": target.host_field,
        "User-Agent": USER_AGENT,
        "Accept": "text/html, */*;q=0.5",
        "Accept-Encoding": "gzip, deflate",
        "Accept-Language": "zh-CN",
        "Connection": "close",
        **known,
    }
    connection.request("GET", target.path, headers=headers, preload_content=False, decode_content=False)
    response = connection.getresponse()
    told: dict[str, str] = {}
    for name, value in response.headers.items():
        told.setdefault(name.lower(), _as_sent(value))
    body, whole = _body(response, told, most)
    return Answer(response.status, told, body, whole)


def _as_sent(value: str) -> str:
    """A header as its server meant it: many write Chinese in UTF-8 there, which the library takes for Latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _body(response: HTTPResponse, headers: Mapping[str, str], most: int) -> tuple[bytes, bool]:
    """At most so many bytes of the decoded body, and whether these are all; raises NotVisitedError."""
    decoder = _Decoder(headers.get("content-encoding", ""), most)
    read = 0
    while piece := response.read(_PIECE, decode_content=False):
        read += len(piece)
        decoder.feed(piece)
        if decoder.full or read > most:
            return bytes(decoder.found[:most]), False
    return bytes(decoder.found), True


class _Decoder:
    """A body decoded piece by piece, of a bomb no more than is wanted: ``found`` never grows beyond one byte more."""

    def __init__(self, coding: str, most: int) -> None:
        name = coding.strip().lower()
        if name not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise NotVisitedError(VisitFinding.UNDECODABLE)
        self.found = bytearray()
        self.full = False
        self._most = most
        self._inflate = zlib.decompressobj(47) if name not in {"", "identity"} else None
        self._begun = False

    def feed(self, piece: bytes) -> None:
        room = self._most + 1 - len(self.found)
        self.found += piece[:room] if self._inflate is None else self._inflated(piece, room)
        self.full = len(self.found) > self._most

    def _inflated(self, piece: bytes, room: int) -> bytes:
        assert self._inflate is not None
        begun, self._begun = self._begun, True
        try:
            return self._inflate.decompress(piece, room)
        except zlib.error:
            if begun:
                raise
        self._inflate = zlib.decompressobj(-15)  # what many servers send as deflate (RFC 9110, 8.4.1.2, note)
        return self._inflate.decompress(piece, room)


def finding_of(error: BaseException) -> VisitFinding:
    """What a failure comes to, by the error behind it."""
    while error.__cause__ is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__
    if isinstance(error, ssl.SSLCertVerificationError):
        return VisitFinding.CERTIFICATE if error.verify_code in _SURELY_WRONG else VisitFinding.UNVERIFIED
    if isinstance(error, TimeoutError | ConnectTimeoutError):
        return VisitFinding.TIMEOUT
    if isinstance(error, ssl.SSLError):
        return VisitFinding.ENCRYPTION
    if isinstance(error, ConnectionRefusedError):
        return VisitFinding.REFUSED
    if isinstance(error, OSError) and error.errno in _OFFLINE:
        return VisitFinding.OFFLINE
    return VisitFinding.BROKEN


def newer_than(etag: str, last_modified: str) -> dict[str, str]:
    """The headers that ask only for a page newer than one seen before."""
    fields = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in fields.items() if _HEADER_TEXT.fullmatch(value)}


def tls_context(authorities: str = "") -> ssl.SSLContext:
    """A context that trusts whom the system trusts, and the certificates of a file (PEM); raises OSError.

    As browsers do, it accepts certificates that lack extensions of RFC 5280, which Python 3.13 refuses.
    """
    context = ssl.create_default_context()
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if authorities:
        context.load_verify_locations(authorities)
    return context
