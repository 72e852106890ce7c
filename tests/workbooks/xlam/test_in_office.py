"""The shipped VBA running in a real spreadsheet application: LibreOffice, which knows VBA's language."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
import xlsxwriter

from tests.workbooks.xlam import in_office
from tests.workbooks.xlam.in_office import call, modules_for_office, recorded, untyped
from tests.workbooks.xlam.test_ribbon import CALLBACK
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.workbooks.xlam.addin_package import addin_modules, write_addin
from zwgk_excel.workbooks.xlam.vba_module import class_module, standard_module

STUB = """Attribute VB_Name = "xlwings"
Public Function RunPython(PythonCommand As String)
    ThisWorkbook.Worksheets(1).Range("D1").Value = PythonCommand
End Function
"""
QUESTIONS = """Attribute VB_Name = "Questions"
Public Function InFront() As Object
    Dim Book
    For Each Book In Workbooks
        If Book.Name <> ThisWorkbook.Name Then Set InFront = Book
    Next
End Function
Public Function NameInFront()
    NameInFront = InFront().Name
End Function
Public Function Interpreter()
    Dim Python As New xlwings
    Interpreter = Python.GetConfig("INTERPRETER_WIN", "none")
End Function
Public Function ShowConsole()
    Dim Python As New xlwings
    ShowConsole = Python.GetConfig("SHOW CONSOLE", "none")
End Function
Public Function CommandLine()
    Dim Python As New xlwings
    Python.RunPython "work"
    CommandLine = ThisWorkbook.Worksheets(1).Range("D1").Value
End Function
"""

@pytest.fixture
def opened(office):
    """Opens a file with its macros; all are closed at the end."""
    models = []

    def open_(path):
        models.append(in_office.opened(office, path))
        return models[-1]

    yield open_
    for model in models:
        model.close(True)


def test_every_callback_reaches_python(opened, tmp_path):
    callbacks, _, _ = addin_modules(["help"])
    path = tmp_path / "zwgk.xlam"
    path.write_bytes(write_addin([untyped(callbacks), class_module(STUB)], "1"))
    model = opened(path)
    subs = CALLBACK.findall(callbacks.source.replace("\r\n", "\n"))
    assert [function for _, function in subs] == list(ribbon_tab().buttons)
    for sub, function in subs:
        call(model, "ZwgkRibbon", sub, None)
        assert recorded(model) == f"import zwgk_excel.addin; zwgk_excel.addin.{function}()"


def test_enabled_are_the_offered_buttons(opened, tmp_path):
    callbacks, _, _ = addin_modules(["help", "open_inbox"])
    control = 'Attribute VB_Name = "FakeControl"\nPublic Tag As String\n'
    ask = """Attribute VB_Name = "Ask"
Public Function Enabled(Name) As String
    Dim Control As New FakeControl, Answer
    Control.Tag = Name
    IsOffered Control, Answer
    Enabled = CStr(Answer)
End Function
"""
    modules = [untyped(callbacks), class_module(STUB), class_module(control), standard_module(ask)]
    path = tmp_path / "zwgk.xlam"
    path.write_bytes(write_addin(modules, "1"))
    model = opened(path)
    answers = {name: call(model, "Ask", "Enabled", name) for name in ("help", "open_inbox", "open", "inbox", "send")}
    assert answers == {"help": "True", "open_inbox": "True", "open": "False", "inbox": "False", "send": "False"}


@pytest.fixture
def attack(tmp_path):
    """A workbook that wants to be asked, with a name that cmd.exe would run."""
    path = tmp_path / "收 %CMDCMDLINE%^&calc&.xlsx"
    settings = {"INTERPRETER_WIN": "evil.exe", "PYTHONPATH": "evil", "SHOW CONSOLE": "True", "TEMP DIR": "evil"}
    with xlsxwriter.Workbook(path) as book:
        for name in ("zwgk.conf", "xlwings.conf"):
            sheet = book.add_worksheet(name)
            for row, pair in enumerate(settings.items()):
                sheet.write_row(row, 0, pair)
        book.add_worksheet("zwgk_excel.py").write("A1", "import os")
    return path


@pytest.fixture
def answers(opened, attack, tmp_path):
    """What the VBA with this source says about its settings while the attacking workbook is open."""

    def ask(source, *questions):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.xlam"
        path.write_bytes(write_addin([*modules_for_office(source), standard_module(QUESTIONS)], "1"))
        model = opened(path)
        opened(attack)
        assert call(model, "Questions", "NameInFront") == attack.name
        return [call(model, "Questions", question) for question in questions]

    return ask


def test_an_attacking_workbook_is_not_asked(answers):
    _, shipped, _ = addin_modules([])
    interpreter, console, command = answers(shipped.source, "Interpreter", "ShowConsole", "CommandLine")
    assert (interpreter, console) == ("none", "False")
    assert re.fullmatch(
        r'"" /C python -P -c "work"  '
        r'--wb="\d+\.xlam" --from_xl=1 --app="\\Microsoft Excel" --hwnd="7" 2> "\\xlwings-g\.log" ',
        command,
    )


def test_stock_xlwings_would_ask_it(answers):
    """The attack works where nothing was hardened; else the test above would prove nothing."""
    stock = (files("xlwings") / "xlwings_custom_addin.bas").read_text("ascii").replace("\r\n", "\n")
    stock = stock.replace('"myaddin"', '"zwgk"').replace("Public Const", "Const")
    assert answers(stock, "Interpreter", "ShowConsole") == ["evil.exe", "True"]
