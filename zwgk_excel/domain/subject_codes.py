"""Reply codes in mail subjects, and Message-IDs.

Both are HMACs under the ledger's key, so that they cannot be forged without it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Collection

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.text import visible

_PREFIX = "ZW-"
_LENGTH = 8
"""Base32 digits: 40 bits, of which a guess meets one of a thousand codes once in a thousand million times."""
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_CODE = re.compile(r"\s*".join(["Z", "W", "-", *["([A-Z2-7])"] * _LENGTH]) + "(?![A-Z0-9])")


def reply_code(key: bytes, unit: str, cycle: Month) -> str:
    """The code of a unit and cycle, such as ``ZW-K7Q2MZ4A``; ``key`` is the ledger's."""
    return _PREFIX + _digits(key, "token", unit, str(cycle))[:_LENGTH]


def find_reply_code(
    key: bytes, text: str, units: Collection[str], cycles: Collection[Month]
) -> tuple[str, Month] | None:
    """The (unit, cycle) of the code in ``text`` (a subject), among these units and cycles.

    Case, full-width letters, and line breaks that header folding left in the code are ignored. None for no code, an
    unknown one, or codes of several units or cycles.
    """
    folded = _DASHES.sub("-", visible(unicodedata.normalize("NFKC", text))).upper()
    codes = {_PREFIX + "".join(digits) for digits in _CODE.findall(folded)}
    if not codes:
        return None
    found = {(unit, cycle) for unit in units for cycle in cycles if reply_code(key, unit, cycle) in codes}
    return found.pop() if len(found) == 1 else None


def message_id(key: bytes, letter: str, sender: str) -> str:
    """The Message-ID of the letter with this key, ``<…@example.gov.cn>``: the same for every delivery attempt.

    ``sender`` is a valid mail address; its domain follows the ``@``.
    """
    return f"<{_digits(key, 'message', letter)[:32].lower()}@{sender.rpartition('@')[2]}>"


def _digits(key: bytes, *parts: str) -> str:
    made = hmac.new(key, "\n".join(("zwgk", *parts)).encode("utf-8", "surrogatepass"), hashlib.sha256)
    return base64.b32encode(made.digest()).decode()
