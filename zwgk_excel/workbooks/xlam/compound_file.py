"""Writes a compound file ([MS-CFB], version 3) from a tree of streams; equal bytes for equal trees."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Tree = Mapping[str, "bytes | Tree"]

SECTOR, MINI_SECTOR, CUTOFF = 512, 64, 4096
_END, _FREE, _FAT_SECTOR, _NO_STREAM = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_IN_HEADER = 109
_PER_SECTOR = SECTOR // 4
_LONGEST_NAME = 31
_SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")


@dataclass(slots=True)
class _Entry:
    """One directory entry during layout."""

    name: str
    kind: int
    data: bytes = b""
    colour: int = _BLACK
    left: int = _NO_STREAM
    right: int = _NO_STREAM
    child: int = _NO_STREAM
    start: int = 0

    @property
    def is_mini(self) -> bool:
        return self.kind == _STREAM and len(self.data) < CUTOFF

    def pack(self) -> bytes:
        name = self.name.encode("utf-16-le")
        links = (self.left, self.right, self.child)
        head = struct.pack("<64sHBB3I", name, len(name) + 2, self.kind, self.colour, *links)
        return head + bytes(16 + 4 + 8 + 8) + struct.pack("<IQ", self.start, len(self.data))


_UNUSED_ENTRY = struct.pack("<64sHBB3I", b"", 0, 0, 0, *[_NO_STREAM] * 3) + bytes(16 + 4 + 8 + 8 + 4 + 8)


@dataclass(slots=True)
class _Chains:
    """An allocation table: each stream a chain of consecutive sectors."""

    table: list[int] = field(default_factory=list)

    def add(self, count: int) -> int:
        """Reserve ``count`` sectors and return the first one; the end mark for none."""
        if not count:
            return _END
        first = len(self.table)
        self.table += [*range(first + 1, first + count), _END]
        return first


def write_compound_file(tree: Tree) -> bytes:
    """The file of ``tree``: name → stream (bytes) or storage (tree).

    Raises ValueError for a name longer than 31 characters, and for more than about 7 MB, which would need more
    allocation sectors than the header can list.
    """
    entries = _entries(tree)
    mini, mini_chains = _lay_out_mini_streams(entries)
    entries[0].data = mini
    mini_table = _pad(_numbers(mini_chains.table), SECTOR, b"\xff")
    directory_sectors = _count(len(entries) * 128, SECTOR)
    big = [each for each in entries if each.kind == _STREAM and not each.is_mini]
    sizes = [directory_sectors, len(mini_table) // SECTOR, *(_count(len(e.data), SECTOR) for e in (entries[0], *big))]
    fat_sectors = _fat_sectors(sum(sizes))

    chains = _Chains([_FAT_SECTOR] * fat_sectors)
    directory_start, mini_table_start, *starts = [chains.add(size) for size in sizes]
    for entry, start in zip((entries[0], *big), starts, strict=True):
        entry.start = start
    fat = _pad(_numbers(chains.table), SECTOR, b"\xff")
    directory = _pad_entries(b"".join(each.pack() for each in entries))
    header = _header(fat_sectors, directory_start, mini_table_start, len(mini_table) // SECTOR)
    streams = (_pad(each.data, SECTOR) for each in (entries[0], *big))
    return b"".join((header, fat, directory, mini_table, *streams))


# --- the directory -----------------------------------------------------------------------------


def _entries(tree: Tree) -> list[_Entry]:
    """All entries, the root first; the children of each storage form a balanced, sorted red-black tree."""
    entries = [_Entry("Root Entry", _ROOT)]
    _add_children(entries, 0, tree)
    return entries


def _add_children(entries: list[_Entry], parent: int, tree: Tree) -> None:
    numbers = []
    for name in sorted(tree, key=_order):
        if len(name) > _LONGEST_NAME:
            raise ValueError(f"a stream's name has at most {_LONGEST_NAME} characters: {name!r}")
        content = tree[name]
        numbers.append(len(entries))
        if isinstance(content, bytes):
            entries.append(_Entry(name, _STREAM, content))
        else:
            entries.append(_Entry(name, _STORAGE))
            _add_children(entries, numbers[-1], content)
    entries[parent].child = _balance(entries, numbers, 0, (len(numbers) + 1).bit_length() - 1)


def _order(name: str) -> tuple[int, str]:
    """[MS-CFB] 2.6.4: the shorter name first, then by upper-case letters."""
    return len(name.encode("utf-16-le")), name.upper()


def _balance(entries: list[_Entry], numbers: list[int], depth: int, full_levels: int) -> int:
    """Link sorted entries as a tree; only the last, incomplete level is red, so that black heights are equal."""
    if not numbers:
        return _NO_STREAM
    middle = len(numbers) // 2
    entry = entries[numbers[middle]]
    entry.colour = _RED if depth >= max(full_levels, 1) else _BLACK
    entry.left = _balance(entries, numbers[:middle], depth + 1, full_levels)
    entry.right = _balance(entries, numbers[middle + 1 :], depth + 1, full_levels)
    return numbers[middle]


# --- sectors -----------------------------------------------------------------------------------


def _lay_out_mini_streams(entries: list[_Entry]) -> tuple[bytes, _Chains]:
    chains = _Chains()
    mini = bytearray()
    for entry in _small(entries):
        entry.start = chains.add(_count(len(entry.data), MINI_SECTOR))
        mini += _pad(entry.data, MINI_SECTOR)
    return bytes(mini), chains


def _small(entries: list[_Entry]) -> Iterator[_Entry]:
    return (each for each in entries if each.is_mini)


def _fat_sectors(content: int) -> int:
    count = 1
    while count * _PER_SECTOR < content + count:
        count += 1
    if count > _IN_HEADER:
        raise ValueError(f"too large for a compound file without a second allocation table: {content} sectors")
    return count


def _header(fat_sectors: int, directory: int, mini_table: int, mini_table_sectors: int) -> bytes:
    minor, major, byte_order, sector_shift, mini_shift = 0x3E, 3, 0xFFFE, 9, 6
    head = struct.pack("<8s16s5H6x", _SIGNATURE, b"", minor, major, byte_order, sector_shift, mini_shift)
    # no count of directory sectors in version 3, no transaction, no second allocation table
    head += struct.pack("<9I", 0, fat_sectors, directory, 0, CUTOFF, mini_table, mini_table_sectors, _END, 0)
    return head + _numbers([*range(fat_sectors), *[_FREE] * (_IN_HEADER - fat_sectors)])


def _pad_entries(directory: bytes) -> bytes:
    return directory + _UNUSED_ENTRY * (-len(directory) % SECTOR // len(_UNUSED_ENTRY))


def _pad(data: bytes, size: int, filler: bytes = b"\0") -> bytes:
    return data + filler * (-len(data) % size)


def _count(length: int, size: int) -> int:
    return -(-length // size)


def _numbers(values: list[int]) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)
