"""Carries what the office put onto our own sheets: pictures and charts, threads of comments, protection.

The sheets themselves are written anew. Their cells are not taken apart, because they may be millions: what is added
to a sheet stands before or behind its rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from lxml import etree

from zwgk_excel.workbooks.contract.cell_pictures import with_rich_values
from zwgk_excel.workbooks.ooxml.merged_styles import canonical
from zwgk_excel.workbooks.ooxml.package import (
    MAIN,
    RELATION,
    OoxmlPackage,
    Relation,
    SheetEntry,
    main,
    parse,
    serialise,
    sheets_of,
    tables_on,
)
from zwgk_excel.workbooks.ooxml.threads import THREADS, thread_of, thread_roots

_ID = f"{{{RELATION}}}id"
_SLICERS = frozenset({"slicer", "timeline"})
CopyPart = Callable[[str], str]
"""Copies a part with all that it leads to; returns its new name."""
_XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.drawing+xml"
_THREADS_TYPE = "application/vnd.ms-excel.threadedcomments+xml"
_THREADS_RELATION = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
_END_OF_ROWS = re.compile(rb"</sheetData>|<sheetData/>")
_PROTECTION = ("sheetProtection", "protectedRanges")
_BEFORE_DRAWING = re.compile(
    rb"<(?:legacyDrawing|legacyDrawingHF|picture|oleObjects|controls|webPublishItems|tableParts|extLst)[\s>/]|</worksheet>"
)


def _tail(part: bytes) -> Any:
    """A worksheet without what stands before the end of its rows; None for a part in a spelling that is not known."""
    ends = list(_END_OF_ROWS.finditer(part))
    head = re.match(rb"(?:\s*<\?xml.*?\?>)?\s*<worksheet[^>]*>", part, re.DOTALL)
    return parse(head[0] + part[ends[-1].end() :]) if ends and head else None


def carry_onto(target: OoxmlPackage, ours: Sequence[SheetEntry], source: OoxmlPackage, copy: CopyPart) -> None:
    """Add to the sheets of ``target`` that are ``ours`` what the office had on the same ones of ``source``."""
    pairs = list(_pairs(target, ours, source))
    for old, new in pairs:
        target.parts[new.part] = with_rich_values(target.parts[new.part])
        _add_protection(target, new.part, source.parts[old.part])
        _add_drawings(_Drawings(target, new.part, source, old.part, copy))
        _add_threads(target, new.part, source, old.part)
        _add_slicers(target, new.part, source, old.part, copy)
    paired = {new.part for _, new in pairs}
    for sheet in ours:
        if sheet.part not in paired:
            # Values of rows that are gone stand on a sheet that may not have been there before.
            target.parts[sheet.part] = with_rich_values(target.parts[sheet.part])


def remarks_on_ours(package: OoxmlPackage, ours: Sequence[SheetEntry]) -> Iterator[str]:
    """What the office is told of its additions to our sheets that are kept not quite as they were."""
    for sheet in ours:
        if _protection(package.parts[sheet.part]):
            yield f"工作表“{sheet.name}”的保护已保留；自己解除锁定的单元格要重新设置。"


def _pairs(
    target: OoxmlPackage, ours: Sequence[SheetEntry], source: OoxmlPackage
) -> Iterator[tuple[SheetEntry, SheetEntry]]:
    """(Sheet of the source, the same sheet of the target), by the name or, renamed, by a table on it."""
    old = [sheet for sheet in sheets_of(source) if sheet.part]
    by_name = {sheet.name: sheet for sheet in old}
    by_table = {table.casefold(): sheet for sheet in old for table in tables_on(source, sheet)}
    for new in ours:
        found = by_name.get(new.name) or next(
            (by_table[name.casefold()] for name in tables_on(target, new) if name.casefold() in by_table), None
        )
        if found is not None and new.part:
            yield found, new


# --- protection --------------------------------------------------------------------------------


def _protection(part: bytes) -> list[Any]:
    """The elements that protect a sheet; its rows are not read."""
    root = _tail(part)
    return [] if root is None else [each for name in _PROTECTION for each in root.findall(main(name))]


def _add_protection(target: OoxmlPackage, part: str, old: bytes) -> None:
    content = target.parts[part]
    found = [] if b"<sheetProtection" in content else _protection(old)
    ends = list(_END_OF_ROWS.finditer(content)) if found else []
    if ends:
        place = ends[-1].end()
        written = b"".join(_written(each) for each in found)
        target.parts[part] = content[:place] + written + content[place:]


def _written(element: Any) -> bytes:
    """An element of the main namespace alone, as it is written within a worksheet."""
    plain = etree.Element(main(etree.QName(element).localname), _attributes(element), nsmap={None: MAIN})
    plain.extend(etree.Element(each.tag, _attributes(each)) for each in element)
    written: bytes = etree.tostring(plain)
    return written.replace(f' xmlns="{MAIN}"'.encode(), b"")


def _attributes(element: Any) -> dict[str, str]:
    return {name: value for name, value in element.attrib.items() if not name.startswith("{")}


# --- slicers -----------------------------------------------------------------------------------


def _add_slicers(target: OoxmlPackage, new: str, source: OoxmlPackage, old: str, copy: CopyPart) -> None:
    """Slicers and timelines beside our table; their frames are in the drawing, their caches in the workbook."""
    wanted = {each.id: each for each in source.relations(old) if each.type in _SLICERS and each.target in source.parts}
    for extension in _extensions(source.parts[old]) if wanted else ():
        nodes = [node for node in extension.iter(etree.Element) if node.get(_ID) in wanted]
        for node in nodes:
            relation = wanted[node.get(_ID)]
            node.set(_ID, target.add_relation(new, replace(relation, target=copy(relation.target))))
        if nodes:
            target.parts[new] = _with_extension(target.parts[new], canonical(extension))


def _extensions(part: bytes) -> list[Any]:
    """The extensions of a worksheet; its rows are not read."""
    tail = _tail(part)
    return [] if tail is None else list(tail.iterfind(f"{main('extLst')}/{main('ext')}"))


def _with_extension(sheet: bytes, extension: bytes) -> bytes:
    """A worksheet with one more extension."""
    place = sheet.rfind(b"</extLst>")
    if place < 0:
        place = sheet.rfind(b"</worksheet>")
        extension = b"<extLst>" + extension + b"</extLst>"
    return sheet[:place] + extension + sheet[place:]


# --- drawings ----------------------------------------------------------------------------------


class _Drawings:
    """The drawing of a sheet, old and new."""

    def __init__(self, target: OoxmlPackage, new: str, source: OoxmlPackage, old: str, copy: CopyPart) -> None:
        self.target, self.sheet, self.source, self.copy = target, new, source, copy
        self.old, self.new = _drawing_of(source, old), _drawing_of(target, new)

    def foreign(self) -> list[Any]:
        """The anchors of the old drawing that are none of the charts that we draw on this sheet."""
        anchors = _anchors(self.source, self.old)
        if not anchors:
            return []
        own = {title for each in _anchors(self.target, self.new) for title in _names(self.target, self.new, each)}
        return [each for each in anchors if not own & _names(self.source, self.old, each)]


def _drawing_of(package: OoxmlPackage, sheet: str) -> str:
    parts = (r.target for r in package.relations(sheet) if r.type == "drawing" and r.target in package.parts)
    return next(parts, "")


def _anchors(package: OoxmlPackage, drawing: str) -> list[Any]:
    if not drawing or b"Anchor" not in package.parts[drawing]:
        return []
    return [each for each in parse(package.parts[drawing]) if str(each.tag).endswith("Anchor")]


def _names(package: OoxmlPackage, drawing: str, anchor: Any) -> set[str]:
    """By what a chart is known again: its title and the name of its frame; empty for what is no chart."""
    ids = {each.get(f"{{{RELATION}}}id") for each in anchor.iter(f"{{{_CHART}}}chart")}
    parts = [r.target for r in package.relations(drawing) if r.id in ids and r.target in package.parts]
    if not parts:
        return set()
    titles = {f"title {title}" for part in parts if (title := _title(parse(package.parts[part])))}
    frames = {f"frame {each.get('name')}" for each in anchor.iter(f"{{{_XDR}}}cNvPr") if each.get("name")}
    return titles | frames


def _title(chart: Any) -> str:
    title = chart.find(f"{{{_CHART}}}chart/{{{_CHART}}}title")
    return "" if title is None else "".join(each.text or "" for each in title.iter(f"{{{_DRAWING}}}t")).strip()


def _add_drawings(drawings: _Drawings) -> None:
    foreign = drawings.foreign()
    if not foreign:
        return
    target = drawings.target
    part = drawings.new or _new_drawing(target, drawings.sheet)
    root = parse(target.parts[part])
    relations = {each.id: each for each in drawings.source.relations(drawings.old)}
    number = max((int(each.get("id", "0")) for each in root.iter(f"{{{_XDR}}}cNvPr")), default=0)
    for each in foreign:
        moved = deepcopy(each)
        for node in moved.iter(f"{{{_XDR}}}cNvPr"):
            number += 1
            node.set("id", str(number))
        _relate(moved, relations, target, part, drawings)
        root.append(moved)
    target.parts[part] = serialise(root)


def _relate(anchor: Any, relations: Mapping[str, Relation], target: OoxmlPackage, part: str, of: _Drawings) -> None:
    """Give every relation that an anchor names to the new drawing."""
    for node in anchor.iter(etree.Element):
        for name, value in list(node.attrib.items()):
            if name.startswith(f"{{{RELATION}}}") and (each := relations.get(value)) is not None:
                inside = each.inside and each.target in of.source.parts
                moved = replace(each, target=of.copy(each.target)) if inside else each
                node.set(name, target.add_relation(part, moved))


def _new_drawing(target: OoxmlPackage, sheet: str) -> str:
    part = target.fresh_name("xl/drawings/drawing1.xml")
    empty = etree.Element(f"{{{_XDR}}}wsDr", nsmap={"xdr": _XDR, "a": _DRAWING})
    target.add(part, serialise(empty), _DRAWING_TYPE)
    id_ = target.relate(sheet, f"{RELATION}/drawing", part)
    content = target.parts[sheet]
    after = list(_END_OF_ROWS.finditer(content))[-1].end()
    found = _BEFORE_DRAWING.search(content, after)
    place = found.start() if found else len(content)
    target.parts[sheet] = content[:place] + f'<drawing r:id="{id_}"/>'.encode() + content[place:]
    return part


# --- threads -----------------------------------------------------------------------------------


def _add_threads(target: OoxmlPackage, new: str, source: OoxmlPackage, old: str) -> None:
    """The threads whose notes were written again, on the cells where these stand now."""
    places = _notes_of_threads(target, new) if (roots := thread_roots(source, old)) else {}
    if not places:
        return
    made = etree.Element(f"{{{THREADS}}}ThreadedComments", nsmap={None: THREADS})
    for each in (node for root in roots.values() for node in root):
        place = places.get(each.get("parentId") or each.get("id", "")) if isinstance(each.tag, str) else None
        if place is not None:
            moved = deepcopy(each)
            moved.set("ref", place)
            made.append(moved)
    if len(made):
        part = target.fresh_name("xl/threadedComments/threadedComment1.xml")
        target.add(part, serialise(made), _THREADS_TYPE)
        target.relate(new, _THREADS_RELATION, part)


def _notes_of_threads(package: OoxmlPackage, sheet: str) -> dict[str, str]:
    """Thread → the cell of the note beside it."""
    found: dict[str, str] = {}
    for relation in package.relations(sheet):
        if relation.type == "comments" and relation.target in package.parts:
            root = parse(package.parts[relation.target])
            authors = [each.text or "" for each in root.iter(main("author"))]
            for note in root.iter(main("comment")):
                number = int(note.get("authorId", "0"))
                if number < len(authors) and (id_ := thread_of(authors[number])):
                    found[id_] = note.get("ref", "")
    return found
