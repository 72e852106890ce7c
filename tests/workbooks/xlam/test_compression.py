"""Compression against a decompressor written apart from it, and against olevba's."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbooks.xlam.vba import decompress, olevba
from zwgk_excel.workbooks.xlam.addin_package import addin_modules
from zwgk_excel.workbooks.xlam.vba_compression import CHUNK, compress

words = st.lists(
    st.sampled_from([b"Dim ", b"As String", b"\r\n", b"    ", b"aaaa", b"Range", b"x", b"("]), max_size=3000
)


@given(words.map(b"".join))
def test_text_comes_back(data):
    assert decompress(compress(data)) == data


@given(st.binary(max_size=3600))
def test_any_bytes_come_back(data):
    assert decompress(compress(data)) == data


@given(st.integers(0, 1000), st.binary(max_size=100))
def test_chunks_that_do_not_compress_are_kept_raw(seed, tail):
    data = _noise(seed, CHUNK) + tail
    written = compress(data)
    assert written[1:3] == b"\xff\x3f"
    assert written[3 : 3 + CHUNK] == data[:CHUNK]
    assert decompress(written) == data


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 17, 4095, 4096, 4097, 8192, 8193, 20000])
@pytest.mark.parametrize("letter", [b"a", b"abc", b"\r\n"])
def test_lengths_around_the_chunks(length, letter):
    data = (letter * length)[:length]
    assert decompress(compress(data)) == data


def test_a_long_run_is_one_copy():
    """One literal and one copy: the header, the flags, two tokens."""
    assert compress(b"a" * 4096) == bytes.fromhex("01 03b0 02 61 fc0f".replace(" ", ""))


def test_example_of_the_specification():
    """[MS-OVBA] 3.2.3, "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"."""
    data = b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"
    given_there = bytes.fromhex(
        "01 2F B0 00 23 61 61 61 62 63 64 65 82 66 00 70 61 67 68 69 6A 01 38 08 61 6B 6C 00 30 6D 6E 6F 70 06 71 02 70"
        " 04 10 72 73 74 75 76 10 77 78 79 7A 00 3C".replace(" ", "")
    )
    assert decompress(given_there) == data
    assert decompress(compress(data)) == data
    assert len(compress(data)) <= len(given_there)


def test_what_cannot_be_written_is_refused():
    with pytest.raises(ValueError, match="does not compress"):
        compress(_noise(1, CHUNK - 96))


def test_olevba_reads_the_shipped_sources():
    for module in addin_modules(["help"]):
        source = module.source.encode("ascii")
        assert bytes(olevba().decompress_stream(bytearray(compress(source)))) == source
        assert len(compress(source)) < 0.6 * len(source)


def _noise(seed, length):
    return random.Random(seed).randbytes(length)
