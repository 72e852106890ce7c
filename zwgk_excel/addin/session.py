"""One click: the application and the workbook in front, quiet while it works, and every failure in Chinese."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zwgk_excel.addin import outside
from zwgk_excel.addin.table_refresh import Unrecognised
from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.errors import UserError

TITLE = "政务公开"
_SHOWN = 40
"""So many steps of a long progress are shown: each costs a call into Excel."""
LISTED = 8
"""So many lines fit into a message."""
_NAMED = 5
"""So many units are named in one line."""
CANCELLED = "已取消，什么也没有改动。"
"""The closing words of a button whose question was answered with no."""
HOME = Path.home() / ".zwgk"
"""The add-in's folder of the user: which workspace was used last, and what went wrong."""


class NotRestored(ZwgkError):
    """What was changed in the open workbook could not be taken back; its file is as it was."""


class Halted(ZwgkError):
    """A button stopped half-way, because of its ``__cause__``; the argument says what it had done for good by then."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a button works with."""

    app: Any
    """The xlwings app."""
    book: Any
    """The xlwings book in front when the button was pressed."""

    def tell(self, text: str) -> None:
        """Show a message and wait until it is closed."""
        self.app.alert(text, TITLE)

    def ask(self, text: str, buttons: str = "ok_cancel") -> str:
        """Show a question; the answer is ``ok``, ``cancel``, ``yes`` or ``no``."""
        return str(self.app.alert(text, TITLE, buttons))

    def confirm(self, found: Sequence[str], question: str) -> bool:
        """Show what would be done, one line each, and ask whether to do it; nothing may have been done yet."""
        return self.ask(f"{listed(found)}\n\n{question}".strip()) == "ok"

    def choose_month(self, question: str, first: tuple[str, Month], second: tuple[str, Month]) -> Month | None:
        """Let the user choose between two months, each with what to call it (本月); None where neither is wanted."""
        choices = f"是：{first[0]}（{first[1]}）\n否：{second[0]}（{second[1]}）"
        answer = self.ask(f"{question}\n{choices}", "yes_no_cancel")
        return {"yes": first[1], "no": second[1]}.get(answer)

    def status(self, text: str) -> None:
        """Write the status bar."""
        self.app.status_bar = text

    def progress(self, label: str) -> Callable[[int, int, str], None]:
        """A progress callback of the workflow that writes the status bar: a few dozen times, however many files."""

        def show(done: int, total: int, name: str) -> None:
            if done == total or done % (total // _SHOWN + 1) == 0:
                self.status(f"{label} {done}/{total} {name}".rstrip())

        return show

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """No drawing and no computing in between; both are as before afterwards, whatever happens."""
        app = self.app
        updating, calculation = app.screen_updating, app.calculation
        app.screen_updating, app.calculation = False, "manual"
        try:
            yield
        finally:
            app.calculation, app.screen_updating = calculation, updating


def press(action: Callable[[Session], str | None]) -> None:
    """Run what is behind a button and show its closing words; nothing but Chinese sentences reaches the user.

    Where the application cannot be reached (WPS), the command line's way is taken for what it can do.
    """
    session = _session()
    if session is None:
        _press_outside(action.__name__)
        return
    try:
        words = action(session)
    except Exception as error:  # the last line of defence: a traceback in Excel helps nobody
        words = _words(error)
    finally:
        session.app.status_bar = False
    if words:
        session.tell(words)


def _press_outside(button: str) -> None:
    try:
        outside.run(button)
    except Exception as error:  # as in press
        outside.show(_unexpected(error))


def _session() -> Session | None:
    import xlwings

    try:
        # The shim tells no workbook's name, so the caller is the add-in itself: what counts is what is in front.
        app = xlwings.Book.caller().app
        return Session(app, app.books.active)
    except Exception:  # whatever the application answers: it is none that xlwings knows
        return None


def _words(error: BaseException) -> str:
    """What the user is told of an error."""
    if isinstance(error, Halted) and error.__cause__:
        return f"{_words(error.__cause__)}\n{error}"
    if isinstance(error, Unrecognised):
        return f"认不出工作表“{error}”的表头，台账未改动；请恢复表头，或关闭台账后运行 zwgk consolidate 重新写成。"
    return str(error) if isinstance(error, UserError) else _unexpected(error)


def _unexpected(error: BaseException) -> str:
    """Keep the traceback in the log, and say where."""
    log = HOME / "addin.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        file.write(f"{clock.now():%Y-%m-%d %H:%M:%S}\n{''.join(traceback.format_exception(error))}\n")
    if isinstance(error, NotRestored):
        state = "工作簿未能恢复原样，请不要保存，关闭后重新打开（文件没有改动）"
    else:
        state = "工作簿已恢复原样"
    name = type(error.__cause__ or error).__name__
    return f"没有完成：出现了意外的错误（{name}），{state}。详情记在“{log}”，请交给技术人员。"


def listed(lines: Sequence[str]) -> str:
    """Lines for a message: the first of them, and how many more there are."""
    more = [f"其余 {len(lines) - LISTED} 项从略。"] if len(lines) > LISTED else []
    return "\n".join([*lines[:LISTED], *more])


def named(units: Sequence[str]) -> str:
    """Units in a line: the first of them, and how many there are."""
    return "、".join(units[:_NAMED]) + (f" 等 {len(units)} 个" if len(units) > _NAMED else "")
