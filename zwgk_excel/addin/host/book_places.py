"""Where an open workbook lies on this computer: Excel names some by a web address, and some lie nowhere yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zwgk_excel.workflow.errors import UserError


def place_of(book: Any) -> Path | None:
    """The file of an xlwings book, absolute; None for no book, one never saved, and one of a cloud that no folder of
    this computer mirrors."""
    if book is None:
        return None
    try:
        name = _full_name(book)
        path = Path(_mirrored(name) if "://" in name else name)
    except Exception:  # whatever the application or xlwings answers: a book without a place is none of ours
        return None
    return path if path.is_absolute() else None


def _full_name(book: Any) -> str:
    """Excel's own word for where a book lies.

    Not xlwings': of a book in the cloud that asks a sheet of the very book where its folder is, and so a stranger's
    could pass for ours.
    """
    native = getattr(getattr(book, "api", None), "FullName", None)
    return native if isinstance(native, str) else str(book.fullname)


def _mirrored(address: str) -> str:
    """The file that a cloud's program mirrors here, by what the system says of its folders. Raises XlwingsError."""
    from xlwings.utils import fullname_url_to_local_path

    return str(fullname_url_to_local_path(address))


def is_at(book: Any, path: Path) -> bool:
    """Whether a book is the file at a path."""
    place = place_of(book)
    return place is not None and place.resolve() == path.resolve()


def require_openable(app: Any, path: Path) -> None:
    """Raise UserError where Excel could not open a file for writing although nobody else has it open.

    It knows no two books of one name, and what is in Protected View has to be let out of it by the user.
    """
    if any(each.resolve() == path.resolve() for each in _protected(app)):
        raise UserError(
            f"“{path.name}”正在“受保护的视图”中打开，不能刷新，什么也没有改动；请点黄色提示条上的“启用编辑”后再试。"
        )
    if any(book.name.casefold() == path.name.casefold() and not is_at(book, path) for book in app.books):
        raise UserError(
            f"另有一个同名的“{path.name}”正开着（在别的文件夹、网盘或另存的副本中），Excel 不能同时打开两个同名的文件，"
            "什么也没有改动；请先关闭它再试。"
        )


def _protected(app: Any) -> Iterator[Path]:
    """The files in Protected View, which are no books; only Excel on Windows has such windows."""
    for window in getattr(getattr(app, "api", None), "ProtectedViewWindows", None) or ():
        yield Path(str(window.SourcePath)) / str(window.SourceName)
