"""Checks a workbook before it is parsed: sizes, zip directory, encoding, DTD, sheet extent.

The limits were measured on 1,500 public workbooks (none of the sound ones is rejected) and a set of hostile files that
made the reader abort, hang or use gigabytes (all are rejected).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.workbooks.contract.cell_pictures import PICTURE, rich_cells
from zwgk_excel.workbooks.excel import column_number
from zwgk_excel.workbooks.opening import mended_cells, sheet_survey
from zwgk_excel.workbooks.opening.cell_links import cell_links
from zwgk_excel.workbooks.opening.file_kinds import FileKind, kind_of, refusal, zip_kind
from zwgk_excel.workbooks.opening.number_formats import ShownFormat, formats_of, shown_numbers
from zwgk_excel.workbooks.opening.package_map import PackageMap, in_directory, map_of, without_sheets
from zwgk_excel.workbooks.opening.rejected import RejectedFileError, unreadable, unsafe
from zwgk_excel.workbooks.opening.sheet_survey import Cell, Survey
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
    "wrong_kind",
]

FILE_BYTES = 30 * MB
_LEAN_BYTES = 10 * MB
"""No report workbook is larger unpacked; larger files are not held in memory as a whole."""

_DOCTYPE = re.compile(rb"(?:\xef\xbb\xbf)?(?>\s+|<\?(?>.*?\?>)|<!--(?>.*?-->))*+<!DOCTYPE", re.DOTALL)
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([^"'>]*)""")
_STRING = re.compile(rb"<(?:\w+:)?si[\s/>]")
_STRING_COUNT = re.compile(rb"""uniqueCount\s*=\s*["']\s*(\d+)""")


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
    package = GuardedPackage(data, members, kind, name)
    if package.unread:
        raise RejectedFileError(next(iter(package.unread.values())))


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
    return RejectedFileError(problem(refusal(kind), CellRef(name), kind=kind.value))


def package_kind(data: bytes, members: Sequence[zipfile.ZipInfo], name: str) -> FileKind:
    """The format of a zip file. Raises :class:`RejectedFileError` (file_unreadable) for a damaged ``mimetype``."""
    mimetype = next((each for each in members if each.filename == "mimetype" and each.file_size < 200), None)
    return zip_kind(
        [normalised_path(each.filename) for each in members], inflate(data, mimetype, name) if mimetype else b""
    )


