import pytest

from tests.mail.smtp_server import SmtpServer
from tests.workflow.desk import CYCLE, Desk, new_desk
from zwgk_excel.mail import smtp
from zwgk_excel.workflow.generate import generate


@pytest.fixture
def desk(tmp_path) -> Desk:
    """A workspace with the small tables, nothing sent yet."""
    return new_desk(tmp_path)


@pytest.fixture
def sent(desk) -> Desk:
    """A workspace whose November workbooks went out on the 2nd."""
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    return desk


@pytest.fixture(scope="module")
def running():
    """An SMTP server for the tests of one module."""
    with SmtpServer() as server:
        yield server


@pytest.fixture
def server(running, monkeypatch):
    """The same with nothing in it yet, and for senders that do not wait long."""
    monkeypatch.setattr(smtp, "PAUSES", (0.01,))
    running.mails.clear()
    running.faults.clear()
    return running
