"""Decoding of bytes whose charset label is missing, wrong, or names a subset of the encoding used."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

_SMALLER_GB = frozenset({"gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "euc-cn", "chinese", "cp936"})
"""All read as GB18030, which holds the others: Chinese mail programs write ``gb2312`` over anything."""
_SAYS_NOTHING = frozenset(
    {"", "ascii", "iso8859-1", "cp1252", "unknown-8bit", "x-unknown", "default", "binary", "8bit"}
)
"""Labels that programs put where they know none: UTF-8 is tried before GB18030, which takes almost anything."""
_NOT_TEXT = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
_LONGEST_LABEL = 40


def decoded(data: bytes, label: str = "") -> str:
    """The text of ``data``: by ``label`` if that fits, else by the usual Chinese encodings.

    Undecodable bytes become U+FFFD. Never raises.
    """
    for encoding in _candidates(label):
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError):  # the latter for codecs that are none of text, such as base64
            continue
    return data.decode("gb18030" if _canonical(label) in _SMALLER_GB else "utf-8", "replace")


def _candidates(label: str) -> Iterator[str]:
    name = _canonical(label)
    if name in _SMALLER_GB:
        yield from ("gb18030", "utf-8")
    elif name in _SAYS_NOTHING:
        yield from ("utf-8", "gb18030", "cp1252")
    else:
        yield from (name, "utf-8", "gb18030")


def _canonical(label: str) -> str:
    """Python's name of an encoding; empty for an unknown one."""
    plain = label.strip().strip("\"'").lower()
    if plain in _SMALLER_GB:
        return plain
    if len(plain) > _LONGEST_LABEL or not plain.isascii():
        return ""
    try:
        found = codecs.lookup(plain).name
    except (LookupError, ValueError):
        return ""
    return "" if found in _NOT_TEXT else found