class GuardedPackage:
    """The parts of an .xlsx or .xlsm that are read, each checked; of all others only size and number count.

    Paths are case-folded, with ``/``, from the package root.
    """

    def __init__(self, data: bytes, members: Sequence[zipfile.ZipInfo], kind: FileKind, name: str) -> None:
        """``members`` are those of :func:`directory`, ``name`` is the file's name for messages.

        Raises RejectedFileError (file_unreadable, file_unsafe); a worksheet that cannot be read is in ``unread``.
        """
        self.kind = kind
        """XLSX or XLSM."""
        self._data, self._name = data, name
        directory = _directory_parts(data, members, name)
        self.map: PackageMap = map_of(directory, name)
        self.surveys: dict[str, Survey] = {}
        """Path → survey of every worksheet that can be read."""
        self.unread: dict[str, Problem] = {}
        """Path → why a worksheet cannot be."""
        self.shown: dict[str, Mapping[Cell, str]] = {}
        """Path → texts of the numbers whose format says more than they do."""
        self._strings: list[str] = []
        self._read = {normalised_path(each.filename): each for each in members}
        self._relations = {path: each for path, each in self._read.items() if path.endswith(".rels")}
        self._read = {path: each for path, each in self._read.items() if path in self.map.worksheets | self.map.shared}
        self._small = sum(each.file_size for each in self._read.values()) <= _LEAN_BYTES
        if self.map.foreign and self.map.workbook in directory:
            grids = [sheet.is_grid for sheet in self.map.sheets]
            directory[self.map.workbook] = without_sheets(directory[self.map.workbook], lambda n: not grids[n])
        self._kept = {each.filename: directory[path] for each in members if (path := _path(each)) in directory}
        formats = self._shared_parts()
        for path in self._read.keys() & self.map.worksheets:
            self._worksheet(path, formats)

    def for_reader(self) -> bytes | None:
        """What the bulk reader gets: the parts that are read, without rows that only hold the self-check.

        None where the file itself will do.
        """
        if self._small or self.map.foreign or self.unread:
            return stored(self._whole())
        return None

    def links(self, path: str) -> Mapping[Cell, str]:
        """Where the cells of a worksheet lead, as :func:`cell_links`. Raises RejectedFileError (file_unreadable)."""
        folder, base = posixpath.split(path)
        member = self._relations.get(posixpath.join(folder, "_rels", f"{base}.rels"))
        return cell_links(self._part(path), inflate(self._data, member, self._name) if member else b"")

    def mended(self, path: str, sheet: str) -> tuple[bytes, Mapping[Cell, str]]:
        """(As :meth:`for_reader`, a worksheet without the cells that the bulk reader refuses; what stood in them).

        ``sheet`` is its name for messages. Raises RejectedFileError (file_unreadable).
        """
        held = self._whole()
        at = self._read[path].filename
        try:
            strings = sum(len(_STRING.findall(self._part(each))) for each in self._strings)
            held[at], errors = mended_cells.mended(held[at], strings)
        except sheet_survey.MalformedSheetError as error:
            raise unreadable(self._name, "工作表数据损坏", sheet) from error
        return stored(held), errors

    def _whole(self) -> dict[str, bytes]:
        """The parts that are read, also of a large file, whose parts are not kept."""
        wanted = {path: each for path, each in self._read.items() if path not in self.unread}
        return self._kept | {each.filename: self._part(path) for path, each in wanted.items()}

    def _part(self, path: str) -> bytes:
        member = self._read[path]
        return self._kept.get(member.filename) or inflate(self._data, member, self._name)

    def _shared_parts(self) -> Mapping[int, ShownFormat]:
        """Check strings and styles; the number formats that say something."""
        formats: Mapping[int, ShownFormat] = {}
        for path in self._read.keys() & self.map.shared:
            content = self._checked(path)
            if path == self.map.styles:
                formats = formats_of(content)
            else:
                self._strings.append(path)
        return formats

    def _worksheet(self, path: str, formats: Mapping[int, ShownFormat]) -> None:
        try:
            content = self._checked(path)
            self.surveys[path] = _with_pictures(_survey(content, self._name), content)
            self.shown[path] = shown_numbers(content, formats)
        except RejectedFileError as rejected:
            self.unread[path] = rejected.problem
            self._kept.pop(self._read[path].filename, None)

    def _checked(self, path: str) -> bytes:
        content = inflate(self._data, self._read[path], self._name)
        if self._small and path in self.map.worksheets:
            content = without_template_rows(content)
        _check_strings(content, self._name)
        check_prolog(path, content, self._name)
        if self._small:
            self._kept[self._read[path].filename] = content
        return content


def _path(member: zipfile.ZipInfo) -> str:
    return normalised_path(member.filename)


def _directory_parts(data: bytes, members: Sequence[zipfile.ZipInfo], name: str) -> dict[str, bytes]:
    """Path → bytes of the parts that say where everything is."""
    directory = {}
    for member in members:
        path = normalised_path(member.filename)
        if in_directory(path):
            content = inflate(data, member, name)
            check_prolog(path, content, name)
            _check_strings(content, name)
            directory[path] = content
    return directory


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


def _with_pictures(survey: Survey, content: bytes) -> Survey:
    """The survey, in which a cell with a picture is no error of its formula."""
    rich = {(row - 1, column_number(letters)) for letters, row, _ in rich_cells(content)}
    pictures = dict.fromkeys(rich & survey.errors.keys(), PICTURE)
    return replace(survey, errors={**survey.errors, **pictures}) if pictures else survey


def check_reach(rows: int, columns: int, name: str, sheet: str = "") -> None:
    """Raise :class:`RejectedFileError` (sheet_too_large) for a sheet whose content extends beyond the limits."""
    if not sheet_survey.fits(rows, columns):
        values = {"rows": rows, "columns": columns}
        values |= {"limit_rows": sheet_survey.ROWS, "limit_columns": sheet_survey.COLUMNS}
        raise RejectedFileError(problem("sheet_too_large", CellRef(name, sheet), obligation="", **values))
