"""Rules for formulas, wherever they stand, and for defined names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from tests.xlsx_lint.book import Book, Defect
from tests.xlsx_lint.reading import elements, rule_formulas

MAX_FORMULA = 8_192
_NEW_FUNCTION_NAMES = """
    ARABIC ARRAYTOTEXT BASE BYCOL BYROW CEILING.MATH CHOOSECOLS CHOOSEROWS CONCAT DAYS DECIMAL DROP ENCODEURL
    EXPAND FILTER FILTERXML FLOOR.MATH FORMULATEXT GROUPBY HSTACK IFNA IFS ISFORMULA ISOMITTED ISOWEEKNUM LAMBDA
    LET MAKEARRAY MAP MAXIFS MINIFS NUMBERVALUE PIVOTBY RANDARRAY REDUCE REGEXEXTRACT REGEXREPLACE REGEXTEST
    SCAN SEQUENCE SHEET SHEETS SORT SORTBY SWITCH TAKE TEXTAFTER TEXTBEFORE TEXTJOIN TEXTSPLIT TOCOL TOROW
    TRIMRANGE UNICHAR UNICODE UNIQUE VALUETOTEXT VSTACK WEBSERVICE WRAPCOLS WRAPROWS XLOOKUP XMATCH XOR
"""
NEW_FUNCTIONS = frozenset(_NEW_FUNCTION_NAMES.split())
TOKEN = re.compile(
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


def check_formulas(book: Book) -> Iterator[Defect]:
    checked: dict[str, list[tuple[str, str]]] = {}
    for where, formula in _all_formulas(book):
        if formula not in checked:
            checked[formula] = list(_check_formula(book, formula))
        for code, text in checked[formula]:
            yield Defect(code, where, f"{text}: {formula[:200]}")


def _all_formulas(book: Book) -> Iterator[tuple[str, str]]:
    """Every formula with its place: cells, validations, conditional formats, links, calculated columns, charts."""
    for name, root in book.sheets:
        for cell in elements(root, "c"):
            for node in cell:
                if etree.QName(node).localname == "f" and (node.text or node.get("t") != "shared"):
                    yield f"{name}!{cell.get('r')}", node.text or ""
        yield from rule_formulas(name, root)
        for node in elements(root, "hyperlink"):
            if node.get("location"):
                yield f"{name}!{node.get('ref')}", node.get("location")
    for table in book.tables:
        for formula in table.formulas:
            yield f"{table.sheet}!{table.ref} ({table.name})", formula
    for part, root in book.charts:
        for node in elements(root, "f"):
            yield part, node.text or ""


def _check_formula(book: Book, formula: str) -> Iterator[tuple[str, str]]:
    if len(formula) > MAX_FORMULA:
        yield "formula-length", f"{len(formula)} characters, allowed are {MAX_FORMULA}"
    if not formula.strip():
        yield "formula-syntax", "is empty"
    depth = 0
    for token in TOKEN.finditer(formula):
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


def check_names(book: Book) -> Iterator[Defect]:
    for name, formula in book.names:
        for code, text in _check_formula(book, formula):
            yield Defect("name-reference" if code == "formula-reference" else code, name, f"{text}: {formula}")
