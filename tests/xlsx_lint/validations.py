"""Rules for data validations and conditional formats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.xlsx_lint.areas import Area, area_of
from tests.xlsx_lint.book import Book, Defect
from tests.xlsx_lint.formulas import TOKEN
from tests.xlsx_lint.reading import elements, formula_text, rule_formulas, sqref, unescape

MAX_LIST, MAX_PROMPT, MAX_TITLE = 255, 255, 32


def check_validations(book: Book) -> Iterator[Defect]:
    for name, root in book.sheets:
        claimed: list[tuple[str, Area]] = []
        for node in elements(root, "dataValidation"):
            refs = sqref(node)
            where = f"{name}!{' '.join(refs)}"
            yield from _validation_texts(where, node)
            areas = [(ref, area) for ref in refs if (area := area_of(ref))]
            for ref, area in areas:
                for other_ref, other in claimed:
                    if area.overlaps(other):
                        yield Defect("validation-overlap", f"{name}!{ref}", f"overlaps {other_ref}")
            claimed += areas


def _validation_texts(where: str, node: Any) -> Iterator[Defect]:
    limits = {"promptTitle": MAX_TITLE, "prompt": MAX_PROMPT, "errorTitle": MAX_TITLE, "error": MAX_PROMPT}
    for attribute, limit in limits.items():
        length = len(unescape(node.get(attribute, "")))
        if length > limit:
            yield Defect("validation-text", where, f"{attribute} has {length} characters, allowed are {limit}")
    first = next((formula_text(formula) for formula in elements(node, "formula1")), "")
    if node.get("type") == "list" and first.startswith('"') and len(first) - 2 > MAX_LIST:
        yield Defect("validation-list", where, f"the list has {len(first) - 2} characters, allowed are {MAX_LIST}")


def check_conditions(book: Book) -> Iterator[Defect]:
    for name, root in book.sheets:
        for where, formula in rule_formulas(name, root):
            kinds = {token.lastgroup for token in TOKEN.finditer(formula)}
            if kinds & {"table", "own", "array"}:
                yield Defect("condition-formula", where, f"structured reference or array constant: {formula}")
