"""A host in another process, talked to in lines: any program that can start a process and read its output is one.

The button writes a question, one JSON object a line, in ASCII; the host answers each with one line, ``{"answer": …}``,
or ``{"failed": "why"}``. ``progress`` and ``end`` are answered by nothing. What each verb holds and is answered with
stands in docs/hosts.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any, BinaryIO, Self

from zwgk_excel.addin.host.host import ANSWERS, HostGone, OpenBook, RefusedByHost, View
from zwgk_excel.domain.text import one_line

LINE = 1 << 20
"""Bytes that a line may have; the longest is a list of open workbooks."""
_TYPED = 10_000
"""Characters that may be typed."""
_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_ZOOMS = range(10, 601)


class Conversation:
    """A :class:`zwgk_excel.addin.host.host.Host` over two streams; a host that ends or babbles is :class:`HostGone`."""

    live = None
    can_type = True

    def __init__(self, answers: BinaryIO, questions: BinaryIO) -> None:
        """``answers`` are read, ``questions`` written."""
        self._answers, self._questions = answers, questions

    @property
    def chooser(self) -> Self:
        """It has lists."""
        return self

    @property
    def program(self) -> str:
        """Name and version."""
        return one_line(_text(self._asked("program")))

    @property
    def front(self) -> Path | None:
        """The file of the workbook in front."""
        return next((each.path for each in self.books()[:1]), None)

    def books(self) -> Sequence[OpenBook]:
        """The open workbooks, the one in front first."""
        found = self._asked("books")
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise _not_understood("books")
        return [_book(each) for each in found]

    def save_and_close(self, path: Path) -> None:
        """Save what is unsaved, and close; raises RefusedByHost where it stays open."""
        self._asked("save_and_close", path=str(path))

    def open_at(self, path: Path, view: View = View()) -> None:  # immutable
        """Open and go there; raises RefusedByHost."""
        wanted = {"sheet": view.sheet or None, "cell": view.cell or None, "zoom": view.zoom or None}
        self._asked("open_at", path=str(path), **wanted)

    def tell(self, text: str) -> None:
        """A message, until it is closed."""
        self._asked("tell", text=text)

    def ask(self, text: str, buttons: str) -> str:
        """A question, answered by one of its keys."""
        answer = self._asked("ask", text=text, buttons=buttons)
        if answer not in ANSWERS[buttons]:
            raise _not_understood("ask")
        return str(answer)

    def ask_text(self, question: str, default: str) -> str | None:
        """A line of text."""
        answer = self._asked("ask_text", question=question, default=default)
        return None if answer is None else one_line(_text(answer))

    def choose(self, question: str, options: Sequence[str]) -> int | None:
        """One of a list."""
        answer = self._asked("choose", question=question, options=list(options))
        if answer is not None and (type(answer) is not int or not 0 <= answer < len(options)):
            raise _not_understood("choose")
        return answer

    def choose_folder(self, question: str) -> Path | None:
        """A folder."""
        answer = self._asked("choose_folder", question=question)
        return None if answer is None else _path(answer)

    def progress(self, text: str) -> None:
        """Shown without an answer."""
        self._say("progress", text=text)

    def end(self) -> None:
        """The last word: the host may forget this button."""
        self._say("end")

    def _asked(self, verb: str, **about: Any) -> Any:
        self._say(verb, **about)
        try:
            line = self._answers.readline(LINE)
        except (OSError, ValueError) as error:
            raise _gone() from error
        if not line.endswith(b"\n"):
            raise _gone() if len(line) < LINE else _not_understood(verb)
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            raise _not_understood(verb) from None
        if isinstance(told, dict) and isinstance(told.get("failed"), str):
            raise RefusedByHost(one_line(told["failed"])[:_TYPED])
        if not isinstance(told, dict) or "answer" not in told:
            raise _not_understood(verb)
        return told["answer"]

    def _say(self, verb: str, **about: Any) -> None:
        try:
            self._questions.write(json.dumps({"verb": verb, **about}).encode("ascii") + b"\n")
            self._questions.flush()
        except (OSError, ValueError) as error:
            raise _gone() from error


def _book(told: dict[str, Any]) -> OpenBook:
    """A part of the view that is none is left out: it is only where the user was."""
    path, sheet, cell, zoom = (told.get(key) for key in ("path", "sheet", "cell", "zoom"))
    view = View(
        sheet if isinstance(sheet, str) else "",
        cell if isinstance(cell, str) and _CELL.fullmatch(cell) else "",
        zoom if type(zoom) is int and zoom in _ZOOMS else 0,
    )
    place = None if path is None else _path(path)
    return OpenBook(place, view, told.get("modified") is True, told.get("read_only") is True)


def _path(told: Any) -> Path:
    text = _text(told)
    if not PurePath(text).is_absolute() or "\0" in text:
        raise _not_understood("path")
    return Path(text)


def _text(told: Any) -> str:
    if not isinstance(told, str) or len(told) > _TYPED:
        raise _not_understood("text")
    return told


def _not_understood(verb: str) -> HostGone:
    return HostGone(f"表格程序的回答看不懂（{verb}）；它的按钮与本程序的版本可能不一致，请由技术人员重新安装按钮。")


def _gone() -> HostGone:
    return HostGone("表格程序已经退出，没有办完；重新打开它，再按一次按钮。")
