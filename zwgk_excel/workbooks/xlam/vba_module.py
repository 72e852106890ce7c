"""VBA modules as Excel stores them: the text of an exported ``.bas`` or ``.cls`` file with other header lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

CODE_PAGE = "cp1252"
"""VBA stores text in a Windows code page; ours is plain ASCII, which all of them share."""

_NAME = re.compile(r'^Attribute VB_Name = "([A-Za-z][A-Za-z0-9_]{0,30})"\r$', re.MULTILINE)
_FILE_HEADER = re.compile(r"\AVERSION 1\.0 CLASS\r\nBEGIN\r\n.*?\r\nEND\r\n", re.DOTALL)
_ATTRIBUTE = re.compile(r"^Attribute (VB_\w+) = (.*)\r\n", re.MULTILINE)


class ModuleKind(Enum):
    """What a module is; the value is its base class as Excel names it, empty for a standard module."""

    STANDARD = ""
    CLASS = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
    WORKBOOK = "0{00020819-0000-0000-C000-000000000046}"
    SHEET = "0{00020820-0000-0000-C000-000000000046}"


@dataclass(frozen=True, slots=True)
class Module:
    """One module: ``source`` is its whole text with the Attribute lines, lines ended by CR LF."""

    name: str
    kind: ModuleKind
    source: str
    description: str = ""


def standard_module(text: str) -> Module:
    """The module of a ``.bas`` file. Raises ValueError where it does not name itself or is not ASCII."""
    text = _lines(text)
    return Module(_name(text), ModuleKind.STANDARD, text)


def class_module(text: str) -> Module:
    """The class module of a ``.cls`` file, or of the text of a ``.bas`` file that is to be a class.

    A class that is only used inside its own project needs none of the public attributes of the file. Raises
    ValueError where the text does not name itself or is not ASCII.
    """
    text = _FILE_HEADER.sub("", _lines(text))
    name, start = _name(text), _end_of_attributes(text)
    found = dict(_ATTRIBUTE.findall(text[:start]))
    quoted = found.get("VB_Description", '""')
    attributes = _attributes(name, ModuleKind.CLASS, found)
    if "VB_Description" in found:
        attributes += f"Attribute VB_Description = {quoted}\r\n"
    return Module(name, ModuleKind.CLASS, attributes + text[start:], quoted[1:-1].replace(r"\r\n", "\r\n"))


def document_module(name: str, kind: ModuleKind) -> Module:
    """The empty module behind the workbook or behind a sheet; ``name`` is that object's code name."""
    standing = {"VB_PredeclaredId": "True", "VB_Exposed": "True", "VB_Customizable": "True"}
    return Module(name, kind, _attributes(name, kind, standing))


def _attributes(name: str, kind: ModuleKind, given: dict[str, str]) -> str:
    values = {
        "VB_Name": f'"{name}"',
        "VB_Base": f'"{kind.value}"',
        "VB_GlobalNameSpace": "False",
        "VB_Creatable": "False",
        "VB_PredeclaredId": "False",
        "VB_Exposed": "False",
        "VB_TemplateDerived": "False",
        "VB_Customizable": "False",
    }
    values |= {key: value for key, value in given.items() if key in values}
    return "".join(f"Attribute {key} = {value}\r\n" for key, value in values.items())


def _end_of_attributes(text: str) -> int:
    end = 0
    while found := _ATTRIBUTE.match(text, end):
        end = found.end()
    return end


def _name(text: str) -> str:
    found = _NAME.search(text)
    if found is None:
        raise ValueError("a VBA module needs a line Attribute VB_Name with a name of letters, digits and _")
    return found[1]


def _lines(text: str) -> str:
    if not text.isascii():
        raise ValueError(f"VBA text must be ASCII: {next(c for c in text if not c.isascii())!r}")
    return "".join(f"{line}\r\n" for line in text.splitlines())
