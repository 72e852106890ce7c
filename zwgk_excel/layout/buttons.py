"""The ribbon's buttons as defined in ``vba_shim/buttons.toml``, and the text of 帮助 made from them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from zwgk_excel.layout.resources import folder


@dataclass(frozen=True, slots=True)
class Button:
    """One button; the comments at the head of ``buttons.toml`` explain each field."""

    function: str
    group: str
    label: str
    icon: str
    screentip: str
    supertip: str
    help: str
    step: int = 0
    size: str = ""

    @property
    def name(self) -> str:
        """The stem of its id (``zwgkOpenInbox``) and its Sub (``OnOpenInbox``) in the ribbon."""
        return _camel(self.function)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of buttons with a label."""

    key: str
    label: str
    buttons: tuple[Button, ...]

    @property
    def name(self) -> str:
        """The stem of its id in the ribbon."""
        return _camel(self.key)


@dataclass(frozen=True, slots=True)
class Tab:
    """The tab of the ribbon."""

    key: str
    label: str
    help_opening: str
    groups: tuple[Group, ...]

    @property
    def name(self) -> str:
        """The stem of its id in the ribbon."""
        return _camel(self.key)

    @property
    def buttons(self) -> dict[str, Button]:
        """Function → button, in the order of the ribbon."""
        return {each.function: each for group in self.groups for each in group.buttons}


@cache
def ribbon_tab() -> Tab:
    """The tab of the ribbon.

    Raises ValueError for a function with two buttons or an unknown group, TypeError for a missing or unknown field.
    """
    raw = tomllib.loads((folder("vba_shim") / "buttons.toml").read_text(encoding="utf-8"))
    buttons = [Button(**each) for each in raw["buttons"]]
    if len({each.function for each in buttons}) != len(buttons):
        raise ValueError("buttons.toml: two buttons have the same function")
    if unknown := {each.group for each in buttons} - {each["key"] for each in raw["groups"]}:
        raise ValueError(f"buttons.toml: no such group: {', '.join(sorted(unknown))}")
    groups = (
        Group(**each, buttons=tuple(button for button in buttons if button.group == each["key"]))
        for each in raw["groups"]
    )
    return Tab(**raw["tab"], groups=tuple(groups))


def help_text() -> str:
    """The help: one line for each step of the month, then the sentences of the other buttons."""
    tab = ribbon_tab()
    steps = sorted((each for each in tab.buttons.values() if each.step), key=lambda each: each.step)
    lines = [
        f"{step}. {'；'.join(f'{each.label}：{each.help}' for each in shared)}。"
        for step, shared in groupby(steps, key=lambda each: each.step)
    ]
    rest = "".join(each.help for each in tab.buttons.values() if not each.step)
    return "\n".join([tab.help_opening, *lines, rest])


def _camel(key: str) -> str:
    """``open_inbox`` → ``OpenInbox``."""
    return "".join(part.capitalize() for part in key.split("_"))
