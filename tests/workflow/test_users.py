"""Whose name an act bears, and what is asked where nobody is named."""

import getpass

import pytest

from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.users import NOBODY, VARIABLE, acting_person, deciding_person


@pytest.mark.parametrize(
    ("named", "variable", "setting", "who"),
    [
        ("王芳", "李强", "科长", "王芳"),
        ("", "李强", "科长", "李强"),
        ("", "", "科长", "科长"),
        (" 王芳 ", "", "", "王芳"),
        ("  ", " ", "科长", "科长"),
    ],
)
def test_the_nearest_name_counts(monkeypatch, named, variable, setting, who):
    monkeypatch.setenv(VARIABLE, variable)
    assert acting_person(named, setting) == deciding_person(named, setting) == who


def test_a_login_name_signs_nothing(monkeypatch):
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr(getpass, "getuser", lambda: "root")
    assert acting_person("", "") == NOBODY
    with pytest.raises(UserError, match=r"--who .*\[office\] .*person = .*ZWGK_WHO"):
        deciding_person("", "")
