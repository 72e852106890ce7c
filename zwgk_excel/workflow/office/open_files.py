"""Whether another program has a workbook open that is about to be replaced."""

from __future__ import annotations

from pathlib import Path

from zwgk_excel.workflow.errors import UserError, reason_of


def require_not_open(path: Path, step: str = "汇总") -> None:
    """Raise UserError when another program has a workbook open, because its content may not be saved yet.

    ``step`` names in Chinese what to repeat after closing it.
    """
    # Excel's and WPS' for Windows, WPS' for Linux, LibreOffice's.
    beside = (path.with_name(name) for name in (f"~${path.name}", f".~{path.name}", f".~lock.{path.name}#"))
    held = next((each for each in beside if each.exists()), None)
    if held is not None:
        raise UserError(
            f"“{path.name}”正在 Excel、WPS 或其他程序中打开；请保存并关闭后再{step}。"
            f"如确认没有人打开，请删除同一文件夹中的“{held.name}”再试。"
        )
    if path.exists():
        try:
            with path.open("r+b"):
                pass
        except OSError as error:
            raise UserError(f"“{path.name}”不能写入：{reason_of(error)}；请关闭打开它的程序，或去掉只读。") from None
