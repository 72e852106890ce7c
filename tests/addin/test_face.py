"""What VBA calls: a function of ``zwgk_excel.addin`` for each button of the table."""

from __future__ import annotations

import inspect
import pkgutil
import sys

import zwgk_excel.addin as addin
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
    assert modules == {"__main__", "buttons", "host", "refresh"}
    assert modules.isdisjoint(BUTTONS)


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
