"""Mail servers that tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mail.authority import Authority
from tests.mail.servers import Dovecot, Relay
from tests.tools import require


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    """Whom the tests trust."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def mailbox(authority) -> Iterator[Dovecot]:
    """A Dovecot for each test process."""
    (program,) = require("dovecot")
    with Dovecot(program, authority.certificate("dovecot")) as running:
        yield running


@pytest.fixture
def relay(authority, mailbox) -> Iterator[Relay]:
    """An SMTP server that delivers into ``mailbox``."""
    with Relay(authority.certificate("relay"), mailbox.hand_over) as running:
        yield running
