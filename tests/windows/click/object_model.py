"""Excel's object model as it is published: every class, its members, their parameters, the constants.

Read from the declarations of npm ``@types/activex-excel`` and ``@types/activex-office``, which were made from
Microsoft's own type libraries. ``tests/setup.sh tools`` installs them; their sums are pinned here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tests.tools import OBJECT_MODEL

FILES: Mapping[str, str] = {
    "excel": "ce6f9c623cdf2dcd10a8144f725051ee1b7feabe1fcf7b3e3bfd2f72d6c7d6f8",
    "office": "dc54aeceb7c30b94f12dd171fa9b939b4b8e982a61370edaeb904451ec077465",
}
"""Part of the name of each package → the SHA-256 of its declarations."""
_ENTRY = re.compile(r"^    (?:class|interface) (\w+)(?:<([^>]*)>)? \{\n(.*?)^    \}", re.MULTILINE | re.DOTALL)
_ENUM = re.compile(r"^    const enum (\w+) \{\n(.*?)^    \}", re.MULTILINE | re.DOTALL)
_MEMBER = re.compile(
    r"(?P<readonly>readonly )?(?P<name>\w*)(?:<[^>]*>)?(?:\((?P<takes>.*)\))?: (?P<gives>.*)", re.DOTALL
)
_COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Member:
    """A property, or what takes arguments; a property with arguments (``Range.Address``) is not told from a method."""

    name: str
    takes: tuple[str, ...]
    """The names of the parameters; of several ways to call it, those of the longest."""
    needs: int
    """How many of them no call may leave out."""
    gives: str
    """The class of what it gives, with its name space where that is not Excel's; else a type of TypeScript's."""
    called: bool
    """Whether it is declared with parentheses."""
    readonly: bool


Class = Mapping[str, Member]
"""Member → what it is. The empty name is the member that is meant where an object itself is called."""


@cache
def classes() -> Mapping[str, Class]:
    """Class → its members; those of Office are called ``Office.FileDialog``. Raises ValueError for other files."""
    found: dict[str, Class] = {}
    for name, generic, body in _ENTRY.findall(_text("excel")):
        found[name] = _members(body, generic.partition(" =")[0])
    offices = {name: _members(body, "") for name, _, body in _ENTRY.findall(_text("office"))}
    for name, members in offices.items():
        found[f"Office.{name}"] = {
            key: replace(each, gives=f"Office.{each.gives}") if each.gives in offices else each
            for key, each in members.items()
        }
    return found


@cache
def constants() -> Mapping[str, int]:
    """Constant (``xlUp``, ``msoFileDialogFolderPicker``) → its number."""
    found: dict[str, int] = {}
    for package in FILES:
        for _, body in _ENUM.findall(_text(package)):
            found |= {name: int(value, 0) for name, value in re.findall(r"(\w+) = (-?\w+)", body)}
    return found


def class_of(gives: str) -> tuple[str, str]:
    """Of a type of TypeScript's the class and what the class is of: ``Sheets<Worksheet>`` → Sheets, Worksheet.

    Two empty words for what is no class, or may be several.
    """
    found = re.fullmatch(r"([\w.]+)(?:<([\w.]+)>)?", gives.strip())
    return (found[1], found[2] or "") if found and found[1] in classes() else ("", "")


def element(name: str, of: str = "") -> str:
    """The class of what a collection holds: what calling it, or its Item, gives; empty for no collection."""
    members = classes().get(name, {})
    item = members.get("") or members.get("Item")
    return (of if item.gives.startswith("T") and of else class_of(item.gives)[0]) if item else ""


def _path(package: str) -> Path:
    return OBJECT_MODEL / f"activex-{package}" / "index.d.ts"


@cache
def _text(package: str) -> str:
    data = _path(package).read_bytes()
    if hashlib.sha256(data).hexdigest() != FILES[package]:
        raise ValueError(f"{_path(package)} is not the file that is pinned in {Path(__file__).name}")
    return _COMMENT.sub("", data.decode("utf-8"))


def _members(body: str, generic: str) -> dict[str, Member]:
    found: dict[str, Member] = {}
    for text in _declarations(body):
        if each := _member(text, generic):
            known = found.get(each.name)
            if known is None:
                found[each.name] = each
            elif len(each.takes) > len(known.takes):
                found[each.name] = _both(each, known)
            else:
                found[each.name] = _both(known, each)
    return found


def _both(one: Member, other: Member) -> Member:
    """A member that may be called in two ways."""
    gives = other.gives if one.gives == "any" else one.gives
    return Member(one.name, one.takes, min(one.needs, other.needs), gives, one.called or other.called, one.readonly)


def _declarations(body: str) -> Iterator[str]:
    """The texts of members, each on one or several lines."""
    text = ""
    for line in body.splitlines():
        text = f"{text} {line.strip()}".strip()
        if text.endswith(";") and text.count("(") == text.count(")") and text.count("{") == text.count("}"):
            yield text.removesuffix(";")
            text = ""


def _member(text: str, generic: str) -> Member | None:
    found = _MEMBER.fullmatch(text)
    if found is None or text.startswith(("private ", '"')):
        return None
    takes = [] if found["takes"] is None else _split(found["takes"])
    names = tuple(re.sub(r"[?:].*", "", each, flags=re.DOTALL).strip() for each in takes)
    needs = sum("?" not in each.partition(":")[0] for each in takes)
    gives = "T" if generic and found["gives"] == generic else found["gives"]
    return Member(found["name"], names, needs, gives, found["takes"] is not None, bool(found["readonly"]))


def _split(takes: str) -> list[str]:
    """The parameters of a call, whose types may have commas of their own."""
    parts, depth = [""], 0
    for sign in takes:
        depth += (sign in "(<{[") - (sign in ")>}]")
        if sign == "," and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]
