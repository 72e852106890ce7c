"""A lint of our own for workbooks that we write: what breaks in Excel although the Open XML schema is satisfied.

``lint(path)`` returns every defect found. The codes:

============================ ==========================================================================
``cell-duplicate``           a cell or a row stands twice in a sheet, or out of order
``cell-too-long``            a text over 32,767 characters
``merge-overlap``            merged areas overlap each other or a table
``table-ref``                a table's area is malformed, lacks a data row, or does not fit its columns
``table-overlap``            two tables of a sheet overlap
``table-header``             a heading cell differs from the table's column name
``table-name``               a table name is illegal, used twice, or also a defined name; ids or columns repeat
``sheet-name``               a sheet name is too long, illegal, or used twice
``validation-list``          a typed-in list of more than 255 characters
``validation-text``          a prompt or error text (255) or its title (32) is too long
``validation-overlap``       two data validations claim the same cell
``condition-formula``        structured references or array constants where Excel allows none
``formula-syntax``           unbalanced parentheses, brackets or quotes, or an empty formula
``formula-length``           more than 8,192 characters
``formula-function``         a function that Excel 2010 does not have
``formula-reference``        a sheet, table, table column or name that does not exist, ``#REF!``, another workbook
``name-reference``           the same, in a defined name
============================ ==========================================================================
"""

from __future__ import annotations

import os
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any

from lxml import etree

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
MAX_TEXT, MAX_FORMULA, MAX_SHEET_NAME = 32_767, 8_192, 31
MAX_LIST, MAX_PROMPT, MAX_TITLE = 255, 255, 32
_NEW_FUNCTION_NAMES = """
    ARABIC ARRAYTOTEXT BASE BYCOL BYROW CEILING.MATH CHOOSECOLS CHOOSEROWS CONCAT DAYS DECIMAL DROP ENCODEURL
    EXPAND FILTER FILTERXML FLOOR.MATH FORMULATEXT GROUPBY HSTACK IFNA IFS ISFORMULA ISOMITTED ISOWEEKNUM LAMBDA
    LET MAKEARRAY MAP MAXIFS MINIFS NUMBERVALUE PIVOTBY RANDARRAY REDUCE REGEXEXTRACT REGEXREPLACE REGEXTEST
    SCAN SEQUENCE SHEET SHEETS SORT SORTBY SWITCH TAKE TEXTAFTER TEXTBEFORE TEXTJOIN TEXTSPLIT TOCOL TOROW
    TRIMRANGE UNICHAR UNICODE UNIQUE VALUETOTEXT VSTACK WEBSERVICE WRAPCOLS WRAPROWS XLOOKUP XMATCH XOR
"""
NEW_FUNCTIONS = frozenset(_NEW_FUNCTION_NAMES.split())


