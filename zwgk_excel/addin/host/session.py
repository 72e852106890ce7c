"""What a button works with: how it tells, asks and shows what it does, in whatever program it was pressed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from zwgk_excel.addin.host.host import Host, Live, View, open_book
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.text import on_screen
from zwgk_excel.layout.in_excel import in_excel
from zwgk_excel.workflow.errors import UserError

_PAUSE = 2.0
"""Seconds between two steps of a progress that are shown: each costs a call into the program."""
LISTED = 8
"""So many lines fit into a message."""
_NAMED = 5
"""So many units are named in one line."""
CANCELLED = "已取消，什么也没有改动。"
"""The closing words of a button whose question was answered with no."""
HOME = Path.home() / ".zwgk"
"""The add-in's folder of the user: which workspace was used last, and what went wrong."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a button works with; what it shows holds strangers' words, so nothing in them acts on the screen."""

    host: Host

    @property
    def live(self) -> Live | None:
        """Excel, in whose open workbooks Python works; None in a program whose files it works on."""
        return self.host.live

    def tell(self, text: str) -> None:
        """Show a message and wait until it is closed."""
        self.host.tell(_shown(text))

    def ask(self, text: str, buttons: str = "ok_cancel") -> str:
        """Show a question; the answer is ``ok``, ``cancel``, ``yes`` or ``no``."""
        return self.host.ask(_shown(text), buttons)

    def choose(self, text: str) -> bool | None:
        """Ask between 是 and 否, both told in the text; None where the user wants neither."""
        return {"yes": True, "no": False}.get(self.ask(text, "yes_no_cancel"))

    def confirm(self, found: Sequence[str], question: str) -> bool:
        """Show what would be done, one line each, and ask whether to do it; nothing may have been done yet."""
        return self.ask(f"{listed(found)}\n\n{question}".strip()) == "ok"

    def ask_text(self, question: str, default: str = "") -> str | None:
        """Ask for a line of text; None where the user gives up. What the user only agrees to is ``default``.

        The question is short: a program takes 255 characters. Raises UserError where the program has no such window.
        """
        if not self.can_type:
            raise UserError("这里不能弹出输入的窗口；请在 Windows 的 Excel 中办理，或由技术人员在命令行办理。")
        answer = self.host.ask_text(_shown(question), default)
        return None if answer is None else answer.strip()

    @property
    def can_type(self) -> bool:
        """Whether the program has a window that asks for text: Excel for Windows has."""
        return self.host.can_type

    def choose_from(self, question: str, options: Sequence[str], other: str) -> int | None:
        """Let one of the options be chosen from a list, ``other`` is the last of it: its index.

        ``len(options)`` for ``other``, and where the program has no lists; None where the user gives up.
        """
        if self.host.chooser is None:
            return len(options)
        return self.host.chooser.choose(_shown(question), [on_screen(each) for each in (*options, other)])

    def choose_folder(self, question: str) -> Path | None:
        """Let a folder be chosen; None where the user gives up. Raises UserError where there is no such window."""
        return self.host.choose_folder(question)

    def open(self, path: Path, sheet: str = "") -> None:
        """Open a workbook in the program, or bring it to the front, and turn to a sheet of it."""
        book = open_book(self.host, path)
        self.host.open_at(book.path if book and book.path else path, View(sheet))

    def choose_month(self, question: str, first: tuple[str, Month], second: tuple[str, Month]) -> Month | None:
        """Let the user choose between two months, each with what to call it (最近); None where neither is wanted.

        For programs that cannot ask for text.
        """
        choices = f"是：{first[0]}（{first[1]}）\n否：{second[0]}（{second[1]}）"
        answer = self.ask(f"{question}\n{choices}", "yes_no_cancel")
        return {"yes": first[1], "no": second[1]}.get(answer)

    def status(self, text: str) -> None:
        """Show what is being done."""
        self.host.progress(on_screen(text))

    def progress(self, label: str) -> Callable[[int, int, str], None]:
        """A progress callback of the workflow that writes the status bar: at first, at last, and now and then between,
        however many files there are."""
        next_at = 0.0

        def show(done: int, total: int, name: str) -> None:
            nonlocal next_at
            if done == total or monotonic() >= next_at:
                next_at = monotonic() + _PAUSE
                self.status(f"{label} {done}/{total} {name}".rstrip())

        return show


def _shown(text: str) -> str:
    """A text as it is shown: a message that names a command names the button instead."""
    return on_screen(in_excel(text), lines=True)


def listed(lines: Sequence[str]) -> str:
    """Lines for a message: the first of them, and how many more there are."""
    more = [f"其余 {len(lines) - LISTED} 项从略。"] if len(lines) > LISTED else []
    return "\n".join([*lines[:LISTED], *more])


def named(units: Sequence[str]) -> str:
    """Units in a line: the first of them, and how many there are."""
    return "、".join(units[:_NAMED]) + (f" 等 {len(units)} 个" if len(units) > _NAMED else "")
