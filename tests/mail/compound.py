"""Compound files (OLE2) with storages, as Outlook's .msg is one: written here byte by byte."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Union

Tree = Mapping[str, Union[bytes, "Tree"]]
_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FAT, _END, _FREE = 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5


@dataclass
class _Writer:
    entries: list[list[object]] = field(default_factory=list)
    """Name, kind, right sibling, child, first sector, size."""
    large: list[bytes] = field(default_factory=list)
    mini: bytearray = field(default_factory=bytearray)
    mini_table: list[int] = field(default_factory=list)
    sectors: int = 0

    def add(self, name: str, held: bytes | Tree, kind: int) -> int:
        place = len(self.entries)
        entry: list[object] = [name, kind, _FREE, _FREE, _END, 0]
        self.entries.append(entry)
        if isinstance(held, bytes):
            entry[4], entry[5] = self._stored(held), len(held)
            return place
        before = None
        for each, inner in held.items():
            child = self.add(each, inner, _STREAM if isinstance(inner, bytes) else _STORAGE)
            if before is None:
                entry[3] = child
            else:
                self.entries[before][2] = child
            before = child
        return place

    def _stored(self, data: bytes) -> int:
        if not data:
            return _END
        if len(data) >= _CUTOFF:
            self.large.append(data)
            start, self.sectors = self.sectors, self.sectors + -(-len(data) // _SECTOR)
            return start
        start, count = len(self.mini_table), -(-len(data) // _MINI)
        self.mini_table += [*range(start + 1, start + count), _END]
        self.mini += data.ljust(count * _MINI, b"\0")
        return start


def compound(tree: Tree) -> bytes:
    """A compound file of streams (bytes) and storages (mappings)."""
    writer = _Writer()
    writer.add("Root Entry", tree, _ROOT)
    body, chain = bytearray(), list[int]()

    def put(data: bytes) -> int:
        if not data:
            return _END
        start, count = len(chain), -(-len(data) // _SECTOR)
        chain.extend([*range(start + 1, start + count), _END])
        body.extend(data.ljust(count * _SECTOR, b"\0"))
        return start

    for data in writer.large:  # first, so that their sectors are those counted
        put(data)
    mini = put(bytes(writer.mini))
    mini_table = put(struct.pack(f"<{len(writer.mini_table)}I", *writer.mini_table))
    writer.entries[0][4], writer.entries[0][5] = mini, len(writer.mini)
    directory = put(b"".join(_entry(*each) for each in writer.entries))
    tables = 1
    while tables * _SECTOR // 4 < len(chain) + tables:
        tables += 1
    first_table = len(chain)
    chain += [_FAT] * tables
    chain += [_FREE] * (tables * _SECTOR // 4 - len(chain))
    mini_sectors = -(-4 * len(writer.mini_table) // _SECTOR)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, tables, directory, 0, _CUTOFF, mini_table, mini_sectors, _END, 0)
    places = [*range(first_table, first_table + tables)]
    head += struct.pack("<109I", *places, *[_FREE] * (109 - tables))
    return head + bytes(body) + struct.pack(f"<{len(chain)}I", *chain)


def _entry(name: object, kind: object, right: object, child: object, start: object, size: object) -> bytes:
    assert isinstance(name, str)
    title = name.encode("utf-16-le").ljust(64, b"\0")
    head = struct.pack("<HBBIII", 2 * len(name) + 2, kind, 1, _FREE, right, child)
    return title + head + b"\0" * 36 + struct.pack("<IQ", start, size)


def msg(
    *attachments: Tree, text: str = "", kind: str = "IPM.Note", ansi: bool = False, html: bytes = b"", top: bool = True
) -> dict[str, bytes | Tree]:
    """The tree of a mail as Outlook saves it; ``top`` is False for one within another."""
    tree: dict[str, bytes | Tree] = {
        "__properties_version1.0": b"\0" * (32 if top else 24),
        "__substg1.0_001A" + ("001E" if ansi else "001F"): kind.encode() if ansi else kind.encode("utf-16-le"),
    }
    if text:
        tree["__substg1.0_1000" + ("001E" if ansi else "001F")] = text.encode("gb18030" if ansi else "utf-16-le")
    if html:
        tree["__substg1.0_10130102"] = html
    tree |= {f"__attach_version1.0_#{number:08X}": each for number, each in enumerate(attachments)}
    return tree


def attached(name: str, data: bytes, *, ansi: bool = False, mime: str = "", content_id: str = "") -> dict[str, bytes]:
    """The tree of an attachment; ``ansi`` as Outlook before 2003 wrote names: a short one, and in the code page."""
    tree = {"__properties_version1.0": b"\0" * 8, "__substg1.0_37010102": data}
    if ansi:
        tree |= {"__substg1.0_3704001E": b"BAOBIAO~1.XLS", "__substg1.0_3707001E": name.encode("gb18030")}
    elif name:
        tree["__substg1.0_3707001F"] = name.encode("utf-16-le")
    texts = {"370E": mime, "3712": content_id}
    return tree | {f"__substg1.0_{key}001F": text.encode("utf-16-le") for key, text in texts.items() if text}


def attached_mail(tree: Tree) -> dict[str, bytes | Tree]:
    """The tree of a mail attached to another."""
    return {"__properties_version1.0": b"\0" * 8, "__substg1.0_3701000D": tree}
