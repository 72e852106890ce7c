"""The program, its workbooks, and its windows that ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.addin.grid import GridApp, model
from tests.addin.grid.book import Book
from tests.windows.click.face.base import Collection, Face
from tests.windows.click.face.names import Names
from tests.windows.click.face.range import Range, meeting
from tests.windows.click.face.sheet import Worksheet
from tests.windows.click.object_model import constants

ADDIN = "zwgk.xlam"
"""Excel finds an add-in by its name, and does not count it among its workbooks."""
_CALCULATIONS = {"automatic": "xlCalculationAutomatic", "manual": "xlCalculationManual"}


class Application(Face):
    """The program."""

    Name, Version, Path = "Microsoft Excel", "16.0", "C:\\Office 16"
    DisplayAlerts = EnableEvents = Interactive = Visible = True
    CutCopyMode = 0
    Hwnd = 0

    def __init__(self, app: GridApp) -> None:
        super().__init__(self, app)

    @property
    def Workbooks(self) -> Workbooks:
        return Workbooks(self, self.of)

    @property
    def ActiveWorkbook(self) -> Workbook | None:
        active = self.of.books.active
        return Workbook(self, active) if active else None

    @property
    def ActiveSheet(self) -> Worksheet | None:
        book = self.ActiveWorkbook
        return book.ActiveSheet if book else None

    @property
    def Selection(self) -> Range | None:
        sheet = self.ActiveSheet
        selected = self.of.selection
        return Range(self, selected) if selected else sheet.Range("A1") if sheet else None

    @property
    def StatusBar(self) -> str | bool:
        return self.of.status_bar

    @StatusBar.setter
    def StatusBar(self, text: str | bool) -> None:
        self.of.status_bar = text

    @property
    def ScreenUpdating(self) -> bool:
        return bool(self.of.screen_updating)

    @ScreenUpdating.setter
    def ScreenUpdating(self, on: bool) -> None:
        self.of.screen_updating = on

    @property
    def Calculation(self) -> int:
        return constants()[_CALCULATIONS[self.of.calculation]]

    @Calculation.setter
    def Calculation(self, kind: int) -> None:
        (self.of.calculation,) = (name for name, each in _CALCULATIONS.items() if constants()[each] == kind)

    @property
    def ProtectedViewWindows(self) -> ProtectedViewWindows:
        return ProtectedViewWindows(self, self.of.ProtectedViewWindows)

    @property
    def International(self) -> tuple[str, ...]:
        """The whole list, of which only the list separator is asked for."""
        return tuple("," if number == constants()["xlListSeparator"] else "" for number in range(50))

    def Intersect(self, Arg1: Range, Arg2: Range) -> Any:
        return meeting(Arg1, Arg2)

    def InputBox(self, Prompt: str, Title: str = "", Default: str = "") -> str | bool:
        return self.of.InputBox(Prompt, Title, Default)

    def FileDialog(self, fileDialogType: int) -> Any:
        return FileDialog(self, self.of.FileDialog(fileDialogType))


class ProtectedViewWindows(Collection):
    """Files that are looked at and not open."""

    def all(self) -> list[Any]:
        return [ProtectedViewWindow(self._application, each) for each in self.of]


class ProtectedViewWindow(Face):
    """One of them."""

    @property
    def SourcePath(self) -> str:
        return str(self.of.SourcePath)

    @property
    def SourceName(self) -> str:
        return str(self.of.SourceName)


class FileDialog(Face):
    """Office's window for a file or a folder."""

    kind = "Office.FileDialog"

    def Show(self) -> int:
        return int(self.of.Show())

    @property
    def SelectedItems(self) -> FileDialogSelectedItems:
        return FileDialogSelectedItems(self._application, self.of)


class FileDialogSelectedItems(Collection):
    """What was chosen."""

    kind = "Office.FileDialogSelectedItems"

    def all(self) -> list[Any]:
        return [self.of.SelectedItems(1)] if self.of.Show() else []


class Workbooks(Collection):
    """The open workbooks."""

    def all(self) -> list[Workbook]:
        return [Workbook(self._application, book) for book in self.of.books]

    def Item(self, Index: int | str) -> Workbook:
        if str(Index).casefold() == ADDIN:
            return AddIn(self._application, Book(self.of, model.Workbook(None, [model.Page("zwgk.conf")])))
        return super().Item(Index)

    def Add(self) -> Workbook:
        return Workbook(self._application, self.of.books.add())

    def Open(
        self,
        Filename: str,
        UpdateLinks: Any = None,
        ReadOnly: Any = None,
        Format: Any = None,
        Password: Any = None,
        WriteResPassword: Any = None,
        IgnoreReadOnlyRecommended: Any = None,
        Origin: Any = None,
        Delimiter: Any = None,
        Editable: Any = None,
        Notify: Any = None,
        Converter: Any = None,
        AddToMru: Any = None,
        Local: Any = None,
        CorruptLoad: Any = None,
    ) -> Workbook:
        return Workbook(self._application, self.of.books.open(Filename, read_only=bool(ReadOnly)))


class Workbook(Face):
    """One workbook."""

    of: Book

    @property
    def Name(self) -> str:
        return str(self.of.name)

    @property
    def FullName(self) -> str:
        return str(self.of.api.FullName)

    @property
    def Path(self) -> str:
        return str(Path(self.FullName).parent) if self.of.model.path else ""

    @property
    def FileFormat(self) -> int:
        return constants()["xlOpenXMLWorkbook"]

    @property
    def ReadOnly(self) -> bool:
        return bool(self.of.api.ReadOnly)

    @property
    def Parent(self) -> Application:
        return self._application

    @property
    def Worksheets(self) -> Worksheets:
        return Worksheets(self._application, self.of)

    @property
    def ActiveSheet(self) -> Worksheet:
        return Worksheet(self._application, self.of.sheets.active)

    @property
    def Names(self) -> Names:
        return Names(self._application, self.of)

    def Activate(self) -> None:
        self.of.activate()

    def Save(self) -> None:
        self.of.save()

    def Close(self, SaveChanges: bool = False) -> None:
        self.of.close()


class AddIn(Workbook):
    """The add-in itself, of which only the program is asked."""

    kind = "Workbook"
    Name = FullName = ADDIN


class Worksheets(Collection):
    """The sheets of a workbook."""

    kind = "Sheets"

    def all(self) -> list[Worksheet]:
        return [Worksheet(self._application, sheet) for sheet in self.of.sheets]

    @property
    def Parent(self) -> Workbook:
        return Workbook(self._application, self.of)

    def Add(self, Before: Worksheet | None = None, After: Worksheet | None = None) -> Worksheet:
        """With a name of its own, and in front."""
        names = [page.name for page in self.of.model.pages]
        name = next(f"Sheet{n}" for n in range(1, len(names) + 2) if f"Sheet{n}" not in names)
        made = self.of.sheets.add(before=Before.of if Before else None, after=After.of if After else None, name=name)
        made.activate()
        return Worksheet(self._application, made)


