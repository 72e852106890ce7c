"""Carries what the office has in the workbook part: names, links, pivot caches, views, protection, extensions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from zwgk_excel.workbooks.ooxml.package import RELATION, main
from zwgk_excel.workbooks.tracker.previous.outside_links import leads_nowhere

_ORDER = [
    main(each)
    for each in [
        "fileVersion",
        "fileSharing",
        "workbookPr",
        "workbookProtection",
        "bookViews",
        "sheets",
        "functionGroups",
        "externalReferences",
        "definedNames",
        "calcPr",
        "oleSize",
        "customWorkbookViews",
        "pivotCaches",
        "smartTagPr",
        "smartTagTypes",
        "webPublishing",
        "fileRecoveryPr",
        "webPublishObjects",
        "extLst",
    ]
]
"""The elements of a workbook part in the order that the standard asks for."""
_AS_IT_IS = ("fileSharing", "workbookProtection", "functionGroups", "webPublishing", "webPublishObjects")
"""Those that are the office's own and refer to nothing."""
_CALCULATION = ("iterate", "iterateCount", "iterateDelta", "fullPrecision")
"""How the office wants circles and precision computed; whether to compute at all is ours."""
_BUILT_IN = "_xlnm."
_LOST = "#REF!"
_ID = f"{{{RELATION}}}id"


@dataclass(slots=True)
class Moves:
    """Where numbered things of the source are in the target."""

    relations: dict[str, str] = field(default_factory=dict)
    """Relation of the workbook → the same in the target."""
    places: dict[int, int] = field(default_factory=dict)
    """Position of a copied sheet → its position."""
    own_places: dict[int, int] = field(default_factory=dict)
    """Position of a sheet of ours → its position."""
    sheet_ids: dict[str, str] = field(default_factory=dict)
    """``sheetId`` → ``sheetId``, of copied sheets and of ours."""
    table_ids: dict[str, str] = field(default_factory=dict)
    """Number of a copied table → its number."""


def carry_workbook_part(book: Any, old: Any, moves: Moves, links: int) -> None:
    """Add to the ``book`` element what the office has in the ``old`` one and ours has not.

    ``links`` is how many other workbooks formulas can name.
    """
    for name in _AS_IT_IS:
        for each in old.findall(main(name)):
            _insert(book, _plain(each))
    _add_listed(book, old, "externalReferences", moves.relations if links else {})
    _add_names(book, old, moves, links)
    _add_calculation(book, old)
    _add_views(book, old, moves.sheet_ids)
    _add_listed(book, old, "pivotCaches", moves.relations)
    _add_extensions(book, old, moves.relations)


def _insert(book: Any, element: Any) -> Any:
    """Put a new element where the standard wants it; one that is there already stays."""
    present = book.find(element.tag)
    if present is not None:
        return present
    element.tail = None
    later = set(_ORDER[_ORDER.index(element.tag) + 1 :])
    place = next((n for n, child in enumerate(book) if child.tag in later), len(book))
    book.insert(place, element)
    return element


def _plain(element: Any) -> Any:
    """A copy with the attributes of the standard alone: others are ignorable only where the old root says so."""
    copied = deepcopy(element)
    copied.tail = None
    for node in copied.iter():
        for name in [name for name in node.attrib if name.startswith("{") and not name.startswith(f"{{{RELATION}}}")]:
            if not name.startswith("{http://www.w3.org/XML/"):
                del node.attrib[name]
    return copied


def _collection(book: Any, name: str) -> Any:
    return _insert(book, book.makeelement(main(name)))


def _add_listed(book: Any, old: Any, name: str, relations: Mapping[str, str]) -> None:
    """Entries of a list that each name a part by a relation."""
    for each in (entry for group in old.findall(main(name)) for entry in group):
        if (new := relations.get(each.get(_ID, ""))) is not None:
            moved = _plain(each)
            moved.set(_ID, new)
            _collection(book, name).append(moved)


def _add_names(book: Any, old: Any, moves: Moves, links: int) -> None:
    """The office's defined names; one about what is not there any more is #REF!, as in Excel."""
    taken = {_key(each) for each in book.iter(main("definedName"))}
    known = {each.get("name", "") for each in book.iter(main("sheet"))}
    gone = [name for each in old.iter(main("sheet")) if (name := each.get("name", "")) not in known]
    for each in old.iter(main("definedName")):
        if (moved := _moved_name(each, moves)) is None or _key(moved) in taken:
            continue
        text = each.text or ""
        if leads_nowhere(text, links) or any(_mentions(text, name) for name in gone):
            moved.text = _LOST
        _collection(book, "definedNames").append(moved)


def _moved_name(name: Any, moves: Moves) -> Any:
    """A name with the new position of its sheet; None where that is gone, and for print areas of our own sheets."""
    moved = _plain(name)
    local = name.get("localSheetId")
    if local is None:
        return moved
    places = moves.places if name.get("name", "").startswith(_BUILT_IN) else {**moves.own_places, **moves.places}
    if (place := places.get(int(local))) is None:
        return None
    moved.set("localSheetId", str(place))
    return moved


def _key(name: Any) -> tuple[str, str | None]:
    return name.get("name", "").casefold(), name.get("localSheetId")


def _mentions(text: str, sheet: str) -> bool:
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!" in text or re.search(rf"(?<![\w\]]){re.escape(sheet)}!", text) is not None


def _add_calculation(book: Any, old: Any) -> None:
    given = {name: each.get(name) for each in old.findall(main("calcPr")) for name in _CALCULATION if each.get(name)}
    if given:
        node = _collection(book, "calcPr")
        for name, value in given.items():
            node.set(name, value)


def _add_views(book: Any, old: Any, sheet_ids: Mapping[str, str]) -> None:
    for each in old.findall(main("customWorkbookViews")):
        views = _plain(each)
        for view in views:
            active = view.get("activeSheetId", "")
            view.set("activeSheetId", sheet_ids.get(active, "1"))
        _insert(book, views)


def _add_extensions(book: Any, old: Any, relations: Mapping[str, str]) -> None:
    """The extensions that the target does not have, with their relations; an entry whose part is gone is left out."""
    present = {each.get("uri") for each in book.iterfind(f"{main('extLst')}/{main('ext')}")}
    for each in old.iterfind(f"{main('extLst')}/{main('ext')}"):
        if each.get("uri") in present:
            continue
        moved = deepcopy(each)
        for node in [node for node in moved.iter() if isinstance(node.tag, str) and node.get(_ID) is not None]:
            if (new := relations.get(node.get(_ID))) is not None:
                node.set(_ID, new)
            else:
                node.getparent().remove(node)
        moved.tail = None
        if any(len(group) or group.attrib or (group.text or "").strip() for group in moved):
            _collection(book, "extLst").append(moved)
