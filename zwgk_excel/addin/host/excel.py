"""Excel as a host, by xlwings: the one program in whose open workbooks Python works."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from zwgk_excel.addin.host.book_places import is_at, place_of
from zwgk_excel.addin.host.host import OpenBook, View
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.workflow.errors import UserError

_FOLDER_PICKER = 4  # msoFileDialogFolderPicker


@dataclass(frozen=True)
class Excel:
    """A :class:`zwgk_excel.addin.host.host.Host` over xlwings; what goes past the verbs takes ``app`` and ``book``."""

    app: Any
    """The xlwings app."""
    book: Any
    """The xlwings book in front when the button was pressed; None where there is none."""

    @property
    def live(self) -> Self:
        """Python works in its open workbooks."""
        return self

    @property
    def program(self) -> str:
        """Its version."""
        return str(self.app.version)

    @cached_property
    def front(self) -> Path | None:
        """The file of the workbook in front when the button was pressed."""
        return place_of(self.book)

    @property
    def can_type(self) -> bool:
        """Excel for Windows has such a window."""
        return hasattr(self.app.api, "InputBox")

    @property
    def chooser(self) -> None:
        """Excel has no list to choose from."""

    def books(self) -> Sequence[OpenBook]:
        """The files that are open; of views nobody asks where the workbook stays open."""
        return [OpenBook(place_of(each)) for each in self.app.books]

    def save_and_close(self, path: Path) -> None:
        """Save and close the workbook of a file."""
        for book in self.app.books:
            if is_at(book, path):
                book.save()
                book.close()
                return

    def open_at(self, path: Path, view: View = View()) -> None:  # immutable
        """Open a file, or bring it to the front where it is open."""
        book = next((each for each in self.app.books if is_at(each, path)), None)
        if book is None:
            book = self.app.books.open(str(path))
        else:
            book.activate()
        if view.sheet and view.sheet in [each.name for each in book.sheets]:
            book.sheets[view.sheet].activate()

    def tell(self, text: str) -> None:
        """A message with the tab's title."""
        self.app.alert(text, ribbon_tab().label)

    def ask(self, text: str, buttons: str) -> str:
        """A message with these keys."""
        return str(self.app.alert(text, ribbon_tab().label, buttons))

    def ask_text(self, question: str, default: str) -> str | None:
        """Excel's own window: the question may have 255 characters."""
        answer = self.app.api.InputBox(question, ribbon_tab().label, default)
        return None if answer is False else str(answer)

    def choose_folder(self, question: str) -> Path | None:
        """Office's own window for a folder, which Excel for Windows has. Raises UserError elsewhere."""
        if platform.system() != "Windows":
            raise UserError("这里不能弹出选择文件夹的窗口；请在命令行运行 zwgk init 新建工作区，再打开其中的文件。")
        dialog = self.app.api.FileDialog(_FOLDER_PICKER)
        return Path(dialog.SelectedItems(1)) if dialog.Show() else None

    def progress(self, text: str) -> None:
        """The status bar; it is given back when it is over."""
        self.app.status_bar = text or False


@contextmanager
def quiet(app: Any) -> Iterator[None]:
    """No drawing and no computing of an xlwings app in between; both are as before afterwards, whatever happens."""
    updating, calculation = app.screen_updating, app.calculation
    app.screen_updating, app.calculation = False, "manual"
    try:
        yield
    finally:
        app.calculation, app.screen_updating = calculation, updating
