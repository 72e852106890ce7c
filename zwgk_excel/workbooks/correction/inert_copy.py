"""A stranger's workbook made anew of the parts that do nothing: what is sent on from here acts on nobody's computer.

Kept are worksheets, shared strings, styles, colours and comments. There is no way from the old package into the new one
but through the lists of :mod:`zwgk_excel.workbooks.correction.inert_parts`; no relation leads out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from zwgk_excel.workbooks.correction.inert_parts import (
    clean_comments,
    clean_sheet,
    clean_strings,
    clean_styles,
    clean_theme,
    write_out_threads,
)
from zwgk_excel.workbooks.correction.own_formulas import OwnFormulas, is_place, own_formulas
from zwgk_excel.workbooks.ooxml.comments import empty_comments
from zwgk_excel.workbooks.ooxml.package import (
    MAIN,
    RELATION,
    OoxmlPackage,
    main,
    parse,
    serialise,
    sheets_of,
)
from zwgk_excel.workbooks.ooxml.threads import threads_on

_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_WORKBOOK, WORKSHEET = f"{_SPREADSHEET}sheet.main+xml", f"{_SPREADSHEET}worksheet+xml"
_THEME = "application/vnd.openxmlformats-officedocument.theme+xml"
_PLACES = frozenset({"_xlnm.Print_Area", "_xlnm.Print_Titles", "_xlnm._FilterDatabase"})
"""Names that Excel gives a meaning of its own, and that only point to cells."""
_TOLD: Mapping[str, str] = {
    **dict.fromkeys(("vbaProject", "xlMacrosheet", "xlIntlMacrosheet"), "macros"),
    **dict.fromkeys(("chartsheet", "dialogsheet"), "sheets"),
    **dict.fromkeys(("drawing", "image", "cellImage"), "pictures"),
    **dict.fromkeys(("oleObject", "package", "control", "ctrlProp"), "objects"),
    **dict.fromkeys(("externalLink", "connections", "queryTable"), "outside"),
    **dict.fromkeys(("pivotTable", "table", "slicer"), "tables"),
}
"""The last word of a relation's type → what its unit would miss, as ``markup.toml`` calls it under ``removed``."""


@dataclass(frozen=True, slots=True)
class InertCopy:
    """A workbook without anything that acts."""

    package: OoxmlPackage
    """Whole but for the content of its worksheets."""
    sheets: Mapping[str, Any]
    """Part → root element of every worksheet, which the caller writes."""
    removed: frozenset[str]
    """Keys of what its unit would miss, as ``markup.toml`` has them under ``removed``."""


def inert_copy(source: OoxmlPackage) -> InertCopy:
    """The workbook without anything that acts; formulas that are not ours are values in it.

    Raises ValueError, and what lxml raises, for a workbook that is none.
    """
    target = OoxmlPackage.of_workbook("xl/workbook.xml", _WORKBOOK)
    removed, own = _told(source, source.workbook_name), _own_in(source)
    roots: dict[str, Any] = {}
    places: dict[str, int] = {}
    for place, entry in enumerate(sheets_of(source)):
        if entry.kind == "worksheet" and entry.part and entry.part not in places:
            places[entry.part] = place
            name = _sheet_part(len(places))
            roots[name] = root = parse(source.parts[entry.part])
            target.add(name, b"", WORKSHEET)
            removed |= clean_sheet(root, own) | _told(source, entry.part)
            _copy_comments(source, target, entry.part, len(places))
    if not places:
        raise ValueError("a workbook without worksheets")
    _copy_shared(source, target)
    _write_book(source, target, own, list(places.values()))
    return InertCopy(target, roots, frozenset(removed))


