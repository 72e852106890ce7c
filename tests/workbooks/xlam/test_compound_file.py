"""The container, read back by olefile, and its directory, entry by entry."""

import io
import struct

import olefile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zwgk_excel.workbooks.xlam.compound_file import CUTOFF, write_compound_file

NONE = 0xFFFFFFFF
names = st.text(st.sampled_from("abcdeXYZ_0"), min_size=1, max_size=12)
streams = st.dictionaries(names, st.binary(max_size=200) | st.sampled_from([b"m" * CUTOFF, b"n" * 9000]), max_size=25)
distinct = streams.filter(lambda tree: len({name.upper() for name in tree}) == len(tree))


@given(distinct)
def test_every_stream_comes_back(tree):
    with olefile.OleFileIO(io.BytesIO(write_compound_file({"S": tree, "Top": b"t"}))) as file:
        assert sorted(file.listdir()) == sorted([["Top"], *(["S", name] for name in tree)])
        assert all(file.openstream(["S", name]).read() == data for name, data in tree.items())
        assert not file.parsing_issues


@given(distinct)
def test_the_directory_is_a_sorted_balanced_red_black_tree(tree):
    """Excel rejects any other; olefile does not look."""
    entries = directory(write_compound_file(tree))
    if not tree:
        assert entries[0].child == NONE
        return
    visited, black_depths = [], set()

    def walk(number, parent_red, blacks):
        if number == NONE:
            black_depths.add(blacks)
            return
        entry = entries[number]
        assert not (parent_red and entry.red), "a red entry below a red one"
        walk(entry.left, entry.red, blacks + (not entry.red))
        visited.append(entry.name)
        walk(entry.right, entry.red, blacks + (not entry.red))

    assert not entries[entries[0].child].red
    walk(entries[0].child, False, 0)
    assert visited == sorted(tree, key=lambda name: (len(name), name.upper()))
    assert len(black_depths) == 1


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 65536, 512 * 127, 512 * 200 + 1])
def test_sizes_around_the_sectors(size):
    data = bytes(n % 251 for n in range(size))
    content = write_compound_file({"VBA": {"a": data, "b": b"x"}})
    with olefile.OleFileIO(io.BytesIO(content), raise_defects=olefile.DEFECT_UNSURE) as file:
        assert file.openstream("VBA/a").read() == data
        assert file.openstream("VBA/b").read() == b"x"
    assert len(content) % 512 == 0


def test_limits_are_told():
    with pytest.raises(ValueError, match="31 characters"):
        write_compound_file({"x" * 32: b""})
    with pytest.raises(ValueError, match="too large"):
        write_compound_file({"x": bytes(8_000_000)})


class Entry:
    def __init__(self, raw):
        name, length, self.kind, colour, self.left, self.right, self.child = struct.unpack_from("<64sHBB3I", raw)
        self.name, self.red = name[: max(length - 2, 0)].decode("utf-16-le"), colour == 0


def directory(content):
    """The entries of the directory, following its chain of sectors."""
    fat_sectors, start = struct.unpack_from("<II", content, 44)
    table = struct.unpack_from(f"<{fat_sectors * 128}I", content, 512)
    raw, sector = b"", start
    while sector != 0xFFFFFFFE:
        raw += content[512 * (sector + 1) : 512 * (sector + 2)]
        sector = table[sector]
    return [Entry(raw[at : at + 128]) for at in range(0, len(raw), 128)]
