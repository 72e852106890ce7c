"""xlwings' own VBA, changed so that no opened workbook can choose the interpreter, supply code or run any.

As shipped, the module reads settings from the active workbook (a sheet ``<project>.conf``), looks for Python code in it
(``*.py`` sheets) and for settings next to it, and puts its name and path into a command line of cmd.exe, where ``^&``
and ``%CMDCMDLINE%`` in a file name run commands. Its public functions can be called from a cell of any opened workbook:
``=RunPython("...")``. Here the module becomes a class, which cells cannot call, and refers to no workbook but the
add-in. Every replacement must match exactly once, so that a new version of xlwings is reviewed before it is used.
"""

from __future__ import annotations

import re

from zwgk_excel.domain.errors import ZwgkError

PROJECT_NAME = "zwgk"
"""Names the settings: the sheet ``zwgk.conf`` of the add-in and ``.zwgk/zwgk.conf`` of the user."""

_NO_INTERPRETER = "找不到 Python。请重新运行 zwgk addin install。"
_INTERPRETER = 'PythonInterpreter & "'
_PREPARED = 'import xlwings.utils;xlwings.utils.prepare_sys_path(\\""" & PYTHONPATH & "\\"");'
_PATHS = """\
    #If Mac Then
        If InStr(ActiveWorkbook.FullName, "://") = 0 Then
            ActiveFullName = ToPosixPath(ActiveWorkbook.FullName)
            ThisFullName = ToPosixPath(ThisWorkbook.FullName)
        Else
            ActiveFullName = ActiveWorkbook.FullName
            ThisFullName = ThisWorkbook.FullName
        End If
    #Else
        ActiveFullName = ActiveWorkbook.FullName
        ThisFullName = ThisWorkbook.FullName
    #End If
"""
_IN_FRONT = re.compile(
    r"\b(ActiveWorkbook|ActiveSheet|ActiveCell|ActiveWindow|Selection|Workbooks|Windows|Evaluate|Names)\b"
)


class ChangedSourceError(ZwgkError):
    """The installed xlwings has VBA unknown to this module; the argument is the text looked for."""


def hardened(text: str) -> str:
    """The text of ``xlwings_custom_addin.bas`` as a class that depends on no opened workbook.

    Raises ChangedSourceError where a replacement does not match exactly once, or where the result still refers to the
    active workbook.
    """
    text = "".join(f"{line}\n" for line in text.splitlines())
    for old, new in _changes():
        text = replaced_once(text, old, new)
    text = text.replace("ActiveWorkbook", "ThisWorkbook")
    text = _private_declarations(text)
    for line in text.splitlines():
        if _IN_FRONT.search(code_of(line)):
            raise ChangedSourceError(f"xlwings' VBA still looks at an opened workbook: {line.strip()}")
    return text


def _changes() -> tuple[tuple[str, str], ...]:
    return (
        ('PROJECT_NAME As String = "myaddin"', f'PROJECT_NAME As String = "{PROJECT_NAME}"'),
        (_PATHS, '    ActiveFullName = ""\n    ThisFullName = ""\n'),
        # settings beside a workbook: nowhere
        ('If GetFullName(ActiveWorkbook) <> "" Then', "If False Then"),
        # Python code in the sheets: not of the workbook in front
        ("    For i = 1 To 2\n", "    For i = 2 To 2\n"),
        # needs no active sheet
        ('For Each cell In Range(sht.Range("A1"), lastCell)', 'For Each cell In sht.Range(sht.Range("A1"), lastCell)'),
        # the system's own cmd.exe, not one in Excel's current folder
        ('WScript.Run("cmd.exe /C "', 'WScript.Run(Chr(34) & Environ("ComSpec") & Chr(34) & " /C "'),
        # -P: nothing is imported from the current folder, which prepare_sys_path would put first again. No -B, which
        # spares the folders of xlwings' users: what is compiled here lies beside installed code, and saves seconds
        (f'{_INTERPRETER} -B -c ""{_PREPARED} " & PythonCommand', f'{_INTERPRETER} -P -c """ & PythonCommand'),
        ('MsgBox "Could not find Interpreter!"', f"MsgBox {vba_text(_NO_INTERPRETER)}"),
    )


def _private_declarations(text: str) -> str:
    """The text with its declarations private: a class may not have public ones before its first procedure."""
    head, first, rest = text.partition("\nPublic Function RunPython(")
    head = re.sub(r"^(\s*)(?:Public )?(Declare|Const) ", r"\1Private \2 ", head, flags=re.MULTILINE)
    return head + first + rest


def replaced_once(text: str, old: str, new: str) -> str:
    """``text`` with its only ``old`` replaced; raises ChangedSourceError where there is none, or several."""
    found = text.count(old)
    if found != 1:
        raise ChangedSourceError(f"expected once, found {found} times in the VBA source: {old.strip()}")
    return text.replace(old, new)


def vba_text(text: str) -> str:
    """A VBA expression in ASCII for a text in any language."""
    pieces = re.findall(r"[ -~]+|[^ -~]", text)
    return " & ".join('"' + p.replace('"', '""') + '"' if p.isascii() else f"ChrW(&H{ord(p):04X})" for p in pieces)


def code_of(line: str) -> str:
    """A line of VBA without string literals and comment."""
    return re.sub(r'"[^"]*"', '""', line).partition("'")[0]