def _sheet_part(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def _told(source: OoxmlPackage, part: str) -> set[str]:
    relations = (each for each in source.relations(part) if each.type in _TOLD)
    # LibreOffice gives every sheet with comments a drawing with nothing in it.
    return {_TOLD[each.type] for each in relations if each.type != "drawing" or _draws(source, each.target)}


def _draws(source: OoxmlPackage, part: str) -> bool:
    return b"Anchor" in source.parts.get(part, b"")


def _own_in(source: OoxmlPackage) -> OwnFormulas:
    """Our formulas, as far as the names that they need are ours in this workbook."""
    own, book = own_formulas(), parse(source.parts[source.workbook_name])
    found = {each.get("name") for each in book.iter(main("definedName")) if _is_own_name(own, each)}
    return own.without(own.names.keys() - found)


def _is_own_name(own: OwnFormulas, name: Any) -> bool:
    return name.get("localSheetId") is None and own.has_name(name.get("name", ""), name.text or "")


def _copy_comments(source: OoxmlPackage, target: OoxmlPackage, part: str, number: int) -> None:
    comments = next((r.target for r in source.relations(part) if r.type == "comments" and r.target in source.parts), "")
    threads = threads_on(source, part)
    if comments or threads:
        root = parse(source.parts[comments]) if comments else empty_comments()
        write_out_threads(root, threads)
        clean_comments(root)
        kept = f"xl/comments{number}.xml"
        target.add(kept, serialise(root), f"{_SPREADSHEET}comments+xml")
        target.relate(_sheet_part(number), f"{RELATION}/comments", kept)


def _copy_shared(source: OoxmlPackage, target: OoxmlPackage) -> None:
    """The parts that all sheets share."""
    for kind, clean in (("styles", clean_styles), ("sharedStrings", clean_strings)):
        if part := source.find(kind):
            root = parse(source.parts[part])
            clean(root)
            _add_shared(target, kind, f"xl/{kind}.xml", root, f"{_SPREADSHEET}{kind}+xml")
    if part := source.find("theme"):
        root = parse(source.parts[part])
        if clean_theme(root):
            _add_shared(target, "theme", "xl/theme/theme1.xml", root, _THEME)


def _add_shared(target: OoxmlPackage, kind: str, name: str, root: Any, content_type: str) -> None:
    target.add(name, serialise(root), content_type)
    target.relate(target.workbook_name, f"{RELATION}/{kind}", name)


def _write_book(source: OoxmlPackage, target: OoxmlPackage, own: OwnFormulas, kept: list[int]) -> None:
    """The workbook part: its sheets, how it is shown and locked, and the names that only point to cells or are ours."""
    old = parse(source.parts[source.workbook_name])
    book = etree.Element(main("workbook"), nsmap={None: MAIN, "r": RELATION})
    _add_settings(book, old)
    listed = list(old.iter(main("sheet")))
    sheets = etree.SubElement(book, main("sheets"))
    for number, place in enumerate(kept, start=1):
        entry = etree.SubElement(sheets, main("sheet"), name=listed[place].get("name", ""), sheetId=str(number))
        if (state := listed[place].get("state")) in ("hidden", "veryHidden"):
            entry.set("state", state)
        relation = target.relate(target.workbook_name, f"{RELATION}/worksheet", _sheet_part(number))
        entry.set(f"{{{RELATION}}}id", relation)
    _add_names(book, old, own, {str(place): str(number) for number, place in enumerate(kept)})
    etree.SubElement(book, main("calcPr"), calcId="124519", fullCalcOnLoad="1")
    target.parts[target.workbook_name] = serialise(book)


def _add_settings(book: Any, old: Any) -> None:
    settings = etree.SubElement(book, main("workbookPr"))
    for each in old.findall(main("workbookPr")):
        if each.get("date1904") is not None:
            settings.set("date1904", each.get("date1904"))
    for each in old.findall(main("workbookProtection")):
        etree.SubElement(book, main("workbookProtection"), _plain(each))
    views = [_plain(each) for each in old.iterfind(f"{main('bookViews')}/{main('workbookView')}")]
    group = etree.SubElement(book, main("bookViews")) if views else None
    for view in views:
        etree.SubElement(group, main("workbookView"), view)


def _plain(element: Any) -> dict[str, str]:
    """The attributes of the standard itself."""
    return {key: value for key, value in element.attrib.items() if not key.startswith("{")}


def _add_names(book: Any, old: Any, own: OwnFormulas, places: Mapping[str, str]) -> None:
    """The defined names that only point to cells, or are ours; ``places`` has the old and new positions of sheets."""
    found: dict[tuple[str, str | None], tuple[dict[str, str], str]] = {}
    for each in old.iter(main("definedName")):
        name, text, sheet = each.get("name", ""), each.text or "", each.get("localSheetId")
        if _is_own_name(own, each) or (name in _PLACES and sheet in places and (is_place(text) or own.has(text))):
            hidden = {"hidden": each.get("hidden")} if each.get("hidden") else {}
            local = {"localSheetId": places[sheet]} if sheet is not None else {}
            found.setdefault((name.casefold(), sheet), ({"name": name, **local, **hidden}, text))
    if not found:
        return
    names = etree.SubElement(book, main("definedNames"))
    for attributes, text in found.values():
        etree.SubElement(names, main("definedName"), attributes).text = text
