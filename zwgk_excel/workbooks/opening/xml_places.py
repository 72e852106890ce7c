"""Where elements stand in the bytes of a part, by the places that expat reports."""

from __future__ import annotations


def element_end(part: bytes, start: int, at: int) -> int:
    """The offset behind an element that begins at ``start`` and whose end expat reports at ``at``.

    It reports an end tag at its beginning, and the end of an empty element (``<a/>``) behind it.
    """
    is_empty = part[at - 2 : at] == b"/>" and b"<" not in part[start + 1 : at]
    return at if is_empty else part.index(b">", at) + 1
