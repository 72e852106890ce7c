"""Fixtures of the mail room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mail.dovecot import Server, running


@pytest.fixture(scope="session")
def imap_server() -> Iterator[Server]:
    """A Dovecot of our own, one for each test process."""
    with running() as server:
        yield server
