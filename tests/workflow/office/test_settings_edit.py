"""Settings changed in the file: comments and order stay, and what could not be read again is never written."""

from __future__ import annotations

from pathlib import Path

import pytest

from zwgk_excel.layout.resources import read_text
from zwgk_excel.layout.settings_table import editable_settings
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.settings import read_settings
from zwgk_excel.workflow.office.settings_edit import SettingsFile, key_of, save_settings

SHIPPED = read_text("zwgk.toml")
NEW = {
    "office.name": "市政务公开办",
    "office.mailbox": "zwgk@example.cn",
    "mail.smtp.host": "smtp.example.cn",
    "mail.imap.host": "imap.example.cn",
    "office.contact": "李“科员”",
    "office.telephone": "0714-0000000",
    "office.person": "王主任",
    "deadlines.monthly.due": "20",
    "deadlines.monthly.final": "28",
    "due_soon_days": "7",
}


def file(tmp_path: Path, text: str | bytes = SHIPPED) -> SettingsFile:
    path = tmp_path / "zwgk.toml"
    data = text.encode() if isinstance(text, str) else text
    path.write_bytes(data)
    return SettingsFile(path, data, data)


@pytest.mark.parametrize("key", NEW)
def test_each_setting_is_changed_and_nothing_else(tmp_path: Path, key: str):
    before = file(tmp_path)
    after = before.with_value(key, NEW[key])
    save_settings(after)
    assert [(each.key, now) for each, _, now in after.changes()] == [(key, NEW[key])]
    read_settings(tmp_path / "zwgk.toml")
    lines = (tmp_path / "zwgk.toml").read_text(encoding="utf-8").splitlines()
    comments = [line.partition("   #")[2] for line in SHIPPED.splitlines() if "   #" in line]
    assert [line.partition("   #")[2] for line in lines if "   #" in line] == comments
    kept = iter(lines)
    assert sum(line not in kept for line in SHIPPED.splitlines() if line in lines) == 0, "in their order"
    assert len([line for line in SHIPPED.splitlines() if line not in lines]) <= 1


def test_every_setting_that_is_asked_for_is_tried_here():
    assert set(NEW) == {each.key for each in editable_settings()}


def test_a_sample_line_becomes_the_setting_with_its_comment(tmp_path: Path):
    text = file(tmp_path).with_value("office.person", "王主任").edited.decode()
    (line,) = [each for each in text.splitlines() if each.startswith("person")]
    assert line.startswith('person = "王主任"')
    assert line.partition("#")[2] in SHIPPED
    assert text.index("person =") < text.index("[ledger]")


@pytest.mark.parametrize(
    "text",
    [
        'office.mailbox = "a@example.cn"\ndeadlines.monthly.due = { months = 0, day = 24 } # 24 日\n',
        "deadlines = { monthly = { due = { months = 0, day = 24 } } }\n",
        "[deadlines.monthly]\ndue = { months = 0, day = 24 }\n[mail]\nsmtp = { host = \"a.cn\" }\n",
        "[office]\r\nname = \"甲\"\r\n# 说明\r\n",
        "",
    ],
)
@pytest.mark.parametrize("key", ["deadlines.monthly.due", "office.contact", "mail.imap.host", "due_soon_days"])
def test_however_the_file_is_written(tmp_path: Path, text: str, key: str):
    before = file(tmp_path, text)
    after = before.with_value(key, NEW[key])
    assert after.value(key) == NEW[key]
    assert [each.key for each, _, _ in after.changes()] == [key]
    assert all(comment in after.edited.decode() for comment in ("24 日", "说明") if comment in text)


def test_the_mark_that_notepad_writes_stays(tmp_path: Path):
    data = b"\xef\xbb\xbf" + SHIPPED.encode()
    assert file(tmp_path, data).with_value("office.contact", "甲").edited.startswith(b"\xef\xbb\xbf#")


@pytest.mark.parametrize(
    ("key", "typed", "words"),
    [
        ("office.mailbox", "不是邮箱", "应为一个邮箱地址"),
        ("deadlines.monthly.due", "32", "1 至 31"),
        ("due_soon_days", "五", "应为整数"),
        ("mail.smtp.host", "smtp 163", "mail.smtp.host"),
        ("mail.password", "secret", "没有“mail.password”"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, key: str, typed: str, words: str):
    with pytest.raises(UserError, match=words):
        file(tmp_path).with_value(key, typed)


def test_a_known_mail_service_gives_its_ports(tmp_path: Path):
    found = file(tmp_path).with_value("office.mailbox", "a@qq.com")
    assert found.proposed("mail.smtp.host") == "smtp.qq.com"
    mail = found.with_value("mail.imap.host", found.proposed("mail.imap.host")).settings.mail
    assert (mail.imap.host, mail.imap.port, mail.imap.security) == ("imap.qq.com", 993, "tls")


def test_a_file_that_somebody_changed_meanwhile_is_left_alone(tmp_path: Path):
    changed = file(tmp_path).with_value("office.contact", "甲")
    (tmp_path / "zwgk.toml").write_text("# 别人\n", encoding="utf-8")
    with pytest.raises(UserError, match="被改动过"):
        save_settings(changed)
    assert (tmp_path / "zwgk.toml").read_text(encoding="utf-8") == "# 别人\n"


def test_a_setting_is_known_by_its_label_too():
    assert key_of(" 联系人 ") == "office.contact"
