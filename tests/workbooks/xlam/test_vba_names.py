"""The shipped VBA is whole in every branch that a system compiles; the reader that says so finds what is wrong."""

from __future__ import annotations

import pytest

from tests.workbooks.xlam.vba import SYSTEMS
from tests.workbooks.xlam.vba_names import faults

XLWINGS = "xlwings: no Option Explicit"
"""xlwings' own module comes without it; every name in it is declared all the same."""
WHOLE = """\
Option Explicit
#If VBA7 Then
Private Declare PtrSafe Function Load Lib "KERNEL32" (ByVal Path As String) As LongPtr
#Else
Private Declare Function Load Lib "KERNEL32" (ByVal Path As String) As Long
#End If
Private Const NAMES As String = "a: b ' c"

Public Sub OnPress(control As IRibbonControl)
    Dim i As Long, text As String ' one line: two variables
    For i = 1 To 3
        If i = 2 Then text = Told(NAMES, i) Else Report text, _
            Words:="none"
    Next
    #If Mac Then
        Report "Mac"
    #Else
        Call Report(CStr(Load("x")), Len(text))
    #End If
    On Error GoTo Failed
    Exit Sub
Failed:
    Report Err.Description
End Sub

Private Function Told(ByVal text As String, Optional ByVal times As Long = 1) As String
    Told = text & times
End Function

Private Sub Report(text As String, Optional Words As Variant)
    MsgBox text, vbCritical, Words
End Sub
"""
WRONG = {
    "a variable that nobody declared": ("text = Told(NAMES, i) ", "txt = Told(NAMES, i) ", "txt is not declared"),
    "a variable without its Dim": (", text As String ' one", " ' one", "text is not declared"),
    "an unknown Sub": ("Report Err.Description", "Tell Err.Description", "Tell is not declared"),
    "too many arguments": ("Told(NAMES, i)", "Told(NAMES, i, 3)", "told takes 1 to 2 arguments, not 3"),
    "too few arguments": ("        Report \"Mac\"\n    #Else", "    #Else\n        Report", "report takes 1 to 2"),
    "a Sub that is there twice": ("Private Function", "Private Sub Report()\nEnd Sub\nPrivate Function", "twice"),
    "a variable that is there twice": ("Dim i As Long,", "Dim i As Long, i As Long,", "i is declared twice"),
    "a block that is not closed": ("    Next\n", "", "next is missing"),
    "a block that closes another": ("    Next\n", "    Loop\n", "Loop closes nothing"),
    "a Sub without its end": ("End Sub\n\nPrivate Function", "\nPrivate Function", "before the one above"),
    "an unknown type": ("Optional Words As Variant", "Optional Words As Wariant", "Wariant is no type"),
    "no Option Explicit": ("Option Explicit\n", "", "no Option Explicit"),
}  # fmt: skip


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_compiles_what_is_shipped(extracted: dict[str, str], system: str):
    modules = {name: code.replace("\r\n", "\n") for name, code in extracted.items()}
    assert faults(modules, SYSTEMS[system]) == [XLWINGS]


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_whole_has_no_faults(system: str):
    assert faults({"A": WHOLE}, SYSTEMS[system]) == []


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_wrong_is_found(fault: str):
    old, new, told = WRONG[fault]
    assert old in WHOLE
    found = faults({"A": WHOLE.replace(old, new, 1)}, SYSTEMS["64-bit Excel"])
    assert any(told in each for each in found), found


@pytest.mark.parametrize(("branch", "system"), [("PtrSafe ", "64-bit Excel"), ("", "Excel 2007")])
def test_a_branch_that_does_not_declare_what_follows_it_is_found(branch: str, system: str):
    line = next(line for line in WHOLE.splitlines() if f"Declare {branch}Function" in line)
    damaged = {"A": WHOLE.replace(line, "")}
    wrong = {name for name, constants in SYSTEMS.items() if faults(damaged, constants)}
    assert system in wrong
    assert wrong < SYSTEMS.keys()


@pytest.mark.parametrize(
    ("module", "gone", "system"),
    [
        ("ZwgkRibbon", "    Dim Python As New xlwings", "64-bit Excel"),
        ("xlwings", '        Private Const XLPyDLLName As String = "xlwings32', "32-bit Excel"),
        ("Dictionary", "Private dict_pKeys() As Variant", "Excel for Mac"),
    ],
)
def test_a_line_taken_from_what_is_shipped_is_missed(extracted: dict[str, str], module: str, gone: str, system: str):
    modules = {name: code.replace("\r\n", "\n") for name, code in extracted.items()}
    line = next(line for line in modules[module].splitlines() if line.startswith(gone))
    modules[module] = modules[module].replace(f"{line}\n", "", 1)
    assert [each for each in faults(modules, SYSTEMS[system]) if "is not declared" in each]
