from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.workflow.desk import CYCLE, DUTIES, with_duty
from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.manuals import REPORT, REPORT_FILE, manual_bytes
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.inbox import find_files, refuse_own
from zwgk_excel.workflow.issuing import amend
from zwgk_excel.workflow.issuing.generation import WorkbookChange, generate


def run(desk, cycle=CYCLE, **values):
    with desk.open() as office:
        return generate(office, cycle, as_of=desk.now.date(), **values)


def changes(done):
    return {book.unit: book.change for book in done.workbooks}


def bytes_of(done):
    return {book.unit: book.path.read_bytes() for book in done.workbooks}


def test_one_workbook_for_each_unit(desk):
    done = run(desk)
    assert changes(done) == dict.fromkeys(("市政府办", "市财政局", "市人社局", "金湖街道"), WorkbookChange.NEW)
    assert [book.path.name for book in done.workbooks][1] == "市财政局_2026-11_信息报送表.xlsx"
    assert {book.unit: book.tasks for book in done.workbooks} == {
        "市政府办": 2,
        "市财政局": 3,
        "市人社局": 2,
        "金湖街道": 1,
    }


def test_running_again_days_later_changes_no_byte(desk):
    first = bytes_of(run(desk))
    desk.now += timedelta(days=6)
    again = run(desk)
    assert set(changes(again).values()) == {WorkbookChange.UNCHANGED}
    assert bytes_of(again) == first


def test_the_manual_lies_beside_a_months_workbooks_once_and_is_no_return(desk):
    run(desk)
    run(desk, CYCLE + 1)
    manuals = list(desk.root.glob("发件箱/*/*.docx"))
    assert [path.name for path in manuals] == [REPORT_FILE] * 2
    assert manuals[0].read_bytes() == manual_bytes(REPORT)
    manuals[0].write_bytes(b"with a remark of the office")
    assert run(desk).leftover == ()
    assert manuals[0].read_bytes() == b"with a remark of the office"
    with desk.open() as office:
        for path in manuals[1].parent, manuals[1]:
            with pytest.raises(UserError, match="不是收到的报送表"):
                refuse_own(office, find_files([path]))


def test_no_manual_where_no_unit_is_to_get_it(desk):
    path = desk.root / "zwgk.toml"
    path.write_text(path.read_text("utf-8").replace("[mail]", '[mail]\nmanual = "never"', 1), "utf-8")
    run(desk)
    assert not list(desk.root.glob("发件箱/*/*.docx"))


def test_a_workbook_that_another_program_keeps_for_itself_is_named(desk, monkeypatch):
    run(desk)
    held = desk.sent("市财政局")
    read = Path.read_bytes

    def read_bytes(path):
        if path == held:
            raise PermissionError(13, "in use", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    with pytest.raises(UserError, match=f"“{held.name}”不能读取：.*请关闭打开它的程序"):
        run(desk)


def test_what_could_not_be_written_says_what_was_and_the_next_run_goes_on(desk):
    with desk.open() as office:
        outbox = office.workspace.outbox(CYCLE)
    outbox.parent.mkdir(exist_ok=True)
    outbox.write_bytes(b"")  # no folder can be made there
    with pytest.raises(UserError, match=r"这次还没有写成一份；2026-11 的任务已记为下发"):
        run(desk)
    outbox.unlink()
    done = run(desk)
    last = done.workbooks[-1].path
    last.unlink()
    first = done.workbooks[0].path
    first.unlink()
    last.mkdir()
    with pytest.raises(UserError, match="这次已写好 1 份"):
        run(desk)
    assert first.is_file()
    last.rmdir()
    assert all(each.path.is_file() for each in run(desk).workbooks)


def test_a_deleted_or_damaged_workbook_is_written_again_as_it_was(desk):
    first = bytes_of(run(desk))
    desk.sent("市财政局").unlink()
    desk.sent("市人社局").write_bytes(b"damaged")
    desk.now += timedelta(days=3)
    assert bytes_of(run(desk)) == first


def test_a_changed_duty_changes_only_the_units_concerned(desk):
    first = bytes_of(run(desk))
    desk.set_duties(with_duty("D02", content="新的内容"))
    with desk.open() as office:
        amend(office, CYCLE, on=desk.now.date(), who="王主任", reason="内容有误")
    done = run(desk)
    assert {unit for unit, change in changes(done).items() if change is WorkbookChange.CHANGED} == {"市财政局"}
    assert {unit for unit, data in bytes_of(done).items() if data != first[unit]} == {"市财政局"}


def test_a_unit_that_owes_nothing_any_more_is_named_and_its_file_left(desk):
    run(desk)
    desk.set_duties([duty for duty in DUTIES if duty["id"] != "D24"])
    with desk.open() as office:
        amend(office, CYCLE, on=desk.now.date(), who="王主任", reason="不再要求")
    assert [path.name for path in run(desk).leftover] == [desk.sent("金湖街道").name]
    assert desk.sent("金湖街道").exists()


def test_only_the_units_asked_for(desk):
    assert list(changes(run(desk, units=["市财政局"]))) == ["市财政局"]
    assert not desk.sent("市人社局").exists()


def test_unknown_units_are_refused_with_the_nearest_name(desk):
    with pytest.raises(UserError, match="是不是“市财政局”"):
        run(desk, units=["财政局"])


def test_a_table_with_errors_stops_it(desk):
    desk.set_duties([*DUTIES, {"id": "D99", "column": "新栏目", "owners": "市渔业局"}])
    with pytest.raises(UserError, match=r"责任分工表\.xlsx!责任分工表!.*市渔业局"):
        run(desk)


def test_what_is_still_owed_is_carried_over_as_backlog(sent):
    sent.now = sent.now.replace(month=12)
    with sent.open() as office:
        listed = office.listing(Month(2026, 12), date(2026, 12, 2))
    backlog = [(each.unit, each.label) for each in listed if each.backlog]
    assert backlog == [
        ("市政府办", "D01 政策文件（2026-11）"),
        ("市财政局", "D02 政府采购（2026-11）"),
        ("市人社局", "D04 稳岗就业（2026-11）"),
        ("市财政局", "D04 稳岗就业（2026-11）"),
    ]
