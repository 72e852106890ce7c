"""What VBA calls: a function of ``zwgk_excel.addin`` for each button of the table, and a way without the program."""

from __future__ import annotations

import inspect
import pkgutil
import sys

import pytest

import zwgk_excel.addin as addin
from zwgk_excel.addin.host import session, wps_fallback
from zwgk_excel.layout.buttons import help_text, ribbon_tab

BUTTONS = ribbon_tab().buttons


def test_every_button_has_its_function_and_every_function_its_button():
    own = [name for name, value in vars(addin).items() if inspect.isfunction(value)]
    assert sorted(own) == sorted(BUTTONS)
    labels = {name: str(inspect.getdoc(getattr(addin, name))).partition(":")[0] for name in own}
    assert labels == {name: button.label for name, button in BUTTONS.items()}


def test_a_room_never_hides_the_function_of_a_button():
    """Importing ``zwgk_excel.addin.x`` would put the module in the place of the function ``x``."""
    modules = {module.name for module in pkgutil.iter_modules(addin.__path__)}
    assert modules == {"buttons", "host", "refresh"}
    assert modules.isdisjoint(BUTTONS)


@pytest.mark.parametrize("name", BUTTONS)
def test_without_the_program_every_button_says_what_to_do_or_does_it(name, monkeypatch, tmp_path):
    """As under WPS: xlwings finds no program, and no workspace was used before."""
    said: list[str] = []
    monkeypatch.setattr(wps_fallback, "show", said.append)
    monkeypatch.setattr(session, "HOME", tmp_path)
    getattr(addin, name)()
    (words,) = said
    if BUTTONS[name].without_app:
        assert BUTTONS[name].without_app.partition("{")[0] in words
        assert "{" not in words
    else:
        assert "还不知道工作区在哪里" in words
    assert "addin.log" not in words


def test_help_names_every_button_in_the_order_of_the_month():
    text = help_text()
    steps = [button for button in BUTTONS.values() if button.step]
    assert [text.index(f"{button.label}：{button.help}") for button in steps] == sorted(
        text.index(f"{button.label}：{button.help}") for button in steps
    )
    assert [line.partition(".")[0] for line in text.splitlines()[1:-1]] == [
        str(step) for step in sorted({button.step for button in steps})
    ]
    others = [button.label for button in BUTTONS.values() if not button.step and button.function != "help"]
    assert [label for label in others if f"“{label}”" not in text] == []


def test_the_face_alone_loads_nothing():
    """Excel waits for this import at every click; a button imports what it needs itself."""
    code = "import sys, zwgk_excel.addin; print([n for n in sys.modules if n.startswith('zwgk_excel.')])"
    import subprocess

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['zwgk_excel.version', 'zwgk_excel.addin']"
