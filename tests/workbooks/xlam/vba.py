"""What the tests need of VBA: its conditional compilation as Windows sees it, and its compression undone."""

from __future__ import annotations

import re
import struct
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

WINDOWS = {"App": '"Microsoft Excel"', "Mac": "False", "VBA7": "True", "Win64": "True", "MAC_OFFICE_VERSION": "0"}

SYSTEMS: Mapping[str, Mapping[str, str]] = {
    "64-bit Excel": WINDOWS,
    "32-bit Excel": {**WINDOWS, "Win64": "False"},
    "Excel 2007": {**WINDOWS, "Win64": "False", "VBA7": "False"},
    "Excel for Mac": {**WINDOWS, "Mac": "True", "MAC_OFFICE_VERSION": "16"},
    "Excel 2011 for Mac": {**WINDOWS, "Mac": "True", "Win64": "False", "VBA7": "False", "MAC_OFFICE_VERSION": "14"},
}
"""Every system that takes other branches of ``#If``, with the constants by which it does."""


def as_windows_compiles(source: str) -> str:
    """The lines that 64-bit Excel on Windows compiles: ``#If`` branches decided, ``#Const`` lines gone."""
    lines = zip(source.splitlines(), as_compiled(source, WINDOWS).splitlines(), strict=True)
    return "".join(f"{compiled}\n" for line, compiled in lines if compiled or not line)


def as_compiled(source: str, constants: Mapping[str, str]) -> str:
    """The same for any system by its constants, other lines left empty so that all keep their numbers."""
    kept: list[str] = []
    open_branches: list[tuple[bool, bool]] = []
    for line in source.splitlines():
        directive = re.match(r"\s*#(If|ElseIf|Else|End If|Const)\b(.*)", line)
        if directive is None:
            kept.append(line if all(taken for taken, _ in open_branches) else "")
            continue
        kept.append("")
        if directive[1] == "If":
            open_branches.append((_holds(directive[2], constants),) * 2)
        elif directive[1] in ("ElseIf", "Else"):
            _, done = open_branches.pop()
            taken = not done and (directive[1] == "Else" or _holds(directive[2], constants))
            open_branches.append((taken, done or taken))
        elif directive[1] == "End If":
            open_branches.pop()
    assert not open_branches
    return "\n".join(kept) + "\n"


def _holds(condition: str, constants: Mapping[str, str]) -> bool:
    """The few forms of conditions that occur."""
    tokens = [constants.get(token, token) for token in re.findall(r'"[^"]*"|\w+|>=|=', condition.partition("Then")[0])]
    match tokens:
        case ["True" | "False" as value]:
            return value == "True"
        case ["Not", value]:
            return value == "False"
        case [left, "=", right]:
            return left == right
        case [left, ">=", right]:
            return int(left) >= int(right)
        case ["True" | "False" as value, "Or", *_]:
            return value == "True"
    raise AssertionError(f"a condition these tests do not know: {condition}")


def statements(source: str) -> Iterator[tuple[int, str]]:
    """Line number and text of every statement: comments gone, continued lines joined, several on a line apart."""
    joined, first = "", 0
    for number, line in enumerate(source.splitlines(), 1):
        code = re.match(r"(?:\"[^\"]*\"|[^\"'])*", line)[0].rstrip()  # type: ignore[index]  # it always matches
        first = first if joined else number
        joined += code.removesuffix(" _") + " " if code.endswith(" _") else code
        if code.endswith(" _"):
            continue
        parts = re.split(r":(?!=)(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", joined)
        if len(parts) > 1 and re.fullmatch(r"\w+", parts[0].strip()) and not parts[0].startswith(" "):
            yield first, f"{parts.pop(0)}:"  # a label
        for part in parts:
            if part.strip() and not re.match(r"\s*(Rem\b|Attribute\b)", part):
                yield first, part.strip()
        joined = ""


PROCEDURE = re.compile(
    r"^[ \t]*(?P<scope>Public |Private |Friend )?(?:Static )?(?P<kind>Sub|Function|Property (?:Get|Let|Set))"
    r" (?P<name>\w+)\((?P<parameters>[^\n]*?)\)",
    re.MULTILINE,
)


def decompress(container: bytes) -> bytes:
    """[MS-OVBA] 2.4.1.3.1, written from the specification's decompression, independent of our compression."""
    assert container[:1] == b"\x01"
    out, position = bytearray(), 1
    while position < len(container):
        (header,) = struct.unpack_from("<H", container, position)
        assert header >> 12 & 0b111 == 0b011, "chunk signature"
        end = position + (header & 0xFFF) + 3
        position += 2
        start = len(out)
        if not header >> 15:
            assert end - position == 4096
            out += container[position:end]
            position = end
        while position < end:
            flags = container[position]
            position += 1
            for bit in range(8):
                if position >= end:
                    break
                if not flags >> bit & 1:
                    out.append(container[position])
                    position += 1
                    continue
                (token,) = struct.unpack_from("<H", container, position)
                position += 2
                offset, length = _unpack(token, len(out) - start)
                for _ in range(length):
                    out.append(out[-offset])
        assert len(out) - start <= 4096
        assert len(out) - start == 4096 or position == len(container)
    return bytes(out)


def _unpack(token: int, written: int) -> tuple[int, int]:
    bits = 4
    while 1 << bits < written:
        bits += 1
    assert bits <= 12
    offset = (token >> (16 - bits)) + 1
    assert offset <= written
    return offset, (token & (0xFFFF >> bits)) + 3


def olevba() -> Any:
    """oletools' reader of VBA; its import warns about its own use of pyparsing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from oletools import olevba as module
    return module
