"""The manuals for staff, as Word documents in the workspace."""

from __future__ import annotations

from pathlib import Path

from zwgk_excel.layout.manuals import MANUALS, manual_bytes
from zwgk_excel.version import __version__
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of


def put_manuals(root: Path) -> dict[str, Path]:
    """Put this version's manuals into 手册 of the workspace in ``root``: title → the file.

    The version is part of the name, and what lies there is kept: the office may have written in it. Raises UserError
    where the folder cannot be written.
    """
    return {title: _put(root / "手册" / f"{title} {__version__}.docx", title) for title in MANUALS}


def _put(path: Path, title: str) -> Path:
    try:
        if not path.exists():
            write_atomic(path, manual_bytes(title))
    except OSError as error:
        raise UserError(f"无法写入“{path}”：{reason_of(error)}。") from None
    return path
