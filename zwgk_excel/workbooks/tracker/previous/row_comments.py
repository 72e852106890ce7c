"""Reads the office's comments (批注) on the tracker's tables, by row key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, SheetEntry, main, parse

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


@dataclass(frozen=True, slots=True)
class CellComment:
    """A comment on the cell of an obligation."""

    obligation: str
    letters: str
    """The letters of its column."""
    text: str
    author: str = ""


def notes_on(
    package: OoxmlPackage, sheet: SheetEntry, keys: Mapping[int, str]
) -> tuple[tuple[CellComment, ...], tuple[str, ...]]:
    """(Comments on rows with a key, the cells of all other comments); ``keys``: row (from 0) → key."""
    notes, others = [], []
    for relation in package.relations(sheet.part):
        if relation.type != "comments" or relation.target not in package.parts:
            continue
        root = parse(package.parts[relation.target])
        authors = [node.text or "" for node in root.iter(main("author"))]
        for node in root.iter(main("comment")):
            found = _REFERENCE.fullmatch(node.get("ref", ""))
            text = "".join(part.text or "" for part in node.iter(main("t")))
            number = int(node.get("authorId", "0"))
            if found and (key := keys.get(int(found[2]) - 1)):
                notes.append(CellComment(key, found[1], text, authors[number] if number < len(authors) else ""))
            else:
                others.append(node.get("ref", ""))
    return tuple(notes), tuple(others)
