"""``vbaProject.bin``: VBA modules as Excel reads them ([MS-OVBA] in [MS-CFB]).

No performance cache is written: a module's stream is its compressed source alone, and ``_VBA_PROJECT`` is the header
that says so ([MS-OVBA] 2.3.4.1), so that every Excel compiles the project from source, whatever its version.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from zwgk_excel.workbooks.xlam.compound_file import write_compound_file
from zwgk_excel.workbooks.xlam.vba_compression import compress
from zwgk_excel.workbooks.xlam.vba_module import CODE_PAGE, Module, ModuleKind

_ENGLISH = 0x0409
_NO_CACHE = 0xFFFF
_COOKIE = struct.pack("<H", 0xFFFF)
_SEED = 0x5D


@dataclass(frozen=True, slots=True)
class Project:
    """A VBA project: its name differs from every module's; ``id`` is a GUID in braces."""

    name: str
    id: str
    modules: Sequence[Module]


@dataclass(frozen=True, slots=True)
class Reference:
    """A type library the project uses."""

    name: str
    libid: str


REFERENCES = (
    Reference(
        "stdole", r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation"
    ),
    Reference(  # IRibbonControl; Office finds its own version by the GUID
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared"
        r"\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)


def write_vba_project(project: Project) -> bytes:
    """The bytes of ``vbaProject.bin``. Raises ValueError for names that clash."""
    names = [project.name.casefold(), *(each.name.casefold() for each in project.modules)]
    if len(set(names)) != len(names):
        raise ValueError(f"the names of the project and its modules must all differ: {names}")
    storage = {each.name: compress(_encode(each.source)) for each in project.modules}
    storage["_VBA_PROJECT"] = struct.pack("<HHBH", 0x61CC, _NO_CACHE, 0, 1)
    storage["dir"] = compress(dir_stream(project))
    return write_compound_file(
        {"VBA": storage, "PROJECT": project_stream(project), "PROJECTwm": _names_stream(project.modules)}
    )


# --- the dir stream: binary records ------------------------------------------------------------


def dir_stream(project: Project) -> bytes:
    """The uncompressed ``dir`` stream: project, references, modules ([MS-OVBA] 2.3.4.2)."""
    references = b"".join(_reference(each) for each in REFERENCES)
    modules = b"".join(_module(each) for each in project.modules)
    count = _record(0x0F, _u16(len(project.modules))) + _record(0x13, _COOKIE)
    return _information(project) + references + count + modules + _record(0x10)


def _information(project: Project) -> bytes:
    windows = 1
    records = (
        _record(0x01, _u32(windows)),
        _record(0x02, _u32(_ENGLISH)),
        _record(0x14, _u32(_ENGLISH)),
        _record(0x03, _u16(int(CODE_PAGE.removeprefix("cp")))),
        _record(0x04, _encode(project.name)),
        _record(0x05) + _record(0x40),  # no description
        _record(0x06) + _record(0x3D),  # no help file
        _record(0x07, _u32(0)),  # no help context
        _record(0x08, _u32(0)),  # flags
        struct.pack("<HIIH", 0x09, 4, 0x61EEF783, 3),  # the version: the size says 4, six bytes follow
        _record(0x0C) + _record(0x3C),  # no constants
    )
    return b"".join(records)


def _reference(reference: Reference) -> bytes:
    libid = _encode(reference.libid)
    registered = _record(0x0D, _u32(len(libid)) + libid + bytes(6))
    return _named(0x16, 0x3E, reference.name) + registered


def _module(module: Module) -> bytes:
    records = (
        _named(0x19, 0x47, module.name),
        _named(0x1A, 0x32, module.name),  # its stream
        _named(0x1C, 0x48, module.description),
        _record(0x31, _u32(0)),  # the source starts at once: no cache before it
        _record(0x1E, _u32(0)),  # no help context
        _record(0x2C, _COOKIE),
        _record(0x21 if module.kind is ModuleKind.STANDARD else 0x22),
        _record(0x2B),
    )
    return b"".join(records)


def _named(ident: int, unicode_ident: int, text: str) -> bytes:
    return _record(ident, _encode(text)) + _record(unicode_ident, text.encode("utf-16-le"))


def _record(ident: int, body: bytes = b"") -> bytes:
    return struct.pack("<HI", ident, len(body)) + body


def _u16(value: int) -> bytes:
    return struct.pack("<H", value)


def _u32(value: int) -> bytes:
    return struct.pack("<I", value)


# --- the PROJECT and PROJECTwm streams: text and names -----------------------------------------


def project_stream(project: Project) -> bytes:
    """The ``PROJECT`` stream ([MS-OVBA] 2.3.1): not protected, no password, visible."""
    listed = {ModuleKind.STANDARD: "Module={}", ModuleKind.CLASS: "Class={}"}
    document = "Document={}/&H00000000"
    lines = [
        f'ID="{project.id}"',
        *(listed.get(each.kind, document).format(each.name) for each in project.modules),
        f'Name="{project.name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{_encrypted(project.id, bytes(4))}"',
        f'DPB="{_encrypted(project.id, bytes(1))}"',
        f'GC="{_encrypted(project.id, bytes([0xFF]))}"',
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{each.name}=0, 0, 0, 0, C" for each in project.modules),
    ]
    return _encode("".join(f"{line}\r\n" for line in lines))


def _names_stream(modules: Sequence[Module]) -> bytes:
    """``PROJECTwm``: every module's name twice. Never compressed: Excel rejects that."""
    names = (_encode(each.name) + b"\0" + each.name.encode("utf-16-le") + b"\0\0" for each in modules)
    return b"".join(names) + b"\0\0"


def _encrypted(project_id: str, data: bytes) -> str:
    """Data obfuscated by [MS-OVBA] 2.4.3.2, with a fixed seed for equal bytes; it protects nothing."""
    key = sum(project_id.encode("ascii")) & 0xFF
    written = [_SEED, _SEED ^ 2, _SEED ^ key]
    previous = key
    for byte in bytes((_SEED & 6) // 2) + _u32(len(data)) + data:
        written.append(byte ^ (written[-2] + previous & 0xFF))
        previous = byte
    return bytes(written).hex().upper()


def _encode(text: str) -> bytes:
    return text.encode(CODE_PAGE)
