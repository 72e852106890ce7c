"""Opens a workspace's ledger with the office's password.

The password is never in ``zwgk.toml``, because that is copied and mailed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from zwgk_excel.ledger import (
    LedgerError,
    LedgerHealth,
    LedgerPasswordError,
    account_of,
    display_location,
    holds_password,
    inspect_ledger,
    open_ledger,
    read_ledger,
    url_of,
)
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.passwords import find_password, missing
from zwgk_excel.workflow.office.server_logins import ledger_login

if TYPE_CHECKING:
    from zwgk_excel.ledger import Ledger


def open_ledger_with_password(
    place: str | Path, workspace: str, *, create: bool = False, now: Callable[[], datetime]
) -> Ledger:
    """Open the ledger of a workspace, by its id, at a path or URL.

    Raises UserError, or LedgerError as ``open_ledger`` does.
    """
    return open_ledger(place, create=create, now=now, password=_password(place, workspace))


def read_ledger_at(place: str | Path, *, now: Callable[[], datetime], workspace: str = "") -> Ledger:
    """Open the ledger at a path or URL read-only: that of a ``workspace``, or one that the command line names.

    Raises UserError, or LedgerError as ``read_ledger`` does.
    """
    return read_ledger(place, now=now, password=_password(place, workspace))


def examine_at(place: str | Path, workspace: str, also: Callable[[Ledger], None]) -> LedgerHealth:
    """The health of the ledger of a workspace; raises UserError, or LedgerError as ``inspect_ledger`` does."""
    return inspect_ledger(place, password=_password(place, workspace), also=also)


def ledger_fault(error: LedgerError, place: str | Path, workspace: str = "") -> UserError:
    """A LedgerError as a UserError that names the location, without any password.

    ``workspace`` is the id of the workspace whose ledger it is, empty in a rollup.
    """
    if isinstance(error, LedgerPasswordError) and isinstance(place, str):
        return UserError(f"数据库“{display_location(place)}”要求密码：{missing(ledger_login(place, workspace))}。")
    return UserError(f"{error}（数据库：{display_location(place)}）")


def _password(place: str | Path, workspace: str = "") -> str | None:
    """The password of a URL's user: from the environment, else the keyring; None for that of libpq's ``.pgpass``.

    Raises UserError for a URL with a password in it.
    """
    if isinstance(place, Path) or "://" not in place:
        return None
    url = url_of(place)
    if holds_password(url):
        raise UserError(
            f"数据库地址“{account_of(url)}”里写了密码；请删去，运行 zwgk password --ledger 存入系统密钥库"
            "（汇总用的数据库：zwgk password --rollup 数据库地址）。"
        )
    return find_password(ledger_login(place, workspace))[0] or None
