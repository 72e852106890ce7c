"""The defined names of an open workbook, each asked for as it is called: to go through all is two calls for each."""

from __future__ import annotations

import platform
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree

from zwgk_excel.addin.host.book_places import place_of
from zwgk_excel.addin.refresh.live_book import member_of
from zwgk_excel.workbooks.ooxml.package import main, parse

_PART = "xl/workbook.xml"


class DefinedNames:
    """Those of an xlwings book."""

    def __init__(self, book: Any, ours: Mapping[str, str] | None = None) -> None:
        """``ours`` are names that the tracker's writer made → the sheet whose cells they mean."""
        self._book, self._ours = book, ours or {}
        self._likely: list[str] | None = None
        self._looked = False
        self._listed: list[tuple[Any, str]] | None = None
        self._moved: set[str] = set()

    @cached_property
    def _all(self) -> Any:
        return self._book.names

    def get(self, name: str) -> Any:
        """The xlwings name; None where there is none so called."""
        return member_of(self._all, name)

    def add(self, name: str, refers_to: str) -> Any:
        """Define one that there is not."""
        return self._all.add(name, refers_to)

    def moved(self, sheet: str) -> None:
        """Rows or columns of a sheet have come: what means its cells means others."""
        self._moved.add(sheet)

    def on(self, sheet: str) -> list[tuple[str, str]]:
        """The names that mean cells of a sheet, and what they mean; without Excel's own, such as print areas, and those
        of one sheet only, which see to themselves."""
        if not self._looked:
            self._looked, self._likely = True, _in_file(self._book)
        if self._likely is None:
            return self._of_all(sheet)
        likely = [(name, self.get(name)) for name in self._likely if self._ours.get(name, sheet) == sheet]
        found = [(name, str(each.refers_to)) for name, each in likely if each is not None]
        return [(name, refers_to) for name, refers_to in found if _means(sheet, refers_to)]

    def _of_all(self, sheet: str) -> list[tuple[str, str]]:
        """The same by looking at all of them, once for all sheets: those of a sheet stay as they are until its own rows
        and columns move."""
        if self._listed is None or sheet in self._moved:
            self._listed = _names_of(self._book)
        about = [(str(each.name), refers_to) for each, refers_to in self._listed if _means(sheet, refers_to)]
        return [(name, refers_to) for name, refers_to in about if _is_of_book(name)]


def _in_file(book: Any) -> list[str] | None:
    """The names of an xlwings book that are in its file; None where the file does not say, or has not as many as the
    open book."""
    path = None if platform.system() == "Darwin" else place_of(book)
    if path is None:
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            found = list(parse(archive.read(_PART)).iter(main("definedName")))
    except (OSError, KeyError, zipfile.BadZipFile, etree.XMLSyntaxError):
        return None
    if len(found) != int(book.api.Names.Count):
        return None
    names = [str(each.get("name")) for each in found if each.get("localSheetId") is None]
    return [name for name in names if _is_of_book(name)]


def _is_of_book(name: str) -> bool:
    return "!" not in name and not name.startswith("_")


@dataclass(frozen=True, slots=True)
class _NativeName:
    """The application's own object of a defined name; what it is called is asked where that matters."""

    native: Any

    @property
    def name(self) -> str:
        return str(self.native.Name)


def _names_of(book: Any) -> list[tuple[Any, str]]:
    """All defined names of a workbook and what they mean, Excel's own too."""
    if platform.system() == "Darwin":
        return [(each, each.refers_to) for each in book.names]
    # xlwings asks each for its name first, to leave out hidden ones.
    return [(_NativeName(each), str(each.RefersTo)) for each in book.api.Names]


def _means(sheet: str, refers_to: str) -> bool:
    """Whether a defined name means cells of a sheet."""
    return refers_to.replace("'", "").startswith(f"={sheet}!")
