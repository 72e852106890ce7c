"""A seal on files that people may edit after us, so that we know whether they did before we write them anew."""

from __future__ import annotations

import hashlib
import zipfile
from typing import Any

from lxml import etree

from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, parse, serialise

_CORE = "docProps/core.xml"
_IDENTIFIER = "{http://purl.org/dc/elements/1.1/}identifier"
_PREFIX = "zwgk:sha256:"


def with_edit_fingerprint(data: bytes) -> bytes:
    """An Office file with the SHA-256 of its parts among its properties; the same bytes for the same parts.

    What any program saves differs from what it was sealed as, even where nobody typed anything.
    """
    package = OoxmlPackage(OoxmlPackage(data).write())  # the list of content types as we write it
    root = _unsealed(package)
    etree.SubElement(root, _IDENTIFIER).text = _PREFIX + _digest(package)
    package.parts[_CORE] = serialise(root)
    return package.write()


def is_unedited(data: bytes) -> bool:
    """Whether an Office file is as it was sealed; False for one that never was, or is no Office file."""
    try:
        package = OoxmlPackage(data)
        mark = parse(package.parts[_CORE]).findtext(_IDENTIFIER, "")
        _unsealed(package)
    except (zipfile.BadZipFile, KeyError, StopIteration, etree.XMLSyntaxError, OSError, RuntimeError):
        return False
    return bool(mark) and mark == _PREFIX + _digest(package)


def _unsealed(package: OoxmlPackage) -> Any:
    """Take the seal out of a package's properties; their root element."""
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
