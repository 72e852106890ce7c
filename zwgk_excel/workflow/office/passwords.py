"""The office's passwords (servers, encrypted returns), from the system's keyring or the environment only.

That of a server goes nowhere else: the keyring has an entry for each login (protocol, user, host, port, workspace), and
in the environment a second variable names the servers that the first is for.
"""

from __future__ import annotations

import os

from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.keychain import from_keyring, into_keyring, out_of_keyring
from zwgk_excel.workflow.office.server_logins import LEDGER, MAIL, ROLLUP, ServerLogin

ACCOUNT, VARIABLE = "workbook-passwords", "ZWGK_PASSWORDS"
MAIL_VARIABLES = ("ZWGK_MAIL_PASSWORD", "ZWGK_MAIL_SERVERS")
LEDGER_VARIABLES = ("ZWGK_LEDGER_PASSWORD", "ZWGK_LEDGER_SERVERS")
"""The password, and the servers that it is for: ``host:port``, separated by spaces."""
KEYRING = "keyring"
_COMMANDS = {
    **dict.fromkeys(MAIL, "zwgk password"),
    LEDGER: "zwgk password --ledger",
    ROLLUP: "zwgk password --rollup 数据库地址",
}


def office_passwords() -> tuple[str, ...]:
    """The passwords to try: those of the environment variable, then those of the system's keyring.

    Both hold several separated by semicolons. A machine without a keyring gives none, which is logged.
    """
    listed = f"{os.environ.get(VARIABLE, '')};{from_keyring(ACCOUNT)}".split(";")
    return tuple(dict.fromkeys(password for each in listed if (password := each.strip())))


def variables(login: ServerLogin) -> tuple[str, str]:
    """The variables of the environment for a login: of the password, and of the servers that it is for."""
    return MAIL_VARIABLES if login.protocol in MAIL else LEDGER_VARIABLES


def find_password(login: ServerLogin) -> tuple[str, str]:
    """(Password, source) of a login: the source is the variable's name or KEYRING; both empty for none."""
    variable, _ = variables(login)
    if (password := os.environ.get(variable, "").strip()) and _is_for(login):
        return _sendable(password, login), variable
    password = from_keyring(login.account)
    return (_sendable(password, login), KEYRING) if password else ("", "")


def password_of(login: ServerLogin) -> str:
    """The password of a login; raises UserError that says why there is none, and how to set one."""
    password, _ = find_password(login)
    if not password:
        raise UserError(f"{missing(login)}。")
    return password


def missing(login: ServerLogin) -> str:
    """Why there is no password for a login, and what to do, without a full stop."""
    variable, servers = variables(login)
    return (
        f"还没有“{login.user}”登录{login.shown} 的密码（密码只交给保存时的那台服务器，改了主机、端口、登录名或工作区"
        f"要重新保存）{_unbound(login)}；请运行 {_COMMANDS[login.protocol]} 存入系统密钥库，"
        f'或设置环境变量 {variable} 和 {servers}="{login.server}"'
    )


def store_password(login: ServerLogin, password: str) -> None:
    """Store the password of a login in the system's keyring, without surrounding spaces; removes an older version's.

    Raises UserError where it is empty, cannot be sent to a server, or there is no keyring.
    """
    variable, _ = variables(login)
    into_keyring(login.account, _sendable(_not_empty(password), login), otherwise=variable)
    if from_keyring(login.former):
        out_of_keyring(login.former, otherwise=variable)


def delete_password(login: ServerLogin) -> bool:
    """Remove the password of a login from the keyring, an older version's too; False when there was none.

    Raises UserError where there is no keyring.
    """
    variable, _ = variables(login)
    removed = [out_of_keyring(each, otherwise=variable) for each in (login.account, login.former)]
    return any(removed)


def store_workbook_passwords(passwords: str) -> None:
    """Store the passwords of encrypted returns, separated by semicolons; raises UserError as :func:`store_password`."""
    into_keyring(ACCOUNT, _not_empty(passwords), otherwise=VARIABLE)


def delete_workbook_passwords() -> bool:
    """Remove them from the keyring; False when there were none. Raises UserError where there is no keyring."""
    return out_of_keyring(ACCOUNT, otherwise=VARIABLE)


def _is_for(login: ServerLogin) -> bool:
    _, servers = variables(login)
    return login.server in os.environ.get(servers, "").lower().split()


def _unbound(login: ServerLogin) -> str:
    """What is said of a password that is there but for no server by name; empty where there is none."""
    variable, servers = variables(login)
    if os.environ.get(variable, "").strip() and not _is_for(login):
        return f"；环境变量 {servers} 没有写明 {variable} 用于这台服务器"
    if from_keyring(login.former):
        return "；密钥库里旧版本保存的密码没有写明用于哪台服务器和哪个工作区，不再使用"
    return ""


def _not_empty(password: str) -> str:
    if not (clean := password.strip()):
        raise UserError("密码是空的，没有保存。")
    return clean


def _sendable(password: str, login: ServerLogin) -> str:
    # The login commands of SMTP and IMAP carry ASCII; a full-width digit comes from an input method left switched on.
    if login.protocol in MAIL and not password.isascii():
        raise UserError("密码中有中文或全角字符，邮件服务器不会接受；请关闭中文输入法，重新运行 zwgk password。")
    return password
