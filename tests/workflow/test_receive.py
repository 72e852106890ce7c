import shutil
from datetime import date, datetime

import pytest

from tests.workflow.desk import CYCLE, item, nil
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.receive import receive
from zwgk_excel.workflow.status import cycle_status

AT = datetime(2026, 11, 20, 10, 30)


@pytest.fixture(autouse=True)
def _end_of_november(sent):
    sent.now = datetime(2026, 12, 3, 9)


def take(desk, *paths, at=AT):
    with desk.open() as office:
        return receive(office, paths, received_at=at)


def outcomes(desk, unit, as_of=date(2026, 12, 3)):
    with desk.open() as office:
        rows = cycle_status(office, CYCLE, as_of).rows
    return {
        row.status.obligation.duty.id: (row.status.outcome, row.status.timeliness)
        for row in rows
        if row.status.obligation.unit == unit
    }


def purchases(desk, name="回复.xlsx", **values):
    """市财政局's answer: items for D02, nothing new for D04."""
    return desk.reply(
        "市财政局", name, answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购", **values)]
    )


def test_a_sound_return(sent):
    (receipt,) = take(sent, purchases(sent))
    assert (receipt.verdict, receipt.unit, receipt.cycle, receipt.items) == (Verdict.ACCEPTED, "市财政局", CYCLE, 1)
    assert receipt.problems == ()
    assert (sent.root / receipt.file).read_bytes() == purchases(sent).read_bytes()
    assert outcomes(sent, "市财政局") == {
        "D02": ("reported", "on_time"),
        "D04": ("nil", "on_time"),
        "D24": ("missing", "on_demand"),
    }


def test_the_file_name_does_not_matter(sent):
    (receipt,) = take(sent, purchases(sent, "报表 最终版(2) 改.XLSX"))
    assert receipt.unit == "市财政局"


def test_errors_send_it_back_and_the_rest_counts(sent):
    path = sent.reply(
        "市财政局",
        "回复.xlsx",
        answers={("D04", "2026-11"): nil()},
        items=[item("D02 政府采购", final_review=None)],
    )
    (receipt,) = take(sent, path)
    assert receipt.verdict is Verdict.RETURNED
    assert [(p.code, p.place.sheet) for p in receipt.problems] == [("item_field_missing", "信息明细")]
    assert outcomes(sent, "市财政局")["D02"] == ("returned", "overdue")
    assert outcomes(sent, "市财政局")["D04"] == ("nil", "on_time")


def test_warnings_are_accepted(sent):
    (receipt,) = take(sent, purchases(sent, second_review="甲"))
    assert receipt.verdict is Verdict.ACCEPTED_WITH_PROBLEMS


def test_the_same_file_again(sent):
    path = purchases(sent)
    take(sent, path)
    assert take(sent, path) == ()
    copy = shutil.copy(path, path.with_name("又发一遍.xlsx"))
    (receipt,) = take(sent, path.with_name("又发一遍.xlsx"))
    assert copy
    assert (receipt.verdict, receipt.content) == (Verdict.DUPLICATE, None)


def test_two_files_of_one_name_are_both_kept(sent):
    first = take(sent, purchases(sent))
    second = take(sent, purchases(sent, title="改过的标题"))
    assert [r.name for r in (*first, *second)] == ["回复.xlsx", "回复（2）.xlsx"]
    assert len(list((sent.root / "收件箱").iterdir())) == 2


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "file_kind"), (b"hello", "file_kind"), (b"PK\x03\x04broken", "file_unreadable"), (b"%PDF-1.7", "file_kind")],
)
def test_what_cannot_be_read_waits_in_quarantine(sent, tmp_path, data, code):
    path = tmp_path / "附件.xlsx"
    path.write_bytes(data)
    (receipt,) = take(sent, path)
    assert (receipt.verdict, [p.code for p in receipt.problems]) == (Verdict.QUARANTINED, [code])


def test_another_workbook_waits_in_quarantine(sent):
    (receipt,) = take(sent, sent.root / "单位通讯录.xlsx")
    assert (receipt.verdict, [p.code for p in receipt.problems]) == (Verdict.QUARANTINED, ["not_a_report"])


def test_a_workbook_of_another_office_waits_in_quarantine(sent, tmp_path):
    """Its signature was made with another key."""
    from tests.workflow.desk import new_desk
    from zwgk_excel.workflow.generate import generate

    other = new_desk(tmp_path / "另一个办公室")
    with other.open() as office:
        generate(office, CYCLE, as_of=other.now.date())
    (receipt,) = take(sent, other.sent("市财政局"))
    assert (receipt.verdict, receipt.unit, [p.code for p in receipt.problems]) == (
        Verdict.QUARANTINED,
        "",
        ["identity_forged"],
    )


def test_without_a_told_time_the_files_own_counts_as_estimated(sent):
    (receipt,) = take(sent, purchases(sent), at=None)
    assert receipt.estimated
    assert receipt.received_at <= sent.now


def test_folders_are_taken_whole_and_owner_files_left_alone(sent):
    path = purchases(sent)
    path.with_name("~$回复.xlsx").write_bytes(b"owner")
    path.with_name(".DS_Store").write_bytes(b"x")
    assert [r.name for r in take(sent, path.parent)] == ["回复.xlsx"]


def test_a_missing_path_is_refused_before_anything_is_taken(sent):
    with pytest.raises(UserError, match="找不到"):
        take(sent, purchases(sent), sent.root / "没有.xlsx")
    assert take(sent, purchases(sent)) != ()


def test_a_correction_replaces_the_content_and_keeps_the_time(sent):
    take(sent, purchases(sent))
    take(sent, purchases(sent, "更正.xlsx", title="更正后的标题"), at=datetime(2026, 12, 1, 9))
    with sent.open() as office:
        rows = cycle_status(office, CYCLE, date(2026, 12, 3)).rows
    (row,) = (r for r in rows if r.status.obligation.key == "D02/市财政局/2026-11")
    assert (row.status.received_at, row.status.timeliness, row.status.items) == (AT, "on_time", 1)
