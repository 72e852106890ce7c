"""Formulas about other workbooks: kept with their links, as values where the file has lost the link."""

from __future__ import annotations

import re
from typing import Any

from zwgk_excel.workbooks.ooxml.package import RELATION, OoxmlPackage, main, parse

_TEXTS = re.compile(r'"[^"]*"')
_ELSEWHERE = re.compile(r"(?:^|[^\w\]])\[(\d+)\]")


def links_in(package: OoxmlPackage) -> int:
    """How many other workbooks formulas can name by number; 0 where one of the links has no part."""
    relations = {each.id: each for each in package.relations(package.workbook_name)}
    book = parse(package.parts[package.workbook_name])
    found = [relations.get(each.get(f"{{{RELATION}}}id", "")) for each in book.iter(main("externalReference"))]
    whole = all(each is not None and each.inside and each.target in package.parts for each in found)
    return len(found) if whole else 0


def leads_nowhere(formula: str | None, links: int) -> bool:
    """Whether a formula names another workbook that is none of the ``links``; [0] is the workbook itself."""
    return any(int(number[:9]) > links for number in _ELSEWHERE.findall(_TEXTS.sub("", formula or "")))


def without_lost_links(root: Any, links: int) -> None:
    """Replace formulas of a worksheet that lead nowhere by their results; remove such rules."""
    lost = [formula for formula in root.iter(main("f")) if leads_nowhere(formula.text, links)]
    shared = {formula.get("si") for formula in lost if formula.get("t") == "shared"}
    users = (f for f in root.iter(main("f")) if f.get("t") == "shared" and f.get("si") in shared)
    for formula in {*lost, *users}:
        formula.getparent().remove(formula)
    for name, group in (("cfRule", "conditionalFormatting"), ("dataValidation", "dataValidations")):
        for rule in list(root.iter(main(name))):
            if any(leads_nowhere(each.text, links) for each in rule):
                rule.getparent().remove(rule)
        for rules in list(root.iter(main(group))):
            if not len(rules):
                rules.getparent().remove(rules)
            elif rules.get("count") is not None:
                rules.set("count", str(len(rules)))
