"""Parses the mailboxes of From and the like (RFC 5322, 3.4), strictly where an address is concerned.

Programs and people show different parts of a header; so whatever in it looks like an address and is not the one of the
mailbox is given as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from zwgk_excel.domain.text import visible
from zwgk_excel.mail.headers import ADDRESS, addresses_in, decode_header, split_comments

_LONGEST = 20_000
"""Characters that are parsed: enough for hundreds of addresses."""
_PIECE = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*)"|<(?P<angled>[^<>]*)>|(?P<end>[,;])|(?P<text>[^"<>,;]+|.)', re.DOTALL
)
_GROUP = re.compile(r'^(?:"[^"]*"|[^"<>:;@])*:.*;', re.DOTALL)
"""``name: a@x, b@y;`` (RFC 5322, 3.4)."""


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """What a header says: its addresses, and what only looks like one."""

    addresses: tuple[str, ...] = ()
    """In lower case, each once."""
    shown: tuple[str, ...] = ()
    """Addresses in names and comments, which some programs show in place of the real one."""
    malformed: bool = False
    """Something stands for an address and is none, or the addresses are a group."""


def read_mailboxes(value: str) -> Mailboxes:
    """The mailboxes of an unfolded header value; never raises."""
    kept, comments, unclosed = split_comments(value[:_LONGEST])
    text = kept + unclosed
    found: list[str] = []
    named: list[str] = [*comments]
    malformed = _GROUP.match(text) is not None
    for plain, quoted, angled in _elements(text):
        named += quoted
        if angled:
            candidates = angled
            named.append(plain)
        else:
            words = plain.split()
            candidates = [each for each in words if "@" in each]
            named.append(" ".join(each for each in words if "@" not in each))
        addresses = [each.strip().lower().rstrip(".") for each in candidates if each.strip()]
        sound = [each for each in addresses if ADDRESS.fullmatch(each)]
        malformed = malformed or len(sound) < len(addresses)
        found += sound
    own = tuple(dict.fromkeys(found))
    shown = dict.fromkeys(each for text in named for each in addresses_in(visible(decode_header(text))))
    return Mailboxes(own, tuple(each for each in shown if each not in own), malformed)


def _elements(text: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Of each mailbox: plain text, quoted texts, and what stands in angle brackets."""
    plain, quoted, angled = "", list[str](), list[str]()
    for piece in _PIECE.finditer(text):
        if piece["end"]:
            yield plain, quoted, angled
            plain, quoted, angled = "", [], []
        elif piece["quoted"] is not None:
            quoted.append(re.sub(r"\\(.)", r"\1", piece["quoted"]))
            plain += " "
        elif piece["angled"] is not None:
            angled.append(piece["angled"])
        else:
            plain += piece["text"]
    yield plain, quoted, angled
