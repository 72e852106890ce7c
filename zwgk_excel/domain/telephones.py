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
"""Characters that a cell with telephone numbers has at most where its column has no limit below; how many numbers."""
FORMS = (
    (11, 1),  # a mobile number
    *((size, 0) for size in range(10, 19)),  # a landline with its area code, and perhaps an extension
    *((size, first) for size in (7, 8) for first in range(2, 10)),  # a local one
    *((10, 4), (10, 8)),  # 400 and 800
    (13, 8),  # a mobile number with the country before it
)
"""How many digits a number has, and the first of them."""
_TABLE = str.maketrans({**dict(zip(FULL_WIDTH, "0123456789", strict=True)), **dict.fromkeys(SEPARATORS, SEPARATOR)})
_DIGITS = frozenset("0123456789")


def bare_numbers(text: str) -> str:
    """The text with plain digits and separators, and without what only groups them: ``07148700000/13800000000``."""
    for sign in LEFT_OUT:
        text = text.replace(sign, "")
    return text.translate(_TABLE)


def are_telephones(text: str) -> bool:
    """Whether a text is one telephone number or several."""
    *first, last = bare_numbers(text).split(SEPARATOR, MOST - 1)
    parts = [*first, last.strip(SEPARATOR)]
    return _DIGITS.issuperset("".join(parts)) and any(parts) and all(map(_is_number, parts))


def _is_number(digits: str) -> bool:
    return not digits or (len(digits), int(digits[0])) in FORMS
