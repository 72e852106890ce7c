"""Passwords in Windows' own vault (Credential Manager), as its users keep them."""

from __future__ import annotations

import importlib
import subprocess
import sys

import keyring
import pytest

from tests.tools import on_windows
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.keychain import SERVICE, from_keyring, into_keyring, keyring_name, out_of_keyring

pytestmark = on_windows

ACCOUNT = "mail:政务公开@示例.中国"


def test_a_password_is_there_for_the_next_program_and_goes():
    assert "WinVault" in keyring_name()
    into_keyring(ACCOUNT, "密 码 𠮷", otherwise="X")
    ask = f"import keyring; print(ascii(keyring.get_password({SERVICE!r}, {ACCOUNT!r})))"
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, check=True, input=b"").stdout
    assert told.strip() == ascii("密 码 𠮷").encode()
    assert [out_of_keyring(ACCOUNT, otherwise="X") for _ in range(2)] == [True, False]
    assert from_keyring(ACCOUNT) == ""


def test_two_accounts_keep_apart():
    for name in ("甲", "乙"):
        into_keyring(f"{ACCOUNT}{name}", name, otherwise="X")
    assert [from_keyring(f"{ACCOUNT}{name}") for name in ("甲", "乙")] == ["甲", "乙"]
    for name in ("甲", "乙"):
        assert out_of_keyring(f"{ACCOUNT}{name}", otherwise="X")


def test_what_the_vault_cannot_hold_is_told(monkeypatch: pytest.MonkeyPatch):
    """Of more than 1,280 characters; wine keeps them, and so the vault's own error is raised in its place."""
    pywintypes = importlib.import_module("win32ctypes.pywin32.pywintypes")

    def refused(*_: object) -> None:
        raise pywintypes.error(1783, "CredWrite", "The stub received bad data.")

    monkeypatch.setattr(type(keyring.get_keyring()), "set_password", refused)
    with pytest.raises(UserError, match="密钥库"):
        into_keyring(ACCOUNT, "密" * 1281, otherwise="X")
