"""Threaded comments (会话批注) of Excel 365: who said what on a cell, and the note that stands for them elsewhere.

Beside each thread Excel writes a note for older programs: its author is ``tc=`` and the thread's id, its text two
paragraphs about Excel's version and then what was said. Excel makes that note anew from the thread whenever it saves,
and a program that knows no threads keeps the note alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, parse

THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
SHADOW_AUTHOR = "tc="
"""What the author of the note beside a thread begins with; the thread's id follows."""
_SHADOW_TEXT = re.compile(
    r"\A\s*\[[^\]\n]{2,40}\]\s*\n\s*\n[^\n]*go\.microsoft\.com/fwlink/[^\n]*\n\s*\n\s*[^\n]{1,20}[:：]\n\s*"
)
"""The paragraphs about Excel's version and the heading of the first text, in whatever language Excel had."""


@dataclass(frozen=True, slots=True)
class Said:
    """One text of a thread."""

    who: str
    day: str
    """In ISO form; empty where the file has none."""
    text: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment with its replies."""

    id: str
    ref: str
    """The cell that it stands on: ``C5``."""
    said: tuple[Said, ...]

    @property
    def text(self) -> str:
        """The thread as the text of a note: a paragraph for each, with who wrote it and when."""
        return "\n".join(_paragraph(each) for each in self.said)


def threads_on(package: OoxmlPackage, sheet: str) -> dict[str, Thread]:
    """Id → thread, for the threads of a worksheet part; empty where it has none. Raises what lxml raises."""
    roots = [root for root in thread_roots(package, sheet).values() if len(root)]
    people = _people(package) if roots else {}
    found: dict[str, list[Any]] = {}
    for each in (node for root in roots for node in root.iter(f"{{{THREADS}}}threadedComment")):
        found.setdefault(each.get("parentId") or each.get("id", ""), []).append(each)
    return {id_: _thread(id_, nodes, people) for id_, nodes in found.items()}


def thread_roots(package: OoxmlPackage, sheet: str) -> dict[str, Any]:
    """Part → root element, for the parts of threads that belong to a worksheet part."""
    parts = (r.target for r in package.relations(sheet) if r.type == "threadedComment" and r.inside)
    return {part: parse(package.parts[part]) for part in parts if part in package.parts}


def thread_of(author: str) -> str:
    """The id of the thread that a note with this author stands beside; empty for a note of its own."""
    return author.removeprefix(SHADOW_AUTHOR) if author.startswith(SHADOW_AUTHOR) else ""


def without_preamble(text: str) -> str:
    """The text of a note beside a thread without what Excel says there about its version."""
    return _SHADOW_TEXT.sub("", text)


def _thread(id_: str, nodes: list[Any], people: Mapping[str, str]) -> Thread:
    first = next((each for each in nodes if each.get("id") == id_), nodes[0])
    replies = sorted((each for each in nodes if each is not first), key=lambda each: str(each.get("dT", "")))
    return Thread(id_, first.get("ref", ""), tuple(_said(each, people) for each in (first, *replies)))


def _said(node: Any, people: Mapping[str, str]) -> Said:
    text = node.findtext(f"{{{THREADS}}}text", "")
    return Said(people.get(node.get("personId", ""), ""), node.get("dT", "")[:10], text)


def _people(package: OoxmlPackage) -> dict[str, str]:
    relations = package.relations(package.workbook_name)
    parts = [r.target for r in relations if r.type == "person" and r.target in package.parts]
    people = (each for part in parts for each in parse(package.parts[part]).iter(f"{{{THREADS}}}person"))
    return {each.get("id", ""): each.get("displayName", "") for each in people}


def _paragraph(said: Said) -> str:
    head = " ".join(filter(None, (said.who, said.day)))
    return f"{head}：{said.text}" if head else said.text
