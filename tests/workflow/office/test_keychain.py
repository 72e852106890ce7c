"""The keyring: what is put in is found again, what was never there is empty, and a locked one says what to do."""

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from tests.workflow.keyrings import InMemory
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.keychain import SERVICE, from_keyring, into_keyring, out_of_keyring


@pytest.fixture
def use():
    """Use another keyring."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_kept_found_and_removed(use):
    desktop = InMemory()
    use(desktop)
    assert from_keyring("mail:a") == ""
    into_keyring("mail:a", "密", otherwise="X")
    assert desktop.kept == {(SERVICE, "mail:a"): "密"}
    assert from_keyring("mail:a") == "密"
    assert [out_of_keyring("mail:a", otherwise="X") for _ in range(2)] == [True, False]


class Locked(InMemory):
    """A keyring whose owner has not logged in."""

    def get_password(self, *_):
        raise KeyringLocked("locked")

    set_password = delete_password = get_password


@pytest.mark.parametrize("backend", [NoKeyring, Locked])
def test_without_one_nothing_is_found_and_the_variable_is_named(use, backend, caplog):
    use(backend())
    with caplog.at_level("INFO"):
        assert from_keyring("mail:a") == ""
    assert "no password from the keyring" in caplog.text
    with pytest.raises(UserError, match="ZWGK_X"):
        into_keyring("mail:a", "密", otherwise="ZWGK_X")
    with pytest.raises(UserError, match="ZWGK_X"):
        out_of_keyring("mail:a", otherwise="ZWGK_X")
