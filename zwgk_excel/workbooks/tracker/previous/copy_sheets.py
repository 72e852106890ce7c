"""Copies whole sheets (formats, texts, related parts) from one workbook into another at package level.

No library reads and writes all of a sheet. Formats and texts are merged into those of the target; every related part is
copied under an unused name. Links to other workbooks, macros and slicers are not copied; :func:`not_copied` lists them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from lxml import etree

from zwgk_excel.workbooks.ooxml.merged_styles import Strings, Styles
from zwgk_excel.workbooks.ooxml.package import (
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

REFUSED = {
    "slicer": "切片器",
    "timeline": "日程表",
    "queryTable": "外部数据查询",
    "control": "控件",
    "vbaProject": "宏",
    "worksheet": "",
    "officeDocument": "",
}
"""Relations that are not followed: what they lead to lives in the workbook, not in the sheet."""
_KINDS = frozenset({"worksheet", "chartsheet"})
_TEXTS = re.compile(r'"[^"]*"')
_ELSEWHERE = re.compile(r"(?:^|[^\w\]])\[\d+\]")
_DXF = re.compile(r"dxfId|\w+DxfId")
_CELL_STYLES = ("headerRowCellStyle", "dataCellStyle", "totalsRowCellStyle")
_AFTER_NAMES = frozenset(
    main(each) for each in ("calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "fileRecoveryPr", "extLst")
)
_AFTER_CACHES = frozenset(main(each) for each in ("smartTagPr", "webPublishing", "fileRecoveryPr", "extLst"))
_SLICERS = "/slicer", "/timeslicer"


def copy_sheets(target: bytes, source: OoxmlPackage, sheets: Sequence[str]) -> bytes:
    """The ``target`` workbook with the named sheets of ``source`` after its own, in the order of ``source``.

    Equal bytes for equal input; copying from the result to a new target adds nothing further. ``source`` is not
    changed. Raises what ``zipfile`` and ``lxml`` raise where ``target`` is no workbook.
    """
    return _Graft(OoxmlPackage(target), source).carry(set(sheets)) if sheets else target


def added_sheets(package: OoxmlPackage, names: Collection[str], tables: Collection[str]) -> tuple[str, ...]:
    """The sheets that the office added: neither a name of ours nor, renamed, one of our tables on them; in order."""
    ours = {name.casefold() for name in tables}
    return tuple(
        sheet.name
        for sheet in sheets_of(package)
        if sheet.part and sheet.kind in _KINDS and sheet.name not in names
        if not ours & {name.casefold() for name in tables_on(package, sheet)}
    )


def not_copied(package: OoxmlPackage, sheets: Sequence[str]) -> tuple[str, ...]:
    """What :func:`copy_sheets` leaves out of these sheets, one Chinese sentence each; empty for nothing."""
    notes = ["总台账中的宏不能带入新的总台账。"] if package.find("vbaProject") else []
    for sheet in sheets_of(package):
        if sheet.name in sheets:
            notes += _notes_of(package, sheet)
        elif sheet.kind not in _KINDS:
            notes.append(f"“{sheet.name}”不是普通工作表，不能带入新的总台账。")
    return tuple(notes)


def _notes_of(package: OoxmlPackage, sheet: SheetEntry) -> Iterator[str]:
    root = parse(package.parts[sheet.part])
    if count := sum(_has_external_reference(node) for node in root.iter(main("f"))):
        yield f"工作表“{sheet.name}”有 {count} 个公式引用其他工作簿，已改为当时的值。"
    if count := sum(cell.get("vm") is not None for cell in root.iter(main("c"))):
        yield f"工作表“{sheet.name}”有 {count} 个单元格的图片或联网数据不能带入新的总台账。"
    left_out = Counter(each.type for each in _reachable(package, sheet.part) if REFUSED.get(each.type))
    for kind, count in left_out.items():
        yield f"工作表“{sheet.name}”的{REFUSED[kind]}（{count} 个）不能带入新的总台账。"


def _reachable(package: OoxmlPackage, part: str) -> Iterator[Relation]:
    seen, waiting = {part}, [part]
    while waiting:
        for each in package.relations(waiting.pop()):
            yield each
            if each.inside and each.target in package.parts and each.type not in REFUSED and each.target not in seen:
                seen.add(each.target)
                waiting.append(each.target)


def _has_external_reference(node: Any) -> bool:
    """Whether a formula refers to another workbook."""
    return bool(_ELSEWHERE.search(_TEXTS.sub("", node.text or "")))


class _Graft:
    """One copy in progress."""

    def __init__(self, target: OoxmlPackage, source: OoxmlPackage) -> None:
        self._target, self._source = target, source
        self._styles, self._strings = Styles(target, source), Strings(target, source)
        self._book = parse(target.parts[target.workbook_name])
        self._old_book = parse(source.parts[source.workbook_name])
        self._copied: dict[str, str] = {}
        self._tables = {name for sheet in sheets_of(target) for name in tables_on(target, sheet)}
        self._table_ids = [int(parse(target.parts[name]).get("id", "0")) for name in _parts_of(target, "table")]

    def carry(self, wanted: set[str]) -> bytes:
        places: dict[int, int] = {}
        for position, sheet in enumerate(sheets_of(self._source)):
            if sheet.name in wanted and sheet.part and sheet.kind in _KINDS:
                places[position] = self._add_sheet(sheet)
        self._add_names(places)
        self._add_caches()
        self._add_persons()
        self._styles.save()
        self._strings.save()
        self._target.parts[self._target.workbook_name] = serialise(self._book)
        return self._target.write()

    # --- workbook level ------------------------------------------------------------------------

    def _add_sheet(self, sheet: SheetEntry) -> int:
        relation = next(r for r in self._source.relations(self._source.workbook_name) if r.target == sheet.part)
        new = self._copy(sheet.part)
        listed = self._book.find(main("sheets"))
        number = max((int(each.get("sheetId", "0")) for each in listed), default=0) + 1
        entry = etree.SubElement(listed, main("sheet"), name=self._free_sheet_name(sheet.name), sheetId=str(number))
        if sheet.state:
            entry.set("state", sheet.state)
        entry.set(f"{{{RELATION}}}id", self._target.relate(self._target.workbook_name, relation.full_type, new))
        return len(listed) - 1

    def _free_sheet_name(self, wanted: str) -> str:
        taken = {each.get("name", "").casefold() for each in self._book.iter(main("sheet"))}
        number, name = 1, wanted
        while name.casefold() in taken:
            number += 1
            name = f"{wanted[:26]} ({number})"
        return name

    def _add_names(self, places: dict[int, int]) -> None:
        """Add the defined names of the copied sheets, and workbook-wide names of the office."""
        taken = {each.get("name", "").casefold() for each in self._book.iter(main("definedName"))}
        known = {each.get("name", "") for each in self._book.iter(main("sheet"))}
        gone = [each.name for each in sheets_of(self._source) if each.name not in known]
        for each in self._old_book.iter(main("definedName")):
            local, text = each.get("localSheetId"), each.text or ""
            if "#REF!" in text or _has_external_reference(each) or any(_mentions(text, name) for name in gone):
                continue
            moved = deepcopy(each)
            if local is not None and int(local) in places:
                moved.set("localSheetId", str(places[int(local)]))
            elif local is not None or each.get("name", "").casefold() in taken or each.get("function") == "1":
                continue
            moved.tail = None
            self._collection("definedNames", _AFTER_NAMES).append(moved)

    def _collection(self, name: str, before: Collection[str]) -> Any:
        found = self._book.find(main(name))
        if found is None:
            found = etree.Element(main(name))
            position = next((i for i, child in enumerate(self._book) if child.tag in before), len(self._book))
            self._book.insert(position, found)
        return found

    def _add_caches(self) -> None:
        """Register the caches of pivot tables in the workbook, under the ids that the tables use."""
        relations = {each.id: each for each in self._source.relations(self._source.workbook_name)}
        for each in self._old_book.iter(main("pivotCache")):
            relation = relations.get(each.get(f"{{{RELATION}}}id", ""))
            if relation is None or relation.target not in self._copied:
                continue
            caches = self._collection("pivotCaches", _AFTER_CACHES)
            entry = etree.SubElement(caches, main("pivotCache"), cacheId=each.get("cacheId", "0"))
            new = self._copied[relation.target]
            entry.set(f"{{{RELATION}}}id", self._target.relate(self._target.workbook_name, relation.full_type, new))

    def _add_persons(self) -> None:
        """Register the persons of threaded comments in the workbook."""
        threads = any("/threadedComments/" in f"/{name}" for name in self._copied)
        relations = self._source.relations(self._source.workbook_name)
        for each in relations if threads else ():
            if each.type == "person" and each.target in self._source.parts:
                new = self._copy(each.target)
                self._target.relate(self._target.workbook_name, each.full_type, new)

    # --- parts ---------------------------------------------------------------------------------

    def _copy(self, old: str) -> str:
        """Copy a part and all related parts; returns its new name."""
        if old in self._copied:
            return self._copied[old]
        new = self._copied[old] = self._target.fresh_name(old)
        self._target.parts[new] = b""
        kept, dropped = [], set()
        for each in self._source.relations(old):
            if each.type in REFUSED or (each.inside and each.target not in self._source.parts):
                dropped.add(each.id)
            else:
                kept.append(replace(each, target=self._copy(each.target)) if each.inside else each)
        content = self._source.parts[old]
        if old.endswith(".xml"):
            content = self._adapted(content, dropped)
        self._target.add(new, content, self._source.content_type(old))
        if kept:
            self._target.set_relations(new, kept)
        return new

    def _adapted(self, content: bytes, dropped: set[str]) -> bytes:
        """A part with its style, text and relation ids mapped to the target's."""
        root = parse(content)
        for element in _elements_using(root, dropped):
            _remove_with_empty_parents(element)
        if root.tag in (main("worksheet"), main("chartsheet")):
            self._adapt_sheet(root)
        if root.tag == main("table"):
            self._adapt_table(root)
        for element in root.iter(etree.Element):
            for name, value in element.attrib.items():
                if _DXF.fullmatch(name) and root.tag != main("styleSheet"):
                    element.set(name, str(self._styles.difference(int(value))))
            if element.tag in (main("tableStyleInfo"), main("pivotTableStyleInfo")) and element.get("name"):
                self._styles.table_style(element.get("name"))
        return serialise(root)

    def _adapt_sheet(self, root: Any) -> None:
        for view in root.iter(main("sheetView")):
            view.attrib.pop("tabSelected", None)
            view.set("workbookViewId", "0")
        for unwanted in root.findall(main("customSheetViews")):
            root.remove(unwanted)
        for properties in root.iter(main("sheetPr")):
            properties.attrib.pop("codeName", None)
        for column in root.iter(main("col")):
            _translate(column, "style", self._styles)
        for row in root.iter(main("row")):
            _translate(row, "s", self._styles)
        _drop_elsewhere(root)
        for cell in root.iter(main("c")):
            self._adapt_cell(cell)

    def _adapt_cell(self, cell: Any) -> None:
        _translate(cell, "s", self._styles)
        # Both point into a list of the workbook's; a dynamic formula stays as an array formula.
        cell.attrib.pop("cm", None)
        cell.attrib.pop("vm", None)
        if cell.get("t") == "s" and (value := cell.find(main("v"))) is not None:
            value.text = str(self._strings.place(int(value.text or "0")))

    def _adapt_table(self, root: Any) -> None:
        number = max(self._table_ids, default=0) + 1
        self._table_ids.append(number)
        root.set("id", str(number))
        name = wanted = root.get("displayName", f"table{number}")
        suffix = 1
        while name.casefold() in {each.casefold() for each in self._tables}:
            suffix += 1
            name = f"{wanted}_{suffix}"
        self._tables.add(name)
        root.set("displayName", name)
        root.set("name", name)
        for element in root.iter(etree.Element):
            for attribute in (*_CELL_STYLES, "queryTableFieldId", "connectionId"):
                element.attrib.pop(attribute, None)
        if root.get("tableType") == "queryTable":
            del root.attrib["tableType"]


