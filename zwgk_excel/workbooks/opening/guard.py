"""Checks a workbook before it is parsed: sizes, zip directory, encoding, DTD, sheet extent.

The limits were measured on 1,500 public workbooks (none of the sound ones is rejected) and a set of hostile files that
made the reader abort, hang or use gigabytes (all are rejected).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.workbooks.opening import sheet_survey
from zwgk_excel.workbooks.opening.file_kinds import FileKind, kind_of, zip_kind
from zwgk_excel.workbooks.opening.rejected import RejectedFileError, unreadable, unsafe
from zwgk_excel.workbooks.opening.sheet_survey import Survey
from zwgk_excel.workbooks.opening.template_rows import without_template_rows
from zwgk_excel.workbooks.opening.zip_parts import GB, MB, directory, inflate, normalised_path, stored

__all__ = [
    "FILE_BYTES",
    "GuardedPackage",
    "RejectedFileError",
    "check",
    "check_prolog",
    "check_reach",
    "check_size",
    "package_kind",
    "too_large",
    "unpack",
    "wrong_kind",
]

FILE_BYTES = 30 * MB
_LEAN_BYTES = 10 * MB
"""No report workbook is larger unpacked; larger files are not held in memory as a whole."""

_DOCTYPE = re.compile(rb"(?:\xef\xbb\xbf)?(?>\s+|<\?(?>.*?\?>)|<!--(?>.*?-->))*+<!DOCTYPE", re.DOTALL)
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([^"'>]*)""")
_STRING_COUNT = re.compile(rb"""uniqueCount\s*=\s*["']\s*(\d+)""")


@dataclass(frozen=True, slots=True)
class GuardedPackage:
    """The checked parts of a workbook; paths case-folded, with ``/``, from the package root."""

    kind: FileKind
    """XLSX or XLSM."""
    directory: Mapping[str, bytes]
    """Path → bytes of the parts that say where everything is: the workbook part and all relations."""
    surveys: Mapping[str, Survey]
    """Path → survey of every worksheet."""
    without_template_rows: bytes | None = None
    """The same workbook without the rows that only hold the self-check; None where it has none, or is no report."""


def check(data: bytes, name: str) -> None:
    """Raise :class:`RejectedFileError` unless ``data`` is an .xlsx workbook that is safe to parse.

    ``name`` is the file's name for messages. Codes: file_too_large, file_kind, file_unreadable, file_unsafe,
    sheet_too_large.
    """
    check_size(data, name)
    kind = kind_of(data)
    if kind is not FileKind.ZIP:
        raise wrong_kind(kind, name)
    members = directory(data, name)
    kind = package_kind(data, members, name)
    if kind not in {FileKind.XLSX, FileKind.XLSM}:
        raise wrong_kind(kind, name)
    unpack(data, members, kind, name)


def check_size(data: bytes, name: str) -> None:
    """Raise :class:`RejectedFileError` (file_too_large) for more than FILE_BYTES bytes."""
    if len(data) > FILE_BYTES:
        raise RejectedFileError(too_large(len(data), name))


def too_large(size: int, name: str) -> Problem:
    """The problem with a file of so many bytes."""
    shown = f"{size / MB:.1f} MB" if size < GB else f"{size / GB:,.1f} GB"
    return problem("file_too_large", CellRef(name), size=shown, limit=f"{FILE_BYTES // MB} MB")


def wrong_kind(kind: FileKind, name: str) -> RejectedFileError:
    """The error for a file format that cannot be a report."""
    return RejectedFileError(problem("file_kind", CellRef(name), kind=kind.value))


def package_kind(data: bytes, members: Sequence[zipfile.ZipInfo], name: str) -> FileKind:
    """The format of a zip file. Raises :class:`RejectedFileError` (file_unreadable) for a damaged ``mimetype``."""
    mimetype = next((each for each in members if each.filename == "mimetype" and each.file_size < 200), None)
    return zip_kind(
        [normalised_path(each.filename) for each in members], inflate(data, mimetype, name) if mimetype else b""
    )


def unpack(data: bytes, members: Sequence[zipfile.ZipInfo], kind: FileKind, name: str) -> GuardedPackage:
    """The parts of an .xlsx or .xlsm, each checked. Raises :class:`RejectedFileError` as :func:`check` does."""
    parts: dict[str, bytes] = {}
    surveys: dict[str, Survey] = {}
    kept: dict[str, bytes] = {}
    small = sum(member.file_size for member in members) <= _LEAN_BYTES
    lean = False
    for member in members:
        path, content = normalised_path(member.filename), inflate(data, member, name)
        is_sheet = b"sheetData" in content
        if small:
            kept[member.filename] = without_template_rows(content) if is_sheet else content
            lean = lean or len(kept[member.filename]) < len(content)
            content = kept[member.filename]
        _check_strings(content, name)
        if is_sheet or path.endswith((".xml", ".rels")):
            check_prolog(path, content, name)
        if is_sheet:
            surveys[path] = _survey(content, name)
        elif path.endswith((".rels", "workbook.xml")):
            parts[path] = content
    return GuardedPackage(kind, parts, surveys, stored(kept) if lean else None)


def _check_strings(content: bytes, name: str) -> None:
    # The reader reserves room for as many shared strings as a part claims to hold.
    if b"uniqueCount" not in content:
        return
    if any(int(claimed[:20]) > len(content) for claimed in _STRING_COUNT.findall(content)):
        raise unsafe(name, "共享字符串的数目不实")


def check_prolog(path: str, content: bytes, name: str) -> None:
    """Raise :class:`RejectedFileError` (file_unsafe) unless an XML part is UTF-8 and has no DTD."""
    # The reader takes UTF-16 for an empty sheet and every other encoding for UTF-8.
    encoding = _ENCODING.match(content)
    if b"\0" in content[:64] or (encoding and encoding[1].lower() not in {b"utf-8", b"us-ascii", b"ascii"}):
        raise unsafe(name, f"部件 {path[-60:]} 的文字编码不是 UTF-8")
    if _DOCTYPE.match(content):
        raise unsafe(name, f"部件 {path[-60:]} 含有 DTD")


def _survey(content: bytes, name: str) -> Survey:
    try:
        seen = sheet_survey.survey_sheet(content)
    except sheet_survey.MalformedSheetError as error:
        raise unreadable(name, "工作表数据损坏") from error
    check_reach(seen.rows, seen.columns, name)
    return seen


def check_reach(rows: int, columns: int, name: str, sheet: str = "") -> None:
    """Raise :class:`RejectedFileError` (sheet_too_large) for a sheet whose content extends beyond the limits."""
    if not sheet_survey.fits(rows, columns):
        values = {"rows": rows, "columns": columns}
        values |= {"limit_rows": sheet_survey.ROWS, "limit_columns": sheet_survey.COLUMNS}
        raise RejectedFileError(problem("sheet_too_large", CellRef(name, sheet), obligation="", **values))
