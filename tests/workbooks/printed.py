"""How small a workbook is printed, reckoned from its file as LibreOffice does where 微软雅黑 is missing."""

from __future__ import annotations

import io
import re
from itertools import count
from zipfile import ZipFile

POINTS = 6.35
"""Of a character of a column's width, as LibreOffice shows it with the substitute of 微软雅黑 10."""
_LONG, _SHORT = {8: 1190.6, 9: 841.9}, {8: 841.9, 9: 595.3}


def scales(data: bytes) -> dict[str, float]:
    """Sheet → the greatest scale, up to 1, at which its columns fit the pages across that it asks for.

    Sheets that are hidden, or not fitted to pages, are left out.
    """
    with ZipFile(io.BytesIO(data)) as book:
        names = _sheets(book)
        pages = {name: book.read(f"xl/worksheets/sheet{place}.xml").decode() for place, name in names.items()}
        areas = _defined(book, names, "Print_Area"), _defined(book, names, "Print_Titles")
    return {
        name: _scale(page, *(area.get(name, "") for area in areas))
        for name, page in pages.items()
        if "<pageSetUpPr" in page
    }


def font_sizes(data: bytes) -> set[float]:
    """The sizes of all fonts of its cells."""
    with ZipFile(io.BytesIO(data)) as book:
        return {float(size) for size in re.findall(r'<sz val="([\d.]+)"', book.read("xl/styles.xml").decode())}


def _sheets(book: ZipFile) -> dict[int, str]:
    found = re.findall(r"<sheet ([^>]*)/>", book.read("xl/workbook.xml").decode())
    named = {place: re.search(r'name="([^"]*)"', each) for place, each in enumerate(found, 1)}
    return {place: name[1] for place, name in named.items() if name and "state=" not in found[place - 1]}


def _defined(book: ZipFile, names: dict[int, str], kind: str) -> dict[str, str]:
    pattern = rf'<definedName name="_xlnm.{kind}" localSheetId="(\d+)">([^<]*)<'
    found = re.findall(pattern, book.read("xl/workbook.xml").decode())
    return {names[int(place) + 1]: cells for place, cells in found if int(place) + 1 in names}


def _scale(page: str, area: str, titles: str) -> float:
    last = re.search(r":\$([A-Z]+)\$\d+$", area)
    repeated = re.search(r"\$[A-Z]+:\$([A-Z]+)(?:,|$)", titles)
    widths = _widths(page)[: _number(last[1]) if last else None]
    again = widths[: _number(repeated[1])] if repeated else []
    setup = dict(re.findall(r'(\w+)="(\w+)"', page[page.index("<pageSetup ") :].partition("/>")[0]))
    side = 2 * 72 * float(page.partition('<pageMargins left="')[2].partition('"')[0])
    room = (_LONG if setup["orientation"] == "landscape" else _SHORT)[int(setup["paperSize"])] - side
    wanted, steps = int(setup.get("fitToWidth", 1)), (1 - step / 100 for step in count())
    return next(scale for scale in steps if _pages(widths, again, room / scale) <= wanted)


def _widths(page: str) -> list[float]:
    """The widths of the visible columns in points, in order."""
    columns = re.findall(r'<col min="(\d+)" max="(\d+)" width="([\d.]+)"([^>]*)/>', page)
    return [
        float(width) * POINTS * ("hidden" not in more)
        for first, last, width, more in columns
        for _ in range(int(first), int(last) + 1)
    ]


def _pages(widths: list[float], again: list[float], room: float) -> float:
    if sum(again) + max(widths[len(again) :]) > room:
        return float("inf")
    pages, left = 1, room - sum(again)
    for width in widths[len(again) :]:
        if width > left:
            pages, left = pages + 1, room - sum(again)
        left -= width
    return pages


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
