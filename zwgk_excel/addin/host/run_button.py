"""One click from beginning to end: nothing but Chinese sentences reaches the user."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from zwgk_excel.addin.host.excel import Excel
from zwgk_excel.addin.host.failures import words_for
from zwgk_excel.addin.host.host import Host, HostGone
from zwgk_excel.addin.host.left_closed import open_what_was_left
from zwgk_excel.addin.host.session import Session
from zwgk_excel.addin.host.system_windows import SystemWindows

_HOST: ContextVar[Host | None] = ContextVar("host", default=None)
"""Who has started this process to press a button; None for Excel, which xlwings finds."""


@contextmanager
def pressed_in(host: Host) -> Iterator[None]:
    """Let the buttons that are pressed meanwhile be those of a host."""
    token = _HOST.set(host)
    try:
        yield
    finally:
        _HOST.reset(token)


def run_button(name: str, action: Callable[[Session], str | None]) -> None:
    """Run what is behind the button ``name`` and show its closing words.

    It is pressed in the host of :func:`pressed_in`, else in Excel, else, where neither answers, with the windows of the
    system. Raises HostGone where there is nobody left who could be told anything.
    """
    session = Session(_HOST.get() or _excel() or SystemWindows())
    try:
        if session.live is None:
            open_what_was_left(session)
        words = action(session)
    except HostGone:
        raise
    except Exception as error:  # the last line of defence: a traceback in Excel helps nobody
        words = words_for(error, name)
    finally:
        _quietly_over(session)
    if words:
        session.tell(words)


def _quietly_over(session: Session) -> None:
    """Nothing is being done any more; a host that has gone shows nothing anyhow."""
    try:
        session.host.progress("")
    except HostGone:
        return


def _excel() -> Excel | None:
    try:
        import xlwings

        # The shim tells no workbook's name, so the caller is the add-in itself: what counts is what is in front.
        app = xlwings.Book.caller().app
        return Excel(app, app.books.active)
    except Exception:  # whatever the application answers: it is none that xlwings knows
        return None
