"""Stores a SHA-256 over an Office file's parts in the file, to detect whether another program saved it since.

In its properties; of a workbook too big for memory over the list of its parts, as the comment of the archive.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree

from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, parse, serialise

_CORE = "docProps/core.xml"
_IDENTIFIER = "{http://purl.org/dc/elements/1.1/}identifier"
_PREFIX = "zwgk:sha256:"


def with_edit_fingerprint(data: bytes) -> bytes:
    """The file with the digest in ``docProps/core.xml`` (dc:identifier); deterministic.

    Saving in any program changes the parts, even where nothing was typed.
    """
    package = OoxmlPackage(OoxmlPackage(data).write())  # the list of content types as we write it
    root = _unsealed(package)
    etree.SubElement(root, _IDENTIFIER).text = _PREFIX + _digest(package)
    package.parts[_CORE] = serialise(root)
    return package.write()


def is_unedited(data: bytes) -> bool:
    """Whether the stored digest matches; False without a digest or for a file that is no Open XML package."""
    try:
        package = OoxmlPackage(data)
        mark = parse(package.parts[_CORE]).findtext(_IDENTIFIER, "")
        _unsealed(package)
    except (zipfile.BadZipFile, KeyError, StopIteration, etree.XMLSyntaxError, OSError, RuntimeError, zlib.error):
        return False
    return bool(mark) and mark == _PREFIX + _digest(package)


def _unsealed(package: OoxmlPackage) -> Any:
    """Remove the digest from a package's properties; returns their root element."""
    root = parse(package.parts[_CORE])
    for each in root.findall(_IDENTIFIER):
        root.remove(each)
    package.parts[_CORE] = serialise(root)
    return root


def _digest(package: OoxmlPackage) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(package.parts.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def seal_in_place(path: Path) -> None:
    """Store the digest of the list of parts in an Office file, of which no part is read into memory.

    A program that saves the file writes no such comment.
    """
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = _list_digest(archive)


def is_sealed(data: bytes) -> bool:
    """Whether a file is as :func:`seal_in_place` left it; False for one that is no archive."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return archive.comment == _list_digest(archive)
    except (zipfile.BadZipFile, ValueError):
        return False


def _list_digest(archive: zipfile.ZipFile) -> bytes:
    parts = sorted((each.filename, each.CRC, each.file_size) for each in archive.infolist())
    return f"{_PREFIX}{hashlib.sha256(repr(parts).encode()).hexdigest()}".encode()
