"""Fixtures that all tests share."""

from __future__ import annotations

import datetime as dt
import functools
import gc
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.checkout import CheckoutWatch
from tests.tools import ROOT, require

# What the fixtures start is imported by them: some of it is of one system, or a library that only its tests need.
if TYPE_CHECKING:
    from tests.calc.office import Office
    from tests.mail.authority import Authority
    from tests.mail.dovecot import Server as MailServer
    from tests.mail.relay import Relay
    from tests.mail.smtp_server import SmtpServer
    from tests.postgres import Server

hypothesis.settings.register_profile("local", deadline=None)
# The same examples every time, so half of the usual hundred of them: random ones are tried where people work.
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True, max_examples=50)
hypothesis.settings.register_profile("quick", deadline=None, derandomize=True, print_blob=True, max_examples=20)
_USUAL = "ci" if os.environ.get("CI") else "local"
hypothesis.settings.load_profile("quick" if os.environ.get("ZWGK_NO_TOOLS") == "1" else _USUAL)


_MEMORY = Path("/dev/shm")
_ROOM = 6 << 30
"""Bytes that a run's files may take at a time."""


def pytest_configure(config: pytest.Config) -> None:
    """The process that starts the run watches the checkout; xdist's workers have a ``workerinput``.

    Where there is room in memory the tests' files lie in it: a database waits for the disk at each of its commits,
    and thousands of tests make one.
    """
    if hasattr(config, "workerinput"):
        return
    config.pluginmanager.register(CheckoutWatch(ROOT))
    if "TMPDIR" not in os.environ and sys.platform != "win32" and _MEMORY.is_dir():
        found = os.statvfs(_MEMORY)
        if found.f_bavail * found.f_frsize > _ROOM and not found.f_flag & os.ST_NOEXEC:
            os.environ["TMPDIR"] = str(_MEMORY)
            tempfile.tempdir = None


# What a run imports and collects stays until it ends. Searching it for garbage again and again, as the tests make
# theirs, took a third of the processor's time of most rooms; it was all there was to find while tests were collected.
gc.disable()


def pytest_collection_finish() -> None:
    """From now on garbage is looked for in what the tests make, and less often than in a small program."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="session")
def current_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The current folder of all tests: an empty one, so that a relative path leads nowhere near the checkout."""
    folder = tmp_path_factory.mktemp("current-folder")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


@pytest.fixture(scope="session", autouse=True)
def config_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the tests' workspaces are remembered as trusted, in this process and those that it starts: not our home."""
    folder = tmp_path_factory.mktemp("config")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZWGK_CONFIG_DIR", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def _forgotten_with_its_folder(request: pytest.FixtureRequest, config_folder: Path) -> Iterator[None]:
    """A test's workspaces are not known to the next one, which may get a folder of the same name."""
    folder = str(request.getfixturevalue("tmp_path")) if "tmp_path" in request.fixturenames else None
    yield
    for mark in (config_folder / "trusted").glob("*.json") if folder else ():
        if json.loads(mark.read_text(encoding="utf-8"))["path"].startswith(f"{folder}{os.sep}"):
            mark.unlink()


@pytest.fixture(autouse=True)
def _nothing_in_the_current_folder(current_folder: Path) -> Iterator[None]:
    """A test that writes without saying where fails, and is named."""
    yield
    left = sorted(path.name for path in current_folder.iterdir())
    assert left == [], f"written into the current folder instead of tmp_path: {left}"


@pytest.fixture(scope="session", autouse=True)
def _somebody_decides() -> Iterator[None]:
    """Commands that name nobody are this person's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZWGK_WHO", "经办人")
        yield


@pytest.fixture(scope="session", autouse=True)
def _workers_for_tests() -> Iterator[None]:
    """Workers that a busy machine does not make late: what a test finds is not to depend on what else runs.

    A worker has six seconds for a file by the clock on the wall, ten times what it needs on an idle machine; where the
    limit is not what a test is about it has a minute. The server that forks the workers has loaded what marks up a
    return, a third of a second of the processor's time that else each worker takes for its first copy.
    """
    from zwgk_excel.workflow.workers import readers

    readers.PRELOADED.append("zwgk_excel.workbooks.correction.mark_up")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readers.ReaderPool, "patience", 60.0)
        yield


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """A headless LibreOffice of our own, one for each test process."""
    from tests.calc.office import Office

    soffice, _ = require("soffice", "uno")
    with Office(soffice) as running:
        yield running


@pytest.fixture(scope="session")
def office_on() -> Iterator[Callable[[dt.date], Office]]:
    """``office_on(day)`` is an office whose TODAY() is that day; one is started for each day."""
    from tests.calc.office import Office

    with ExitStack() as stack:

        @functools.cache
        def start(day: dt.date) -> Office:
            soffice, _, faketime = require("soffice", "uno", "libfaketime")
            return stack.enter_context(Office(soffice, today=day, faketime=faketime))

        yield start


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL server of our own, one for each test process; libpq finds the password in a file."""
    from tests.postgres import running

    with running() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSFILE", str(server.password_file(tmp_path_factory.mktemp("pgpass") / "pgpass")))
        yield server


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    """Whom the tests' mail servers are vouched for by."""
    from tests.mail.authority import Authority

    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def imap_server(authority) -> Iterator[MailServer]:
    """A Dovecot of our own, one for each test process."""
    from tests.mail.dovecot import running

    with running(authority) as server:
        yield server


@pytest.fixture
def relay(authority, imap_server) -> Iterator[Relay]:
    """An SMTP server that delivers into ``imap_server``."""
    from tests.mail.relay import Relay

    with Relay(authority.certificate("relay"), imap_server.hand_over) as running:
        yield running


@pytest.fixture(scope="module")
def smtp_running() -> Iterator[SmtpServer]:
    """An SMTP server for the tests of one module, which keeps what it gets and fails where it is told to."""
    from tests.mail.smtp_server import SmtpServer

    with SmtpServer() as running:
        yield running


@pytest.fixture
def smtp_server(smtp_running, monkeypatch) -> SmtpServer:
    """The same with nothing in it yet; who sends tries as often as in an office, but does not wait long."""
    from zwgk_excel.mail import smtp, smtp_line

    for module in (smtp, smtp_line):
        monkeypatch.setattr(module, "PAUSES", (0.01,) * len(smtp_line.PAUSES))
    monkeypatch.delenv("ZWGK_MAIL_PASSWORD", raising=False)
    smtp_running.mails.clear()
    smtp_running.faults.clear()
    return smtp_running


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their parameter: zip files hold the time, so each worker would collect other tests."""
    return argname if isinstance(val, bytes) else None
