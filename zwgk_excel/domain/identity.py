"""The HMAC signature of a report workbook's identity, so that a workbook cannot be passed off as another unit's."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date

from zwgk_excel.domain.periods import Month


def sign_identity(key: bytes, schema: int, unit: str, cycle: Month, issued_on: date, added: str = "") -> str:
    """HMAC-SHA256 over the workbook's identity, as 64 hexadecimal digits.

    ``added`` names the columns that the workbook has beyond those of the first version.
    """
    parts = ("zwgk", str(schema), unit, str(cycle), issued_on.isoformat())
    message = "\n".join((*parts, added) if added else parts)
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()


def is_valid_signature(
    claimed: str, key: bytes, schema: int, unit: str, cycle: Month, issued_on: date, added: str = ""
) -> bool:
    """Whether a claimed signature is the right one (compared in constant time)."""
    right = sign_identity(key, schema, unit, cycle, issued_on, added)
    return hmac.compare_digest(claimed.strip().encode(), right.encode())
