"""No opened workbook can choose the interpreter, supply code, or run any: asserted on the VBA that is shipped."""

import re
import sys
from importlib.resources import files

import pytest
from xlwings.utils import prepare_sys_path

from tests.workbooks.xlam.vba import PROCEDURE, as_windows_compiles
from zwgk_excel.workbooks.xlam.hardening import ChangedSourceError, code_of, hardened, vba_text

IN_FRONT = re.compile(r"\b(ActiveWorkbook|ActiveSheet|ActiveCell|Selection|Workbooks|Windows|Evaluate)\b")


@pytest.fixture(scope="module")
def stock():
    return (files("xlwings") / "xlwings_custom_addin.bas").read_text("ascii")


def test_the_shipped_class_names_no_workbook_but_its_own(extracted, stock):
    assert IN_FRONT.search(stock)
    assert [line for line in extracted["xlwings"].splitlines() if IN_FRONT.search(code_of(line))] == []


def test_the_shim_looks_at_no_workbook_in_front(extracted):
    lines = [line.strip() for line in extracted["ZwgkRibbon"].splitlines() if IN_FRONT.search(code_of(line))]
    assert lines == ["If ActiveWindow Is Nothing Then Workbooks.Add"]


def test_nothing_beside_a_workbook_is_read(extracted):
    code = extracted["xlwings"].replace("\r\n", "\n")
    directory = code.partition("' Directory Config")[2].partition("' User Config")[0]
    assert "If False Then" in directory
    assert directory.index("If False Then") < directory.index("GetConfigFromFile")
    assert 'ActiveFullName = ""\n    ThisFullName = ""\n' in code


def test_the_systems_own_command_interpreter_runs_python_without_the_current_folder(extracted):
    assert 'WScript.Run(Chr(34) & Environ("ComSpec") & Chr(34) & " /C "' in extracted["xlwings"]
    assert 'PythonInterpreter & " -P -c """ & PythonCommand & """ "' in extracted["xlwings"]


def test_what_xlwings_does_to_the_path_would_bring_the_current_folder_back(extracted, monkeypatch):
    """Hence it is not called by the one line that starts Python here."""
    monkeypatch.setattr(sys, "path", ["/usr/lib/python3"])
    prepare_sys_path("False;;;;;;")
    assert sys.path == ["", "/usr/lib/python3"]
    started = extracted["xlwings"].partition("Function ExecuteWindows(")[2].partition("End Function")[0]
    assert "prepare_sys_path" not in started


def test_a_class_declares_nothing_public(extracted):
    """What VBA refuses in a class module: public constants and declarations of DLL functions."""
    head = as_windows_compiles(extracted["xlwings"]).partition("Public Function RunPython(")[0]
    declared = [line.strip() for line in head.splitlines() if re.search(r"\b(Declare|Const)\b", code_of(line))]
    assert len(declared) == 7
    assert all(line.startswith("Private ") for line in declared)


def test_constants_inside_procedures_are_left_alone(extracted):
    body = extracted["xlwings"].partition("Public Function RunPython(")[2]
    assert "    Const OK_BUTTON_ERROR = 16" in body
    assert not re.search(r"^\s*(Private|Public) Const", body, re.MULTILINE)


def test_every_procedure_of_xlwings_is_still_there(extracted, stock):
    assert [each["name"] for each in PROCEDURE.finditer(extracted["xlwings"].replace("\r\n", "\n"))] == [
        each["name"] for each in PROCEDURE.finditer(stock.replace("\r\n", "\n"))
    ]


@pytest.mark.parametrize(
    "gone",
    [
        'PROJECT_NAME As String = "myaddin"',
        "ThisFullName = ThisWorkbook.FullName",
        'If GetFullName(ActiveWorkbook) <> "" Then',
        "    For i = 1 To 2",
        'Range(sht.Range("A1"), lastCell)',
        "cmd.exe /C",
        '" -B -c ""import xlwings.utils;xlwings.utils.prepare_sys_path(\\""" & PYTHONPATH',
        "Could not find Interpreter!",
    ],
)
def test_another_xlwings_is_refused(stock, gone):
    """One place missing, or there twice, and nothing is built."""
    assert gone in stock
    with pytest.raises(ChangedSourceError, match="found 0 times"):
        hardened(stock.replace(gone, "changed"))
    with pytest.raises(ChangedSourceError, match="found 2 times"):
        hardened(stock + "\n" + stock)


def test_a_new_look_at_the_workbook_in_front_is_refused(stock):
    with pytest.raises(ChangedSourceError, match="opened workbook"):
        hardened(stock + "\nSub New_()\n    Application.Run ActiveSheet.Name\nEnd Sub\n")


@pytest.mark.parametrize("text", ["找不到 Python。", 'say "hi"', "汇总", "plain"])
def test_vba_text(text):
    expression = vba_text(text)
    assert expression.isascii()
    pieces = re.findall(r'ChrW\(&H([0-9A-F]{4})\)|"((?:[^"]|"")*)"', expression)
    assert "".join(chr(int(code, 16)) if code else plain.replace('""', '"') for code, plain in pieces) == text
