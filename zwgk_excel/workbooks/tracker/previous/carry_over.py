"""Carries what the office added to a tracker into a newly written one: whole sheets, and what lies in the workbook.

No library reads and writes all of a workbook, so this works on the package. Formats and texts of the office's sheets
are merged into those of the new tracker; every part that a sheet, the workbook or the package leads to is copied with
all that it leads to in turn. :mod:`zwgk_excel.workbooks.tracker.previous.part_kinds` says what cannot be kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree

from zwgk_excel.workbooks.ooxml.merged_styles import Strings, Styles
from zwgk_excel.workbooks.ooxml.package import (
    RELATION,
    OoxmlPackage,
    SheetEntry,
    main,
    parse,
    serialise,
    sheets_of,
    tables_on,
)
from zwgk_excel.workbooks.tracker.previous.on_our_sheets import carry_onto
from zwgk_excel.workbooks.tracker.previous.outside_links import leads_nowhere, links_in, without_lost_links
from zwgk_excel.workbooks.tracker.previous.part_kinds import is_made_anew
from zwgk_excel.workbooks.tracker.previous.workbook_part import Moves, carry_workbook_part

_KINDS = frozenset({"worksheet", "chartsheet"})
_DXF = re.compile(r"dxfId|\w+DxfId")
_LARGE = 2 << 20
"""Bytes of a tracker, and of a sheet in it, from which on it is looked at before it is taken apart."""
_CELL_STYLES = ("headerRowCellStyle", "dataCellStyle", "totalsRowCellStyle")
_ADAPTED = re.compile(
    r"application/vnd\.(?:openxmlformats-officedocument\.spreadsheetml\.(?:worksheet|chartsheet|table|pivotTable)"
    r"|ms-excel\.(?:slicerCache|timelineCache))\+xml",
    re.IGNORECASE,
)
"""Content types of parts that name styles, texts, sheets or tables by numbers; all others are copied byte by byte."""
_SLICED_TABLE = "{http://schemas.microsoft.com/office/spreadsheetml/2010/11/main}tableSlicerCache"


def carry_over(target: bytes, source: OoxmlPackage, sheets: Sequence[str]) -> bytes:
    """The ``target`` workbook with the named sheets of ``source`` after its own, in the order of ``source``, and with
    what else the office has in its workbook.

    Equal bytes for equal input; carrying from the result to the same target adds nothing further; the very ``target``
    where there is nothing to carry. ``source`` is not changed. Raises what ``zipfile`` and ``lxml`` raise where
    ``target`` is no workbook.
    """
    if not sheets and len(target) > _LARGE:
        # Taken apart, such a tracker fills the memory; nearly always there is nothing to put into it.
        light = OoxmlPackage(target, largest_sheet=_LARGE)
        if _Carrying(light, source).carry(set()) is None:
            return target
    return _Carrying(OoxmlPackage(target), source).carry(set(sheets)) or target


def added_sheets(package: OoxmlPackage, names: Collection[str], tables: Collection[str]) -> tuple[str, ...]:
    """The sheets that the office added: neither a name of ours nor, renamed, one of our tables on them; in order."""
    ours = {name.casefold() for name in tables}
    return tuple(
        sheet.name
        for sheet in sheets_of(package)
        if sheet.part and sheet.kind in _KINDS and sheet.name not in names
        if not ours & {name.casefold() for name in tables_on(package, sheet)}
    )


def not_kept(package: OoxmlPackage, sheets: Sequence[str]) -> tuple[str, ...]:
    """What :func:`carry_over` changes in these sheets, one Chinese sentence each; empty for nothing."""
    links = links_in(package)
    wanted = [sheet for sheet in sheets_of(package) if sheet.name in sheets]
    return tuple(note for sheet in wanted for note in _notes_of(package, sheet, links))


def _notes_of(package: OoxmlPackage, sheet: SheetEntry, links: int) -> Iterator[str]:
    root = parse(package.parts[sheet.part])
    if count := sum(leads_nowhere(node.text, links) for node in root.iter(main("f"))):
        yield f"工作表“{sheet.name}”有 {count} 个公式引用的其他工作簿在文件中已没有记录，已改为当时的值。"


class _Carrying:
    """One copy in progress."""

    def __init__(self, target: OoxmlPackage, source: OoxmlPackage) -> None:
        self._target, self._source, self._before = target, source, dict(target.parts)
        self._book = parse(target.parts[target.workbook_name])
        self._old_book = parse(source.parts[source.workbook_name])
        self._links, self._metadata = links_in(source), source.find("sheetMetadata") is not None
        self._copied: dict[str, str] = {}
        self._moves = Moves()
        self._tables = {name for sheet in sheets_of(target) for name in tables_on(target, sheet)}
        self._table_ids = {int(parse(target.parts[name]).get("id", "0")) for name in _parts_of(target, "table")}

    def carry(self, wanted: set[str]) -> bytes | None:
        """The target with everything; None where there was nothing to carry."""
        ours = sheets_of(self._target)
        if wanted:
            self._styles, self._strings = Styles(self._target, self._source), Strings(self._target, self._source)
        for position, sheet in enumerate(sheets_of(self._source)):
            if sheet.name in wanted and sheet.part and sheet.kind in _KINDS:
                self._moves.places[position] = self._add_sheet(position, sheet)
            else:
                self._find_own(position, sheet, ours)
        if wanted:
            self._styles.save()
            self._strings.save()
        for part in ("", self._source.workbook_name):
            self._add_parts(part)
        self._add_theme()
        before = etree.tostring(self._book)
        carry_workbook_part(self._book, self._old_book, self._moves, self._links)
        if wanted or etree.tostring(self._book) != before:
            self._target.parts[self._target.workbook_name] = serialise(self._book)
        carry_onto(self._target, ours, self._source, self._copy)
        return self._target.write() if self._target.parts != self._before else None

    # --- sheets --------------------------------------------------------------------------------

    def _add_sheet(self, position: int, sheet: SheetEntry) -> int:
        relation = next(r for r in self._source.relations(self._source.workbook_name) if r.target == sheet.part)
        new = self._copy(sheet.part)
        listed = self._book.find(main("sheets"))
        old_id = self._old_book.find(main("sheets"))[position].get("sheetId", "0")
        taken = [each.get("sheetId", "0") for each in listed]
        number = old_id if old_id not in taken else str(max(map(int, taken)) + 1)
        self._moves.sheet_ids[old_id] = number
        entry = etree.SubElement(listed, main("sheet"), name=self._free_sheet_name(sheet.name), sheetId=number)
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

    def _find_own(self, position: int, sheet: SheetEntry, ours: Sequence[SheetEntry]) -> None:
        """Note where a sheet of ours is now, for what names it by its number."""
        place = next((n for n, each in enumerate(ours) if each.name == sheet.name), None)
        if place is not None:
            listed, old = self._book.find(main("sheets")), self._old_book.find(main("sheets"))
            self._moves.own_places[position] = place
            self._moves.sheet_ids[old[position].get("sheetId", "0")] = listed[place].get("sheetId", "0")
            numbers = _table_numbers(self._target, ours[place])
            for name, number in _table_numbers(self._source, sheet).items():
                self._moves.table_ids[number] = numbers.get(name, number)

    # --- parts ---------------------------------------------------------------------------------

    def _add_parts(self, owner: str) -> None:
        """Copy what the workbook or the package (an empty name) leads to, but for what is written anew."""
        new_owner = self._target.workbook_name if owner else ""
        for each in self._source.relations(owner):
            if is_made_anew(each) or (each.inside and each.target not in self._source.parts):
                continue
            if each.type == "sheetMetadata" and (own := self._target.find("sheetMetadata")):
                # Ours is of nothing but array formulas, which Excel lists first in every workbook that has them.
                self._target.parts[own] = self._source.parts[each.target]
                continue
            moved = replace(each, target=self._copy(each.target)) if each.inside else each
            new = self._target.add_relation(new_owner, moved)
            if owner:
                self._moves.relations[each.id] = new

    def _add_theme(self) -> None:
        """The office's colours and fonts, by which its sheets are drawn."""
        own, old = self._target.find("theme"), self._source.find("theme")
        if own and old and self._target.parts[own] != self._source.parts[old] and not self._source.relations(old):
            self._target.parts[own] = self._source.parts[old]

    def _copy(self, old: str) -> str:
        """Copy a part and all related parts; returns its new name."""
        if old in self._copied:
            return self._copied[old]
        new = self._copied[old] = self._target.unused_name(old)
        self._target.parts[new] = b""
        kept, dropped = [], set()
        for each in self._source.relations(old):
            if each.type in ("worksheet", "officeDocument") or (each.inside and each.target not in self._source.parts):
                dropped.add(each.id)
            else:
                kept.append(replace(each, target=self._copy(each.target)) if each.inside else each)
        content, kind = self._source.parts[old], self._source.content_type(old)
        if _ADAPTED.fullmatch(kind) or (dropped and kind.endswith("xml")):
            content = self._adapted(content, dropped)
        self._target.add(new, content, kind)
        if kept:
            self._target.set_relations(new, kept)
        return new

    def _adapted(self, content: bytes, dropped: set[str]) -> bytes:
        """A part with its style, text, sheet and relation ids mapped to the target's."""
        root = parse(content)
        for element in _elements_using(root, dropped):
            _remove_with_empty_parents(element)
        if root.tag in (main("worksheet"), main("chartsheet")):
            self._adapt_sheet(root)
        if root.tag == main("table"):
            self._adapt_table(root)
        for element in root.iter(etree.Element):
            for name, value in element.attrib.items():
                if _DXF.fullmatch(name):
                    element.set(name, str(self._styles.difference(int(value))))
            if element.tag in (main("tableStyleInfo"), main("pivotTableStyleInfo")) and element.get("name"):
                self._styles.table_style(element.get("name"))
            if (sheet := self._moves.sheet_ids.get(element.get("tabId", ""))) is not None:
                element.set("tabId", sheet)
            if element.tag == _SLICED_TABLE:
                table = element.get("tableId", "")
                element.set("tableId", self._moves.table_ids.get(table, table))
        return serialise(root)

    def _adapt_sheet(self, root: Any) -> None:
        for view in root.iter(main("sheetView")):
            view.attrib.pop("tabSelected", None)
            view.set("workbookViewId", "0")
        for properties in root.iter(main("sheetPr")):
            properties.attrib.pop("codeName", None)
        for column in root.iter(main("col")):
            _translate(column, "style", self._styles)
        for row in root.iter(main("row")):
            _translate(row, "s", self._styles)
        without_lost_links(root, self._links)
        for cell in root.iter(main("c")):
            self._adapt_cell(cell)

    def _adapt_cell(self, cell: Any) -> None:
        _translate(cell, "s", self._styles)
        if not self._metadata:
            # Both point into a list that another program has dropped.
            cell.attrib.pop("cm", None)
            cell.attrib.pop("vm", None)
        if cell.get("t") == "s" and (value := cell.find(main("v"))) is not None:
            value.text = str(self._strings.place(int(value.text or "0")))

    def _adapt_table(self, root: Any) -> None:
        old = root.get("id", "0")
        number = int(old) if int(old) not in self._table_ids else max(self._table_ids) + 1
        self._table_ids.add(number)
        self._moves.table_ids[old] = str(number)
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
            for attribute in _CELL_STYLES:
                element.attrib.pop(attribute, None)


