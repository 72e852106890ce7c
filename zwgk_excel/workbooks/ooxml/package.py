"""Reads and writes an Open XML package: parts, content types, relationships."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Collection, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Self

from lxml import etree

from zwgk_excel.workbooks.writing.zip_entries import MADE_ON

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
CONTENT_TYPES = "[Content_Types].xml"
_ROOT_RELATIONS = "_rels/.rels"
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of every part, so that the same content is the same bytes: the first that a zip file can write."""
_ROWS = re.compile(rb"(<(?:\w+:)?sheetData>)(.*)(</(?:\w+:)?sheetData>)", re.DOTALL)
_NO_ROWS = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'.encode()
_NUMBERED = re.compile(r"(.*?)\d*(\.\w+)")


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship of a part; ``target`` is the name of a part, or an external address."""

    id: str
    type: str
    """The last word of the relation's type: ``worksheet``, ``drawing`` …"""
    full_type: str
    target: str
    inside: bool
    """Whether the target is the name of a part."""
    mode: str = ""
    """``External`` where the file says so."""


def parse(part: bytes) -> Any:
    """The root element of a part, without entity resolution and network access.

    Raises ``lxml.etree.XMLSyntaxError``.
    """
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def each_start(part: bytes) -> Iterator[tuple[str, Any]]:
    """The elements of a part at their start tags, parsed incrementally; safe as :func:`parse`."""
    return iter(etree.iterparse(io.BytesIO(part), events=("start",), resolve_entities=False, no_network=True))


def serialise(root: Any) -> bytes:
    """A part as bytes, with the XML declaration that Office writes."""
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def main(name: str) -> str:
    """The qualified name of a SpreadsheetML element."""
    return f"{{{MAIN}}}{name}"


class OoxmlPackage:
    """The parts of a workbook by name, in the order of the file."""

    def __init__(self, data: bytes, *, largest_sheet: int | None = None) -> None:
        """Worksheets of more bytes than ``largest_sheet`` are held as empty ones, for a look at the rest.

        Raises what ``zipfile`` and ``lxml`` raise; untrusted files must have passed the guard.
        """
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            large = {info.filename for info in members if _is_larger_sheet(info, largest_sheet)}
            self.parts = {
                info.filename: _NO_ROWS if info.filename in large else archive.read(info) for info in members
            }
        self._types = parse(self.parts[CONTENT_TYPES])
        self.workbook_name = next(r.target for r in self.relations("") if r.type == "officeDocument")

    @classmethod
    def of_workbook(cls, part: str, content_type: str) -> Self:
        """A package of nothing but a workbook part, still without content."""
        package = cls.__new__(cls)
        package._types = etree.Element(f"{{{_TYPES}}}Types", nsmap={None: _TYPES})
        for extension, kind in (("rels", _RELATIONS_TYPE), ("xml", "application/xml")):
            etree.SubElement(package._types, f"{{{_TYPES}}}Default", Extension=extension, ContentType=kind)
        package.parts, package.workbook_name = {CONTENT_TYPES: b""}, part
        package.add(part, b"", content_type)
        package.relate("", f"{RELATION}/officeDocument", part)
        return package

    def without_cells(self, sheets: Collection[str]) -> Self:
        """The same package with nothing in the rows of these worksheets; this one is not changed."""
        copy = type(self).__new__(type(self))
        copy._types, copy.workbook_name = deepcopy(self._types), self.workbook_name
        copy.parts = {name: _without_rows(part) if name in sheets else part for name, part in self.parts.items()}
        return copy

    def relations(self, part: str) -> list[Relation]:
        """The relationships of a part, in order; those of the package for an empty name."""
        content = self.parts.get(_relations_name(part))
        if content is None:
            return []
        folder = posixpath.dirname(part)
        return [_relation(each, folder) for each in parse(content) if isinstance(each.tag, str)]

    def set_relations(self, part: str, relations: list[Relation]) -> None:
        """Replace the relationships of a part."""
        root = etree.Element(f"{{{_RELATIONS}}}Relationships", nsmap={None: _RELATIONS})
        for each in relations:
            target = f"/{each.target}" if each.inside else each.target
            mode = {"TargetMode": each.mode} if each.mode else {}
            etree.SubElement(
                root, f"{{{_RELATIONS}}}Relationship", Id=each.id, Type=each.full_type, Target=target, **mode
            )
        # Some libraries name the type of every relations part by itself: a new one would have none.
        self.add(_relations_name(part), serialise(root), _RELATIONS_TYPE)

    def content_type(self, part: str) -> str:
        """The content type of a part; empty where the package names none."""
        for each in self._types:
            if each.get("PartName", "").casefold() == f"/{part}".casefold():
                return str(each.get("ContentType", ""))
        extension = posixpath.splitext(part)[1].lstrip(".").casefold()
        defaults = (each for each in self._types if each.get("Extension", "").casefold() == extension)
        return next((str(each.get("ContentType", "")) for each in defaults), "")

    def add(self, part: str, content: bytes, content_type: str) -> None:
        """Add a part under an unused name, or replace the content of one with the same type."""
        self.parts[part] = content
        if content_type and self.content_type(part) != content_type:
            etree.SubElement(self._types, f"{{{_TYPES}}}Override", PartName=f"/{part}", ContentType=content_type)

    def remove(self, part: str) -> None:
        """Remove a part and its own relationships; the caller removes relationships that point to it."""
        del self.parts[part]
        self.parts.pop(_relations_name(part), None)
        for each in self._overrides(part):
            self._types.remove(each)

    def keep_only(self, parts: Collection[str]) -> None:
        """Remove every other part."""
        wanted = {CONTENT_TYPES, _ROOT_RELATIONS, *parts, *map(_relations_name, parts)}
        for part in self.parts.keys() - wanted:
            if part in self.parts:
                self.remove(part)

    def set_content_type(self, part: str, content_type: str) -> None:
        """Change the content type of a part."""
        if self.content_type(part) != content_type:
            for each in self._overrides(part):
                self._types.remove(each)
            etree.SubElement(self._types, f"{{{_TYPES}}}Override", PartName=f"/{part}", ContentType=content_type)

    def _overrides(self, part: str) -> list[Any]:
        return [each for each in self._types if each.get("PartName", "").casefold() == f"/{part}".casefold()]

    def fresh_name(self, wanted: str) -> str:
        """An unused name for a part like ``wanted``: same folder and stem, next number."""
        folder, base = posixpath.split(wanted)
        found = _NUMBERED.fullmatch(base)
        stem, extension = (found[1], found[2]) if found else (base, "")
        taken, number = {name.casefold() for name in self.parts}, 1
        while (name := posixpath.join(folder, f"{stem}{number}{extension}")).casefold() in taken:
            number += 1
        return name

    def unused_name(self, wanted: str) -> str:
        """The name itself where no part has it, else the next number as :meth:`fresh_name`."""
        taken = {name.casefold() for name in self.parts}
        return wanted if wanted.casefold() not in taken else self.fresh_name(wanted)

    def find(self, type_: str) -> str | None:
        """The part related to the workbook by a type, such as ``styles``; None where there is none."""
        found = (r.target for r in self.relations(self.workbook_name) if r.type == type_ and r.inside)
        return next((name for name in found if name in self.parts), None)

    def relate(self, part: str, full_type: str, target: str) -> str:
        """Add a relationship between two parts; returns its id."""
        return self.add_relation(part, Relation("", full_type.rpartition("/")[2], full_type, target, inside=True))

    def add_relation(self, part: str, relation: Relation) -> str:
        """Add a relationship of a part, or of the package for an empty name, under an id of its own; returns that."""
        relations = self.relations(part)
        taken, number = {each.id for each in relations}, len(relations) + 1
        while f"rId{number}" in taken:
            number += 1
        self.set_relations(part, [*relations, replace(relation, id=f"rId{number}")])
        return f"rId{number}"

    def write(self) -> bytes:
        """The package as bytes; equal bytes for equal parts."""
        stream = io.BytesIO()
        parts = {CONTENT_TYPES: serialise(self._types)} | {
            name: content for name, content in self.parts.items() if name != CONTENT_TYPES
        }
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                info = zipfile.ZipInfo(name, EARLIEST)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.create_system = MADE_ON
                archive.writestr(info, content)
        return stream.getvalue()


