"""The very hidden sheet ``_zwgk`` of a 整改链接表: key in column A, value as text in column B; then its rows.

Another product name than that of a report workbook, and another signature: neither can pass for the other.
"""

from __future__ import annotations

PRODUCT, PRODUCT_NAME = "product", "zwgk_excel faults"
SCHEMA, UNIT, CYCLE, ISSUED_ON, TABLE, SIGNATURE = "schema", "unit", "cycle", "issued_on", "table", "signature"
KEYS = (PRODUCT, SCHEMA, UNIT, CYCLE, ISSUED_ON, TABLE, SIGNATURE)
"""In the order of the rows; ``issued_on`` is an ISO date, ``table`` the number of the act that asked."""
FAULT = "fault"
"""Further rows, one for each fault: its 整改号, where it is and what was found, in columns B to D."""
LOCKED = ("task", "title", "url", "found", "expected")
"""Keys of the columns, beside 整改号, that a unit is not to change."""
