"""Takes out of a worksheet the cells that the bulk reader refuses, so that they cost themselves and nothing else.

It gives up a sheet for one cell with an error of a later Excel (``#SPILL!``), an unknown type, a text that is not in
the workbook, or a child element that the standard allows and it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping

from zwgk_excel.workbooks.opening.sheet_survey import Cell, CellWalker, walk_cells
from zwgk_excel.workbooks.opening.xml_places import element_end

_CHILDREN = frozenset({"v", "f", "is"})
_TYPES = frozenset({"n", "s", "str", "b", "inlineStr", "d"})
_TRUTHS = frozenset({"", "0", "1", "true", "false", "TRUE", "FALSE"})
_LOST, _UNKNOWN = "（文字丢失）", "（无法识别的值）"


def mended(part: bytes, strings: int) -> tuple[bytes, dict[Cell, str]]:
    """(The worksheet without such cells, what stood in each); ``strings`` is the number of shared strings.

    A cell that is an error is left empty. Raises MalformedSheetError.
    """
    walker = _Mender(part, strings)
    walk_cells(part, walker)
    pieces, at = list[bytes](), 0
    for first, last, instead in walker.cuts:
        pieces += [part[at:first], instead]
        at = last
    return b"".join([*pieces, part[at:]]), walker.errors


class _Mender(CellWalker):
    """Notes which bytes of the part are to be replaced by which."""

    def __init__(self, part: bytes, strings: int) -> None:
        super().__init__(self._judge)
        self.part, self.strings = part, strings
        self.errors: dict[Cell, str] = {}
        self.cuts: list[tuple[int, int, bytes]] = []
        self._tag, self._start, self._child_start = b"", 0, 0
        self._inner: list[tuple[int, int, bytes]] = []
        self._emptied = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        outside, outer = self.attributes is None, not self.child
        super().start(tag, attributes)
        if outside and self.attributes is not None:
            self._tag, self._start, self._inner, self._emptied = tag.encode(), self.parser.CurrentByteIndex, [], False
        elif not outside and outer:
            self._child_start = self.parser.CurrentByteIndex

    def end(self, tag: str) -> None:
        child, was_in = self.child, self.attributes is not None
        reference = (self.attributes or {}).get("r")
        super().end(tag)
        if was_in and child and not self.child and child not in _CHILDREN:
            self._inner.append((self._child_start, self._after(self._child_start), b""))
        if was_in and self.attributes is None:
            if self._emptied:
                place = b' r="%b"' % reference.encode() if reference else b""
                self.cuts.append((self._start, self._after(self._start), b"<%b%b/>" % (self._tag, place)))
            else:
                self.cuts += self._inner

    def _after(self, start: int) -> int:
        """The offset behind the element that ends here."""
        return element_end(self.part, start, self.parser.CurrentByteIndex)

    def _judge(self, cell: Cell, attributes: Mapping[str, str], children: Mapping[str, str]) -> None:
        kind, value = attributes.get("t", "n"), children.get("v", "")
        fault = ""
        if kind == "e":
            fault = value.strip() or _UNKNOWN
        elif kind == "s" and value and not (value.isdecimal() and int(value[:10]) < self.strings and len(value) < 10):
            fault = _LOST
        elif kind not in _TYPES or (kind == "b" and value not in _TRUTHS):
            fault = value.strip() or _UNKNOWN
        if fault:
            self.errors[cell], self._emptied = fault, True
