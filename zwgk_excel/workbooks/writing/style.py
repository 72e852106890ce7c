"""Colours and fonts of all workbooks, and text made valid for a cell."""

from __future__ import annotations

import re

from zwgk_excel.domain.text import text_length

FONT = "微软雅黑"
"""Has Chinese and Latin in one face on Windows and in WPS; other systems substitute."""
FONT_SIZE = 10
TITLE_SIZE = 16

INK = "#1F2937"
MUTED = "#6B7280"
LINE = "#BFC7D1"
HEAD_FILL = "#1F4E79"
HEAD_INK = "#FFFFFF"
INPUT_HEAD_FILL = "#C55A11"
INPUT_FILL = "#FFF9E5"
LOCKED_FILL = "#F3F4F6"

RED_FILL, RED_INK = "#F8CBCB", "#9C0006"
AMBER_FILL, AMBER_INK = "#FCE0B8", "#8A4B00"
YELLOW_FILL, YELLOW_INK = "#FFF2AB", "#6B5900"
GREEN_FILL, GREEN_INK = "#D5EBD1", "#1E5C20"
GREY_FILL, GREY_INK = "#ECECEC", "#595959"

GOOD, BAD, OPTIONAL, WATCH = "√", "×", "○", "▲"
"""Marks that every Chinese font has (they are in GBK), so that nothing depends on colour alone."""

CELL_LIMIT = 32767
_CUT = "……（过长，已截断）"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def cell_text(text: str) -> str:
    """Text valid in any spreadsheet: without control characters, truncated with a mark at 32,767 characters."""
    plain = _FORBIDDEN.sub("", text)
    if 2 * len(plain) <= CELL_LIMIT or text_length(plain) <= CELL_LIMIT:
        return plain
    kept = plain[: CELL_LIMIT - len(_CUT)]
    return kept[: len(kept) - max(text_length(kept + _CUT) - CELL_LIMIT, 0)] + _CUT
