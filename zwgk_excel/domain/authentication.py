"""What the office's mail server found out about a sender (RFC 8601), and what follows for the address in From.

The results are those of SPF, DKIM and DMARC (RFC 7208, 6376, 7489). Each tells only which domain a mail came from: who
of a domain wrote it, nobody checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_PASS = "pass"
_FAILURES = frozenset({"fail", "hardfail", "softfail", "policy"})
_DMARC_FAILURES = frozenset({"fail", "hardfail", "reject", "quarantine"})
_PROVING = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",), "auth": ("smtp.auth", "smtp.mailfrom")}
"""Method → the properties that name the domain which passed, the first there is."""
_SHOWN = ("dmarc", "spf", "dkim", "auth")


class SenderProof(StrEnum):
    """Whether the server proved that a mail comes from the domain in From."""

    UNASKED = "unasked"
    """The office named no server whose word counts."""
    PROVED = "proved"
    UNPROVED = "unproved"
    """It says nothing for or against it: no field of the server, or no policy of the sender's domain."""
    FAILED = "failed"
    OTHER = "other"
    """What passed is another domain."""


@dataclass(frozen=True, slots=True)
class AuthenticationResult:
    """One result in a field Authentication-Results."""

    method: str
    """In lower case: ``spf``, ``dkim``, ``dmarc``, ``auth`` …"""
    result: str
    """In lower case: ``pass``, ``fail``, ``none`` …"""
    properties: tuple[tuple[str, str], ...] = ()
    """Such as ``("header.d", "example.gov.cn")``, in lower case."""

    def domain(self, *names: str) -> str:
        """The domain in the first of these properties that it has; empty for none."""
        given = dict(self.properties)
        value = next((given[name] for name in names if given.get(name)), "")
        return value.rpartition("@")[2].strip(".")


@dataclass(frozen=True, slots=True)
class AuthenticationField:
    """One field Authentication-Results of a mail."""

    server: str
    """Who claims to have written it (authserv-id), in lower case."""
    results: tuple[AuthenticationResult, ...] = ()


def judge(fields: Sequence[AuthenticationField], domain: str) -> SenderProof:
    """What the server's fields, the topmost first, say of a mail whose From is of ``domain``.

    Only the topmost proves anything: a server puts its own above all that came with the mail, and what is below may
    have come with it. What speaks against the sender counts in any of them.
    """
    if not fields:
        return SenderProof.UNPROVED
    every = [each for field in fields for each in field.results]
    if any(each.method == "dmarc" and each.result in _DMARC_FAILURES for each in every):
        return SenderProof.FAILED
    top = fields[0].results
    dmarc = [each for each in top if each.method == "dmarc"]
    if dmarc and all(each.result == _PASS for each in dmarc):
        named = {each.domain("header.from") or domain for each in dmarc}
        return SenderProof.PROVED if named == {domain} else SenderProof.OTHER
    passed = [each.domain(*_PROVING[each.method]) for each in top if each.method in _PROVING and each.result == _PASS]
    passed = [each for each in passed if each]
    if any(_is_aligned(each, domain) for each in passed):
        return SenderProof.PROVED
    if any(each.method in {"spf", "dkim"} and each.result in _FAILURES for each in every):
        return SenderProof.FAILED
    return SenderProof.OTHER if passed else SenderProof.UNPROVED


def results_in_words(fields: Sequence[AuthenticationField]) -> str:
    """The results for messages: ``dmarc=fail、spf=pass（evil.example）``."""
    told: list[str] = []
    every = [each for field in fields for each in field.results if each.method in _SHOWN]
    for each in sorted(every, key=lambda each: _SHOWN.index(each.method)):
        domain = each.domain(*_PROVING.get(each.method, ("header.from",)))
        told.append(f"{each.method}={each.result}{f'（{domain}）' if domain else ''}")
    return "、".join(dict.fromkeys(told))


def _is_aligned(passed: str, domain: str) -> bool:
    """Whether one domain is the other or lies in it (RFC 7489, 3.1, relaxed, without siblings).

    A public suffix such as ``gov.cn`` neither signs nor sends, so none need be known.
    """
    return passed == domain or passed.endswith(f".{domain}") or domain.endswith(f".{passed}")
