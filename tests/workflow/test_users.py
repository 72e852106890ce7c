"""Who is at the computer, and what is written down where the system cannot say."""

import getpass

import pytest

from zwgk_excel.cli.options import who
from zwgk_excel.workflow.users import NOBODY, current_user


def test_the_login_name(monkeypatch):
    monkeypatch.setattr(getpass, "getuser", lambda: "zhangsan")
    assert current_user() == "zhangsan"
    assert (who(""), who("李四")) == ("zhangsan", "李四")


@pytest.mark.parametrize("error", [OSError("no user"), KeyError("uid"), ImportError("pwd")])
def test_nobody(monkeypatch, error):
    def fails():
        raise error

    monkeypatch.setattr(getpass, "getuser", fails)
    assert current_user() == who("") == NOBODY
