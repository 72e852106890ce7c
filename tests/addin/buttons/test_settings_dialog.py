"""设置 clicked: asked one by one, checked as they are read, written with the comments kept; the password elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlwings as xw

from tests.addin.clicks import click
from tests.addin.grid import GridApp
from tests.workflow.desk import Desk
from zwgk_excel.addin.buttons import settings_dialog
from zwgk_excel.addin.host import session
from zwgk_excel.layout.resources import read_text
from zwgk_excel.layout.settings_table import editable_settings
from zwgk_excel.workflow.office.settings import read_settings

KEYS = [each.key for each in editable_settings()]


@pytest.fixture
def front(grid: GridApp, desk: Desk) -> GridApp:
    """The application with an empty book in front; the settings are those of a new workspace."""
    (desk.root / "zwgk.toml").write_text(read_text("zwgk.toml"), encoding="utf-8")
    xw.books.add().set_mock_caller()
    return grid


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Workspaces for which a window for the password was opened."""
    opened: list[Path] = []

    def ask(root: Path) -> bool:
        opened.append(root)
        return True

    monkeypatch.setattr(settings_dialog, "ask_password", ask)
    return opened


def answers(**typed: str) -> list[str]:
    """What is answered to each setting; ``ok`` leaves it as it is proposed."""
    given = {key.replace("__", "."): value for key, value in typed.items()}
    return [given.get(key, "ok") for key in KEYS]


def test_the_servers_of_a_known_mailbox_are_proposed_and_the_password_is_asked_elsewhere(
    front: GridApp, desk: Desk, windows: list[Path]
):
    typed = answers(office__mailbox="zwgk@163.com", office__contact="李科员", deadlines__monthly__due="20")
    closing = click(front, "change_settings", "ok", *typed, "ok", "ok")
    settings = read_settings(desk.root / "zwgk.toml")
    assert (settings.office.mailbox, settings.office.contact) == ("zwgk@163.com", "李科员")
    servers = settings.mail.smtp, settings.mail.imap
    assert [(each.host, each.port, each.security) for each in servers] == [
        ("smtp.163.com", 465, "tls"),
        ("imap.163.com", 993, "tls"),
    ]
    assert "已写入“zwgk.toml”：报送邮箱、发信服务器、收信服务器、联系人、每月报送时限" in closing
    assert windows == [desk.root]
    assert not any("密码：" in text for text, _ in front.alerts)


def test_what_is_wrong_is_told_and_asked_again(front: GridApp, desk: Desk, windows: list[Path]):
    typed = answers(office__mailbox="不是邮箱")
    place = KEYS.index("office.mailbox")
    typed[place + 1 : place + 1] = ["ok", "zwgk@example.cn"]  # the message closed, then asked again
    click(front, "change_settings", "ok", *typed, "ok")
    assert any("应为一个邮箱地址" in text for text, _ in front.alerts)
    assert read_settings(desk.root / "zwgk.toml").office.mailbox == "zwgk@example.cn"
    assert windows == [], "no server, no password"


@pytest.mark.parametrize(
    "given", [["cancel"], ["ok", "新名", "cancel"], ["ok", *answers(office__name="新名"), "cancel"]]
)
def test_whoever_gives_up_has_changed_nothing(front: GridApp, desk: Desk, given: list[str]):
    before = (desk.root / "zwgk.toml").read_bytes()
    assert click(front, "change_settings", *given) == session.CANCELLED
    assert (desk.root / "zwgk.toml").read_bytes() == before


def test_nothing_was_changed(front: GridApp, desk: Desk):
    assert click(front, "change_settings", "ok", *answers()) == "设置没有变化。"
