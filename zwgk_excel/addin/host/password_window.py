"""The hidden question for a password: a console of its own, because no window of Excel hides what is typed.

It runs ``zwgk password``, which stores the password in the system's keyring: it is never in a cell, in a message, in a
log, or in this process.
"""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

_NEW_CONSOLE = 0x10  # subprocess.CREATE_NEW_CONSOLE, which other systems do not have
_RUN = "import sys; from zwgk_excel.cli.main import run; run(sys.argv[1:]); input('按回车键关闭这个窗口。')"


def ask_password(root: Path) -> bool:
    """Open the console for the mail password of a workspace; False where the system has no such window."""
    if platform.system() != "Windows":
        return False
    # Excel runs the interpreter without a console, pythonw.exe, in whose windows nothing can be typed.
    python = Path(sys.executable)
    with_console = python.with_name(python.name.lower().replace("pythonw", "python"))
    command = [str(with_console), "-c", _RUN, "password", "-w", str(root)]
    subprocess.Popen(command, creationflags=_NEW_CONSOLE)
    return True
