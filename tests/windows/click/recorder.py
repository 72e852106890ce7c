"""The command line that the shipped VBA runs for each button: LibreOffice runs the VBA, a recorder is its shell.

Not Excel's: the number of its window, which the VBA asks for and is 7 here; the file of messages, named ``g`` here and
at random there. What else LibreOffice cannot is in :mod:`tests.workbooks.xlam.in_office`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.workbooks.xlam.in_office import Computer, call, modules_for_office, opened, recorded, untyped
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.workbooks.xlam.addin_package import FILE_NAME, addin_modules, write_addin

WINDOW = '--hwnd="7"'
"""What stands in such a line for the window of Excel."""


def command_lines(office: Any, computer: Computer, folder: Path) -> Mapping[str, str]:
    """Button (its function) → what its callback gives to the shell, in the order of the ribbon.

    ``folder`` takes the add-in with what LibreOffice needs beside it. Raises ValueError for a button that runs nothing.
    """
    callbacks, shipped, _ = addin_modules(ribbon_tab().buttons)
    path = folder / FILE_NAME
    path.write_bytes(write_addin([untyped(callbacks), *modules_for_office(shipped.source, computer)], "1"))
    model = opened(office, path)
    try:
        return {button: _pressed(model, f"On{each.name}") for button, each in ribbon_tab().buttons.items()}
    finally:
        model.close(True)


def _pressed(model: Any, callback: str) -> str:
    before = recorded(model)
    call(model, "ZwgkRibbon", callback, None)
    if (line := recorded(model)) == before:
        raise ValueError(f"{callback} gave the shell nothing to run")
    return line
