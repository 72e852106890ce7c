"""An office whose mailbox is on a real server."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.workflow.desk import CYCLE, Desk, new_desk
from tests.workflow.mailbox import AT, with_addresses
from zwgk_excel.mail.imap import Mailbox
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.mailing.fetching import Fetched, fetch_from
from zwgk_excel.workflow.workers.readers import ReaderPool


@pytest.fixture(scope="module")
def readers():
    with ReaderPool(workers=1) as shared:
        yield shared


@pytest.fixture
def user(imap_server) -> str:
    """A mailbox that nobody has used."""
    name: str = imap_server.account().user
    return name


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """A folder with a workspace whose workbooks went out, and whose roster has addresses."""
    folder = tmp_path_factory.mktemp("fetch")
    desk = new_desk(folder)
    with_addresses(desk)
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    return folder


@pytest.fixture
def mailed(prepared, tmp_path) -> Desk:
    """A copy of it of its own, at the beginning of December."""
    return Desk(Path(shutil.copytree(prepared, tmp_path / "桌")) / "工作区", datetime(2026, 12, 3, 9))


@pytest.fixture
def run(mailed, imap_server, user, readers) -> Callable[..., Fetched]:
    """Deliver mails, a minute apart, and fetch what is new."""
    count = 0

    def deliver_and_fetch(*mails: bytes, at: datetime = AT) -> Fetched:
        nonlocal count
        for raw in mails:
            imap_server.deliver(user, raw, at + timedelta(minutes=count))
            count += 1
        account = imap_server.account(user)
        with mailed.open() as office, Mailbox(account, "INBOX", context=imap_server.trusting) as mailbox:
            return fetch_from(office, mailbox, readers=readers)

    return deliver_and_fetch
