"""The shipped VBA made ready for LibreOffice, which knows VBA's language, and run there.

What only Windows has is put in its place by small modules: the shell records the command instead of running it, and
files of Windows lie in folders of this system. The Dictionary class is left out: LibreOffice does not compile its Enum.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.workbooks.xlam.vba import as_windows_compiles
from zwgk_excel.workbooks.xlam.addin_package import VBA_NAME
from zwgk_excel.workbooks.xlam.vba_module import Module, class_module, standard_module

_SHELL = """Attribute VB_Name = "Shell"
Public Function ExpandEnvironmentStrings(Text)
    ExpandEnvironmentStrings = Text
End Function
Public Function Run(Command, Style, Wait)
    ThisWorkbook.Worksheets(1).Range("D1").Value = Command
    Run = 0
End Function
"""
_PAIRS = """Attribute VB_Name = "Pairs"
Private Values As New Collection
Public Sub Add(Key, Value)
    Values.Add Value, Key
End Sub
Public Function Exists(Key) As Boolean
    Dim Value
    On Error Resume Next
    Value = Values.Item(Key)
    Exists = Not IsEmpty(Value)
End Function
Public Function Item(Key)
    Item = Values.Item(Key)
End Function
"""
_COMPUTER = """Attribute VB_Name = "Computer"
Public Function Told(Name)
    Told = ""
{told}
End Function
Public Function Place(Path)
    Place = Path
{places}
    If Place <> Path Then Place = Replace(Place, "\\", "/")
End Function
"""
_GET_CONFIG = (
    "Function GetConfig(configKey As String, "
    'Optional default As String = "", Optional source As String = "") As Variant'
)


@dataclass(frozen=True, slots=True)
class Computer:
    """A computer with Windows as the VBA asks about it."""

    environment: Mapping[str, str] = field(default_factory=dict)
    drives: Mapping[str, str] = field(default_factory=dict)
    """``C:`` → the folder of this system that it is; empty for the first of all."""
    excel: str = ""
    """The folder of the program."""

    @property
    def module(self) -> Module:
        """Its functions in VBA."""
        told = [
            f'    If LCase(Name) = "{name.lower()}" Then Told = "{each}"' for name, each in self.environment.items()
        ]
        places = [
            f'    If UCase(Left(Path, 2)) = "{drive}" Then Place = "{folder}" & Mid(Path, 3)'
            for drive, folder in self.drives.items()
        ]
        return standard_module(_COMPUTER.format(told="\n".join(told), places="\n".join(places)))


def for_office(source: str, computer: Computer) -> str:
    """VBA source for LibreOffice 7.4: Windows' branches, and stand-ins for what it has not."""
    lines = (line for line in as_windows_compiles(source).splitlines() if "Declare PtrSafe" not in line)
    text = re.sub(r" As (Workbook|Worksheet|Range)\b", "", "\n".join(lines))
    head = "Function GetConfig(configKey As String, Optional default, Optional source) As Variant\n"
    head += 'If IsMissing(default) Then default = ""\nIf IsMissing(source) Then source = ""'
    for old, new in {
        _GET_CONFIG: head,  # it passes no default for an argument left out
        'CreateObject("Scripting.Dictionary")': "New Pairs",
        'CreateObject("WScript.Shell")': "New Shell",
        "& CreateGUID() &": '& "g" &',
        "Application.Hwnd": "7",
        "Application.Path": f'"{computer.excel}"',
        ".End(xlDown)": ".Offset(3, 0)",  # needs a window; every sheet here has four rows
        "Environ(": "Told(",
        "GetAttr(FileSpec)": "GetAttr(Place(FileSpec))",
        "Open sFile For Input": "Open Place(sFile) For Input",
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    # A hidden document is never the active one; the question is whether the code asks at all.
    return text.replace("ActiveWorkbook", "InFront()").replace("In Range(sht", "In sht.Range(sht")


def modules_for_office(source: str, computer: Computer | None = None) -> list[Module]:
    """xlwings' class from this source, and what it needs in LibreOffice."""
    computer = computer or Computer()
    return [class_module(for_office(source, computer)), *map(class_module, (_SHELL, _PAIRS)), computer.module]


def untyped(module: Module) -> Module:
    """The callbacks without a type: LibreOffice has no Office type library, so it knows no IRibbonControl."""
    return standard_module(module.source.replace(" As IRibbonControl", ""))


def opened(office: Any, path: Path) -> Any:
    """A file open in LibreOffice with its macros; whoever opens it closes it."""
    import uno
    from com.sun.star.beans import PropertyValue

    always = uno.Any("short", 4)
    options = {"Hidden": True, "MacroExecutionMode": always, "FilterName": "Calc MS Excel 2007 VBA XML"}
    properties = tuple(PropertyValue(Name=name, Value=value) for name, value in options.items())
    return office.desktop.loadComponentFromURL(uno.systemPathToFileUrl(str(path)), "_blank", 0, properties)


def call(model: Any, module: str, procedure: str, *arguments: Any) -> Any:
    """Run one procedure of the add-in that is open."""
    address = f"vnd.sun.star.script:{VBA_NAME}.{module}.{procedure}?language=Basic&location=document"
    return model.getScriptProvider().getScript(address).invoke(arguments, (), ())[0]


def recorded(model: Any) -> str:
    """The command that the shell was given last."""
    return str(model.Sheets.getByIndex(0).getCellRangeByName("D1").String)