def _is_larger_sheet(info: zipfile.ZipInfo, size: int | None) -> bool:
    return size is not None and info.file_size > size and posixpath.dirname(info.filename).endswith("worksheets")


def _without_rows(part: bytes) -> bytes:
    return _ROWS.sub(rb"\1\3", part, count=1)


def _relations_name(part: str) -> str:
    if not part:
        return _ROOT_RELATIONS
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{base}.rels")


def _relation(node: Any, folder: str) -> Relation:
    kind, target = node.get("Type", ""), node.get("Target", "")
    mode = node.get("TargetMode", "")
    # A drawing's link to a cell of the workbook is no part either: Target="#Sheet1!A1".
    inside = mode != "External" and not target.startswith("#")
    if inside:
        path = target.replace("\\", "/")
        target = path.lstrip("/") if path.startswith("/") else posixpath.normpath(posixpath.join(folder, path))
    return Relation(node.get("Id", ""), kind.rpartition("/")[2], kind, target, inside, mode)


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One sheet of a workbook as ``workbook.xml`` lists it."""

    name: str
    part: str
    kind: str
    """The last word of its relation's type: ``worksheet``, ``chartsheet`` …"""
    state: str = ""


def sheets_of(package: OoxmlPackage) -> list[SheetEntry]:
    """All sheets in their order; one whose part is missing has an empty ``part``."""
    relations = {each.id: each for each in package.relations(package.workbook_name)}
    found = []
    for each in parse(package.parts[package.workbook_name]).iter(main("sheet")):
        relation = relations.get(each.get(f"{{{RELATION}}}id", ""))
        part = relation.target if relation and relation.target in package.parts else ""
        found.append(SheetEntry(each.get("name", ""), part, relation.type if relation else "", each.get("state", "")))
    return found


def tables_on(package: OoxmlPackage, sheet: SheetEntry) -> list[str]:
    """The names of the Excel tables on a sheet."""
    parts = (r.target for r in package.relations(sheet.part) if r.type == "table" and r.target in package.parts)
    return [str(parse(package.parts[part]).get("displayName", "")) for part in parts] if sheet.part else []
