"""Parses the fields Authentication-Results of a mail (RFC 8601, 2.2), and finds those of one server."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from zwgk_excel.domain.authentication import AuthenticationField, AuthenticationResult
from zwgk_excel.mail.headers import split_comments

_RESULTS, _RECEIVED = "authentication-results", "received"
TRACE = frozenset({_RESULTS, _RECEIVED})
"""Names of the fields that :func:`fields_of_server` looks at."""
_MOST, _LONGEST = 20, 8000
"""Fields of a mail, and characters of each, that are looked at."""
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|.', re.DOTALL)
_METHOD = re.compile(r"\s*([a-z0-9_-]{1,40})\s*(?:/\s*\d+\s*)?=\s*([a-z0-9_-]{1,40})", re.IGNORECASE)
_PROPERTY = re.compile(
    r'(?<!\S)([a-z0-9_-]{1,40}\s*\.\s*[a-z0-9_-]{1,40})\s*=\s*("(?:[^"\\]|\\.)*"(?:@[^\s;]+)?|[^\s";]+)', re.IGNORECASE
)


def fields_of_server(headers: Sequence[tuple[str, str]], server: str) -> tuple[AuthenticationField, ...]:
    """The fields that ``server`` put on top of a mail, the topmost first.

    ``headers`` are all fields of the mail in order, names in lower case. A server puts its fields above what came with
    the mail, so the search ends with the next trace field (Received) below the first of them: what is further down
    was there before. Whoever writes under the server's name without being it stands below, or among what
    :func:`zwgk_excel.domain.authentication.judge` does not take for a proof.
    """
    found: list[AuthenticationField] = []
    for name, value in headers:
        if name == _RESULTS and len(found) < _MOST:
            field = parse_field(value)
            if field.server == server.lower():
                found.append(field)
        elif name == _RECEIVED and found:
            break
    return tuple(found)


def servers_named(headers: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Who claims to have written the fields of a mail, the topmost first, each once."""
    fields = [parse_field(value) for name, value in headers if name == _RESULTS][:_MOST]
    return tuple(dict.fromkeys(each.server for each in fields if each.server))


def parse_field(value: str) -> AuthenticationField:
    """One field; what cannot be understood in it is left out.

    So are comments, an unclosed one to the end: they may quote what the sender wrote, such as a result that he would
    like.
    """
    kept, _, _ = split_comments(value[:_LONGEST])
    parts = list(_parts(kept))
    words = parts[0].split() if parts else []
    server = words[0].strip('"').lower() if words else ""
    return AuthenticationField(server, tuple(each for part in parts[1:] if (each := _result(part))))


def _result(part: str) -> AuthenticationResult | None:
    found = _METHOD.match(part)
    if found is None:
        return None
    pairs = ((re.sub(r"\s", "", name), _unquoted(text)) for name, text in _PROPERTY.findall(part, found.end()))
    properties = tuple((name.lower(), text.lower()) for name, text in pairs)
    return AuthenticationResult(found[1].lower(), found[2].lower(), properties)


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text.replace('"', ""))


def _parts(value: str) -> Iterator[str]:
    """The parts between semicolons that stand outside of quoted texts."""
    part = ""
    for piece in _PIECE.findall(value):
        if piece == ";":
            yield part
            part = ""
        else:
            part += piece
    yield part
