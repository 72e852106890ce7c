"""Access to the system's keyring, besides the environment the only store of passwords."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from zwgk_excel.workflow.errors import UserError

SERVICE = "zwgk_excel"
"""Under what the keyring lists all our passwords."""
_log = logging.getLogger(__name__)


def from_keyring(account: str) -> str:
    """The password of an account; empty for none, and without a keyring, which is logged."""
    import keyring
    from keyring.errors import KeyringError

    try:
        with _its_errors():
            return keyring.get_password(SERVICE, account) or ""
    except KeyringError as error:
        _log.info("no password from the keyring: %s", error)
        return ""


def keyring_name() -> str:
    """What the keyring that answers here calls itself; empty where none does. It is asked for what it cannot have."""
    import keyring
    from keyring.errors import KeyringError

    try:
        with _its_errors():
            keyring.get_password(SERVICE, "nobody")
    except KeyringError as error:
        _log.info("no keyring: %s", error)
        return ""
    return str(keyring.get_keyring().name)


def into_keyring(account: str, password: str, *, otherwise: str) -> None:
    """Store a password; raises UserError, which names the variable ``otherwise``, where there is no keyring."""
    import keyring
    from keyring.errors import KeyringError

    try:
        with _its_errors():
            keyring.set_password(SERVICE, account, password)
    except KeyringError as error:
        raise _refused(error, otherwise) from error


def out_of_keyring(account: str, *, otherwise: str) -> bool:
    """Delete a password; False when there was none. Raises UserError as :func:`into_keyring` does."""
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    try:
        with _its_errors():
            keyring.delete_password(SERVICE, account)
    except PasswordDeleteError:
        return False
    except KeyringError as error:
        raise _refused(error, otherwise) from error
    return True


@contextmanager
def _its_errors() -> Iterator[None]:
    """What a keyring raises that is not in its interface is a KeyringError: Windows' vault raises ``pywintypes.error``
    where a policy forbids it to store passwords, and for one of more than 1,280 characters."""
    from keyring.errors import KeyringError

    try:
        yield
    except KeyringError:
        raise
    except Exception as error:
        raise KeyringError(str(error)) from error


def _refused(error: Exception, otherwise: str) -> UserError:
    _log.info("the keyring refused: %s", error)
    return UserError(
        "这台电脑没有可用的系统密钥库（或密钥库已锁定）；"
        f"请先登录桌面并解锁密钥库，服务器上请改用环境变量 {otherwise}。"
    )
