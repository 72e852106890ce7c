"""Normalisation of typed text: spaces, full-width characters, dates in words."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

_LINE_ENDS = frozenset({"Zl", "Zp"})
_SPACES = _LINE_ENDS | {"Zs"}
_INVISIBLE = frozenset({"Cc", "Cf"})
"""Unicode's categories of what has no width: control characters, direction marks, zero-width spaces and joiners."""
_UNSHOWN = _INVISIBLE | {"Cs", "Co", "Cn"}
"""With lone surrogates, and private and unassigned characters, which only some fonts show (rare ones in names)."""
_BREAKS = "\t\n\r\x85"
"""Control characters that stand between words."""
_ACTING = _INVISIBLE | _LINE_ENDS | {"Cs"}
"""What moves a cursor, colours, reorders or breaks what is shown. Private and unassigned characters only look odd: they
stand for rare ones in names."""
_UNCLEAN = re.compile(r"^ | $|  |[０-９Ａ-Ｚａ-ｚ]")
_HAN_GAP = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()}
_SEPARATED = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_WITHOUT_YEAR = re.compile(r"(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?")
_LINK = re.compile(r"https?://.", re.IGNORECASE)
_MIDNIGHT = re.compile(r"[ T]00:00(:00)?$")


class _Seen(dict[int, int | str]):
    """A table for ``str.translate``, filled on demand: by its category a character is kept, a space, or removed."""

    def __init__(self, known: Mapping[int, int | str], *, none: frozenset[str], spaces: frozenset[str]) -> None:
        super().__init__(known)
        self._none, self._spaces = none, spaces

    def __missing__(self, code: int) -> int | str:
        category = unicodedata.category(chr(code))
        self[code] = " " if category in self._spaces else "" if category in self._none else code
        return self[code]


class _Escapes(dict[int, int | str]):
    """A table for ``str.translate``, filled on demand: what acts becomes JSON's own ``\\u…``, all else is kept."""

    def __missing__(self, code: int) -> int | str:
        acts = unicodedata.category(chr(code)) in _ACTING
        self[code] = json.dumps(chr(code))[1:-1] if acts else code
        return self[code]


_AS_SPACES: Mapping[int, int | str] = dict.fromkeys(map(ord, _BREAKS), " ")
_CLEANED = _Seen({**_AS_SPACES, **_FULL_WIDTH}, none=_INVISIBLE, spaces=_SPACES)
_VISIBLE = _Seen({ord(char): char for char in _BREAKS}, none=_INVISIBLE, spaces=frozenset())
_ONE_LINE = _Seen(_AS_SPACES, none=_UNSHOWN, spaces=_SPACES)
_IN_A_NAME = _Seen({}, none=_UNSHOWN, spaces=_SPACES)
_ON_SCREEN = _Seen({**_AS_SPACES, ord("\t"): "\t"}, none=_ACTING, spaces=_LINE_ENDS)
_LINES_ON_SCREEN = _Seen({**_ON_SCREEN, ord("\n"): "\n"}, none=_ACTING, spaces=_LINE_ENDS)
_ESCAPED = _Escapes({ord("\n"): "\n"})


def visible(text: str) -> str:
    """The visible part of a typed text: no zero-width characters, no surrounding space.

    Spaces, tabs and line ends within it are kept.
    """
    return text.strip() if text.isprintable() else text.translate(_VISIBLE).strip()


def one_line(text: str) -> str:
    """Any text as one line of printable characters, with single spaces."""
    return " ".join(text.translate(_ONE_LINE).split())


def shown_in_a_name(text: str) -> str:
    """The printable characters of a file name: a right-to-left mark would show ``fdp.xlsx`` reversed.

    Every space becomes a plain one; tabs are removed.
    """
    return text.translate(_IN_A_NAME)


def on_screen(text: str, *, lines: bool = False) -> str:
    """A text as a terminal or a dialog may show it: what acts there is left out, tabs and spaces are kept.

    It is one line, unless ``lines`` says that its line ends are ours.
    """
    if text.isprintable():
        return text
    return text.replace("\r\n", "\n").translate(_LINES_ON_SCREEN if lines else _ON_SCREEN)


def json_on_screen(text: str) -> str:
    """A JSON text that says the same, with every character that acts on a terminal as ``\\u…``."""
    return text if text.replace("\n", "").isprintable() else text.translate(_ESCAPED)


def clean(text: str) -> str:
    """One line of text: full-width letters and digits narrowed, line breaks and runs of spaces replaced by one space.

    Chinese punctuation is kept: ``（`` and ``(`` are not the same in a title.
    """
    if is_clean(text):
        return text
    return " ".join(text.translate(_CLEANED).split())


def is_clean(text: str) -> bool:
    """Whether :func:`clean` would change nothing, by a quick test; False for text with line breaks."""
    return text.isprintable() and not _UNCLEAN.search(text)


def clean_paragraph(text: str) -> str:
    """Text of several lines: each line cleaned, empty ones at the ends dropped."""
    lines = [clean(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return "\n".join(lines).strip("\n")


def clean_name(text: str) -> str:
    """A person's or unit's name: cleaned, and without the space that aligns two characters with three (张 三)."""
    return _HAN_GAP.sub("", clean(text))


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """A heading or name for comparison only: compatibility forms, case, spaces and common marks removed."""
    return re.sub(r"[\s*＊:：()（）\[\]【】、,，/]+", "", visible(unicodedata.normalize("NFKC", text))).casefold()


def is_link(text: str) -> bool:
    """Whether a text begins as a web address: ``http://`` or ``https://`` and at least one more character."""
    return _LINK.match(text) is not None


def parse_date(text: str, *, by: date) -> date | None:
    """A day as typed: ``2026.3.5``, ``2026年3月5日``, ``20260305``, ``3月5日``; None for anything else.

    Without a year it is the latest such day not after ``by`` (a workbook of January names days of December).
    """
    plain = _MIDNIGHT.sub("", clean(unicodedata.normalize("NFKC", text)))
    if found := _SEPARATED.fullmatch(plain) or _COMPACT.fullmatch(plain):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _WITHOUT_YEAR.fullmatch(plain):
        month, day = int(found[1]), int(found[2])
        candidates = (_day(year, month, day) for year in (by.year, by.year - 1))
        return next((candidate for candidate in candidates if candidate and candidate <= by), None)
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