def _parts_of(package: OoxmlPackage, type_: str) -> list[str]:
    found = (r for sheet in sheets_of(package) for r in package.relations(sheet.part) if r.type == type_)
    return [each.target for each in found if each.target in package.parts]


def _mentions(text: str, sheet: str) -> bool:
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!" in text or re.search(rf"(?<!\w){re.escape(sheet)}!", text) is not None


def _translate(element: Any, attribute: str, styles: Styles) -> None:
    if (old := element.get(attribute)) is not None:
        element.set(attribute, str(styles.cell(int(old))))


def _elements_using(root: Any, dropped: set[str]) -> list[Any]:
    """Elements that refer to a dropped relation, and the drawing frames of slicers."""
    named = [
        element
        for element in (root.iter(etree.Element) if dropped else ())
        if any(name.startswith(f"{{{RELATION}}}") and value in dropped for name, value in element.attrib.items())
    ]
    every = root.iter(etree.Element)
    frames = [element for element in every if (etree.QName(element).namespace or "").endswith(_SLICERS)]
    anchors = {_anchor_of(each): None for each in frames}
    return [*named, *(each for each in anchors if each is not None)]


def _anchor_of(element: Any) -> Any:
    return next((each for each in element.iterancestors() if etree.QName(each).localname.endswith("Anchor")), None)


def _remove_with_empty_parents(element: Any) -> None:
    """Remove an element, and its ancestors below the root that it leaves empty."""
    parent = element.getparent()
    while parent is not None:
        parent.remove(element)
        element, parent = parent, parent.getparent()
        if len(element) or parent is None:
            return


def _drop_elsewhere(root: Any) -> None:
    """Replace formulas that refer to other workbooks by their cached values; remove such conditional formats."""
    shared = {f.get("si") for f in root.iter(main("f")) if f.get("t") == "shared" and _has_external_reference(f)}
    for formula in list(root.iter(main("f"))):
        if _has_external_reference(formula) or (formula.get("t") == "shared" and formula.get("si") in shared):
            formula.getparent().remove(formula)
    for name in ("cfRule", "dataValidation"):
        for rule in list(root.iter(main(name))):
            if any(_has_external_reference(each) for each in rule):
                _remove_with_empty_parents(rule)
    for rules in root.iter(main("dataValidations")):
        rules.set("count", str(len(rules)))
