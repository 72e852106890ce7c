"""What people type, understood: stray spaces, full-width characters, dates in words."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

_SPACES = re.compile(r"[\s\u00a0\u3000\u200b\ufeff]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNCLEAN = re.compile(r"^ | $|  |[^\S ]|[\u00a0\u3000\u200b\ufeff\x00-\x1f\x7f０-９Ａ-Ｚａ-ｚ]")
_HAN_GAP = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()} | {0x3000: 0x20}
_SEPARATED = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_WITHOUT_YEAR = re.compile(r"(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?")
_MIDNIGHT = re.compile(r"[ T]00:00(:00)?$")


def clean(text: str) -> str:
    """One line of text: full-width letters and digits narrowed, line breaks and runs of spaces made one space.

    Chinese punctuation stays as it is: ``（`` and ``(`` are not the same in a title.
    """
    if is_clean(text):
        return text
    narrowed = _CONTROL.sub("", text).translate(_FULL_WIDTH)
    return _SPACES.sub(" ", narrowed).strip()


def is_clean(text: str) -> bool:
    """Whether :func:`clean` would change nothing; of no text that holds control characters or lines."""
    return not _UNCLEAN.search(text)


def clean_paragraph(text: str) -> str:
    """Text that may have lines of its own: each line cleaned, empty ones at the ends dropped."""
    lines = [clean(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return "\n".join(lines).strip("\n")


def clean_name(text: str) -> str:
    """A person's or unit's name: cleaned, and without the space that lines up two characters with three (张 三)."""
    return _HAN_GAP.sub("", clean(text))


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """A heading or name for comparison only: compatibility forms, case and all spaces and common marks removed."""
    return re.sub(r"[\s*＊:：()（）\[\]【】、,，/]+", "", unicodedata.normalize("NFKC", text)).casefold()


def parse_date(text: str, *, by: date) -> date | None:
    """A day as people write it: ``2026.3.5``, ``2026年3月5日``, ``20260305``, ``3月5日``; None if it is none.

    Without a year the latest such day not after ``by`` is meant (a workbook of January names days of December).
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
