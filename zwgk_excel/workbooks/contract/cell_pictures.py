"""Pictures in cells: the function of WPS that shows one, and the rich values of Excel 365.

WPS shows a picture of ``xl/cellimages.xml`` by ``=DISPIMG("ID_…",1)``, whose result is that text itself. Excel 365
gives a cell the error #VALUE! and, in its ``vm``, the place of the picture among the values of ``xl/metadata.xml``;
other things of the network (share prices, places) are stored in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

RICH_RESULT = "#VALUE!"
"""What a cell with a rich value shows in programs that do not know them."""
PICTURE = "（单元格图片）"
"""What stands for such a cell in a grid and in a sentence."""
_WPS = re.compile(r"\s*=?\s*(?:_xlfn\.)?DISPIMG\s*\(", re.IGNORECASE)
_RICH = "ZWGK.RICH"
_WRITTEN = re.compile(
    rb'(<c r="[A-Z]+\d+"(?: s="\d+")?)(?: t="[a-z]+")?><f>'
    + re.escape(_RICH.encode())
    + rb"\((\d{1,9})\)</f><v>[^<]*</v></c>"
)
_CELL = re.compile(rb"""<(?:\w+:)?c(?=\s)([^<>]*\bvm\s*=\s*["'](\d{1,9})["'][^<>]*)>""")
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")


def is_wps_picture(text: str) -> bool:
    """Whether a text, of a formula or its result, is WPS's function for a picture in a cell."""
    return _WPS.match(text) is not None


def wps_formula(shown: str) -> str:
    """The formula, with its ``=``, whose result is the text of a picture."""
    return "=_xlfn." + shown.strip().lstrip("=").strip().removeprefix("_xlfn.")


def rich(value: int) -> str:
    """The formula that stands for a rich value until :func:`with_rich_values`; ``value`` is the cell's ``vm``."""
    return f"={_RICH}({value})"


def with_rich_values(sheet: bytes) -> bytes:
    """A written worksheet with the cells of :func:`rich` as Excel stores them."""
    if _RICH.encode() not in sheet:
        return sheet
    return _WRITTEN.sub(rb'\1 t="e" vm="\2"><v>' + RICH_RESULT.encode() + b"</v></c>", sheet)


def rich_cells(sheet: bytes) -> Iterator[tuple[str, int, int]]:
    """(Column letters, row from 1, ``vm``) of every cell with a rich value in a worksheet part."""
    for attributes, value in _CELL.findall(sheet) if b"vm" in sheet else ():
        if place := _REFERENCE.search(attributes):
            yield place[1].decode(), int(place[2]), int(value)
