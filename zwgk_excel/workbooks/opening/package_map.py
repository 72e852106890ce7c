"""Reads from the directory of an .xlsx what it consists of: the workbook, its sheets and their kinds, shared parts."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from zwgk_excel.workbooks.opening.rejected import unreadable, unsafe
from zwgk_excel.workbooks.opening.xml_places import element_end
from zwgk_excel.workbooks.opening.zip_parts import normalised_path

_SHEETS = 500
"""No office has more sheets in one workbook, and each may name the same large part."""
_WORKBOOK, _TYPES = "xl/workbook.xml", "[content_types].xml"
_SHARED = frozenset({"xl/sharedstrings.xml", "xl/styles.xml"})
"""Where the bulk reader looks for them, whatever the relations say."""
_SHARED_KINDS = frozenset({"sharedStrings", "styles"})
_GRIDS = frozenset({"worksheet", "chartsheet"})
"""Kinds of sheets that the bulk reader knows; a chart has no cells."""


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet as the workbook lists it."""

    name: str
    path: str
    """Case-folded path of its part; empty where no relation leads to one."""
    kind: str
    """The last word of its relation's type: ``worksheet``, ``chartsheet``, ``xlMacrosheet`` …; empty for none."""

    @property
    def is_grid(self) -> bool:
        """Whether the bulk reader knows what to do with it."""
        return bool(self.path) and self.kind in _GRIDS


@dataclass(frozen=True, slots=True)
class PackageMap:
    """What an .xlsx consists of, by its relations; all paths case-folded."""

    workbook: str
    """The path of the workbook part."""
    sheets: tuple[SheetPart, ...]
    shared: frozenset[str]
    """Paths of shared strings and styles."""
    styles: str
    date_1904: bool
    """Whether its serial numbers count from 1904-01-01, as Excel for the Mac once did."""

    @property
    def worksheets(self) -> frozenset[str]:
        """Paths of the sheets with cells that are read."""
        return frozenset(sheet.path for sheet in self.sheets if sheet.kind == "worksheet")

    @property
    def foreign(self) -> tuple[SheetPart, ...]:
        """Sheets without cells that could be read: macro sheets, dialogs, and those that are only listed."""
        return tuple(sheet for sheet in self.sheets if not sheet.is_grid)


def in_directory(path: str) -> bool:
    """Whether a part, by its case-folded path, may say where the others are or what they are."""
    return path in {_TYPES, "_rels/.rels"} or path.endswith(("workbook.xml", "workbook.xml.rels"))


def map_of(directory: Mapping[str, bytes], name: str) -> PackageMap:
    """The map of a package from the parts of its directory, which are UTF-8 and without a DTD.

    Raises RejectedFileError: file_unreadable, file_unsafe.
    """
    try:
        starts = _relations(directory, "")
        workbook = next((path for kind, path in starts.values() if kind == "officeDocument"), _WORKBOOK)
        targets = _relations(directory, workbook)
        sheets = _elements(directory.get(workbook, b"<none/>"), "sheet")
        settings = _elements(directory.get(workbook, b"<none/>"), "workbookPr")
    except expat.ExpatError as error:
        raise unreadable(name, "工作簿目录损坏") from error
    if len(sheets) > _SHEETS:
        raise unsafe(name, f"含 {len(sheets)} 张工作表")
    styles = next((path for kind, path in targets.values() if kind == "styles"), "xl/styles.xml")
    return PackageMap(
        workbook,
        tuple(_sheet(each, targets) for each in sheets),
        _SHARED | {path for kind, path in targets.values() if kind in _SHARED_KINDS},
        styles,
        any(each.get("date1904", "").strip() in {"1", "true", "on"} for each in settings),
    )


def without_sheets(workbook: bytes, unwanted: Callable[[int], bool]) -> bytes:
    """The workbook part without some of the sheets that it lists, by their number from 0. Raises ExpatError."""
    spans: list[tuple[int, int]] = []
    parser = expat.ParserCreate()
    opened: list[int] = []

    def start(tag: str, _: object) -> None:
        if tag.rpartition(":")[2] == "sheet":
            opened.append(parser.CurrentByteIndex)

    def end(tag: str) -> None:
        if tag.rpartition(":")[2] == "sheet":
            spans.append((opened[-1], element_end(workbook, opened[-1], parser.CurrentByteIndex)))

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(workbook, True)
    for number in reversed(range(len(spans))):
        if unwanted(number):
            first, last = spans[number]
            workbook = workbook[:first] + workbook[last:]
    return workbook


def _sheet(attributes: Mapping[str, str], targets: Mapping[str, tuple[str, str]]) -> SheetPart:
    relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
    kind, path = targets.get(relation, ("", ""))
    return SheetPart(attributes.get("name", ""), path, kind)


def _relations(directory: Mapping[str, bytes], part: str) -> dict[str, tuple[str, str]]:
    """Relation id → (last word of its type, path of its target part)."""
    folder, base = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{base}.rels")
    relations = {}
    for each in _elements(directory.get(path, b"<none/>"), "Relationship"):
        target = posixpath.normpath(posixpath.join("/", folder, normalised_path(each.get("Target", "")))).lstrip("/")
        relations[each.get("Id", "")] = each.get("Type", "").rpartition("/")[2], target
    return relations


def _elements(part: bytes, name: str) -> list[dict[str, str]]:
    """The attributes of every element of a local name. Raises ExpatError."""
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == name:
            found.append(attributes)

    parser.StartElementHandler = start
    parser.Parse(part, True)
    return found
