"""Which addresses may be visited: hosts that the office lists, and no machine of the intranet behind their names.

An address is judged once and connected to as it was judged, so a name that stands for another machine a moment later
(DNS rebinding) leads nowhere else.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote, urlsplit, urlunsplit

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.domain.link_checks import VisitFinding
from zwgk_excel.domain.text import has_several_links

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolver = Callable[[str, int], list[str]]
"""The addresses of a name at a port, as text; raises OSError."""
_PORTS = {"http": 80, "https": 443}
LONGEST_URL = 2_000
"""Characters."""
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LISTED = re.compile(r"(\*\.)?(\[[0-9a-fA-F:.]+\]|[^:/\s\[\]@*]+)(?::(\d{1,5}))?")
_SAFE_PATH, _SAFE_QUERY = "/%:@!$&'()*+,;=~-._", "/%:@!$&'()*+,;=~-._?"
_NAT64 = ip_network("64:ff9b::/96")
_NOT_PUBLIC = tuple(map(ip_network, ("168.63.129.16/32", "192.0.0.0/24", "fec0::/10", "::/96")))
"""What ``ipaddress`` (or an old version of it) takes for the Internet: services for machines of two clouds (Azure,
Oracle), and former site-local and IPv4-compatible addresses. Those of other clouds are link-local or shared."""


class NotVisitedError(ZwgkError):
    """An address that is not visited, or did not answer; ``finding`` says why."""

    def __init__(self, finding: VisitFinding) -> None:
        super().__init__(finding)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Target:
    """An address as it is asked for."""

    scheme: str
    host: str
    """In ASCII and small letters; of an IPv6 address without brackets."""
    port: int
    path: str
    """With the query, quoted."""

    @property
    def host_field(self) -> str:
        """The value of the header Host."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == _PORTS[self.scheme] else f"{shown}:{self.port}"

    @property
    def url(self) -> str:
        """The address as text."""
        return f"{self.scheme}://{self.host_field}{self.path}"


def target_of(url: str) -> Target:
    """A link taken apart; raises NotVisitedError for what is no address of a web page or two, or names a user."""
    try:
        parts = urlsplit(url.strip())
        scheme, port = parts.scheme.lower(), parts.port
        host = ascii_host(parts.hostname or "")
    except ValueError:
        raise NotVisitedError(VisitFinding.NO_LINK) from None
    too_long = len(url) > LONGEST_URL
    if scheme not in _PORTS or not host or "@" in parts.netloc or too_long or has_several_links(url):
        raise NotVisitedError(VisitFinding.NO_LINK)
    path = urlunsplit(("", "", quote(parts.path or "/", _SAFE_PATH), quote(parts.query, _SAFE_QUERY), ""))
    return Target(scheme, host, port or _PORTS[scheme], path if path.startswith("/") else f"/{path}")


def ascii_host(text: str) -> str:
    """A host's name in ASCII, an address in its usual form; empty for what is neither."""
    name = text.strip("[]").rstrip(".").lower()
    if literal := _literal(name):
        return str(literal)
    try:
        name = name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    # "1.2" and "0x7f.1" are addresses to some systems: the last part of a name is no number.
    labels = name.split(".")
    return name if all(map(_LABEL.fullmatch, labels)) and not re.match(r"\d|0x", labels[-1]) else ""


@dataclass(frozen=True, slots=True)
class ListedHost:
    """One entry of the office's list."""

    name: str
    subdomains: bool
    """Whether it stands for all names below ``name``, and not for that itself."""
    port: int
    """0 for the usual ones, 80 and 443."""

    def allows(self, target: Target) -> bool:
        """Whether the entry allows a target."""
        named = target.host.endswith(f".{self.name}") if self.subdomains else target.host == self.name
        return named and (target.port == self.port if self.port else target.port in _PORTS.values())


def listed_host(text: str) -> ListedHost | None:
    """``www.example.gov.cn``, ``*.example.gov.cn`` (the names below it), either with ``:8080``; None for other text."""
    found = _LISTED.fullmatch(text.strip())
    name = ascii_host(found[2]) if found else ""
    if not found or not name or (found[1] and _literal(name)) or int(found[3] or 0) > 65535:
        return None
    return ListedHost(name, bool(found[1]), int(found[3] or 0))


class Reach:
    """Where visits may lead: the listed hosts, by their names outside the intranet or in the listed networks."""

    def __init__(self, hosts: Iterable[str], networks: Iterable[str] = (), *, resolve: Resolver | None = None) -> None:
        """Texts that :func:`listed_host` and ``ipaddress`` understand; raises ValueError for others."""
        self._hosts = []
        for text in hosts:
            if (listed := listed_host(text)) is None:
                raise ValueError(text)
            self._hosts.append(listed)
        self._networks: list[Network] = [ip_network(each) for each in networks]
        self._resolve = resolve or addresses_of

    def lists(self, target: Target) -> bool:
        """Whether the host and the port of a target are listed."""
        return any(each.allows(target) for each in self._hosts)

    def addresses(self, target: Target) -> list[str]:
        """The addresses of a target, all of them outside the intranet or listed; to be connected to as they are.

        Raises NotVisitedError for a host that is not listed, has no address, or has any that is refused.
        """
        if not self.lists(target):
            raise NotVisitedError(VisitFinding.NOT_LISTED)
        try:
            texts = list(dict.fromkeys(self._resolve(target.host, target.port)))
        except socket.gaierror as error:
            offline = error.errno == socket.EAI_AGAIN
            raise NotVisitedError(VisitFinding.OFFLINE if offline else VisitFinding.NO_NAME) from None
        except TimeoutError:
            raise NotVisitedError(VisitFinding.OFFLINE) from None
        except (OSError, UnicodeError):
            raise NotVisitedError(VisitFinding.NO_NAME) from None
        found = [_literal(each) for each in texts]
        if not found:
            raise NotVisitedError(VisitFinding.NO_NAME)
        if not all(each and self._may_connect(each) for each in found):
            raise NotVisitedError(VisitFinding.INTERNAL)
        return [str(each) for each in found]

    def _may_connect(self, address: Address) -> bool:
        return is_public(address) or any(each.version == address.version and address in each for each in self._networks)


def is_public(address: Address) -> bool:
    """Whether an address is of the Internet: not of this machine, an intranet, a link, a group or a cloud's service.

    An IPv6 address that holds an IPv4 one is judged by both.
    """
    if inner := _inner(address):
        return is_public(inner)
    special = address.is_multicast or address.is_reserved or any(address in each for each in _NOT_PUBLIC)
    return address.is_global and not special


def _inner(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one holds: mapped, of 6to4, of Teredo, of NAT64."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _literal(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def addresses_of(host: str, port: int) -> list[str]:
    """The addresses that the system has for a name; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]
