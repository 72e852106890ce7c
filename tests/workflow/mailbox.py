"""Mails that units send, and a folder of them in the place of a mailbox."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from tests.workflow.desk import UNITS, Desk
from zwgk_excel.domain.periods import CHINA
from zwgk_excel.mail.imap import RawMail

MAILS = {
    "市政府办": "zhengfuban@example.gov.cn",
    "市财政局": "caizheng@example.gov.cn",
    "市人社局": "renshe@example.gov.cn",
}
"""Addresses of the small office's units; 金湖街道 has none."""
STRANGER = "somebody@example.com"
AT = datetime(2026, 11, 20, 10, 30)


def with_addresses(desk: Desk) -> None:
    """Write the addresses into the roster."""
    desk.set_units([{**unit, "mails": MAILS.get(unit["name"], "")} for unit in UNITS])


def letter(
    sender: str, *files: tuple[str, bytes], subject: str = "回复：报送表", number: int = 0, **headers: str
) -> bytes:
    """A mail as a well-behaved program writes it; ``headers`` with ``_`` for ``-``."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = f"报送员 <{sender}>", "zwgk@example.gov.cn", subject
    made["Message-ID"] = f"<{number}.{abs(hash((sender, subject, files))) if not number else ''}@example.gov.cn>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content("见附件。")
    for name, data in files:
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


class FolderMailbox:
    """The files of a folder as mails, numbered in the order of their names, a minute apart."""

    name = "zwgk@example.gov.cn/INBOX"

    def __init__(self, folder: Path, *, batch: int = 50, uidvalidity: int = 1, first: int = 1) -> None:
        self.uidvalidity, self._batch, self._first = uidvalidity, batch, first
        self._paths = sorted(folder.iterdir())

    def new(self, after: int) -> list[int]:
        return [uid for uid in range(self._first, self._first + len(self._paths)) if uid > after]

    def mails(self, uids: Sequence[int]) -> Iterator[list[RawMail]]:
        for start in range(0, len(uids), self._batch):
            yield [self._mail(uid) for uid in uids[start : start + self._batch]]

    def _mail(self, uid: int) -> RawMail:
        number = uid - self._first
        data = self._paths[number].read_bytes()
        at = (AT + timedelta(minutes=number)).replace(tzinfo=CHINA)
        return RawMail(uid, at, len(data), data, True)
