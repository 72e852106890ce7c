"""When a file was received: told by a person or a server, else now, never by the file."""

import os
import shutil
import zipfile
from datetime import date, datetime

import pytest

from tests.workflow.desk import CYCLE, item, nil
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.decisions import assign
from zwgk_excel.workflow.intake import inbox
from zwgk_excel.workflow.intake.receipt_times import ImpossibleTimeError, files_written_apart
from zwgk_excel.workflow.intake.receiving import import_new, receive
from zwgk_excel.workflow.tracking.statuses import cycle_status

pytestmark = pytest.mark.slow
NOW, SAVED = datetime(2026, 12, 3, 9), datetime(2026, 11, 24, 10)
PURCHASES = "D02/市财政局/2026-11"


@pytest.fixture(autouse=True)
def _december(sent):
    sent.now = NOW


def saved(path, at=SAVED):
    os.utime(path, (clock.to_timestamp(at),) * 2)
    return path


def reply(desk, name="回复.xlsx", **values):
    answers = {("D04", "2026-11"): nil()}
    return saved(desk.reply("市财政局", name, answers=answers, items=[item("D02 政府采购", **values)]))


def status_of(office, key=PURCHASES, as_of=NOW.date()):
    return next(row.status for row in cycle_status(office, CYCLE, as_of).rows if row.status.obligation.key == key)


def timeliness(office, key=PURCHASES, as_of=NOW.date()):
    return status_of(office, key, as_of).timeliness


def test_a_file_saved_in_time_and_registered_later_is_late(sent):
    with sent.open() as office:
        (receipt,) = receive(office, [reply(sent)])
        assert (receipt.received_at, receipt.file_time, receipt.estimated) == (NOW, SAVED, False)
        assert timeliness(office) == "late"


def test_its_own_time_counts_where_the_person_says_so(sent):
    with sent.open() as office:
        assert [path.name for path, _ in files_written_apart(office, [reply(sent)])] == ["回复.xlsx"]
        (receipt,) = receive(office, [reply(sent)], use_file_time=True)
        assert (receipt.received_at, receipt.estimated) == (SAVED, True)
        assert timeliness(office) == "on_time"
        assert files_written_apart(office, [reply(sent)]) == []  # it is registered


def test_what_lies_in_the_inbox_came_when_it_was_first_seen_there(sent, monkeypatch):
    shutil.copy2(reply(sent), sent.root / "收件箱" / "回复.xlsx")

    def locked(path, *rest):
        raise PermissionError(13, "正被占用", str(path))

    sent.now = datetime(2026, 11, 25, 18)
    with monkeypatch.context() as patch, sent.open() as office:
        patch.setattr(inbox, "read_file", locked)
        assert [each.code for each in import_new(office).unread] == ["file_locked"]
    sent.now = NOW
    with sent.open() as office:
        (receipt,) = import_new(office)
        assert (receipt.received_at, receipt.file_time) == (datetime(2026, 11, 25, 18), SAVED)
        assert timeliness(office) == "on_time"


def test_another_file_under_the_same_name_is_seen_anew(sent, monkeypatch):
    sent.now = datetime(2026, 11, 25, 18)
    place = sent.root / "收件箱" / "回复.xlsx"
    place.write_bytes(b"half")
    with monkeypatch.context() as patch, sent.open() as office:
        patch.setattr(inbox, "read_file", lambda path: (_ for _ in ()).throw(PermissionError(13, "正被占用")))
        import_new(office)
    shutil.copy2(reply(sent), place)
    sent.now = NOW
    with sent.open() as office:
        (receipt,) = import_new(office)
    assert receipt.received_at == NOW


def test_of_two_files_seen_together_the_one_saved_later_is_the_newer(sent):
    for name, day, title in (("甲.xlsx", 20, "新的"), ("乙.xlsx", 19, "旧的")):
        path = saved(reply(sent, name, title=title), datetime(2026, 11, day, 9))
        shutil.copy2(path, sent.root / "收件箱" / name)
    with sent.open() as office:
        assert [each.name for each in import_new(office)] == ["乙.xlsx", "甲.xlsx"]
        found = cycle_status(office, CYCLE, NOW.date()).problems
    assert [(each.code, each.place.file) for each in found if each.obligation] == []


