"""Recognises the formulas of our report workbooks among those of a returned one, wherever they point by now.

A formula is compared by its shape: cell references and numbers are left open, because units insert rows and other
programs write them differently; functions, operators, texts, names and sheets are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from zwgk_excel.domain.duties import Cadence, Duty
from zwgk_excel.domain.obligations import Obligation, ReportTask
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, main, parse, sheets_of
from zwgk_excel.workbooks.report.report_workbook import ReportContent, report_workbook

FORMULAS = tuple(main(name) for name in ("f", "formula", "formula1", "formula2"))
"""The elements of a worksheet that hold a formula."""
_PLACE, _NUMBER, _NAMED = "\0", "\1", "\2"
"""Stand for a reference and a number in a shape, and before the name of a sheet; no text in XML can hold them."""
_CELL, _COLUMN, _ROW = r"\$?[A-Z]{1,3}\$?\d{1,7}", r"\$?[A-Z]{1,3}", r"\$?\d{1,7}"
_TOKEN = re.compile(
    rf"""(?P<text>"(?:[^"]|"")*")
    | '(?P<quoted>(?:[^']|'')+)'! | (?P<sheet>[^\W\d][\w.]*)!
    | (?P<place>(?:{_CELL}(?::{_CELL})?|{_COLUMN}:{_COLUMN}|{_ROW}:{_ROW})(?![\w.(!]))
    | (?P<number>\d+(?:\.\d+)?(?:E[+-]?\d+)?)
    | (?P<name>[\w.\\]+) | (?P<space>\s+) | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_SHEET = rf"(?:{_NAMED}[^\[\]:\\/?*|!]+!)?"
_PLACES = re.compile(f"{_SHEET}{_PLACE}(?:,{_SHEET}{_PLACE})*")
_CONSTANT = re.compile(f'(?:[-+]?{_NUMBER}|"[^"]*"|true|false)?')
_LENGTH = re.compile(r'len\("[^"]*"\)')
"""The length of a text that stands there, as Excel and LibreOffice write it in a rule of what a text begins with."""
_ANY, _ANY_MONTH = "…", Month(2026, 1)


@dataclass(frozen=True, slots=True)
class OwnFormulas:
    """The shapes of all formulas that this program writes into a report workbook."""

    shapes: frozenset[str]
    names: Mapping[str, str]
    """Defined name → the shape of what it stands for."""

    def has(self, formula: str) -> bool:
        """Whether a formula is one of ours."""
        return shape(formula) in self.shapes

    def has_name(self, name: str, formula: str) -> bool:
        """Whether a defined name is ours, and stands for what ours does."""
        return self.names.get(name) == shape(formula)

    def without(self, names: Iterable[str]) -> OwnFormulas:
        """The formulas that need none of these names, not by way of others either."""
        gone = set(names)
        while more := {name for name, text in self.names.items() if name not in gone and _needs(text, gone)}:
            gone |= more
        named = {name: text for name, text in self.names.items() if name not in gone}
        return OwnFormulas(frozenset(text for text in self.shapes if not _needs(text, gone)), named)


def _needs(formula: str, names: Iterable[str]) -> bool:
    return any(name in formula for name in names)


def is_place(formula: str) -> bool:
    """Whether a formula is only a reference, or several, to cells of the same workbook."""
    return _PLACES.fullmatch(shape(formula)) is not None


def is_constant(formula: str) -> bool:
    """Whether a formula is only a number, a text or nothing."""
    return _CONSTANT.fullmatch(shape(formula)) is not None


@lru_cache(maxsize=4096)
def shape(formula: str) -> str:
    """A formula with its references and numbers left open, without spaces, in lower case outside of texts."""
    return _LENGTH.sub(_NUMBER, "".join(map(_open, _TOKEN.finditer(formula.strip().removeprefix("=")))))


def _open(token: re.Match[str]) -> str:
    match token.lastgroup:
        case "place":
            return _PLACE
        case "number":
            return _NUMBER
        case "space":
            return ""
        case "text":
            return token[0]
        case "quoted" | "sheet":
            return f"{_NAMED}{token[token.lastgroup]}!".casefold()
        case _:
            return token[0].casefold().removeprefix("_xlfn.")


@cache
def own_formulas() -> OwnFormulas:
    """The formulas of a report workbook, read from one that is made for it."""
    package = OoxmlPackage(report_workbook(_content()))
    sheets = [parse(package.parts[sheet.part]) for sheet in sheets_of(package)]
    shapes = (shape(each.text or "") for root in sheets for each in root.iter(*FORMULAS))
    names = list(parse(package.parts[package.workbook_name]).iter(main("definedName")))
    named = {each.get("name"): shape(each.text or "") for each in names if each.get("localSheetId") is None}
    areas = (each.text or "" for each in names if each.get("localSheetId") is not None)
    return OwnFormulas(frozenset([*shapes, *(shape(each) for each in areas if not is_place(each))]), named)


def _content() -> ReportContent:
    """A report with one task of a policy column that is due, so that it has every formula there is."""
    duty = Duty("D01", _ANY, _ANY, _ANY, _ANY, Cadence.MONTHLY, policy=True)
    day = date(2026, 1, 31)
    obligation = Obligation(duty, _ANY, Period.month(_ANY_MONTH), _ANY_MONTH.first, day, day, mandatory=True)
    task = ReportTask(obligation, _ANY, _ANY, backlog=False)
    return ReportContent(_ANY, _ANY_MONTH, day, (task,), mailbox="", office="", signature="")
