"""Converts Office files to PDF with LibreOffice where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from zwgk_excel.domain.errors import ZwgkError

START_SECONDS, FILE_SECONDS = 90.0, 15.0
"""LibreOffice may take so long to start with a new profile, and so long for each file."""
_AGAIN = 81
"""Exit status of a LibreOffice that has laid out a new profile and wants to be started again."""
_ELSEWHERE = (
    Path("C:/Program Files/LibreOffice/program/soffice.exe"),
    Path("C:/Program Files (x86)/LibreOffice/program/soffice.exe"),
    Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"),
)


class PdfError(ZwgkError):
    """A conversion failed; the argument is the reason in Chinese."""


def find_soffice() -> str | None:
    """The path of LibreOffice's program; None where it is not installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((str(path) for path in _ELSEWHERE if path.is_file()), None)


def to_pdf(soffice: str, files: Mapping[str, bytes], *, start_seconds: float = START_SECONDS) -> dict[str, bytes]:
    """The files (name → bytes) as PDF under the same names, in one run of LibreOffice.

    Suffixes of the names give the file types. The run has its own user profile, so that an open LibreOffice and its
    settings have no effect. Raises PdfError when it takes longer than ``start_seconds`` plus FILE_SECONDS per file, or
    when a file does not come out.
    """
    with tempfile.TemporaryDirectory(prefix="zwgk-pdf-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        placed = {name: folder / f"{number}{Path(name).suffix}" for number, name in enumerate(files)}
        for name, path in placed.items():
            path.write_bytes(files[name])
        _run(soffice, list(placed.values()), folder, start_seconds + FILE_SECONDS * len(files))
        return {name: _result(path.with_suffix(".pdf"), name) for name, path in placed.items()}


def _result(path: Path, name: str) -> bytes:
    if not path.is_file():
        raise PdfError(f"LibreOffice 没有能把“{name}”转换成 PDF")
    return path.read_bytes()


def _run(soffice: str, paths: Sequence[Path], folder: Path, seconds: float) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--norestore", "--convert-to", "pdf", "--outdir", str(folder)]
    command += map(str, paths)
    if _ended(command, seconds) == _AGAIN:
        _ended(command, seconds)


def _ended(command: Sequence[str], seconds: float) -> int:
    """Run LibreOffice until it ends; its exit status."""
    nothing = subprocess.DEVNULL
    try:
        process = subprocess.Popen(command, start_new_session=True, stdin=nothing, stdout=nothing, stderr=nothing)
    except OSError as error:
        raise PdfError(f"LibreOffice（{command[0]}）不能启动") from error
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise PdfError(f"LibreOffice 在 {seconds:.0f} 秒内没有完成") from None
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Terminate LibreOffice with its children: ``soffice`` only starts the actual program."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
