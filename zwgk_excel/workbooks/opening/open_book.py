"""Opens a file of any supported format: detects it, applies its guard, returns grids of values."""

from __future__ import annotations

from collections.abc import Sequence

from zwgk_excel.workbooks.opening.book import CellValue, Grid, OpenedWorkbook
from zwgk_excel.workbooks.opening.decryption import decrypted_if_needed
from zwgk_excel.workbooks.opening.file_kinds import PLAIN_TEXT, FileKind
from zwgk_excel.workbooks.opening.guard import package_kind, wrong_kind
from zwgk_excel.workbooks.opening.web_links import link_file
from zwgk_excel.workbooks.opening.zip_parts import directory

__all__ = ["CellValue", "Grid", "OpenedWorkbook", "open_book"]


def open_book(data: bytes, name: str, *, passwords: Sequence[str] = ()) -> OpenedWorkbook:
    """Open a workbook or text table from its bytes; ``name`` is the file's name for messages.

    The content decides the format, never the name: .xlsx, .xlsm (macros never run), .xls and WPS .et, .ods and .fods,
    those encrypted with the default password or one of ``passwords``; .csv and other tables in text; tables in HTML,
    MHTML and SpreadsheetML 2003. Notes on how it was opened are in the book's ``problems``. Raises RejectedFileError:
    file_too_large, file_kind, file_unreadable, file_unsafe, file_encrypted, sheet_too_large.
    """
    plain, kind, notes = decrypted_if_needed(data, name, passwords)
    book = _open_plain(plain, kind, name)
    book.problems = (*notes, *book.problems)
    return book


def _open_plain(data: bytes, kind: FileKind, name: str) -> OpenedWorkbook:
    if kind is FileKind.ZIP:
        return _open_zip(data, name)
    if kind is FileKind.XLS:
        from zwgk_excel.workbooks.opening.xls_book import open_xls

        return open_xls(data, name)
    if kind is FileKind.FODS:
        from zwgk_excel.workbooks.opening.ods_book import open_flat_ods

        return open_flat_ods(data, name)
    if kind is FileKind.WEB_LINK:
        raise link_file(data, name)
    if kind in PLAIN_TEXT:
        from zwgk_excel.workbooks.opening.text_tables import open_text

        return open_text(data, kind, name)
    raise wrong_kind(kind, name)


def _open_zip(data: bytes, name: str) -> OpenedWorkbook:
    members = directory(data, name)
    kind = package_kind(data, members, name)
    if kind in {FileKind.XLSX, FileKind.XLSM}:
        from zwgk_excel.workbooks.opening.xlsx_book import open_xlsx

        return open_xlsx(data, members, kind, name)
    if kind is FileKind.ODS:
        from zwgk_excel.workbooks.opening.ods_book import open_ods

        return open_ods(data, members, name)
    raise wrong_kind(kind, name)
