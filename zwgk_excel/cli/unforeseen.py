"""What a clerk is told of an error that nobody foresaw: one sentence, and where the details are."""

from __future__ import annotations

from traceback import format_exception

from zwgk_excel.cli import show
from zwgk_excel.domain.text import on_screen
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.failure_log import log_failure


def tell(error: BaseException) -> None:
    """Write the traceback to the log and print where it is; print it itself where there can be no log."""
    # Its words may be a stranger's.
    details = on_screen("".join(format_exception(error)), lines=True)
    try:
        where = f"详情记在“{log_failure(details)}”"
    except (OSError, UserError):
        show.details(details)
        where = "详情见上"
    show.error(
        f"没有完成：出现了意外的错误。{where}，请交给技术人员。"
        "已写好的文件都是完整的，可再次运行；已办了什么，可用 zwgk history 查看。"
    )
