"""Names that a worksheet's formulas would not count as what they are (criteria of COUNTIF and the like)."""

from __future__ import annotations

import re
import unicodedata

from zwgk_excel.domain.text import text_length

LONGEST_NAME = 200
"""Characters: a criterion takes 255, and the name of a column stands in one behind its id and before its period."""
_SIGNS = "*?~"
_COMPARISONS = ("=", "<", ">")
_NUMBER = re.compile(r"(?=.*\d)[\d.,%/:+\-¥$()\sE年月日时分秒]+|TRUE|FALSE", re.IGNORECASE)


def has_wildcard(name: str) -> bool:
    """Whether a criterion takes a sign of the name for others, or for a comparison."""
    return any(sign in name for sign in _SIGNS) or name.startswith(_COMPARISONS)


def is_like_number(name: str) -> bool:
    """Whether a program may take the name for a number, a day or a truth value: ``100`` and ``1E2`` are one then."""
    return _NUMBER.fullmatch(unicodedata.normalize("NFKC", name)) is not None


def is_too_long(name: str) -> bool:
    """Whether a name is longer than :data:`LONGEST_NAME`."""
    return text_length(name) > LONGEST_NAME
