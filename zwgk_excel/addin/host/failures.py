"""What can go wrong behind a button, and what the user is told of it."""

from __future__ import annotations

import traceback

from zwgk_excel.addin.host import session
from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.domain.text import on_screen
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.errors import UserError, refused_words


class UnrecognisedSheet(ZwgkError):
    """A sheet of the tracker has been changed beyond recognition; its name is the argument."""


class NotRestored(ZwgkError):
    """What was changed in the open workbook could not be taken back; its file is as it was."""


class PartialFailure(ZwgkError):
    """A button stopped half-way, because of its ``__cause__``; the argument says what it had done for good by then."""


def words_for(error: BaseException, button: str = "") -> str:
    """What the user is told of an error: a UserError's own sentence; of an unexpected one that it is in the log."""
    if isinstance(error, PartialFailure) and error.__cause__:
        return f"{words_for(error.__cause__, button)}\n{error}"
    if isinstance(error, UnrecognisedSheet):
        return f"无法识别工作表“{error}”的表头，台账未改动；请恢复表头后再按“汇总”。"
    if isinstance(error, PermissionError) and error.filename:
        return refused_words(error)
    return str(error) if isinstance(error, UserError) else log_unexpected(error, button)


def log_unexpected(error: BaseException, button: str) -> str:
    """Append the traceback to ``addin.log`` in the user's folder; returns a sentence that says where."""
    log = session.HOME / "addin.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        told = on_screen("".join(traceback.format_exception(error)), lines=True)
        file.write(f"{clock.now():%Y-%m-%d %H:%M:%S} {button}\n{told}\n")
    if isinstance(error, NotRestored):
        state = "工作簿未能恢复原样，请不要保存，关闭后重新打开（文件没有改动）"
    else:
        state = "工作簿已恢复原样"
    return f"没有完成：出现了意外的错误，{state}。详情记在“{log}”，请交给技术人员。"
