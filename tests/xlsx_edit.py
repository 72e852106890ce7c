"""Changes parts of a workbook in place, to break on purpose what a library would only write right."""

from __future__ import annotations

import zipfile
from pathlib import Path


def edit_part(path: Path, part: str, old: str, new: str) -> None:
    """Replace the first ``old`` by ``new`` in one XML part. Raises ``ValueError`` when ``old`` is not there."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    text = members[part].decode("utf-8")
    if old not in text:
        raise ValueError(f"{part} does not contain {old!r}: {text[:2000]}")
    members[part] = text.replace(old, new, 1).encode("utf-8")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
