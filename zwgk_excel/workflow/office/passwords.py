"""The office's passwords (mailbox, encrypted returns), from the system's keyring or the environment only."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.keychain import from_keyring, into_keyring, out_of_keyring

if TYPE_CHECKING:
    from zwgk_excel.workflow.office.settings import Settings

ACCOUNT, VARIABLE = "workbook-passwords", "ZWGK_PASSWORDS"
MAIL_VARIABLE = "ZWGK_MAIL_PASSWORD"


def office_passwords() -> tuple[str, ...]:
    """The passwords to try: those of the environment variable, then those of the system's keyring.

    Both hold several separated by semicolons. A machine without a keyring gives none, which is logged.
    """
    listed = f"{os.environ.get(VARIABLE, '')};{from_keyring(ACCOUNT)}".split(";")
    return tuple(dict.fromkeys(password for each in listed if (password := each.strip())))


def mail_password(settings: Settings) -> str:
    """The password of the office's mailbox: ZWGK_MAIL_PASSWORD, else the keyring's for this login name.

    Raises UserError that says how to set one.
    """
    password, _ = found_mail_password(settings)
    if not password:
        raise UserError(
            f"还没有邮箱“{settings.login}”的密码；请运行 zwgk password 存入系统密钥库，或设置环境变量 {MAIL_VARIABLE}。"
        )
    return _sendable(password)


def found_mail_password(settings: Settings) -> tuple[str, str]:
    """(Password, source): the source is the variable's name or ``keyring``; empty for none.

    Raises UserError where no login name is set: a keyring holds one password for each.
    """
    if password := os.environ.get(MAIL_VARIABLE, "").strip():
        return password, MAIL_VARIABLE
    return from_keyring(mail_account(settings)), "keyring"


def mail_account(settings: Settings) -> str:
    """The keyring account of the mailbox's password; raises UserError where no login name is set."""
    if not settings.login:
        raise UserError(
            "还没有设置邮箱；请在 zwgk.toml 的 [mail] 中填写 address（发件邮箱），需要时再填 user（登录名）。"
        )
    return f"mail:{settings.login}"


def store_password(account: str, password: str) -> None:
    """Store a password in the system's keyring, without surrounding spaces.

    Raises UserError where it is empty, cannot be sent to a server, or there is no keyring.
    """
    if not (clean := password.strip()):
        raise UserError("密码是空的，没有保存。")
    if account != ACCOUNT:
        _sendable(clean)
    into_keyring(account, clean, otherwise=_variable(account))


def delete_password(account: str) -> bool:
    """Remove a password from the keyring; False when there was none. Raises UserError where there is no keyring."""
    return out_of_keyring(account, otherwise=_variable(account))


def _variable(account: str) -> str:
    return VARIABLE if account == ACCOUNT else MAIL_VARIABLE


def _sendable(password: str) -> str:
    # The login commands of SMTP and IMAP carry ASCII; a full-width digit comes from an input method left switched on.
    if not password.isascii():
        raise UserError("密码中有中文或全角字符，邮件服务器不会接受；请关闭中文输入法，重新运行 zwgk password。")
    return password
