"""Shows numbers as the sheet does where their format says more than they do: ``00000``, ``0000-00-00``, ``第0号``.

Only what the digits and fixed texts of a format say; dates are the bulk reader's, and thousands separators, colours,
conditions and scientific notation say nothing that a reader of the cell would miss.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from xml.parsers import expat

from zwgk_excel.workbooks.opening.sheet_survey import (
    Cell,
    CellWalker,
    MalformedSheetError,
    cell_of,
    is_usual,
    walk_cells,
)

BUILTIN = {2: "0.00", 9: "0%", 10: "0.00%"}
"""Numbers of formats that every workbook has, of those that can say something (ECMA-376, 18.8.30)."""
_LONGEST, _MOST = 255, 2_000
"""Characters of a format, and formats that are looked at."""
_BRACKETS = re.compile(r"\[[^\]]*\]")
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|([0#?]+)|(General|G/通用格式)|(\.)|(,)|(%)|(.)', re.IGNORECASE | re.DOTALL)
_NOT_SHOWN = frozenset("ymdhsegbaYMDHSEGBA@/")
"""What stands for dates, scientific notation, texts and fractions."""
_PLACEHOLDER, _POINT, _PERCENT, _GENERAL = "digits", "point", "percent", "general"


@dataclass(frozen=True, slots=True)
class ShownFormat:
    """A number format of digits and fixed texts: (kind, text) of each piece; the kind of a fixed text is empty."""

    pieces: tuple[tuple[str, str], ...]
    decimals: int
    percent: bool

    def shown(self, number: str) -> str:
        """The text of a number (as a file holds it) in a cell with this format; empty where that is only the number."""
        if len(self.pieces) == 1 and number.isdecimal() and not self.decimals:
            return number.lstrip("0").rjust(self.pieces[0][1].count("0"), "0")  # what nearly all of them are
        try:
            value = Decimal(number)
        except InvalidOperation:
            return ""
        if not value.is_finite() or value < 0 or value.adjusted() > 20:
            return ""
        if value == value.to_integral_value() and self.decimals and not self.percent:
            return ""  # a telephone number with ",00" behind it is one still
        if self.percent:
            value *= 100
        plain = f"{value.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP):f}"
        whole, _, fraction = plain.partition(".")
        return "".join(self._filled(whole, fraction)).strip()

    def _filled(self, whole: str, fraction: str) -> list[str]:
        """The pieces with the digits in them, from the last placeholder back, as many as each has room for."""
        before = [at for at, (kind, _) in enumerate(self.pieces) if kind in (_PLACEHOLDER, _GENERAL)]
        point = next((at for at, (kind, _) in enumerate(self.pieces) if kind == _POINT), len(self.pieces))
        out = [text if not kind or kind == _PERCENT else "" for kind, text in self.pieces]
        rest = whole
        wholes = [at for at in before if at < point]
        for at in reversed(wholes):
            kind, text = self.pieces[at]
            first = at == wholes[0]
            room = len(rest) if first or kind == _GENERAL else len(text)
            taken, rest = (rest[-room:], rest[:-room]) if room else ("", rest)
            out[at] = taken.rjust(text.count("0"), "0") if kind == _PLACEHOLDER else taken
        for at in (each for each in before if each > point):
            out[at], fraction = fraction[: len(self.pieces[at][1])], fraction[len(self.pieces[at][1]) :]
        if point < len(self.pieces):
            out[point] = "."
        return out


def parsed(code: str) -> ShownFormat | None:
    """A format's code; None where a cell with it shows the number, a date, or something that is not worked out here."""
    if len(code) > _LONGEST:
        return None
    positive = _first_section(code)
    if positive is None:
        return None
    pieces: list[tuple[str, str]] = []
    for quoted, escaped, digits, general, point, comma, percent, other in _TOKEN.findall(positive):
        if comma or other in _NOT_SHOWN or (point and any(kind == _POINT for kind, _ in pieces)):
            return None
        if digits:
            pieces.append((_PLACEHOLDER, digits))
        elif general:
            pieces.append((_GENERAL, ""))
        elif point:
            pieces.append((_POINT, "."))
        elif percent:
            pieces.append((_PERCENT, "%"))
        elif quoted or escaped or other:
            pieces.append(("", quoted or escaped or other))
    return _meaningful(tuple(pieces))