def test_a_time_to_come_is_refused_and_nothing_copied(sent):
    late, path = datetime(2026, 12, 3, 9, 1), reply(sent)
    with sent.open() as office:
        with pytest.raises(ImpossibleTimeError, match="最晚为现在（2026-12-03 09:00）"):
            receive(office, [path], received_at=late)
        with pytest.raises(ImpossibleTimeError, match="回复"):
            receive(office, [saved(path, late)], use_file_time=True)
        assert office.ledger.known() == set()
    assert list((sent.root / "收件箱").iterdir()) == []


@pytest.mark.parametrize("packed", [False, True], ids=["file", "archive"])
def test_a_time_before_the_month_was_issued_is_refused_and_leaves_no_copy(sent, packed):
    path = reply(sent)
    if packed:
        with zipfile.ZipFile(path.with_name("包.zip"), "w") as archive:
            archive.write(path, "回复.xlsx")
        path = path.with_name("包.zip")
    with sent.open() as office:
        with pytest.raises(ImpossibleTimeError, match="最早为 2026-11-02"):
            receive(office, [path], received_at=datetime(2026, 11, 1, 23))
        assert list((sent.root / "收件箱").iterdir()) == []
        taken = receive(office, [path], received_at=datetime(2026, 11, 2, 0, 1))
    assert taken


def test_nor_is_a_file_assigned_to_a_month_issued_later_than_it_came(sent):
    with sent.open() as office:
        with pytest.raises(ImpossibleTimeError, match="2026-11-02 才下发"):
            assign(office, [reply(sent)], "市财政局", CYCLE, who="科长", received_at=datetime(2026, 10, 30, 9))
        with pytest.raises(ImpossibleTimeError, match="还没有到"):
            assign(office, [reply(sent)], "市财政局", CYCLE, who="科长", received_at=datetime(2027, 1, 1, 9))


@pytest.mark.parametrize("status", ["已报送", "本期无更新", "未报送", ""])
def test_a_task_reported_in_an_older_workbook_meanwhile_is_answered(sent, status):
    """D02 of November was open when December's workbook went out, and came late; the row there says no more of it."""
    sent.now = datetime(2026, 12, 1, 9)
    from zwgk_excel.workflow.issuing import generate

    with sent.open() as office:
        generate(office, CYCLE + 1, as_of=date(2026, 12, 1))
    answers = {("D02", "2026-12"): nil(), ("D04", "2026-12"): nil()}
    if status:
        answers["D02", "2026-11"] = {"status": status}
    marked = sent.reply("市财政局", "十二月.xlsx", answers=answers, cycle=CYCLE + 1)
    with sent.open() as office:
        receive(office, [reply(sent)])
    sent.now = datetime(2026, 12, 20, 9)
    with sent.open() as office:
        (receipt,) = receive(office, [marked])
        assert receipt.verdict in {Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_PROBLEMS}
        assert [(p.code, p.severity) for p in receipt.problems if p.obligation == PURCHASES] == [
            ("task_answered", "note")
        ]
        assert timeliness(office) == "late"
        assert status_of(office).problems == 0


def test_a_workbook_of_which_every_task_was_reported_elsewhere_is_still_untouched(sent):
    sent.now = datetime(2026, 12, 1, 9)
    from zwgk_excel.workflow.issuing import generate

    with sent.open() as office:
        generate(office, CYCLE + 1, as_of=date(2026, 12, 1))
    blank = sent.reply("市财政局", "空.xlsx", cycle=CYCLE + 1)
    with sent.open() as office:
        receive(office, [reply(sent)])
        (receipt,) = receive(office, [blank])
    assert [each.code for each in receipt.problems] == ["report_untouched"]


def test_a_task_marked_reported_that_nobody_reported_is_still_an_error(sent):
    marked = sent.reply("市财政局", "空.xlsx", answers={("D02", "2026-11"): {"status": "已报送"}})
    with sent.open() as office:
        (receipt,) = receive(office, [marked])
    assert receipt.verdict is Verdict.RETURNED
    assert "task_without_items" in {each.code for each in receipt.problems}
