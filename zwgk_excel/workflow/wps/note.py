"""The note that the running service leaves for the add-in: its port and token, in a file only its user can read.

It says how fresh it is. A service that was killed leaves it behind; by its age the add-in, which cannot look for
processes, knows that nobody of the user's listens on that port any more, and does not offer the token to whoever does.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from time import time

from zwgk_excel.version import __version__
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.trust import config_folder

BEAT = 2.0
"""Seconds between two renewals of the note."""
STALE = 10.0
"""Seconds without a renewal after which nobody serves."""
_LARGEST = 4096


@dataclass(frozen=True, slots=True)
class Note:
    """What the add-in must know of the service that runs."""

    port: int
    token: str
    program: str
    """As :func:`this_program`."""
    beat: float
    """When it was written, seconds since 1970."""

    @property
    def fresh(self) -> bool:
        """Whether its service runs."""
        return abs(time() - self.beat) < STALE


def this_program() -> str:
    """Which installation this is. After another version, or a move, the add-in wants a service of the new one: the old
    one still runs, and may find its own Python no more."""
    return f"{__version__} {os.path.normcase(os.path.realpath(sys.prefix))}"


def note_path() -> Path:
    """Where the note of the current user lies. Raises UserError as :func:`config_folder`."""
    return config_folder() / "wps" / "service.json"


def private_folder() -> Path:
    """The note's folder, made where it is not there, closed to other users.

    Raises UserError where it is another user's: whoever owns it could change what the add-in connects to.
    """
    folder = note_path().parent
    folder.mkdir(parents=True, exist_ok=True)
    if sys.platform != "win32":
        if folder.lstat().st_uid != os.geteuid() or folder.is_symlink():
            raise UserError(f"“{folder}”不是当前用户自己的文件夹，没有启动服务；请删除它再试。")
        folder.chmod(0o700)
    return folder


def write_note(note: Note) -> None:
    """Leave the note, whole, readable for its user alone. Raises OSError."""
    path = note_path()
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(json.dumps(asdict(note)))
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def read_note() -> Note | None:
    """The note; None where there is none that can be understood."""
    with suppress(OSError, ValueError, TypeError):
        with note_path().open("rb") as stream:
            note = Note(**json.loads(stream.read(_LARGEST)))
        if isinstance(note.port, int) and isinstance(note.token, str) and isinstance(note.beat, float):
            return note
    return None
