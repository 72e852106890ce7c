"""Whether a text looks like telephone numbers, however people write them; nothing is refused for it.

A mobile number has eleven digits. A landline has its area code (0714-8700000), with or without an extension, or is a
local one of seven or eight digits; 400 and 800 have ten digits. Several are separated by 、 or /.
"""

from __future__ import annotations

FULL_WIDTH = "０１２３４５６７８９"
"""The digits of Chinese input methods, in the order of their values."""
SEPARATORS = ("、", "／", "，", ",", "；", ";")
"""Between two numbers, beside :data:`SEPARATOR`."""
SEPARATOR = "/"
LEFT_OUT = (" ", "-", "－", "—", "–", "(", ")", "（", "）", "+", "分机", "转", ".")
"""What groups the digits of a number, or stands before an extension."""
LONGEST, MOST = 60, 4
"""Characters of numbers and separators, and how many numbers, that are looked at: more is no telephone number."""
_TABLE = str.maketrans({**dict(zip(FULL_WIDTH, "0123456789", strict=True)), **dict.fromkeys(SEPARATORS, SEPARATOR)})
_DIGITS = frozenset("0123456789")


def bare_numbers(text: str) -> str:
    """The text with plain digits and separators, and without what only groups them: ``07148700000/13800000000``."""
    for sign in LEFT_OUT:
        text = text.replace(sign, "")
    return text.translate(_TABLE)


def are_telephones(text: str) -> bool:
    """Whether a text is one telephone number or several."""
    bare = bare_numbers(text)
    parts = bare.split(SEPARATOR)
    known = len(bare) <= LONGEST and len(parts) <= MOST and _DIGITS.issuperset("".join(parts))
    return known and any(parts) and all(map(_is_number, filter(None, parts)))


def _is_number(digits: str) -> bool:
    size, first = len(digits), digits[0]
    return (
        (size == 11 and first == "1")
        or (first == "0" and 10 <= size <= 18)
        or (first not in "01" and 7 <= size <= 8)
        or (size == 10 and digits[:3] in {"400", "800"})
        or (size == 13 and digits[:3] == "861")
    )
