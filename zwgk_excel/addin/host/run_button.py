"""One click from beginning to end: nothing but Chinese sentences reaches the user."""

from __future__ import annotations

from collections.abc import Callable

from zwgk_excel.addin.host import wps_fallback
from zwgk_excel.addin.host.failures import log_unexpected, words_for
from zwgk_excel.addin.host.session import Session
from zwgk_excel.addin.host.wps_fallback import OnFiles


def run_button(name: str, action: Callable[[Session], str | None], on_files: OnFiles | None = None) -> None:
    """Run what is behind the button ``name`` and show its closing words.

    Where the application cannot be reached (WPS), ``on_files`` does the same work on the saved files; a button without
    it says what to do instead.
    """
    session = _current_session()
    if session is None:
        _run_without_application(name, on_files)
        return
    try:
        words = action(session)
    except Exception as error:  # the last line of defence: a traceback in Excel helps nobody
        words = words_for(error)
    finally:
        session.app.status_bar = False
    if words:
        session.tell(words)


def _run_without_application(name: str, on_files: OnFiles | None) -> None:
    try:
        wps_fallback.run(name, on_files)
    except Exception as error:  # as in run_button
        wps_fallback.show(log_unexpected(error))


def _current_session() -> Session | None:
    import xlwings

    try:
        # The shim tells no workbook's name, so the caller is the add-in itself: what counts is what is in front.
        app = xlwings.Book.caller().app
        return Session(app, app.books.active)
    except Exception:  # whatever the application answers: it is none that xlwings knows
        return None
