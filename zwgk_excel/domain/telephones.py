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
FORMS = (
    "111",  # a mobile number: eleven digits, the first of them 1
    *(f"{size}0" for size in range(10, 19)),  # a landline with its area code, and perhaps an extension
    *(f"{size}{first}" for size in (7, 8) for first in "23456789"),  # a local one
    *("104", "108"),  # 400 and 800
    "138",  # a mobile number with the country before it
)
"""How many digits a number has, with the first of them behind that."""
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
    return known and any(parts) and all(map(_is_number, parts))


def _is_number(digits: str) -> bool:
    return not digits or f"{len(digits)}{digits[0]}" in FORMS
