"""Comments (批注) of a worksheet: adds ours, removes ours, keeps the user's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lxml import etree

from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.ooxml.addresses import Cell, areas_in
from zwgk_excel.workbooks.ooxml.package import MAIN, RELATION, OoxmlPackage, main, parse, serialise
from zwgk_excel.workbooks.ooxml.sheet_cells import SheetCells
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import text_width

_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_V, _O, _X = (f"urn:schemas-microsoft-com:{name}" for name in ("vml", "office:office", "office:excel"))
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_AFTER_DRAWING = frozenset(
    main(each) for each in ("legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems")
) | {main("tableParts"), main("extLst")}
_FONT_SIZE = 9
_IDS_PER_BLOCK = 1024
"""Shape ids come in blocks; the block of a drawing is its own within the workbook: its number."""
_NUMBER = re.compile(r"\d+")
_BOX_WIDTH, _LINE_HEIGHT, _BOX_PADDING, _HIGHEST_BOX = 300, 17, 14, 420
"""The box of a comment, in pixels."""
_CHARACTERS = 42
"""Of text in one line of the box; a Chinese character takes two."""
_GAP = 12
"""Pixels between a cell and the box of its comment."""


class SheetComments:
    """The comments of one worksheet. Their boxes are drawn anew: what a drawing of the unit's held is not read."""

    def __init__(self, package: OoxmlPackage, part: str, sheet: SheetCells) -> None:
        """``part`` is the worksheet's part, ``sheet`` its cells. Raises what lxml raises."""
        self._package, self._sheet_part, self._sheet = package, part, sheet
        relations = package.relations(part)
        self._part = next((r.target for r in relations if r.type == "comments" and r.target in package.parts), "")
        self._root = parse(package.parts[self._part]) if self._part else empty_comments()

    def remove_ours(self) -> bool:
        """Remove our text from every comment, and comments that have no other text; True when there was one."""
        changed = False
        for each in list(self._root.iter(main("comment"))):
            text = each.find(main("text"))
            if text is None or not _cut(text):
                continue
            changed = True
            if not "".join(node.text or "" for node in text.iter(main("t"))).strip():
                each.getparent().remove(each)
        return changed

    def add(self, cell: Cell, text: str, *, author: str) -> None:
        """Append ``text`` to the comment of a cell; a new comment gets ``author``."""
        where = address(*cell)
        known = next((each for each in self._root.iter(main("comment")) if each.get("ref") == where), None)
        if known is None:
            comments = self._child("commentList")
            known = etree.SubElement(comments, main("comment"), ref=where, authorId=str(self._author(author)))
            etree.SubElement(known, main("text"))
        body = known.find(main("text"))
        if body is None:
            body = etree.SubElement(known, main("text"))
        _write(body, text)

    def _child(self, name: str) -> Any:
        found = self._root.find(main(name))
        return found if found is not None else etree.SubElement(self._root, main(name))

    def _author(self, author: str) -> int:
        authors = self._root.find(main("authors"))
        if authors is None:
            authors = etree.Element(main("authors"))
            self._root.insert(0, authors)
        names = [each.text or "" for each in authors]
        if author not in names:
            etree.SubElement(authors, main("author")).text = author
            return len(names)
        return names.index(author)

    def _anchor(self, cell: Cell, text: str) -> str:
        """The position of a comment's box: right of the cell, sized for the text."""
        lines = sum(1 + max(text_width(line) - 1, 0) // _CHARACTERS for line in text.split("\n"))
        height = min(_HIGHEST_BOX, lines * _LINE_HEIGHT + _BOX_PADDING)
        column, x = _walk(self._sheet.width, cell[1] + 1, _GAP + _BOX_WIDTH)
        row, y = _walk(self._sheet.height, cell[0], height)
        return f"{cell[1] + 1}, {_GAP}, {cell[0]}, 2, {column}, {x}, {row}, {y}"

    def save(self) -> None:
        """Write the comments to the package, each with its box; a sheet without comments gets no part for them."""
        comments = list(self._root.iter(main("comment")))
        if not comments and not self._part:
            return
        if not self._part:
            self._part = self._package.fresh_name("xl/comments1.xml")
            self._package.add(self._part, b"", _COMMENTS_TYPE)
            self._package.relate(self._sheet_part, f"{RELATION}/comments", self._part)
        self._package.parts[self._part] = serialise(self._root)
        self._draw(comments)

    def _draw(self, comments: Sequence[Any]) -> None:
        name = self._package.fresh_name("xl/drawings/vmlDrawing1.vml")
        block = int(_NUMBER.findall(name)[-1])
        drawing = _empty_drawing(block)
        for number, each in enumerate(comments, start=block * _IDS_PER_BLOCK + 1):
            (area,) = areas_in(each.get("ref", ""))
            cell = (area.top, area.left)
            text = "".join(node.text or "" for node in each.iter(main("t")))
            drawing.append(_shape(number, cell, self._anchor(cell, text)))
        self._package.add(name, etree.tostring(drawing), _DRAWING_TYPE)
        node = etree.Element(main("legacyDrawing"))
        node.set(f"{{{RELATION}}}id", self._package.relate(self._sheet_part, f"{RELATION}/vmlDrawing", name))
        root = self._sheet.root
        place = next((n for n, child in enumerate(root) if child.tag in _AFTER_DRAWING), len(root))
        root.insert(place, node)


def wrapped(text: str) -> str:
    """Our text between the two marker lines by which it is found again, for :meth:`SheetComments.add`."""
    words = layout("markup").settings["comment"]
    return f"{words['start']}\n{text}\n{words['end']}"


# --- the text of a comment ---------------------------------------------------------------------


def _write(body: Any, text: str) -> None:
    """Append ``text`` as runs; its first line is bold."""
    plain = [each for each in body if each.tag == main("t")]
    for each in plain:
        # Text beside runs is not allowed: what was all of it becomes the first run.
        body.remove(each)
        etree.SubElement(body, main("r")).append(each)
    head, _, rest = text.partition("\n")
    break_ = "\n" if "".join(node.text or "" for node in body.iter(main("t"))) else ""
    _run(body, f"{break_}{head}\n", bold=True)
    _run(body, rest, bold=False)


def _run(body: Any, text: str, *, bold: bool) -> None:
    run = etree.SubElement(body, main("r"))
    look = etree.SubElement(run, main("rPr"))
    if bold:
        etree.SubElement(look, main("b"))
    etree.SubElement(look, main("sz"), val=str(_FONT_SIZE))
    etree.SubElement(look, main("color"), indexed="81")
    etree.SubElement(look, main("rFont"), val=style.FONT)
    node = etree.SubElement(run, main("t"))
    node.text = text
    node.set(_SPACE, "preserve")


def _cut(body: Any) -> bool:
    """Remove our texts from a comment, whatever runs they are in; True when there was one."""
    words = layout("markup").settings["comment"]
    pattern = re.compile(rf"\s*{re.escape(words['start'])}.*?{re.escape(words['end'])}", re.DOTALL)
    nodes = list(body.iter(main("t")))
    spans = [found.span() for found in pattern.finditer("".join(node.text or "" for node in nodes))]
    if not spans:
        return False
    position = 0
    for node in nodes:
        text = node.text or ""
        node.text = "".join(
            sign for place, sign in enumerate(text, position) if not any(a <= place < b for a, b in spans)
        )
        position += len(text)
    for node in nodes:
        run = node.getparent()
        if not node.text and run.tag == main("r"):
            body.remove(run)
    return True


def empty_comments() -> Any:
    """The root element of a comments part without any."""
    root = etree.Element(main("comments"), nsmap={None: MAIN})
    etree.SubElement(root, main("authors"))
    etree.SubElement(root, main("commentList"))
    return root


# --- the boxes, in VML: the only form of comment that Excel 2010, WPS and LibreOffice all know ---


def _empty_drawing(block: int) -> Any:
    root = etree.Element("xml", nsmap={"v": _V, "o": _O, "x": _X})
    shapes = etree.SubElement(root, f"{{{_O}}}shapelayout", {f"{{{_V}}}ext": "edit"})
    etree.SubElement(shapes, f"{{{_O}}}idmap", {f"{{{_V}}}ext": "edit", "data": str(block)})
    kind = etree.SubElement(
        root,
        f"{{{_V}}}shapetype",
        {"id": "_x0000_t202", "coordsize": "21600,21600", f"{{{_O}}}spt": "202", "path": "m,l,21600r21600,l21600,xe"},
    )
    etree.SubElement(kind, f"{{{_V}}}stroke", joinstyle="miter")
    etree.SubElement(kind, f"{{{_V}}}path", {"gradientshapeok": "t", f"{{{_O}}}connecttype": "rect"})
    return root


def _shape(number: int, cell: Cell, anchor: str) -> Any:
    shape = etree.Element(
        f"{{{_V}}}shape",
        {
            "id": f"_x0000_s{number}",
            "type": "#_x0000_t202",
            "style": "position:absolute;z-index:1;visibility:hidden",
            "fillcolor": "#ffffe1",
            f"{{{_O}}}insetmode": "auto",
        },
        nsmap={"v": _V, "o": _O, "x": _X},
    )
    etree.SubElement(shape, f"{{{_V}}}fill", color2="#ffffe1")
    etree.SubElement(shape, f"{{{_V}}}shadow", on="t", color="black", obscured="t")
    etree.SubElement(shape, f"{{{_V}}}path", {f"{{{_O}}}connecttype": "none"})
    box = etree.SubElement(shape, f"{{{_V}}}textbox", style="mso-direction-alt:auto")
    etree.SubElement(box, "div", style="text-align:left")
    data = etree.SubElement(shape, f"{{{_X}}}ClientData", ObjectType="Note")
    for name, text in (
        ("MoveWithCells", None),
        ("SizeWithCells", None),
        ("Anchor", anchor),
        ("AutoFill", "False"),
        ("Row", str(cell[0])),
        ("Column", str(cell[1])),
    ):
        etree.SubElement(data, f"{{{_X}}}{name}").text = text
    return shape


def _walk(size: Any, start: int, pixels: int) -> tuple[int, int]:
    """(Row or column, rest in pixels) reached from ``start`` after ``pixels``; ``size`` gives each one's pixels."""
    place = start
    while pixels > size(place) and place < start + _IDS_PER_BLOCK:
        pixels -= size(place)
        place += 1
    return place, pixels
