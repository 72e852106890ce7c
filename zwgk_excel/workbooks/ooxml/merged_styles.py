"""Copies the cell formats and shared strings in use from one workbook to another, without duplicates."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from lxml import etree

from zwgk_excel.workbooks.ooxml.package import MAIN, OoxmlPackage, main, parse, serialise

_FIRST_CUSTOM_FORMAT = 164
_POOLS = {"fontId": "fonts", "fillId": "fills", "borderId": "borders"}
_FONT_ORDER = (
    *("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color"),
    *("name", "family", "charset", "scheme"),
)
# The order in which a style sheet holds its collections.
_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles")


class _Pool:
    """A collection such as ``fonts``; equal elements are added once."""

    def __init__(self, root: Any, name: str) -> None:
        self._node = _collection(root, name)
        self._known: dict[bytes, int] = {}
        for position, each in enumerate(self._node):
            self._known.setdefault(canonical(each), position)

    def place(self, element: Any) -> int:
        """The index of an equal element, appended if missing."""
        form = canonical(element)
        if form not in self._known:
            self._known[form] = len(self._node)
            self._node.append(deepcopy(element))
            self._node.set("count", str(len(self._node)))
        return self._known[form]


def canonical(element: Any) -> bytes:
    """An element in canonical form, for comparison."""
    written: bytes = etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
    return written


def _collection(root: Any, name: str) -> Any:
    found = root.find(main(name))
    if found is not None:
        return found
    before = [main(each) for each in _ORDER[: _ORDER.index(name)]]
    position = sum(child.tag in before for child in root)
    node = etree.Element(main(name), count="0")
    root.insert(position, node)
    return node


class Styles:
    """Maps style ids of a source workbook to those of a target, adding missing formats."""

    def __init__(self, target: OoxmlPackage, source: OoxmlPackage) -> None:
        self._target, self._target_name = target, target.find("styles")
        source_name = source.find("styles")
        if self._target_name is None or source_name is None:
            raise ValueError("a workbook without styles")
        self._root = parse(target.parts[self._target_name])
        self._source = parse(source.parts[source_name])
        self._pools = {name: _Pool(self._root, name) for name in (*_POOLS.values(), "cellXfs", "dxfs")}
        self._cells: dict[int, int] = {}
        self._differences: dict[int, int] = {}

    def cell(self, old: int) -> int:
        """The target's id of a cell format (``cellXfs``)."""
        if old not in self._cells:
            self._cells[old] = self._place_cell(old)
        return self._cells[old]

    def _place_cell(self, old: int) -> int:
        element = _child(self._source, "cellXfs", old)
        if element is None:
            return 0
        moved = deepcopy(element)
        for attribute, name in _POOLS.items():
            part = _child(self._source, name, int(moved.get(attribute, "0")))
            moved.set(attribute, str(self._pools[name].place(_ordered(part)) if part is not None else 0))
        moved.set("numFmtId", str(self._number_format(int(moved.get("numFmtId", "0")))))
        # A cell's own format is complete; the named style it came from stays behind.
        moved.set("xfId", "0")
        return self._pools["cellXfs"].place(moved)

    def difference(self, old: int) -> int:
        """The target's id of a differential format (``dxfs``) of conditions and tables."""
        if old not in self._differences:
            element = _child(self._source, "dxfs", old)
            self._differences[old] = self._place_difference(element)
        return self._differences[old]

    def _place_difference(self, element: Any) -> int:
        moved = deepcopy(element) if element is not None else etree.Element(main("dxf"))
        for font in moved.iter(main("font")):
            font[:] = _ordered(font)
        for form in moved.iter(main("numFmt")):
            form.set("numFmtId", str(self._number_format_of(form.get("formatCode", "General"))))
        return self._pools["dxfs"].place(moved)

    def _number_format(self, old: int) -> int:
        if old < _FIRST_CUSTOM_FORMAT:
            return old
        codes = {each.get("numFmtId"): each.get("formatCode", "General") for each in self._source.iter(main("numFmt"))}
        return self._number_format_of(codes.get(str(old), "General"))

    def _number_format_of(self, code: str) -> int:
        known = [(int(each.get("numFmtId", "0")), each.get("formatCode")) for each in self._root.iter(main("numFmt"))]
        if (same := next((number for number, text in known if text == code), None)) is not None:
            return same
        number = max([_FIRST_CUSTOM_FORMAT - 1, *(each for each, _ in known)]) + 1
        formats = _collection(self._root, "numFmts")
        etree.SubElement(formats, main("numFmt"), numFmtId=str(number), formatCode=code)
        formats.set("count", str(len(formats)))
        return number

    def table_style(self, name: str) -> None:
        """Copy a user-defined table style; built-in ones exist in every workbook."""
        wanted = [each for each in self._source.iter(main("tableStyle")) if each.get("name") == name]
        present = [each for each in self._root.iter(main("tableStyle")) if each.get("name") == name]
        if not wanted or present:
            return
        moved = deepcopy(wanted[0])
        for element in moved:
            if element.get("dxfId"):
                element.set("dxfId", str(self.difference(int(element.get("dxfId")))))
        styles = _collection(self._root, "tableStyles")
        styles.append(moved)
        styles.set("count", str(len(styles)))

    def save(self) -> None:
        """Write the style sheet back to the target."""
        assert self._target_name is not None
        self._target.parts[self._target_name] = serialise(self._root)


def _ordered(element: Any) -> Any:
    """A copy of a font with its properties in Excel's order (other libraries differ); other elements unchanged."""
    copied = deepcopy(element)
    if copied.tag == main("font"):
        order = [main(name) for name in _FONT_ORDER]
        copied[:] = sorted(copied, key=lambda each: order.index(each.tag) if each.tag in order else len(order))
    return copied


def _child(root: Any, collection: str, position: int) -> Any:
    node = root.find(main(collection))
    return node[position] if node is not None and 0 <= position < len(node) else None


class Strings:
    """Maps shared strings of a source workbook to those of a target, rich text included."""

    def __init__(self, target: OoxmlPackage, source: OoxmlPackage) -> None:
        self._target, self._name = target, target.find("sharedStrings")
        if self._name is None:
            raise ValueError("a workbook without shared strings")
        self._root = parse(target.parts[self._name])
        self._known: dict[bytes, int] = {}
        for position, each in enumerate(self._root):
            self._known.setdefault(canonical(each), position)
        source_name = source.find("sharedStrings")
        self._source = parse(source.parts[source_name]) if source_name else etree.Element(f"{{{MAIN}}}sst")
        self._added = 0

    def place(self, old: int) -> int:
        """The index of a string in the target."""
        self._added += 1
        element = self._source[old] if 0 <= old < len(self._source) else etree.Element(main("si"))
        form = canonical(element)
        if form not in self._known:
            self._known[form] = len(self._root)
            self._root.append(deepcopy(element))
        return self._known[form]

    def save(self) -> None:
        """Write the strings back to the target."""
        assert self._name is not None
        self._root.set("count", str(int(self._root.get("count", "0")) + self._added))
        self._root.set("uniqueCount", str(len(self._root)))
        self._target.parts[self._name] = serialise(self._root)


