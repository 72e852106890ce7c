"""The lists in which WPS looks for add-ins, ``publish.xml`` and ``jsplugins.xml``: our entry, and nothing else of them.

All makers of add-ins write into the same two files, and WPS itself does. What cannot be understood is refused, never
written over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from zwgk_excel.workbooks.opening.xml_places import element_end
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.wps.addin_files import NAME

LIST_BYTES = 1 << 20
"""Bytes of a list that is read at all."""
_ROOT, _ENTRIES = "jsplugins", ("jsplugin", "jspluginonline")
_SEVERAL_BYTES = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["'](?:gbk|gb2312|gb18030|cp936)["']""", re.IGNORECASE)
"""Encodings that expat does not know. Byte by byte they read alike: no byte of a letter is one of XML's own signs."""
_NEW = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<jsplugins>\n</jsplugins>\n'


@dataclass(slots=True)
class _Places:
    """Offsets in the bytes of a list."""

    end: int = -1
    """Of the root's end tag; of an empty root, behind it."""
    is_empty: bool = False
    own: list[tuple[int, int]] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)


class _Refused(Exception):
    pass


def with_entry(content: bytes | None, name: str, version: str) -> bytes:
    """A list with our entry in place of any other of ours; ``name`` is the list's file, None a list that is not there.

    Raises UserError for a list that is none.
    """
    rest = without_entry(content, name) if content is not None else _NEW
    found = _places(rest, name)
    entry = (
        f'  <jsplugin name={quoteattr(NAME)} type="et" url={quoteattr(f"{NAME}_{version}")} '
        f'version={quoteattr(version)} enable="enable_dev"/>\n'
    ).encode("ascii")
    if found.is_empty:
        start = rest.rindex(b"/>", 0, found.end)
        return rest[:start].rstrip() + b">\n" + entry + f"</{_ROOT}>".encode() + rest[found.end :]
    before = rest[: found.end]
    line_end = b"" if before.endswith(b"\n") else b"\n"
    return before + line_end + entry + rest[found.end :]


def without_entry(content: bytes, name: str) -> bytes:
    """A list without our entries, all else as it is, byte for byte. Raises UserError for a list that is none."""
    for start, end in reversed(_places(content, name).own):
        line = content.rfind(b"\n", 0, start) + 1
        alone = not content[line:start].strip() and content[end : end + 1] in (b"\n", b"\r")
        stop = end + len(content[end : end + 2]) if content[end : end + 2] == b"\r\n" else end + 1
        content = content[:line] + content[stop:] if alone else content[:start] + content[end:]
    return content


def listed_version(content: bytes, name: str) -> str | None:
    """The version of our entry in a list; None for no entry. Raises UserError for a list that is none."""
    versions = _places(content, name).versions
    return versions[0] if versions else None


def _places(content: bytes, name: str) -> _Places:
    if len(content) > LIST_BYTES or b"\0" in content:
        raise _not_understood(name)
    parser = expat.ParserCreate("iso-8859-1" if _SEVERAL_BYTES.match(content) else None)
    found, depth, open_own = _Places(), 0, -1

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, open_own
        if depth == 0 and tag != _ROOT:
            raise _Refused
        if depth == 1 and tag in _ENTRIES and attributes.get("name") == NAME:
            open_own = parser.CurrentByteIndex
            found.versions.append(attributes.get("version", ""))
        depth += 1

    def end(tag: str) -> None:
        nonlocal depth, open_own
        depth -= 1
        at = parser.CurrentByteIndex
        if depth == 1 and open_own >= 0:
            found.own.append((open_own, element_end(content, open_own, at)))
            open_own = -1
        if depth == 0:
            found.end, found.is_empty = at, content[at - 2 : at] == b"/>" and not content.startswith(b"</", at)

    def refuse(*_: object) -> None:
        raise _Refused

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, _Refused, ValueError, LookupError):
        raise _not_understood(name) from None
    return found


def _not_understood(name: str) -> UserError:
    return UserError(
        f"WPS 的加载项列表“{name}”不是能看懂的列表（损坏、过大，或格式不同），没有改动它。"
        "请由技术人员查看；确认没有用的，可以先把它改名。"
    )
