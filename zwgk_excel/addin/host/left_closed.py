"""A workbook set aside while its file is worked on, and opened again where the user was, whatever comes between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from zwgk_excel.addin.host import session as sessions
from zwgk_excel.addin.host.host import Host, HostGone, OpenBook, RefusedByHost, View, open_book
from zwgk_excel.addin.host.session import Session
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError

_NOTE = "closed.json"
"""The workbook that a button has closed and not yet opened again, in the add-in's folder of the user."""


class NotReopened(UserError):
    """What was to be done is done, but the program could not open the workbook again."""


@contextmanager
def set_aside(host: Host, path: Path) -> Iterator[None]:
    """The file of a workbook to work on: what is unsaved in it is saved first, and it is open again afterwards.

    One that was not open is opened only where all went well. Raises UserError before anything happens where it cannot
    be saved; NotReopened after all is done.
    """
    book = open_book(host, path)
    named = book.path if book and book.path else path
    if book is not None:
        _close(host, named, book)
    try:
        yield
    except HostGone:
        raise
    except BaseException:
        if book is not None:
            # The first error is what the user is to know; the note stays, so that the next press opens it.
            with suppress(NotReopened, HostGone):
                _open(host, named, book.view)
        raise
    _open(host, named, book.view if book else View())


def _close(host: Host, path: Path, book: OpenBook) -> None:
    if book.read_only:
        raise UserError(
            f"“{path.name}”是以只读方式打开的（可能别人正开着它），什么也没有改动；"
            "请等别人关闭后重新打开，或去掉文件的只读属性。"
        )
    write_atomic(_note(), json.dumps({"path": str(path), **asdict(book.view)}).encode())
    try:
        host.save_and_close(path)
    except RefusedByHost as error:
        _forget()
        raise UserError(f"“{path.name}”没能保存和关闭：{error}。什么也没有改动；请自己保存一次，再按按钮。") from None


def _open(host: Host, path: Path, view: View) -> None:
    try:
        host.open_at(path, view)
    except RefusedByHost as error:
        _forget()  # the user is told, and opens it
        raise NotReopened(f"“{path.name}”没能打开：{error}。文件是完整的，请自己打开它。") from None
    _forget()


def open_what_was_left(session: Session) -> None:
    """Open what a button that was cut short has left closed, after the user was told; nothing where there is none."""
    left = _left()
    if left is None:
        return
    path, view = left
    if path.is_file() and open_book(session.host, path) is None:
        session.tell(f"上次的按钮没有办完，“{path.name}”关闭后没有再打开；现在打开它。文件是完整的，再按一次按钮即可办完。")
        _open(session.host, path, view)
    _forget()


def _left() -> tuple[Path, View] | None:
    """What the note says; a note that nobody can read says nothing."""
    try:
        told = json.loads(_note().read_text(encoding="utf-8"))
        return Path(told["path"]), View(str(told["sheet"]), str(told["cell"]), int(told["zoom"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _note() -> Path:
    sessions.HOME.mkdir(parents=True, exist_ok=True)
    return sessions.HOME / _NOTE


def _forget() -> None:
    _note().unlink(missing_ok=True)