def _parts_of(package: OoxmlPackage, type_: str) -> list[str]:
    found = (r for sheet in sheets_of(package) for r in package.relations(sheet.part) if r.type == type_)
    return [each.target for each in found if each.target in package.parts]


def _table_numbers(package: OoxmlPackage, sheet: SheetEntry) -> dict[str, str]:
    """Table → its number, for the tables on a sheet."""
    parts = (r.target for r in package.relations(sheet.part) if r.type == "table" and r.target in package.parts)
    roots = (parse(package.parts[part]) for part in parts)
    return {root.get("displayName", "").casefold(): root.get("id", "0") for root in roots}


def _translate(element: Any, attribute: str, styles: Styles) -> None:
    if (old := element.get(attribute)) is not None:
        element.set(attribute, str(styles.cell(int(old))))


def _elements_using(root: Any, dropped: set[str]) -> list[Any]:
    """Elements that refer to a dropped relation."""
    return [
        element
        for element in (root.iter(etree.Element) if dropped else ())
        if any(name.startswith(f"{{{RELATION}}}") and value in dropped for name, value in element.attrib.items())
    ]


def _remove_with_empty_parents(element: Any) -> None:
    """Remove an element, and its ancestors below the root that it leaves empty."""
    parent = element.getparent()
    while parent is not None:
        parent.remove(element)
        element, parent = parent, parent.getparent()
        if len(element) or parent is None:
            return
