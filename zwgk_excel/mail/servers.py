"""Mail server parameters: default ports, TLS contexts, loopback."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zwgk_excel.domain.errors import ZwgkError

if TYPE_CHECKING:
    import ssl

_USUAL = {
    ("smtp", "tls"): 465,
    ("smtp", "starttls"): 587,
    ("smtp", "none"): 25,
    ("imap", "tls"): 993,
    ("imap", "starttls"): 143,
    ("imap", "none"): 143,
}
"""RFC 8314 and RFC 6409; unencrypted ones are only for this machine."""

GREETING_NAME = "[127.0.0.1]"
"""Our name in EHLO: an address literal (RFC 5321, 4.1.3). A computer's own name discloses its owner, and may be
Chinese, which EHLO cannot contain."""

CLIENT_IDENTITY = '("name" "zwgk-excel" "vendor" "zwgk-excel")'
"""What we call ourselves (RFC 2971); 163 and 126 refuse to open a folder for a client without a name."""

_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


class StarttlsMissingError(ZwgkError):
    """A server that should offer STARTTLS does not; no password was sent."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """One server: ``protocol`` is ``smtp`` or ``imap``, ``security`` is ``tls``, ``starttls`` or ``none``."""

    protocol: str
    host: str
    port: int
    security: str


def server(protocol: str, host: str, port: int, security: str) -> MailServer:
    """A server as set; port 0 means the usual one."""
    return MailServer(protocol, host, port or usual_port(protocol, security), security)


def usual_port(protocol: str, security: str) -> int:
    """The usual port of a protocol with a security."""
    return _USUAL[protocol, security]


def usual_security(protocol: str, port: int) -> str:
    """The security that a port implies; empty for other ports."""
    return next((security for (of, security), each in _USUAL.items() if (of, each) == (protocol, port)), "")


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, so that no network is used."""
    ip = _ip(host)
    return ip.is_loopback if ip else host.lower().removesuffix(".") == "localhost"


def host_fault(text: str) -> str:
    """What is wrong with a host name or address, in Chinese; empty for nothing."""
    if not text or _ip(text) or (len(text) <= 253 and all(map(_LABEL.fullmatch, text.removesuffix(".").split(".")))):
        return ""
    if "@" in text:
        return "这里填服务器名称，如 smtp.example.gov.cn，不是邮箱地址"
    if "://" in text or "/" in text or ":" in text:
        return "只写服务器名称，如 smtp.example.gov.cn，不带 https:// 和端口；端口写在 port"
    return "应为服务器名称，如 smtp.example.gov.cn；请检查空格、全角字符和标点"


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def ssl_context(authority: Path | None = None) -> ssl.SSLContext:
    """A context that checks certificates against the system's authorities and those in ``authority`` (PEM).

    Raises OSError (ssl.SSLError among them) where that file cannot be read.
    """
    import ssl

    context = ssl.create_default_context()
    if authority is not None:
        context.load_verify_locations(authority)
    return context
