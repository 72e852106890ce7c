"""The user of the computer."""

from __future__ import annotations

import getpass

NOBODY = "未署名"


def current_user() -> str:
    """The login name of the user; 未署名 where the system gives none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # before Python 3.13 a missing ``pwd`` is what Windows says
        return NOBODY
