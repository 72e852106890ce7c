"""Known mail services, as hints (``mail_providers.toml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from zwgk_excel.layout.resources import read_toml


@dataclass(frozen=True, slots=True)
class ProviderServer:
    """A server as the service's help page gives it; the host is empty where only the office knows it."""

    host: str
    port: int
    security: str


@dataclass(frozen=True, slots=True)
class Provider:
    """One mail service."""

    key: str
    name: str
    domains: tuple[str, ...]
    smtp: ProviderServer
    imap: ProviderServer
    password: str
    """What to log in with, as Chinese text."""
    note: str
    reference: str
    """Address of the help page."""


@cache
def providers() -> tuple[Provider, ...]:
    """All services, in the order of the file."""
    return tuple(_provider(each) for each in read_toml("mail_providers.toml")["provider"])


def provider_of(address: str, *hosts: str) -> Provider | None:
    """The service of a mailbox: by the hosts in use, else by the address's domain; None where unknown."""
    used = {host.strip().lower() for host in hosts if host.strip()}
    by_host = (each for each in providers() if used & {each.smtp.host, each.imap.host} - {""})
    domain = address.rpartition("@")[2].strip().lower()
    by_domain = (each for each in providers() if any(f".{domain}".endswith(f".{own}") for own in each.domains))
    return next(by_host, None) or (next(by_domain, None) if domain else None)


def _provider(raw: Mapping[str, Any]) -> Provider:
    places = {key: ProviderServer(**raw[key]) for key in ("smtp", "imap")}
    return Provider(**{**raw, **places, "domains": tuple(raw["domains"])})
