"""Opens a workspace's ledger with the office's password.

The password is never in ``zwgk.toml``, because that is copied and mailed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from zwgk_excel.ledger import (
    LedgerError,
    LedgerHealth,
    account_of,
    display_location,
    holds_password,
    inspect_ledger,
    open_ledger,
    read_ledger,
    url_of,
)
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.keychain import SERVICE, from_keyring

if TYPE_CHECKING:
    from zwgk_excel.ledger import Ledger

VARIABLE = "ZWGK_LEDGER_PASSWORD"


def open_ledger_with_password(place: str | Path, *, create: bool = False, now: Callable[[], datetime]) -> Ledger:
    """Open the ledger at a path or URL; raises UserError, or LedgerError as ``open_ledger`` does."""
    return open_ledger(place, create=create, now=now, password=_password(place))


def read_ledger_at(place: str | Path, *, now: Callable[[], datetime]) -> Ledger:
    """Open the ledger at a path or URL read-only; raises UserError, or LedgerError as ``read_ledger`` does."""
    return read_ledger(place, now=now, password=_password(place))


def examine_at(place: str | Path) -> LedgerHealth:
    """The health of the ledger at a path or URL; raises UserError, or LedgerError as ``inspect_ledger`` does."""
    return inspect_ledger(place, password=_password(place))


def ledger_fault(error: LedgerError, place: str | Path) -> UserError:
    """A LedgerError as a UserError that names the location, without any password."""
    return UserError(f"{error}（数据库：{display_location(place)}）")


def _password(place: str | Path) -> str | None:
    """The password of a URL's user: from the environment, else the keyring; None for PostgreSQL's own ways.

    Raises UserError for a URL with a password in it.
    """
    if isinstance(place, Path) or "://" not in place:
        return None
    url = url_of(place)
    account = account_of(url)
    if holds_password(url):
        raise UserError(
            f"数据库地址“{account}”里写了密码；请删去，改用环境变量 {VARIABLE}，"
            f"或运行 keyring set {SERVICE} {account} 存入系统密码库。"
        )
    return os.environ.get(VARIABLE) or from_keyring(account) or None
