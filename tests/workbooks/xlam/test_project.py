"""``vbaProject.bin`` record by record, as [MS-OVBA] orders them and Excel wants them."""

import io
import itertools
import re
import struct

import olefile
import pytest

from tests.workbooks.xlam.vba import decompress
from zwgk_excel.workbooks.xlam.addin_package import VBA_ID, VBA_NAME
from zwgk_excel.workbooks.xlam.vba_module import class_module, standard_module
from zwgk_excel.workbooks.xlam.vba_project import Project, write_vba_project

MODULES = ["ThisWorkbook", "ConfSheet", "ZwgkRibbon", "xlwings", "Dictionary"]
INFORMATION = [0x01, 0x02, 0x14, 0x03, 0x04, 0x05, 0x40, 0x06, 0x3D, 0x07, 0x08, 0x09, 0x0C, 0x3C]
REFERENCE = [0x16, 0x3E, 0x0D]
MODULE = [0x19, 0x47, 0x1A, 0x32, 0x1C, 0x48, 0x31, 0x1E, 0x2C]


@pytest.fixture(scope="module")
def streams(parts):
    with olefile.OleFileIO(io.BytesIO(parts["xl/vbaProject.bin"]), raise_defects=olefile.DEFECT_UNSURE) as file:
        return {"/".join(path): file.openstream(path).read() for path in file.listdir()}


@pytest.fixture(scope="module")
def records(streams):
    return read_records(decompress(streams["VBA/dir"]))


def read_records(data):
    found, at = [], 0
    while at < len(data):
        ident, size = struct.unpack_from("<HI", data, at)
        size = 6 if ident == 0x09 else size  # PROJECTVERSION says 4 and is 6 bytes long
        found.append((ident, data[at + 6 : at + 6 + size]))
        at += 6 + size
    assert at == len(data)
    return found


def test_streams(streams):
    assert set(streams) == {"PROJECT", "PROJECTwm", "VBA/dir", "VBA/_VBA_PROJECT", *(f"VBA/{m}" for m in MODULES)}


def test_records_in_their_order(records):
    types = [[0x22, 0x2B], [0x22, 0x2B], [0x21, 0x2B], [0x22, 0x2B], [0x22, 0x2B]]
    modules = [ident for kind in types for ident in [*MODULE, *kind]]
    assert [ident for ident, _ in records] == [*INFORMATION, *REFERENCE, *REFERENCE, 0x0F, 0x13, *modules, 0x10]


def test_values_of_the_project(records):
    first = dict(reversed(records))  # the first of each kind
    assert first[0x01] == struct.pack("<I", 1)
    assert first[0x03] == struct.pack("<H", 1252)
    assert first[0x04].decode("ascii") == VBA_NAME
    assert first[0x0F] == struct.pack("<H", len(MODULES))
    assert first[0x10] == b""


def test_every_name_is_written_in_both_encodings(records):
    pairs = {0x16: 0x3E, 0x19: 0x47, 0x1A: 0x32, 0x1C: 0x48}
    named = [pair for pair in itertools.pairwise(records) if pair[0][0] in pairs]
    assert {ident for (ident, _), _ in named} == pairs.keys()
    for (ident, text), (following, unicode_text) in named:
        assert following == pairs[ident]
        assert text.decode("cp1252") == unicode_text.decode("utf-16-le")


def test_modules_start_at_once_and_name_their_streams(records, streams):
    assert [body.decode() for ident, body in records if ident == 0x19] == MODULES
    assert [body.decode() for ident, body in records if ident == 0x1A] == MODULES
    assert {body for ident, body in records if ident == 0x31} == {bytes(4)}
    for name in MODULES:
        assert decompress(streams[f"VBA/{name}"]).startswith(f'Attribute VB_Name = "{name}"\r\n'.encode())


def test_the_office_library_is_referenced(records):
    """Without it IRibbonControl is unknown and nothing compiles."""
    libids = [body[4:-6].decode() for ident, body in records if ident == 0x0D]
    assert re.findall(r"\{.*?\}", "".join(libids)) == [
        "{00020430-0000-0000-C000-000000000046}",
        "{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}",
    ]
    sizes = [struct.unpack_from("<I", body)[0] + 10 == len(body) for ident, body in records if ident == 0x0D]
    assert sizes == [True, True]


def test_no_performance_cache(streams):
    assert streams["VBA/_VBA_PROJECT"] == struct.pack("<HHBH", 0x61CC, 0xFFFF, 0, 1)


def test_projectwm_is_plain(streams):
    """Excel rejects a compressed one."""
    plain = b"".join(name.encode() + b"\0" + name.encode("utf-16-le") + b"\0\0" for name in MODULES) + b"\0\0"
    assert streams["PROJECTwm"] == plain


def test_project_stream(streams):
    lines = streams["PROJECT"].decode("ascii").split("\r\n")
    assert lines[:7] == [
        f'ID="{VBA_ID}"',
        "Document=ThisWorkbook/&H00000000",
        "Document=ConfSheet/&H00000000",
        "Module=ZwgkRibbon",
        "Class=xlwings",
        "Class=Dictionary",
        f'Name="{VBA_NAME}"',
    ]
    values = dict(line.split("=", 1) for line in lines[7:12])
    decrypted = {key: decrypt(values[key].strip('"')) for key in ("CMG", "DPB", "GC")}
    assert decrypted == {"CMG": bytes(4), "DPB": bytes(1), "GC": b"\xff"}
    assert lines[12:16] == ["", "[Host Extender Info]", lines[14], ""]
    assert lines[14] == "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000"
    assert lines[16:] == ["[Workspace]", *(f"{name}=0, 0, 0, 0, C" for name in MODULES), ""]


def test_clashing_names_are_refused():
    module = standard_module('Attribute VB_Name = "Same"\n')
    for project in (Project("Other", VBA_ID, [module, module]), Project("same", VBA_ID, [module])):
        with pytest.raises(ValueError, match="must all differ"):
            write_vba_project(project)


@pytest.mark.parametrize(
    "text", ["Sub A()\nEnd Sub\n", 'Attribute VB_Name = "1a"\n', 'Attribute VB_Name = "A"\n\' 汇总\n']
)
def test_unusable_text_is_refused(text):
    for kind in (standard_module, class_module):
        with pytest.raises(ValueError, match=r"VB_Name|ASCII"):
            kind(text)


def decrypt(text):
    """The inverse of [MS-OVBA] 2.4.3.2; checks version and key on the way."""
    raw = bytes.fromhex(text)
    assert raw[0] ^ raw[1] == 2
    key = raw[0] ^ raw[2]
    assert key == sum(VBA_ID.encode()) & 0xFF
    plain, out = key, bytearray()
    for at in range(3, len(raw)):
        plain = raw[at] ^ (raw[at - 2] + plain & 0xFF)
        out.append(plain)
    out = out[(raw[0] & 6) // 2 :]
    (size,) = struct.unpack_from("<I", out)
    assert len(out) == 4 + size
    return bytes(out[4:])