def _first_section(code: str) -> str | None:
    """The section for positive numbers, without colours and languages; None for one with a condition."""
    outside = re.sub(r'"[^"]*"|\\.', lambda found: "\0" * len(found[0]), code)
    if any(each[1:2] in "<>=" or each.upper().startswith("[DBNUM") for each in _BRACKETS.findall(outside)):
        return None
    end = outside.find(";")
    section, mask = (code, outside) if end < 0 else (code[:end], outside[:end])
    kept = [section[at] for at in range(len(section)) if not any(a <= at < b for a, b in _spans(mask))]
    return "".join(kept)


def _spans(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in _BRACKETS.finditer(text)]


def _meaningful(pieces: tuple[tuple[str, str], ...]) -> ShownFormat | None:
    kinds = [kind for kind, _ in pieces]
    if (_PLACEHOLDER in kinds) + kinds.count(_GENERAL) != 1:
        return None
    point = kinds.index(_POINT) if _POINT in kinds else len(pieces)
    digits = [text for kind, text in pieces if kind == _PLACEHOLDER]
    padded = sum(text.count("0") for text in digits[:1]) > 1 or len(digits) > 1
    fixed = any(not kind and text.strip() for kind, text in pieces)
    decimals = sum(len(text) for at, (kind, text) in enumerate(pieces) if kind == _PLACEHOLDER and at > point)
    if _GENERAL in kinds and not fixed:
        return None
    percent = _PERCENT in kinds
    return ShownFormat(pieces, decimals, percent) if padded or fixed or percent or decimals else None


@lru_cache(maxsize=8)
def formats_of(styles: bytes) -> Mapping[int, ShownFormat]:
    """Number of a cell format → its number format, of those that say something; none for damaged styles.

    Cached, because the reports of a month have the same styles.
    """
    codes: dict[str, str] = {}
    used: list[str] = []
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        name = tag.rpartition(":")[2]
        if name == "numFmt" and len(codes) < _MOST:
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            used.append(attributes.get("numFmtId", "0"))

    def end(tag: str) -> None:
        nonlocal inside
        inside = inside and tag.rpartition(":")[2] != "cellXfs"

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(styles, True)
    except expat.ExpatError:
        return {}  # the values are readable all the same
    known = {**{str(number): code for number, code in BUILTIN.items()}, **codes}
    shown = {number: made for number, code in known.items() if number in set(used) and (made := parsed(code))}
    return {at: shown[number] for at, number in enumerate(used) if number in shown}


_STYLED = b's="%d"', b"s='%d'", b's= "%d"', b's = "%d"'
# A cell of one of these styles, in the spelling of the usual programs, that is no text.
_NUMBER = (
    rb'<c r="([A-Z]{1,3})(\d{1,7})"(?=[^<>]*\ss="(%b)")(?![^<>]*\st="(?!n"))[^<>]*(?<!/)>'
    rb"(?:<f[^<>]*/>|<f[^<>]*>[^<]*</f>)?<v>\s*([^<\s]{1,40})\s*</v>"
)


def shown_numbers(part: bytes, formats: Mapping[int, ShownFormat]) -> dict[Cell, str]:
    """Cell → its text, of the numbers of a worksheet whose format says more than they do."""
    used = [number for number in formats if any(each % number in part for each in _STYLED)]
    if not used:
        return {}
    if not is_usual(part):
        return _by_walking(part, formats)
    styles = b"|".join(b"%d" % number for number in used)
    numbers = re.finditer(_NUMBER % styles, part)
    texts = (
        (cell_of(each[1], each[2]), formats[int(each[3])].shown(each[4].decode("ascii", "replace"))) for each in numbers
    )
    return {cell: text for cell, text in texts if text}


def _by_walking(part: bytes, formats: Mapping[int, ShownFormat]) -> dict[Cell, str]:
    """The same of a worksheet in an unusual spelling."""
    found: dict[Cell, str] = {}

    def seen(cell: Cell, attributes: Mapping[str, str], children: Mapping[str, str]) -> None:
        style = attributes.get("s", "").strip()
        kind = formats.get(int(style)) if style.isdecimal() and len(style) < 7 else None
        if kind and attributes.get("t", "n") == "n" and (text := kind.shown(children.get("v", "").strip()[:40])):
            found[cell] = text

    try:
        walk_cells(part, CellWalker(seen))
    except MalformedSheetError:
        return {}  # said when its values are read
    return found
