"""What a killed run left half-written."""

from __future__ import annotations

from pathlib import Path

from zwgk_excel.workbooks.writing.files import remove_temporary_files
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.context import Office


def remove_partial(office: Office, folder: Path | None = None) -> None:
    """Delete partial files left by a killed run, in the workspace or a folder of it; the caller holds the run lock.

    Raises UserError.
    """
    try:
        remove_temporary_files(folder or office.workspace.root)
    except OSError as error:
        raise UserError(f"无法清理上次中断留下的临时文件：{reason_of(error)}（{error.filename}）。") from error
