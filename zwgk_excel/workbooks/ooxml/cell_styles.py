"""Cell formats of a workbook with a removable mark (fill and border).

The original format is stored as a hidden named style that the marked format is based on, so that the mark can be
removed from a cell wherever it was moved or sorted to.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from lxml import etree

from zwgk_excel.workbooks.ooxml.merged_styles import canonical
from zwgk_excel.workbooks.ooxml.package import MAIN, OoxmlPackage, main, parse, serialise
from zwgk_excel.workbooks.writing import style

_PREFIX = "zwgk_mark_"
"""Prefix of the named styles that store the original format of a marked cell."""
_BORDERS = {True: ("medium", style.RED_INK), False: ("mediumDashed", style.AMBER_INK)}
_FILLS = {True: style.RED_FILL, False: style.AMBER_FILL}
_SIDES = ("left", "right", "top", "bottom", "diagonal")
_STYLE_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles")


class CellStyles:
    """The cell formats of one workbook, with marks added and removed."""

    def __init__(self, package: OoxmlPackage) -> None:
        """Raises ValueError for a workbook without cell formats."""
        self._package, self._part = package, package.find("styles")
        self._root: Any = parse(package.parts[self._part]) if self._part else etree.Element(main("styleSheet"))
        self._formats = self._root.find(main("cellXfs"))
        if self._formats is None or not len(self._formats):
            raise ValueError("a workbook without cell formats")
        places = reversed(list(enumerate(self._formats)))
        self._known: dict[bytes, int] = {canonical(each): place for place, each in places}
        self._parents = self._marked_styles()
        self._made: dict[tuple[int, bool], int] = {}
        self._changed = False

    def _marked_styles(self) -> set[int]:
        styles = self._root.iter(main("cellStyle"))
        return {int(each.get("xfId", "0")) for each in styles if each.get("name", "").startswith(_PREFIX)}

    def marked(self) -> dict[int, int]:
        """Marked format → its original format, for all marked formats."""
        places = [place for place, each in enumerate(self._formats) if int(each.get("xfId", "0")) in self._parents]
        return {place: self._unmarked(self._formats[place]) for place in places}

    def _unmarked(self, marked: Any) -> int:
        parent = _children(self._root, "cellStyleXfs")[int(marked.get("xfId", "0"))]
        plain = deepcopy(marked)
        plain.set("xfId", "0")
        for part in ("fill", "border"):
            plain.set(f"{part}Id", parent.get(f"{part}Id", "0"))
            plain.attrib.pop(f"apply{part.title()}", None)
            if parent.get(f"{part}Id", "0") != "0":
                plain.set(f"apply{part.title()}", "1")
        return self._place(plain)

    def mark(self, plain: int, *, error: bool) -> int:
        """The marked format of ``plain`` (an unmarked one): red with a frame for an error, else amber and dashed."""
        if (plain, error) not in self._made:
            look = self._formats[plain] if 0 <= plain < len(self._formats) else self._formats[0]
            marked = deepcopy(look)
            marked.set("xfId", str(self._named(look)))
            marked.set("fillId", str(self._add("fills", _fill(error))))
            marked.set("borderId", str(self._add("borders", _border(error))))
            marked.set("applyFill", "1")
            marked.set("applyBorder", "1")
            self._made[plain, error] = self._place(marked)
        return self._made[plain, error]

    def _named(self, look: Any) -> int:
        """The hidden named style with these properties, created if missing."""
        wanted = deepcopy(look)
        wanted.attrib.pop("xfId", None)
        parents = _children(self._root, "cellStyleXfs")
        for place in self._parents:
            if place < len(parents) and canonical(parents[place]) == canonical(wanted):
                return place
        place = self._add("cellStyleXfs", wanted)
        self._parents.add(place)
        names = {each.get("name", "") for each in self._root.iter(main("cellStyle"))}
        number = next(n for n in range(1, len(names) + 2) if f"{_PREFIX}{n}" not in names)
        named = etree.Element(main("cellStyle"), name=f"{_PREFIX}{number}", xfId=str(place), hidden="1")
        self._add("cellStyles", named)
        return place

    def _place(self, wanted: Any) -> int:
        form = canonical(wanted)
        if form not in self._known:
            self._known[form] = self._add("cellXfs", wanted)
        return self._known[form]

    def _add(self, name: str, element: Any) -> int:
        """The index of ``element`` in a collection; appended unless an equal fill or border exists."""
        found = _children(self._root, name)
        if name in ("fills", "borders"):
            same = (place for place, each in enumerate(found) if canonical(each) == canonical(element))
            if (place := next(same, None)) is not None:
                return place
        found.append(element)
        found.set("count", str(len(found)))
        self._changed = True
        return len(found) - 1

    def save(self) -> None:
        """Write the style sheet back to the package, if any format was added."""
        if self._changed and self._part:
            self._package.parts[self._part] = serialise(self._root)


def _children(root: Any, name: str) -> Any:
    """A collection of the style sheet, created in schema order if missing."""
    found = root.find(main(name))
    if found is None:
        before = {main(each) for each in _STYLE_ORDER[: _STYLE_ORDER.index(name)]}
        found = etree.Element(main(name), count="0")
        root.insert(sum(child.tag in before for child in root), found)
    return found


def _fill(error: bool) -> Any:
    fill = _element("fill")
    pattern = etree.SubElement(fill, main("patternFill"), patternType="solid")
    etree.SubElement(pattern, main("fgColor"), rgb=_rgb(_FILLS[error]))
    etree.SubElement(pattern, main("bgColor"), indexed="64")
    return fill


def _border(error: bool) -> Any:
    line, colour = _BORDERS[error]
    border = _element("border")
    for side in _SIDES[:-1]:
        node = etree.SubElement(border, main(side), style=line)
        etree.SubElement(node, main("color"), rgb=_rgb(colour))
    etree.SubElement(border, main(_SIDES[-1]))
    return border


def _element(name: str) -> Any:
    # With the prefix that style sheets use, or none would compare equal to one that was read.
    return etree.Element(main(name), nsmap={None: MAIN})


def _rgb(colour: str) -> str:
    return f"FF{colour.lstrip('#')}"
