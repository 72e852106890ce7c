"""Stores a SHA-256 over an Office file's parts in its properties, to detect whether another program saved it since."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
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