@dataclass(frozen=True, slots=True)
class Defect:
    """One finding. ``where`` is a sheet and cell, or the name of what is wrong."""

    code: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.where}: {self.text}"


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, 1-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int

    def overlaps(self, other: Area) -> bool:
        """Whether both share a cell."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )


@dataclass(slots=True)
class Table:
    """A table part, with the sheet that shows it."""

    sheet: str
    name: str
    number: str
    ref: str
    columns: list[str]
    formulas: list[str]  # of calculated columns
    header: bool


@dataclass
class Book:
    """What the rules look at: the parsed parts and the names they may refer to."""

    sheets: list[tuple[str, Any]]  # name and root element, in order
    names: list[tuple[str, str]]  # defined name and its formula
    shared: list[str]
    tables: list[Table] = field(default_factory=list)
    charts: list[tuple[str, Any]] = field(default_factory=list)

    @cached_property
    def sheet_names(self) -> set[str]:
        """All sheet names, folded: Excel compares them without case."""
        return {name.casefold() for name, _ in self.sheets}

    @cached_property
    def known_names(self) -> set[str]:
        """All defined names, folded."""
        return {name.casefold() for name, _ in self.names}

    @cached_property
    def columns_of(self) -> dict[str, set[str]]:
        """The folded column names of each table, by its folded name."""
        return {table.name.casefold(): {c.casefold() for c in table.columns} for table in self.tables}


def lint(path: str | os.PathLike[str]) -> list[Defect]:
    """Return all defects of an .xlsx or .xlsm file. Raises what ``zipfile`` and ``lxml`` raise on no workbook."""
    with zipfile.ZipFile(path) as archive:
        book = _read_book(archive)
    rules = (_sheet_names, _cells, _merges, _tables, _table_names, _validations, _conditions, _formulas, _names)
    return [defect for rule in rules for defect in rule(book)]


# --- reading -----------------------------------------------------------------------------------


def _read_book(archive: zipfile.ZipFile) -> Book:
    parts = set(archive.namelist())
    workbook = _parse(archive, "xl/workbook.xml")
    relations = _relations(archive, "xl/workbook.xml")
    book = Book(
        sheets=[],
        names=[(node.get("name", ""), node.text or "") for node in _all(workbook, "definedName")],
        shared=_shared_strings(archive) if "xl/sharedStrings.xml" in parts else [],
    )
    for node in _all(workbook, "sheet"):
        part = relations[_attribute(node, "id")][1]
        if "worksheets/" not in part:
            continue
        name = node.get("name", "")
        book.sheets.append((name, _parse(archive, part)))
        for kind, target in _relations(archive, part).values():
            if kind == "table":
                book.tables.append(_read_table(name, _parse(archive, target)))
    charts = sorted(part for part in parts if re.fullmatch(r"xl/charts/chart\d+\.xml", part))
    book.charts = [(part, _parse(archive, part)) for part in charts]
    return book


def _parse(archive: zipfile.ZipFile, part: str) -> Any:
    return etree.fromstring(archive.read(part), etree.XMLParser(resolve_entities=False, huge_tree=True))


def _all(root: Any, *names: str) -> Iterator[Any]:
    """All elements of these local names, whatever their namespace."""
    return root.iter(*(f"{{*}}{name}" for name in names))


def _attribute(node: Any, name: str) -> str:
    """An attribute by its local name; empty where it is missing."""
    return next((value for key, value in node.attrib.items() if etree.QName(key).localname == name), "")


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """The relations of a part: id to (last word of its type, target part)."""
    folder, name = posixpath.split(part)
    try:
        root = _parse(archive, f"{folder}/_rels/{name}.rels")
    except KeyError:
        return {}
    return {
        node.get("Id"): (node.get("Type").rsplit("/", 1)[-1], _target(folder, node.get("Target")))
        for node in _all(root, "Relationship")
        if node.get("TargetMode") != "External"
    }


def _target(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    root = _parse(archive, "xl/sharedStrings.xml")
    return ["".join(text.text or "" for text in _all(item, "t")) for item in _all(root, "si")]


def _read_table(sheet: str, root: Any) -> Table:
    return Table(
        sheet=sheet,
        name=root.get("displayName", ""),
        number=root.get("id", ""),
        ref=root.get("ref", ""),
        columns=[_unescape(node.get("name", "")) for node in _all(root, "tableColumn")],
        formulas=[node.text or "" for node in _all(root, "calculatedColumnFormula", "totalsRowFormula")],
        header=root.get("headerRowCount", "1") != "0",
    )


def _unescape(text: str) -> str:
    """Undo the ``_x000a_`` notation of Office for characters that attributes cannot hold."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")


