"""The manuals for staff, as Word documents in the workspace."""

from __future__ import annotations

from pathlib import Path

from zwgk_excel.layout.resources import folder
from zwgk_excel.version import __version__
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of

OFFICE, REPORT = "办公室手册", "填报手册"
"""For the office, and for the units' officers, to whom the office may pass it on."""
_SHIPPED = {OFFICE: "manual_office.docx", REPORT: "manual_report.docx"}
"""The file of ``workbook_templates/`` of each; ``docs/make_manuals.py`` makes them of the Markdown."""


def put_manuals(root: Path) -> dict[str, Path]:
    """Put this version's manuals into 手册 of the workspace in ``root``: title → the file.

    The version is part of the name, and what lies there is kept: the office may have written in it. Raises UserError
    where the folder cannot be written.
    """
    return {title: _put(root / "手册" / f"{title} {__version__}.docx", shipped) for title, shipped in _SHIPPED.items()}


def _put(path: Path, shipped: str) -> Path:
    try:
        if not path.exists():
            write_atomic(path, (folder("workbook_templates") / shipped).read_bytes())
    except OSError as error:
        raise UserError(f"无法写入“{path}”：{reason_of(error)}。") from None
    return path
