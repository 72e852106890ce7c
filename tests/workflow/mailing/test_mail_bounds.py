"""A mail that is made to stop the run costs itself alone: it is on record, and its sender and subject are told."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from tests.workflow import killers
from tests.workflow.desk import CYCLE, Desk, item, new_desk
from tests.workflow.mailbox import MAILS, FolderMailbox, letter, with_addresses
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.mailing.fetching import Fetched, fetch_from
from zwgk_excel.workflow.workers import readers
from zwgk_excel.workflow.workers.readers import ReaderPool

FINANCE = MAILS["市财政局"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = new_desk(tmp_path)
    with_addresses(made)
    with made.open() as office:
        generate(office, CYCLE, as_of=made.now.date())
    made.now = datetime(2026, 12, 3, 9)
    return made


def fetched(desk: Desk, folder: Path) -> Fetched:
    with desk.open() as office, ReaderPool(1, seconds=1.5, wall=3) as pool:
        return fetch_from(office, FolderMailbox(folder), readers=pool)


@pytest.mark.slow
def test_a_mail_that_kills_its_reader_is_recorded_and_the_others_are_taken_in(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_mail", killers.mail_or_die)
    report = desk.reply("市财政局", "回复.xlsx", items=[item("D02 政府采购")]).read_bytes()
    folder = tmp_path / "邮箱"
    folder.mkdir()
    for number, subject in enumerate(("abort", "hang", "spin", "memory", "好")):
        sent = letter(FINANCE, ("回复.xlsx", report), subject=subject, number=number + 1)
        (folder / f"{number}.eml").write_bytes(sent)
    done = fetched(desk, folder)
    assert [each.verdict for each in done.taken] == [Verdict.ACCEPTED_WITH_PROBLEMS]
    assert [(each.subject, each.sender, len(each.attachments)) for each in done.messages] == [
        ("abort", FINANCE, 0),
        ("hang", FINANCE, 0),
        ("spin", FINANCE, 0),
        ("memory", FINANCE, 0),
        ("好", FINANCE, 1),
    ]
    told = [each for each in done.problems if each.code == "mail_unread"]
    assert [each.place.file.split("”")[0] for each in told] == ["邮件“abort", "邮件“hang", "邮件“spin", "邮件“memory"]
    reasons = ("程序中断", "超过 3 秒", "秒", "程序中断")
    assert [reason in each.found for reason, each in zip(reasons, told, strict=True)] == [True] * 4, told
    again = fetched(desk, folder)
    assert (again.messages, len(again.taken)) == ((), 0)


def test_the_run_itself_parses_no_mail(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a mail does to its parser, it does to a worker with limits of time and memory."""
    monkeypatch.setattr(
        "zwgk_excel.workflow.mailing.incoming.read_mail", lambda _: pytest.fail("parsed in the main process")
    )
    folder = tmp_path / "邮箱"
    folder.mkdir()
    (folder / "1.eml").write_bytes(letter(FINANCE, subject="收到"))
    assert [each.subject for each in fetched(desk, folder).messages] == ["收到"]
    shutil.rmtree(folder)
