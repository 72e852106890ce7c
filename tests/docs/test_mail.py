"""docs/mail.md: what it shows can be copied, and what it names is there."""

import re

from tests.tools import ROOT
from zwgk_excel.cli.main import COMMANDS
from zwgk_excel.workflow.office.settings import read_settings

TEXT = (ROOT / "docs" / "mail.md").read_text(encoding="utf-8")


def test_the_settings_shown_are_settings(tmp_path):
    path, shown = tmp_path / "zwgk.toml", []
    for block in re.findall(r"```toml\n(.*?)```", TEXT, flags=re.DOTALL):
        path.write_text(re.sub(r"(?m)^   ", "", block), encoding="utf-8")
        shown.append(read_settings(path).mail)
    servers, sender = shown
    assert (servers.smtp.security, servers.imap.security) == ("tls", "tls")
    assert sender.authentication_server == "mx.example.gov.cn"


def test_the_commands_named_are_commands():
    named = set(re.findall(r"`zwgk ([a-z]+)", TEXT))
    known = {name for name, _, _ in COMMANDS} | {"schedule", "settings"}
    assert named <= known
    assert {"doctor", "password", "send", "fetch", "schedule"} <= named
