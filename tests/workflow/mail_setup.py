"""An office with addresses and an SMTP server, for tests of what is mailed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.mail.account import HOST, PASSWORD
from tests.mail.smtp_server import SmtpServer
from tests.workflow.desk import CYCLE, UNITS, Desk, item, nil
from zwgk_excel.workflow.intake import receiving
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
from zwgk_excel.workflow.mailing.sending import SendAction, SendRun, UnitSending, planned_sendings, send
from zwgk_excel.workflow.office.server_logins import mail_logins
from zwgk_excel.workflow.office.workspace import open_workspace

OFFICE, COPY = "zwgk@example.gov.cn", "leader@example.gov.cn"
MAILS = {
    "市政府办": "fuban@example.gov.cn",
    "市财政局": "caizheng@example.gov.cn",
    "市人社局": "renshe@example.gov.cn",
    "金湖街道": "jinhu@example.gov.cn",
}
SETTINGS = """
[office]
name = "市政务公开办"
mailbox = "{office}"
[mail]
per_minute = 0
answers = true
copies = {copies}
{smtp}
"""


def set_up(desk: Desk, server: SmtpServer | None = None, *, copies: Sequence[str] = ()) -> None:
    """Give every unit its address, the office its settings, and generate the month."""
    address_book(desk, MAILS)
    set_server(desk, server, copies=copies)
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())


def address_book(desk: Desk, mails: Mapping[str, str], officers: Sequence[Mapping[str, str]] = ()) -> None:
    """The roster with these addresses, and these officers for single duties."""
    desk.set_units([{**unit, "mails": mails.get(unit["name"], "")} for unit in UNITS], officers)


def set_server(desk: Desk, server: SmtpServer | None, *, copies: Sequence[str] = ()) -> None:
    """The settings, with a server or without."""
    smtp = f'[mail.smtp]\nhost = "{HOST}"\nport = {server.port}\nsecurity = "none"' if server else ""
    text = SETTINGS.format(office=OFFICE, copies=list(copies), smtp=smtp)
    (desk.root / "zwgk.toml").write_text(text, encoding="utf-8")


def give_password(patch: pytest.MonkeyPatch, root: Path, password: str = PASSWORD) -> None:
    """Put the password of a workspace's mail servers into the environment, where nothing else sees it."""
    servers = {each.server for each in mail_logins(open_workspace(root))}
    patch.setenv("ZWGK_MAIL_PASSWORD", password)
    patch.setenv("ZWGK_MAIL_SERVERS", " ".join(servers))


def send_all(desk: Desk, way: DeliveryMethod = DeliveryMethod.SMTP, **options) -> SendRun:
    """Run ``zwgk send --yes``."""
    with desk.open() as office:
        return send(office, CYCLE, way, **options)


def preview(desk: Desk, **options) -> dict[str, SendAction]:
    """Unit → what would be done for it."""
    return {each.unit: each.action for each in rows(desk, **options)}


def rows(desk: Desk, **options) -> tuple[UnitSending, ...]:
    """The dry run."""
    with desk.open() as office:
        return planned_sendings(office, CYCLE, **options)


def deliver(desk: Desk, unit: str, *, bad: bool = False) -> None:
    """A unit answers everything it owes with a date; ``bad`` leaves a reviewer out."""
    tasks = {"市政府办": ["D01 政策文件"], "市财政局": ["D02 政府采购"], "市人社局": ["D04 稳岗就业"]}[unit]
    answers = {("D04", str(CYCLE)): nil()} if unit == "市财政局" else {}
    items = [item(task, final_review=None if bad else "丙") for task in tasks]
    path = desk.reply(unit, f"{unit}.xlsx", answers=answers, items=items)
    with desk.open() as office:
        receiving.receive(office, [path], received_at=desk.now)
