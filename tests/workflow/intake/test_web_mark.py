"""The mark that makes Windows careful: written beside the file, once its bytes are there, and never in the way."""

from __future__ import annotations

import logging
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from tests.tools import posix_only
from tests.workflow.desk import Desk
from tests.workflow.intake.test_receiving import purchases, take, zipped
from zwgk_excel.domain.senders import SenderFields
from zwgk_excel.workflow.intake import web_mark
from zwgk_excel.workflow.intake.inbox import MailOrigin, save_attachment
from zwgk_excel.workflow.intake.receiving import import_arrivals
from zwgk_excel.workflow.intake.web_mark import is_from_web, mark_as_from_web

STREAM = ":Zone.Identifier"


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here such a stream is a file of its own beside the other, which serves to look at it."""
    monkeypatch.setattr(web_mark, "ON_WINDOWS", True)


@pytest.fixture(autouse=True)
def _end_of_november(request: pytest.FixtureRequest) -> None:
    if "sent" in request.fixturenames:
        request.getfixturevalue("sent").now = datetime(2026, 12, 3, 9)


def marked(folder: Path) -> set[str]:
    return {path.name.removesuffix(STREAM) for path in folder.rglob(f"*{STREAM}")}


def test_the_mark_is_the_stream_that_browsers_write_and_the_time_stays(windows: None, tmp_path: Path):
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"PK")
    mark_as_from_web(path, 1_700_000_000)
    assert Path(f"{path}{STREAM}").read_bytes() == b"[ZoneTransfer]\r\nZoneId=3"
    assert (path.read_bytes(), path.stat().st_mtime) == (b"PK", 1_700_000_000)
    assert is_from_web(path)


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        ("[ZoneTransfer]\r\nZoneId=3\r\nReferrerUrl=https://mail.example.cn/\r\n", True),
        ("[ZoneTransfer]\nZoneId = 4\n", True),
        ("[ZoneTransfer]\r\nZoneId=1\r\n", False),
        ("[ZoneTransfer]\r\nZoneId=0\r\nHostUrl=ZoneId=3", False),
        ("", False),
    ],
)
def test_the_zone_says_where_it_came_from(windows: None, tmp_path: Path, text: str, outside: bool):
    path = tmp_path / "表.xlsx"
    Path(f"{path}{STREAM}").write_text(text, newline="")
    assert is_from_web(path) is outside


@posix_only("another system than Windows")
def test_elsewhere_there_is_no_mark(tmp_path: Path):
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"PK")
    mark_as_from_web(path, 0)
    assert [each.name for each in tmp_path.iterdir()] == ["表.xlsx"]
    assert not is_from_web(path)


def test_a_drive_that_keeps_no_mark_is_told_once(windows: None, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    web_mark._log_once.cache_clear()
    with caplog.at_level(logging.INFO, logger=web_mark.__name__):
        for name in ("甲", "乙"):
            mark_as_from_web(tmp_path / "没有" / f"{name}.xlsx", 0)
    assert len(caplog.records) == 1


def mailed(desk: Desk, name: str, data: bytes) -> None:
    """Take in a file that came by mail."""
    with desk.open() as office, office.ledger.exclusive():
        folder = office.workspace.mailed / "2026-11" / "1"
        origin = MailOrigin("a@example.cn", SenderFields(("a@example.cn",)))
        arrival = save_attachment(office, folder, name, data, datetime(2026, 11, 20, 9), origin)
        import_arrivals(office, [arrival], "mail")


def test_what_comes_by_mail_is_marked_and_what_is_packed_in_it(windows: None, sent: Desk, tmp_path: Path):
    workbook = purchases(sent).read_bytes()
    packed = zipped(tmp_path / "报送.zip", **{"表.xlsx": workbook, "通知.docx": b"PK\x03\x04"})
    mailed(sent, "报送.zip", packed.read_bytes())
    assert marked(sent.root) == {"报送.zip", "表.xlsx", "通知.docx"}


def test_what_was_downloaded_stays_marked_when_it_is_copied_or_unpacked(windows: None, sent: Desk, tmp_path: Path):
    packed = zipped(tmp_path / "下载.zip", **{"表.xlsx": purchases(sent).read_bytes()})
    mark_as_from_web(packed, 0)
    take(sent, packed)
    assert marked(sent.root) == {"下载.zip", "表.xlsx"}


def test_what_the_office_has_itself_is_not_marked(windows: None, sent: Desk, tmp_path: Path):
    take(sent, Path(shutil.copy(purchases(sent), tmp_path / "表.xlsx")))
    assert marked(sent.root) == set()
