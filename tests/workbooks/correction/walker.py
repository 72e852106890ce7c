"""Walks through a workbook that leaves and names everything in it that could act; knows nothing of the program."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPREADSHEET = r"application/vnd\.openxmlformats-officedocument\.spreadsheetml\."
_PARTS = {
    r"\[Content_Types\]\.xml": "",
    r"_rels/\.rels|xl/_rels/workbook\.xml\.rels|xl/worksheets/_rels/sheet\d+\.xml\.rels": r".*relationships\+xml",
    r"xl/workbook\.xml": rf"{_SPREADSHEET}sheet\.main\+xml",
    r"xl/worksheets/sheet\d+\.xml": rf"{_SPREADSHEET}worksheet\+xml",
    r"xl/styles\.xml": rf"{_SPREADSHEET}styles\+xml",
    r"xl/sharedStrings\.xml": rf"{_SPREADSHEET}sharedStrings\+xml",
    r"xl/comments\d+\.xml": rf"{_SPREADSHEET}comments\+xml",
    r"xl/theme/theme1\.xml": r"application/vnd\.openxmlformats-officedocument\.theme\+xml",
    r"xl/drawings/vmlDrawing\d+\.vml": r"application/vnd\.openxmlformats-officedocument\.vmlDrawing",
}
"""Name of a part → its content type."""
_RELATIONS = {"officeDocument", "worksheet", "styles", "sharedStrings", "theme", "comments", "vmlDrawing"}
_BOOK = "workbook workbookPr workbookProtection bookViews workbookView sheets sheet definedNames definedName calcPr"
_OF_SHEETS = """
    sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetProtection autoFilter mergeCells
    conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks
    ignoredErrors legacyDrawing
"""
_FUNCTIONS = """
    IF IFERROR AND OR NOT TRIM CLEAN SUBSTITUTE LEN LEFT MID N INT ABS ISNUMBER FIND SUMPRODUCT COUNTIF COUNTIFS DATE
    TODAY NOW ROW LOWER MONTH DAY INDEX LOOKUP MAX MIN RIGHT REPT TEXT ISERROR MATCH DATEVALUE VALUE ASC OFFSET
    MMULT COUNT TRANSPOSE CHAR COUNTA ISTEXT ISBLANK
"""
_BOXES = """
    xml shapelayout idmap shapetype shape stroke path fill shadow textbox div ClientData MoveWithCells SizeWithCells
    Anchor AutoFill Row Column
"""


def active(data: bytes) -> list[str]:
    """What in a workbook is not on the list of what does nothing; empty for one that may leave."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return [*_names(parts), *_relations(parts), *_contents(parts)]


def _names(parts: dict[str, bytes]) -> Iterator[str]:
    types = {}
    for each in ElementTree.fromstring(parts["[Content_Types].xml"]):
        if each.tag.endswith("Override"):
            types[each.attrib["PartName"].lstrip("/")] = each.attrib["ContentType"]
            if each.attrib["PartName"].lstrip("/") not in parts:
                yield f"a type without a part: {each.attrib['PartName']}"
        else:
            types[f".{each.attrib['Extension']}"] = each.attrib["ContentType"]
    for name in parts:
        found = [kind for pattern, kind in _PARTS.items() if re.fullmatch(pattern, name)]
        told = types.get(name, types.get(posixpath.splitext(name)[1], ""))
        if not found:
            yield f"part {name}"
        elif found[0] and not re.fullmatch(found[0], told):
            yield f"part {name} of type {told}"


def _relations(parts: dict[str, bytes]) -> Iterator[str]:
    for name in (each for each in parts if each.endswith(".rels")):
        for each in ElementTree.fromstring(parts[name]):
            type_, target = each.attrib["Type"], each.attrib["Target"]
            if not type_.startswith(_OFFICE) or type_.rpartition("/")[2] not in _RELATIONS:
                yield f"relation {type_} in {name}"
            if "TargetMode" in each.attrib or target.lstrip("/") not in parts:
                yield f"relation to {target} in {name}"


def _contents(parts: dict[str, bytes]) -> Iterator[str]:
    for name, content in parts.items():
        if any(re.fullmatch(pattern, name) for pattern in list(_PARTS)[2:]):
            root = ElementTree.fromstring(content)
            if re.search(rb"<!--|<\?(?!xml )|<!DOCTYPE|<!ENTITY", content):
                yield f"{name}: a comment, an instruction or a declaration"
            yield from (f"{name}: {found}" for found in _part(name, root))


