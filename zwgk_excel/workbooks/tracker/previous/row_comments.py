"""Reads the office's comments (批注) on the tracker's tables, by row key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, SheetEntry, main, parse
from zwgk_excel.workbooks.ooxml.threads import Thread, thread_of, threads_on, without_preamble

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


@dataclass(frozen=True, slots=True)
class CellComment:
    """A comment on the cell of an obligation."""

    obligation: str
    letters: str
    """The letters of its column."""
    text: str
    """As the file has it: of a thread, the note that Excel writes beside it."""
    author: str = ""
    plain: str = ""
    """What was said, as it reads where the cell is gone."""


def notes_on(
    package: OoxmlPackage, sheet: SheetEntry, keys: Mapping[int, str]
) -> tuple[tuple[CellComment, ...], tuple[str, ...]]:
    """(Comments on rows with a key, the cells of all other comments); ``keys``: row (from 0) → key."""
    notes, others = [], []
    threads = threads_on(package, sheet.part)
    for relation in package.relations(sheet.part):
        if relation.type != "comments" or relation.target not in package.parts:
            continue
        root = parse(package.parts[relation.target])
        authors = [node.text or "" for node in root.iter(main("author"))]
        for node in root.iter(main("comment")):
            found = _REFERENCE.fullmatch(node.get("ref", ""))
            text = "".join(part.text or "" for part in node.iter(main("t")))
            number = int(node.get("authorId", "0"))
            author = authors[number] if number < len(authors) else ""
            if found and (key := keys.get(int(found[2]) - 1)):
                notes.append(_comment(key, found[1], text, author, threads))
            else:
                others.append(node.get("ref", ""))
    return tuple(notes), tuple(others)


def _comment(key: str, letters: str, text: str, author: str, threads: Mapping[str, Thread]) -> CellComment:
    id_ = thread_of(author)
    if thread := threads.get(id_):
        return CellComment(key, letters, text, author, thread.text)
    # A program that knows no threads has kept the note alone: it is a note like any other now.
    plain = without_preamble(text) if id_ else text
    return CellComment(key, letters, plain, "" if id_ else author, plain)
