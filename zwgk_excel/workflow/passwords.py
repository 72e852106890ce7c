"""The office's passwords for workbooks that departments send encrypted: from the keyring, else the environment."""

from __future__ import annotations

import logging
import os

SERVICE, ACCOUNT, VARIABLE = "zwgk_excel", "workbook-passwords", "ZWGK_PASSWORDS"
_log = logging.getLogger(__name__)


def office_passwords() -> tuple[str, ...]:
    """The passwords to try, in order: those of the environment variable, then those of the system's keyring.

    Both hold several separated by semicolons. A machine without a keyring has none there, which is logged.
    """
    listed = f"{os.environ.get(VARIABLE, '')};{_from_keyring()}".split(";")
    return tuple(dict.fromkeys(password for each in listed if (password := each.strip())))


def _from_keyring() -> str:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, ACCOUNT) or ""
    except KeyringError as error:
        _log.info("no passwords from the keyring: %s", error)
        return ""
