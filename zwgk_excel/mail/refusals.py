"""Classifies why a mail server refused a login, by response code, else by well-known words."""

from __future__ import annotations

import re
from enum import StrEnum

_BLOCKED = re.compile(r"frequen|too many|rate limit|temporar|abnormal|locked|频繁|限制|异常|锁定", re.IGNORECASE)
_DISABLED = re.compile(r"permission|not enabled|disabled|not open|not allowed|未开启|未开通|权限|禁止", re.IGNORECASE)
_CODE = re.compile(r"\[([A-Z]+)[^\]]*\]")


class Refusal(StrEnum):
    """The probable reasons of a refused login."""

    WRONG = "wrong"
    """Name, password or authorisation code; also where a server has one answer for everything."""
    EXPIRED = "expired"
    DISABLED = "disabled"
    """The service is not switched on for this account, or not allowed."""
    BLOCKED = "blocked"
    """Too many logins, or locked for a while."""
    UNAVAILABLE = "unavailable"
    """The server cannot check logins at the moment."""
    ENCRYPTION = "encryption"
    """The server wants the line encrypted first."""
    ADMINISTRATOR = "administrator"


_CODES = {
    "AUTHENTICATIONFAILED": Refusal.WRONG,
    "AUTHORIZATIONFAILED": Refusal.DISABLED,
    "NOPERM": Refusal.DISABLED,
    "EXPIRED": Refusal.EXPIRED,
    "LIMIT": Refusal.BLOCKED,
    "INUSE": Refusal.BLOCKED,
    "UNAVAILABLE": Refusal.UNAVAILABLE,
    "SERVERBUG": Refusal.UNAVAILABLE,
    "PRIVACYREQUIRED": Refusal.ENCRYPTION,
    "CONTACTADMIN": Refusal.ADMINISTRATOR,
}
"""Response codes of IMAP: RFC 5530, section 3; LIMIT is also SMTP's word for it."""


def classify_refusal(answer: str) -> Refusal:
    """The probable reason of a response to a login.

    Clear words take precedence over AUTHENTICATIONFAILED, which many servers send for every reason.
    """
    found = _CODE.search(answer)
    coded = _CODES.get(found[1]) if found else None
    if coded is not None and coded is not Refusal.WRONG:
        return coded
    return refusal_in_words(answer) or Refusal.WRONG


def refusal_in_words(answer: str) -> Refusal | None:
    """The reason that the words of a response state; None where they state several or no known one."""
    blocked, disabled = bool(_BLOCKED.search(answer)), bool(_DISABLED.search(answer))
    if blocked == disabled:
        return None
    return Refusal.BLOCKED if blocked else Refusal.DISABLED
