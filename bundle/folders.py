"""The folder that an archive holds: its texts, its list of hashes, and the archive itself."""

from __future__ import annotations

import hashlib
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

SUMS = "SHA256SUMS.txt"


def put_text(source: Path, target: Path, values: Mapping[str, str] = {}, *, windows: bool = False) -> None:
    """Write a text of this folder with its ``{names}`` filled in.

    For Windows lines end as its programs expect, and a Chinese text begins with the mark by which Notepad knows it.
    """
    text = source.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    if windows:
        mark = "" if text.isascii() else "\ufeff"
        target.write_bytes((mark + text.replace("\n", "\r\n")).encode("utf-8"))
    else:
        target.write_text(text, encoding="utf-8")


def write_sums(folder: Path) -> None:
    """The list of all files in the form that ``sha256sum -c`` reads."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != SUMS
    ]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def pack_zip(folder: Path, out: Path) -> Path:
    """The folder as a zip file, whose Chinese names Windows reads as such; returns ``out``."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
    return out


def pack_tar(folder: Path, out: Path) -> Path:
    """The folder as a tar file, not compressed (wheels are already), owned by nobody in particular; returns ``out``."""
    with tarfile.open(out, "w", format=tarfile.PAX_FORMAT) as archive:
        archive.add(folder, folder.name, filter=_nobodys)
    return out


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