def _area(ref: str) -> Area | None:
    """The rectangle that a reference such as ``A1`` or ``A1:C9`` names, or ``None`` when it names none."""
    start, _, end = ref.partition(":")
    first, last = _CELL.fullmatch(start), _CELL.fullmatch(end or start)
    if first is None or last is None:
        return None
    area = Area(int(first[2]), _column(first[1]), int(last[2]), _column(last[1]))
    fits = area.top <= area.bottom <= MAX_ROWS and area.left <= area.right <= MAX_COLUMNS
    return area if fits else None


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _cell_name(row: int, column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


# --- sheets and cells --------------------------------------------------------------------------


def _sheet_names(book: Book) -> Iterator[Defect]:
    seen: set[str] = set()
    for name, _ in book.sheets:
        if not 0 < len(name) <= MAX_SHEET_NAME:
            yield Defect("sheet-name", name, f"has {len(name)} characters, allowed are 1 to {MAX_SHEET_NAME}")
        if re.search(r"[\[\]:*?/\\]", name) or name.startswith("'") or name.endswith("'"):
            yield Defect("sheet-name", name, "holds one of [ ] : * ? / \\ or an apostrophe at an end")
        if name.casefold() in seen or name.casefold() == "history":
            yield Defect("sheet-name", name, "is used twice or reserved by Excel")
        seen.add(name.casefold())


def _cells(book: Book) -> Iterator[Defect]:
    for name, root in book.sheets:
        previous_row = 0
        for row in _all(root, "row"):
            number = int(row.get("r") or previous_row + 1)
            if number <= previous_row:
                yield Defect("cell-duplicate", f"{name}!{number}:{number}", f"follows row {previous_row}")
            previous_row = number
            yield from _row_cells(book, name, number, row)


def _row_cells(book: Book, sheet: str, number: int, row: Any) -> Iterator[Defect]:
    previous = 0
    for cell in row:
        area = _area(cell.get("r") or _cell_name(number, previous + 1))
        where = f"{sheet}!{cell.get('r')}"
        if area is None or area.top != number or area.left <= previous:
            yield Defect("cell-duplicate", where, "stands twice, out of order, or in the wrong row")
            continue
        previous = area.left
        if len(_text(book, cell)) > MAX_TEXT:
            yield Defect("cell-too-long", where, f"holds more than {MAX_TEXT} characters")


def _text(book: Book, cell: Any) -> str:
    """The text of a cell; empty for numbers."""
    kind = cell.get("t")
    if kind == "inlineStr":
        return "".join(node.text or "" for node in _all(cell, "t"))
    value = next((node.text or "" for node in cell if etree.QName(node).localname == "v"), "")
    if kind == "s":
        return book.shared[int(value)]
    return value if kind == "str" else ""


def _merges(book: Book) -> Iterator[Defect]:
    for name, root in book.sheets:
        merged = [(node.get("ref", ""), _area(node.get("ref", ""))) for node in _all(root, "mergeCell")]
        tables = [(table.name, _area(table.ref)) for table in book.tables if table.sheet == name]
        pairs = [*combinations(merged, 2), *((merge, table) for merge in merged for table in tables)]
        for (ref, area), (other_ref, other) in pairs:
            if area and other and area.overlaps(other):
                yield Defect("merge-overlap", f"{name}!{ref}", f"overlaps {other_ref}")


# --- tables ------------------------------------------------------------------------------------


def _tables(book: Book) -> Iterator[Defect]:
    roots = dict(book.sheets)
    areas: list[tuple[Table, Area]] = []
    for table in book.tables:
        area = _area(table.ref)
        where = f"{table.sheet}!{table.ref} ({table.name})"
        if area is None or area.bottom - area.top < (1 if table.header else 0):
            yield Defect("table-ref", where, "is no area with a data row")
            continue
        if area.right - area.left + 1 != len(table.columns):
            yield Defect("table-ref", where, f"does not fit its {len(table.columns)} columns")
            continue
        areas.append((table, area))
        if table.header:
            yield from _table_header(book, roots[table.sheet], table, area)
    for (table, area), (other, other_area) in combinations(areas, 2):
        if table.sheet == other.sheet and area.overlaps(other_area):
            yield Defect("table-overlap", f"{table.sheet}!{table.ref}", f"{table.name} overlaps {other.name}")


def _table_header(book: Book, root: Any, table: Table, area: Area) -> Iterator[Defect]:
    row = next((row for row in _all(root, "row") if row.get("r") == str(area.top)), ())
    cells = {cell.get("r"): _text(book, cell) for cell in row}
    for offset, column in enumerate(table.columns):
        cell = _cell_name(area.top, area.left + offset)
        if cells.get(cell) != column:
            yield Defect("table-header", f"{table.sheet}!{cell}", f"holds {cells.get(cell)!r}, not {column!r}")


def _table_names(book: Book) -> Iterator[Defect]:
    taken = {name.casefold() for name, _ in book.names}
    numbers: set[str] = set()
    for table in book.tables:
        where = f"{table.sheet}!{table.ref} ({table.name})"
        if not re.fullmatch(r"[^\W\d][\w.]{0,254}", table.name) or re.fullmatch(r"[A-Za-z]{1,3}\d+|[RrCc]", table.name):
            yield Defect("table-name", where, "is not a legal table name")
        if table.name.casefold() in taken:
            yield Defect("table-name", where, "is the name of something else, too")
        if table.number in numbers:
            yield Defect("table-name", where, f"has an id that is used twice: {table.number}")
        folded = [column.casefold() for column in table.columns]
        if len(set(folded)) < len(folded) or "" in folded:
            yield Defect("table-name", where, "has a column name twice, or an empty one")
        taken.add(table.name.casefold())
        numbers.add(table.number)


# --- data validation and conditional formats ---------------------------------------------------


def _validations(book: Book) -> Iterator[Defect]:
    for name, root in book.sheets:
        claimed: list[tuple[str, Area]] = []
        for node in _all(root, "dataValidation"):
            refs = _sqref(node)
            where = f"{name}!{' '.join(refs)}"
            yield from _validation_texts(where, node)
            areas = [(ref, area) for ref in refs if (area := _area(ref))]
            for ref, area in areas:
                for other_ref, other in claimed:
                    if area.overlaps(other):
                        yield Defect("validation-overlap", f"{name}!{ref}", f"overlaps {other_ref}")
            claimed += areas


def _validation_texts(where: str, node: Any) -> Iterator[Defect]:
    limits = {"promptTitle": MAX_TITLE, "prompt": MAX_PROMPT, "errorTitle": MAX_TITLE, "error": MAX_PROMPT}
    for attribute, limit in limits.items():
        length = len(_unescape(node.get(attribute, "")))
        if length > limit:
            yield Defect("validation-text", where, f"{attribute} has {length} characters, allowed are {limit}")
    first = next((_formula_text(formula) for formula in _all(node, "formula1")), "")
    if node.get("type") == "list" and first.startswith('"') and len(first) - 2 > MAX_LIST:
        yield Defect("validation-list", where, f"the list has {len(first) - 2} characters, allowed are {MAX_LIST}")


def _conditions(book: Book) -> Iterator[Defect]:
    for name, root in book.sheets:
        for where, formula in _rule_formulas(name, root):
            kinds = {token.lastgroup for token in _TOKEN.finditer(formula)}
            if kinds & {"table", "own", "array"}:
                yield Defect("condition-formula", where, f"structured reference or array constant: {formula}")


def _rule_formulas(sheet: str, root: Any) -> Iterator[tuple[str, str]]:
    """The formulas of data validations and conditional formats, with the cells that they are for."""
    for node in _all(root, "dataValidation"):
        for formula in _all(node, "formula1", "formula2"):
            yield f"{sheet}!{' '.join(_sqref(node))}", _formula_text(formula)
    for node in _all(root, "cfRule"):
        for formula in node:
            if etree.QName(formula).localname in ("formula", "f"):
                yield f"{sheet}!{' '.join(_sqref(node.getparent()))}", _formula_text(formula)


def _sqref(node: Any) -> list[str]:
    """The areas of a validation or a conditional format, whether written as attribute or as element."""
    written = node.get("sqref") or next((child.text or "" for child in _all(node, "sqref")), "")
    return list(written.split())


def _formula_text(node: Any) -> str:
    """A formula, which newer parts wrap in an element of its own."""
    return "".join(node.itertext()).strip()


# --- formulas ----------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""
    (?P<text>"(?:[^"]|"")*")
  | (?P<quoted>'(?:[^']|'')*'!)
  | (?P<table>[^\W\d][\w.]*\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\])
  | (?P<own>\[(?:@|\[\#This\ Row\],)(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\])
  | (?P<function>[^\W\d][\w.]*)\(
  | (?P<sheet>[\w.]+(?::[\w.]+)?!)
  | (?P<external>\[[^\]]*\])
  | (?P<array>\{[^{}]*\})
  | (?P<error>\#REF!)
  | (?P<word>[\w.$]+)
  | (?P<open>\()
  | (?P<close>\))
  | (?P<stray>["'\[\]{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_NO_NAME = re.compile(r"\$?[A-Za-z]{1,3}(\$?\d+)?|\$?[\d.]+([Ee]\d*)?|TRUE|FALSE|N|A|DIV|VALUE|NUM|NULL", re.IGNORECASE)
_TABLE_COLUMN = re.compile(r"\[\[?((?:[^\[\]']|'.)*)\]")


def _formulas(book: Book) -> Iterator[Defect]:
    checked: dict[str, list[tuple[str, str]]] = {}
    for where, formula in _all_formulas(book):
        if formula not in checked:
            checked[formula] = list(_check_formula(book, formula))
        for code, text in checked[formula]:
            yield Defect(code, where, f"{text}: {formula[:200]}")


def _all_formulas(book: Book) -> Iterator[tuple[str, str]]:
    """Every formula with its place: cells, validations, conditional formats, links, calculated columns, charts."""
    for name, root in book.sheets:
        for cell in _all(root, "c"):
            for node in cell:
                if etree.QName(node).localname == "f" and (node.text or node.get("t") != "shared"):
                    yield f"{name}!{cell.get('r')}", node.text or ""
        yield from _rule_formulas(name, root)
        for node in _all(root, "hyperlink"):
            if node.get("location"):
                yield f"{name}!{node.get('ref')}", node.get("location")
    for table in book.tables:
        for formula in table.formulas:
            yield f"{table.sheet}!{table.ref} ({table.name})", formula
    for part, root in book.charts:
        for node in _all(root, "f"):
            yield part, node.text or ""


def _check_formula(book: Book, formula: str) -> Iterator[tuple[str, str]]:
    if len(formula) > MAX_FORMULA:
        yield "formula-length", f"{len(formula)} characters, allowed are {MAX_FORMULA}"
    if not formula.strip():
        yield "formula-syntax", "is empty"
    depth = 0
    for token in _TOKEN.finditer(formula):
        kind, text = token.lastgroup, token[0]
        depth += text.endswith("(") - (kind == "close")
        if kind == "stray" or depth < 0:
            yield "formula-syntax", f"a stray {text} at character {token.start() + 1}"
            return
        if kind == "function":
            yield from _check_function(token["function"])
        elif kind in ("quoted", "sheet", "table", "external", "error", "word"):
            yield from _check_reference(book, kind, text)
    if depth:
        yield "formula-syntax", f"{depth} parentheses are not closed"


def _check_function(name: str) -> Iterator[tuple[str, str]]:
    if name.upper().startswith(("_XLFN.", "_XLWS.", "_XLUDF.")) or name.upper() in NEW_FUNCTIONS:
        yield "formula-function", f"{name} is newer than Excel 2010"


def _check_reference(book: Book, kind: str, text: str) -> Iterator[tuple[str, str]]:
    if kind == "error":
        yield "formula-reference", "#REF!"
    elif kind == "external" or (kind == "quoted" and "[" in text):
        yield "formula-reference", f"another workbook, {text}"
    elif kind == "table":
        yield from _check_table(book, text)
    elif kind == "word":
        if not _NO_NAME.fullmatch(text) and text.casefold() not in book.known_names | book.columns_of.keys():
            yield "formula-reference", f"no name {text!r}"
    else:
        named = text[:-1].strip("'").replace("''", "'")
        for sheet in named.split(":"):
            if sheet.casefold() not in book.sheet_names:
                yield "formula-reference", f"no sheet {sheet!r}"


def _check_table(book: Book, text: str) -> Iterator[tuple[str, str]]:
    name, _, inside = text.partition("[")
    columns = book.columns_of.get(name.casefold())
    if columns is None:
        yield "formula-reference", f"no table {name!r}"
        return
    for match in _TABLE_COLUMN.finditer(f"[{inside}"):
        column = re.sub(r"'(.)", r"\1", match[1]).lstrip("@").casefold()
        if column and not column.startswith("#") and column not in columns:
            yield "formula-reference", f"table {name!r} has no column {match[1]!r}"


def _names(book: Book) -> Iterator[Defect]:
    for name, formula in book.names:
        for code, text in _check_formula(book, formula):
            yield Defect("name-reference" if code == "formula-reference" else code, name, f"{text}: {formula}")
