"""What a button's VBA gives to Windows' shell, to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools import posix_only
from tests.windows.click.recorder import command_lines
from tests.workbooks.xlam.in_office import Computer
from zwgk_excel.layout.buttons import ribbon_tab

pytestmark = posix_only("LibreOffice and its Python bridge")
PYTHON = "C:\\Program Files\\Python 311\\pythonw.exe"
BEGINNING = (
    f'"C:\\windows\\system32\\cmd.exe" /C C: & cd "C:\\Program Files\\Python 311" & "{PYTHON}" -P -c '
    '"import zwgk_excel.addin; zwgk_excel.addin.'
)
END = (
    '()"  --wb="zwgk.xlam" --from_xl=1 --app="C:\\Office 16\\Microsoft Excel" --hwnd="7" '
    '2> "C:\\users\\u\\Temp\\xlwings-g.log" '
)


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    """With a Python, and with what ``zwgk addin install`` writes for the user."""
    settings = tmp_path / "users/u/.zwgk/zwgk.conf"
    python = tmp_path / "Program Files/Python 311/pythonw.exe"
    for path in (settings, python):
        path.parent.mkdir(parents=True)
    settings.write_bytes(f'"INTERPRETER_WIN","{PYTHON}"\r\n'.encode("gbk"))
    python.touch()
    environment = {
        "USERPROFILE": "C:\\users\\u",
        "Temp": "C:\\users\\u\\Temp",
        "ComSpec": "C:\\windows\\system32\\cmd.exe",
    }
    return Computer(environment, {"C:": str(tmp_path)}, "C:\\Office 16")


def test_every_button_runs_its_function_with_the_installed_python(office, computer: Computer, tmp_path: Path):
    lines = command_lines(office, computer, tmp_path)
    assert lines == {button: f"{BEGINNING}{button}{END}" for button in ribbon_tab().buttons}


def test_without_the_configured_python_nothing_is_run(office, computer: Computer, tmp_path: Path):
    (tmp_path / "Program Files/Python 311/pythonw.exe").unlink()
    with pytest.raises(ValueError, match="OnGenerate gave the shell nothing"):
        command_lines(office, computer, tmp_path)