def _part(name: str, root: ElementTree.Element) -> Iterator[str]:
    if name == "xl/workbook.xml":
        yield from _only(root, _BOOK)
        yield from _attributes(root, {f"{{{_OFFICE}}}id"})
        for each in root.iter(f"{_MAIN}definedName"):
            if set(each.attrib) - {"name", "localSheetId", "hidden"}:
                yield f"a name with {set(each.attrib)}"
            if not re.fullmatch(r"zwgk_\w+|_xlnm\.(Print_Area|Print_Titles|_FilterDatabase)", each.attrib["name"]):
                yield f"the name {each.attrib['name']}"
            yield from _formula(each.text or "")
    elif name.startswith("xl/worksheets/"):
        yield from (f"<{each.tag}>" for each in root if each.tag.removeprefix(_MAIN) not in _OF_SHEETS.split())
        yield from _foreign(root)
        yield from _attributes(root, {f"{{{_OFFICE}}}id"} if root.find(f"{_MAIN}legacyDrawing") is not None else set())
        for each in root.iter():
            if each.tag.removeprefix(_MAIN) in {"f", "formula", "formula1", "formula2"}:
                yield from _formula(each.text or "")
            if each.tag == f"{_MAIN}cfvo" and each.get("type") == "formula":
                yield from _formula(each.get("val", ""))
            if each.tag == f"{_MAIN}hyperlink":
                yield from _formula(each.get("location", "?"))
            if each.get("codeName") is not None or each.get("cm") is not None or each.get("vm") is not None:
                yield f"attributes of <{each.tag}>: {each.attrib}"
    elif name.startswith("xl/theme/"):
        tags = {each.tag for each in root.iter()}
        yield from sorted(tag for tag in tags if not tag.startswith("{http://schemas.openxmlformats.org/drawingml/2006/m"))
        yield from _attributes(root, set())
    elif name.endswith(".vml"):
        yield from sorted({each.tag for each in root.iter() if re.sub(r"{.*}", "", each.tag) not in _BOXES.split()})
        for each in root.iter():
            if each.tag.endswith("ClientData") and each.attrib != {"ObjectType": "Note"}:
                yield f"a box that is no comment's: {each.attrib}"
            yield from (f"a box with {key}" for key in each.attrib if re.search("href|src|macro|relid|button", key))
    else:
        yield from _foreign(root)
        yield from _attributes(root, set())


def _only(root: ElementTree.Element, names: str) -> Iterator[str]:
    yield from (f"<{each.tag}>" for each in root.iter() if each.tag not in {f"{_MAIN}{name}" for name in names.split()})


def _foreign(root: ElementTree.Element) -> Iterator[str]:
    tags = {each.tag for each in root.iter()}
    yield from sorted(tag for tag in tags if not tag.startswith(_MAIN) or tag in {f"{_MAIN}extLst", f"{_MAIN}ext"})


def _attributes(root: ElementTree.Element, allowed: set[str]) -> Iterator[str]:
    known = {*allowed, "{http://www.w3.org/XML/1998/namespace}space"}
    keys = {key for each in root.iter() for key in each.attrib if key.startswith("{")}
    yield from (f"attribute {key}" for key in sorted(keys - known))
    if any("evil.example" in text for each in root.iter() for text in each.attrib.values()):
        yield "an attribute that names the stranger's host"


def _formula(text: str) -> Iterator[str]:
    plain = re.sub(r'"(?:[^"]|"")*"', '""', text)
    plain = re.sub(r'\{(?:""|[-\d,;.E+])+\}', "0", plain)  # a row or column of plain values
    functions = set(re.findall(r"([\w.]+)\(", plain)) - set(_FUNCTIONS.split())
    words = re.findall(r"[A-Za-z_][\w.]*(?![\w.(!])", plain)
    names = [each for each in words if not re.fullmatch(r"[A-Z]{1,3}\d*", each) and not each.startswith("zwgk_")]
    if functions or names or re.search(r"[\[\]|\\#{}]", plain):
        yield f"the formula {text[:80]}"
