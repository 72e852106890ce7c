"""The words for Excel: a message that names a command says there which button or which sheet does the same."""

from __future__ import annotations

import re
from functools import cache

from zwgk_excel.layout.resources import read_toml

_GAP = re.compile("” (?=[\u4e00-\u9fff])")
"""The space that follows a command and no word of ours."""
_NAMES_COMMAND = re.compile(r"zwgk |--[a-z]|zwgk\.toml 的")


def in_excel(text: str) -> str:
    """A message as it stands in Excel, where nobody has a terminal: what it says of commands, said of buttons.

    The rules are those of ``in_excel.toml``. A message that names no command is returned as it is.
    """
    if not _NAMES_COMMAND.search(text):
        return text
    for command, instead in _rules():
        text = command.sub(instead, text)
    return _GAP.sub("”", text)


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Pattern and replacement of each rule, in their order."""
    rules = read_toml("in_excel.toml")["rules"]
    return tuple((re.compile(each["command"]), each["instead"].replace("{1}", r"\1")) for each in rules)
