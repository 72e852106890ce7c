"""Builds the Excel add-in from the installed packages."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.version import __version__
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workbooks.xlam.addin_package import FILE_NAME, build_addin
from zwgk_excel.workbooks.xlam.hardening import ChangedSourceError
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.replaceable_files import require_own_file, require_replaceable

_HEAD = 64 << 10


def build(out: Path) -> bool:
    """Write the add-in to ``out``; False where the content was equal.

    Raises UserError; what belongs to a workspace, or is no add-in of ours, is not replaced.
    """
    if out.suffix.casefold() != ".xlam":
        raise UserError(f"“{out}”不是加载项的文件名；请以 .xlam 结尾，如 {FILE_NAME}。")
    require_replaceable(out)
    require_own_file(out, lambda data: b"zwgk_excel" in part_of(data, "docProps/app.xml"))
    content = addin_bytes()
    try:
        return write_atomic(out, content)
    except OSError as error:
        raise UserError(f"无法写入“{out}”：{reason_of(error)}；请关闭占用它的程序，或换一个位置。") from None


def addin_bytes() -> bytes:
    """The add-in as bytes; raises UserError where xlwings is missing or of an unsupported version."""
    try:
        return build_addin(ribbon_tab().buttons, __version__)
    except ModuleNotFoundError:
        raise UserError('缺少 xlwings；请先运行 py -m pip install "zwgk-excel[excel]"。') from None
    except ChangedSourceError as error:
        raise UserError(
            f"已安装的 xlwings 与本程序不相配（{error}）；请安装本版本配套的 xlwings，或升级 zwgk-excel。"
        ) from None


def part_of(data: bytes, name: str) -> bytes:
    """A part of a package, as much as tells whose it is; empty where it has none or is no package."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(name) as part:
            return part.read(_HEAD)
    except (zipfile.BadZipFile, KeyError, RuntimeError, OSError, ValueError, zlib.error):
        return b""
