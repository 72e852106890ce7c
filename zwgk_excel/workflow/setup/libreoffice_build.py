"""Builds the extension of LibreOffice from its texts in ``vba_shim/libreoffice`` and the table of buttons."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.layout.resources import folder
from zwgk_excel.version import __version__
from zwgk_excel.workbooks.ooxml.package import EARLIEST
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workbooks.xlam.ribbon import filled
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.replaceable_files import require_own_file, require_replaceable
from zwgk_excel.workflow.setup.addin_build import part_of

IDENTIFIER = "cn.zwgk.excel"
"""Of the extension, its toolbars and its buttons' addresses."""
FILE_NAME = "zwgk.oxt"
_TEMPLATE = ".jinja"
_PLACES = {"manifest.xml": "META-INF/manifest.xml", "launcher.python": "launcher.py"}
"""Where in the package a file goes that does not stand at its top, or has another name: Python under its own name
would be a module of ours, which an editable install cannot find outside the package."""


def build_extension(out: Path) -> bool:
    """Write the extension to ``out``, of whose launcher no program is known; False where the content was equal.

    Raises UserError; what belongs to a workspace, or is no extension of ours, is not replaced.
    """
    if out.suffix.casefold() != ".oxt":
        raise UserError(f"“{out}”不是 LibreOffice 扩展的文件名；请以 .oxt 结尾，如 {FILE_NAME}。")
    require_replaceable(out)
    require_own_file(out, lambda data: IDENTIFIER.encode() in part_of(data, "settings.json"))
    try:
        return write_atomic(out, extension_bytes(None))
    except OSError as error:
        raise UserError(f"无法写入“{out}”：{reason_of(error)}；请关闭占用它的程序，或换一个位置。") from None


def extension_bytes(interpreter: Path | None) -> bytes:
    """The extension, whose buttons start this Python; the same input gives the same bytes."""
    tab = ribbon_tab()
    parts = {"settings.json": _settings(interpreter)}
    for each in (folder("vba_shim") / "libreoffice").iterdir():
        text = each.read_text(encoding="utf-8")
        if each.name.endswith(_TEMPLATE):
            text = filled(text, xml=True, tab=tab, identifier=IDENTIFIER, version=_version())
        parts[each.name.removesuffix(_TEMPLATE)] = text
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts):
            info = zipfile.ZipInfo(_PLACES.get(name, name), EARLIEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, parts[name])
    return stream.getvalue()


def _settings(interpreter: Path | None) -> str:
    tab = ribbon_tab()
    settings = {
        "identifier": IDENTIFIER,
        "title": tab.label,
        "buttons": {each.function: each.label for each in tab.buttons.values()},
        "interpreter": str(interpreter or ""),
    }
    return json.dumps(settings, ensure_ascii=False, indent=1)


def _version() -> str:
    """LibreOffice knows numbers only."""
    return ".".join(re.findall(r"\d+", __version__))
