"""The program that a button was pressed in, as a few verbs: the seam between what buttons do and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from zwgk_excel.workflow.errors import UserError

ANSWERS = {"ok_cancel": ("ok", "cancel"), "yes_no_cancel": ("yes", "no", "cancel")}
"""The sets of keys under a question, each with what it may be answered with."""


class RefusedByHost(UserError):
    """The program could not do what it was asked for; the argument says why in its own words."""


class HostGone(UserError):
    """The program has ended, or says what nobody understands; nothing more can be shown or asked."""


@dataclass(frozen=True, slots=True)
class View:
    """Where the user is in a workbook; a part that is not known is empty."""

    sheet: str = ""
    cell: str = ""
    """Such as ``B7``."""
    zoom: int = 0
    """Per cent."""


@dataclass(frozen=True, slots=True)
class OpenBook:
    """A workbook that is open in the program."""

    path: Path | None
    """None for one that was never saved, or lies nowhere on this computer."""
    view: View = View()
    modified: bool = False
    read_only: bool = False


class Live(Protocol):
    """A host in whose open workbooks Python works: Excel, by xlwings."""

    @property
    def app(self) -> Any:
        """The xlwings app."""
        ...

    @property
    def book(self) -> Any:
        """The xlwings book in front when the button was pressed; None where there is none."""
        ...

    @property
    def front(self) -> Path | None:
        """Its file."""
        ...


class Chooser(Protocol):
    """A host that has lists to choose from, which Excel has not."""

    def choose(self, question: str, options: Sequence[str]) -> int | None:
        """Let one of the options be chosen: its index; None where the user gives up."""
        ...


class Host(Protocol):
    """What a button may ask of the program; texts come as they are to be shown.

    Every verb raises :class:`HostGone`; those that open, save and close raise :class:`RefusedByHost` too.
    """

    @property
    def live(self) -> Live | None:
        """The program where Python can work in its open workbooks; None where it works on their files."""
        ...

    @property
    def program(self) -> str:
        """Name or version, as 自检 shows it."""
        ...

    @property
    def front(self) -> Path | None:
        """The file of the workbook in front; None where it has none."""
        ...

    @property
    def can_type(self) -> bool:
        """Whether it has a window that asks for a line of text."""
        ...

    @property
    def chooser(self) -> Chooser | None:
        """Whoever lets the user choose from a list; None where it has no such window."""
        ...

    def books(self) -> Sequence[OpenBook]:
        """The open workbooks, the one in front first."""
        ...

    def save_and_close(self, path: Path) -> None:
        """Save an open workbook where it has unsaved changes, and close it. Refused, it is open as before."""
        ...

    def open_at(self, path: Path, view: View = View()) -> None:  # immutable
        """Open a workbook, or bring it to the front where it is open, and go where the view says."""
        ...

    def tell(self, text: str) -> None:
        """Show a message and wait until it is closed."""
        ...

    def ask(self, text: str, buttons: str) -> str:
        """Show a question over one of the sets of :data:`ANSWERS`; its answer."""
        ...

    def ask_text(self, question: str, default: str) -> str | None:
        """Ask for a line of text; None where the user gives up."""
        ...

    def choose_folder(self, question: str) -> Path | None:
        """Let a folder be chosen; None where the user gives up."""
        ...

    def progress(self, text: str) -> None:
        """Show what is being done, without waiting; empty when it is over."""
        ...


def open_book(host: Host, path: Path) -> OpenBook | None:
    """The file where it is open in a program, under the path by which that knows it: over a link or a network drive
    it may be another one than ours."""
    found = (each for each in host.books() if each.path is not None and each.path.resolve() == path.resolve())
    return next(found, None)
