"""The table of buttons, and what is refused in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from zwgk_excel.layout import buttons
from zwgk_excel.layout.buttons import ribbon_tab

TABLE = """
[tab]
key = "tab"
label = "政务公开"
help_opening = "次序："
[[groups]]
key = "month"
label = "月度"
"""


def entry(function: str, group: str = "month", more: str = "") -> str:
    return f"""
[[buttons]]
function = "{function}"
group = "{group}"
label = "标签"
icon = "Help"
screentip = "提示"
supertip = "说明"
help = "做事"
{more}
"""


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Writes a table of buttons in the place of the shipped one, and reads it."""

    def read(text: str) -> buttons.Tab:
        (tmp_path / "buttons.toml").write_text(TABLE + text, encoding="utf-8")
        monkeypatch.setattr(buttons, "folder", lambda name: tmp_path)
        ribbon_tab.cache_clear()
        return ribbon_tab()

    yield read
    ribbon_tab.cache_clear()


def test_names_of_the_ribbon_come_from_the_function(table):
    tab = table(entry("open_inbox"))
    (button,) = tab.buttons.values()
    assert (button.function, button.name, tab.groups[0].name) == ("open_inbox", "OpenInbox", "Month")


def test_steps_that_share_a_number_share_a_line_of_the_help(table):
    table(entry("b", more="step = 2") + entry("a", more="step = 1") + entry("c", more="step = 2") + entry("d"))
    assert buttons.help_text().splitlines() == ["次序：", "1. 标签：做事。", "2. 标签：做事；标签：做事。", "做事"]


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        (entry("a") + entry("a"), ValueError, "same function"),
        (entry("a", group="nowhere"), ValueError, "no such group: nowhere"),
        (entry("a", more='colour = "red"'), TypeError, "colour"),
    ],
)
def test_a_wrong_table_is_refused(table, text: str, error: type[Exception], told: str):
    with pytest.raises(error, match=told):
        table(text)
