"""Reads from the XML of a worksheet what calamine does not report: extent, error cells, formulas.

Each query has a fast answer by regular expression for the spelling that Excel, WPS, LibreOffice and the usual libraries
write, and an exact answer by expat for everything else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field
from xml.parsers import expat

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.workbooks.excel import column_number
from zwgk_excel.workbooks.opening.template_rows import without_self_checks

ROWS, COLUMNS, CELLS = 100_000, 512, 5_200_000
"""Limits of a sheet. The reader lays out the whole rectangle up to the last cell, at some 40 bytes a cell."""

Cell = tuple[int, int]
"""Row and column, 0 for the first."""

_TYPICAL_ROWS = 9_999
_WITHIN = rb"(?:[A-Z]|[A-R][A-Z]|S[A-R])[1-9]\d{0,3}+"
"""A reference in A1 … SR9999: this rectangle is within all the limits."""
# Any cell or row tag but the usual <c r="A1" s="1" t="s"> and <row r="1" …> within that rectangle; one that holds an
# error is unusual too. Nearly all sheets pass this one search, which is why it is made for speed.
_UNUSUAL = re.compile(
    rb"<(?:"
    rb'c(?! r="' + _WITHIN + rb'"(?: s="\d++")?+(?: t="s"(?:/|><v>\d{1,9}+</v)|(?: t="(?:n|str|b|inlineStr)")?+/?+)>)'
    rb'|row(?! r="[1-9]\d{0,3}+"[ />])'
    rb")[\s/>]"
)
_FAR = re.compile(rb"<(?:c|row)(?=[\s/>])(?! r=\"(?:" + _WITHIN + rb"|[1-9]\d{0,3}+)\"[ />])")
_LONG_ROWS, _LONG_COLUMNS = 99_999, 52
# As far as A1 … AZ99999: a long table, and within all the limits as well.
_BEYOND_LONG = re.compile(rb"""<(?:c|row)(?=[\s/>])(?! r="(?:A?[A-Z])?[1-9]\d{0,4}+"[ />])""")
# The reader takes an index that is no number, or too large for one, for the first of the shared strings.
_BAD_INDEX = re.compile(rb"""<c [^<>]*t="s"[^<>]*><v>(?!\d{0,9}</v>)""")
_PREFIXED_TAG = re.compile(rb":(?:c|row)[\s/>]")
# The same spelling, however far, and no comments, which may hold what looks like cells.
_ODD = re.compile(rb"""<!|<(?:[^<>:\s]*:)?(?:c|row)(?=[\s/>])(?! r="[A-Z]{0,3}[1-9]\d{0,6}"[ />])""")
_PREFIXED = re.compile(rb"""xmlns:[^=<>]*=\s*["'][^"'<>]*spreadsheetml""")
_FILLED = re.compile(rb"""<c r="([A-Z]+)(\d+)"[^<>]*(?<!/)><""")
_ERROR = re.compile(rb"""<c r="([A-Z]+)(\d+)"[^<>]* t="e"[^<>]*>(?:<f[^<>]*/>|<f[^<>]*>[^<]*</f>)?<v>([^<]*)</v>""")
_ERROR_TAG = re.compile(rb"""t\s*=\s*["']e["']""")
_FORMULA = re.compile(rb"""<c r="([A-Z]+)(\d+)"([^<>]*)><f(?:[^<>]*/>|[^<>]*>[^<]*</f>)(<v/>|<v>[^<]*</v>)?</c>""")
_FORMULA_TAG = re.compile(rb"<f[\s/>]")
_EMPTY = (b"<v></v>", b"<v/>")
_REFERENCE = re.compile(r"([A-Za-z]{1,7})(\d{1,10})")


class MalformedSheetError(ZwgkError):
    """The XML of a worksheet is malformed."""


class _Enough(Exception):
    """Stops parsing: the sheet is too large, its remaining content has no effect."""


@dataclass(frozen=True, slots=True)
class CellSet:
    """A set of cells stored by column, because a column of formulas has thousands of cells."""

    rows: Mapping[int, Set[int]] = field(default_factory=dict)
    """Column → rows."""

    def __contains__(self, cell: Cell) -> bool:
        return cell[0] in self.rows.get(cell[1], ())

    def __iter__(self) -> Iterator[Cell]:
        return ((row, column) for column, rows in self.rows.items() for row in rows)

    def __len__(self) -> int:
        return sum(map(len, self.rows.values()))


@dataclass(frozen=True, slots=True)
class Survey:
    """What a worksheet contains besides the values that calamine gives."""

    rows: int
    columns: int
    """How far the cells with content reach; an upper bound where that is within the limits anyway. Formatting alone
    is no content."""
    errors: Mapping[Cell, str] = field(default_factory=dict)
    """Error cells, with the error's text (``#REF!``); the bulk reader gives them as empty."""
    uncached: CellSet = field(default_factory=CellSet)
    """Formulas whose result the file does not hold; the bulk reader gives them as empty."""
    misread: bool = False
    """Whether the bulk reader takes a cell for something else than it is
    (:mod:`zwgk_excel.workbooks.opening.mended_cells`)."""


def fits(rows: int, columns: int) -> bool:
    """Whether a sheet of this extent is within the limits."""
    return rows <= ROWS and columns <= COLUMNS and rows * columns <= CELLS


def survey_sheet(part: bytes) -> Survey:
    """Survey the XML of a worksheet. Raises :class:`MalformedSheetError`.

    The self-check formulas of our own at the end of rows are not counted as uncached.
    """
    part = without_self_checks(part)
    if _UNUSUAL.search(part) or _PREFIXED_TAG.search(part) or _PREFIXED.search(part[:4096]):
        return _careful(part)
    formulas = _formulas(part)
    return Survey(_TYPICAL_ROWS, COLUMNS, uncached=_uncached(formulas)) if formulas is not None else _exact(part)


def _careful(part: bytes) -> Survey:
    """The survey by expat, of a sheet in an unusual spelling."""
    rows, columns = _TYPICAL_ROWS, COLUMNS
    if _BAD_INDEX.search(part):
        return _exact(part)
    if _FAR.search(part) or _PREFIXED_TAG.search(part):
        if _ODD.search(part):
            return _exact(part)
        rows, columns = _reach(part) if _BEYOND_LONG.search(part) else (_LONG_ROWS, _LONG_COLUMNS)
    errors, formulas = _ERROR.findall(part), _formulas(part)
    if formulas is None or len(errors) < len(_ERROR_TAG.findall(part)) or _PREFIXED.search(part[:4096]):
        return _exact(part)
    texts = {cell_of(letters, row): text.decode("utf-8", "replace") for letters, row, text in errors}
    return Survey(rows, columns, texts, _uncached(formulas))


def _formulas(part: bytes) -> list[tuple[bytes, bytes, bytes, bytes]] | None:
    """(Letters, row, attributes, value) of every formula cell; None where one is in another spelling."""
    tags = len(_FORMULA_TAG.findall(part))
    found = _FORMULA.findall(part) if tags else []
    return found if len(found) == tags else None


def _uncached(formulas: Iterable[tuple[bytes, bytes, bytes, bytes]]) -> CellSet:
    rows: dict[bytes, list[bytes]] = defaultdict(list)
    for letters, row, attributes, value in formulas:
        # An empty result of type text is a result; an empty number is none.
        if not value or (value in _EMPTY and b't="str"' not in attributes):
            rows[letters].append(row)
    return CellSet({cell_of(letters, b"1")[1]: {int(row) - 1 for row in each} for letters, each in rows.items()})


def _reach(part: bytes) -> tuple[int, int]:
    filled = set(_FILLED.findall(part))
    rows = max((int(row) for _, row in filled), default=0)
    columns = max((cell_of(letters, b"1")[1] + 1 for letters in {letters for letters, _ in filled}), default=0)
    return rows, columns


def is_usual(part: bytes) -> bool:
    """Whether every cell and row of a worksheet is in the spelling of the usual programs."""
    return not (_ODD.search(part) or _PREFIXED_TAG.search(part))


def cell_of(letters: bytes, row: bytes) -> Cell:
    """The cell of a reference in two parts."""
    return int(row) - 1, column_number(letters.decode().upper())


def _exact(part: bytes) -> Survey:
    errors: dict[Cell, str] = {}
    uncached: dict[int, set[int]] = defaultdict(set)
    odd: list[Cell] = []
    rows = columns = 0

    def seen(cell: Cell, attributes: Mapping[str, str], children: Mapping[str, str]) -> None:
        nonlocal rows, columns
        if children:
            rows, columns = max(rows, cell[0] + 1), max(columns, cell[1] + 1)
            if not fits(rows, columns):
                raise _Enough
        value, kind = children.get("v", ""), attributes.get("t", "n")
        if kind == "s" and value and not (value.isdecimal() and len(value) < 10):
            odd.append(cell)
        if kind == "e":
            errors[cell] = value
        elif "f" in children and not value and not (kind == "str" and "v" in children):
            uncached[cell[1]].add(cell[0])

    with suppress(_Enough):
        walk_cells(part, CellWalker(seen))
    return Survey(rows, columns, errors, CellSet(uncached), bool(odd))


def walk_cells(part: bytes, walker: CellWalker) -> None:
    """Walk the cells of a worksheet in document order. Raises :class:`MalformedSheetError`."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    walker.parser = parser
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.text
    parser.StartDoctypeDeclHandler = walker.doctype
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError) as error:
        raise MalformedSheetError(str(error)) from error


class CellWalker:
    """Tracks the cell position; a cell or row without a reference follows the one before it.

    ``seen`` gets position, attributes and children (local name → text) of every cell.
    """

    parser: expat.XMLParserType
    """Which tells the place in the part."""

    def __init__(self, seen: Callable[[Cell, Mapping[str, str], Mapping[str, str]], None]) -> None:
        self.seen = seen
        self.row, self.column = 0, 0
        self.attributes: Mapping[str, str] | None = None
        self.children: dict[str, str] = {}
        self.child = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if self.attributes is not None:
            if not self.child:
                self.child = name
                self.children[name] = ""
        elif name == "row":
            self.row = _number(attributes["r"]) if "r" in attributes else self.row + 1
            self.column = 0
        elif name == "c":
            self.attributes, self.children = attributes, {}
            self._place(attributes.get("r"))

    def _place(self, reference: str | None) -> None:
        if reference is None:
            self.column += 1
            return
        found = _REFERENCE.fullmatch(reference)
        if not found:
            raise ValueError(f"not a cell: {reference[:20]!r}")
        row, column = cell_of(found[1].encode(), found[2].encode())
        self.row, self.column = row + 1, column + 1

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "c" and self.attributes is not None and not self.child:
            self.seen((self.row - 1, self.column - 1), self.attributes, self.children)
            self.attributes = None
        elif name == self.child:
            self.child = ""

    def text(self, text: str) -> None:
        if self.child:
            self.children[self.child] += text

    def doctype(self, *_: object) -> None:
        raise ValueError("a worksheet with a DTD")


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 10:
        raise ValueError(f"not a row: {text[:20]!r}")
    return int(text)
