"""A second 汇总 with nothing new is told from one with something new, whatever it is."""

import hashlib
import os
from datetime import date, datetime, timedelta

import openpyxl
import pytest

from tests.added import added
from tests.workflow.desk import CYCLE, item, nil
from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.consolidation.freshness import check_freshness
from zwgk_excel.workflow.decisions.extend_and_waive import waive
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import generate

pytestmark = pytest.mark.slow


@pytest.fixture
def consolidated(sent):
    """One good return taken in, and the tracker made of it."""
    sent.now = datetime(2026, 11, 20, 10)
    path = sent.reply("市财政局", "回.xlsx", answers={("D04", str(CYCLE)): nil()}, items=[item("D02 政府采购")])
    with sent.open() as office:
        receive(office, [path], received_at=datetime(2026, 11, 19, 9))
        consolidate(office, as_of=None, who="甲")
    return sent


def current(desk, as_of=None):
    with desk.open() as office:
        return check_freshness(office, as_of).problems


def test_nothing_new(consolidated):
    assert current(consolidated) is not None
    with consolidated.open() as office:
        assert not consolidate(office, as_of=None, who="甲").written


def test_a_new_column(consolidated):
    with added({"key": "tried_on", "heading": "试加日期", "kind": "date"}):
        assert current(consolidated) is None
    assert current(consolidated) is not None


def test_never_consolidated(sent):
    assert current(sent) is None


def test_problems_are_remembered(sent):
    sent.now = datetime(2026, 11, 20, 10)
    path = sent.reply("市财政局", "回.xlsx", items=[item("D02 政府采购", url="")])
    with sent.open() as office:
        receive(office, [path], received_at=datetime(2026, 11, 19, 9))
        consolidate(office, as_of=None, who="甲")
    assert current(sent) is True


def test_what_nobody_mends_any_more_is_no_problem(sent):
    sent.now = datetime(2026, 12, 5, 10)
    path = sent.reply("市财政局", "回.xlsx", items=[item("D02 政府采购", url="")])
    with sent.open() as office:
        receive(office, [path], received_at=datetime(2026, 11, 19, 9))
        done = consolidate(office, as_of=None, who="甲")
        assert done.uncorrected == done.to_look_at != ()
        close(office, CYCLE, as_of=date(2026, 12, 5), who="甲")
        done = consolidate(office, as_of=None, who="甲")
        assert (done.uncorrected, done.to_look_at) == ((), ())
    assert current(sent) is False


def test_a_new_file(consolidated):
    (consolidated.root / "收件箱" / "新.txt").write_text("寄来了")
    assert current(consolidated) is None


def test_a_file_replaced_under_its_name_with_its_time(consolidated):
    path = next((consolidated.root / "收件箱").glob("*.xlsx"))
    stamp = path.stat()
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert current(consolidated) is None


def test_the_next_day(consolidated):
    consolidated.now += timedelta(days=1)
    assert current(consolidated) is None


def test_another_day_asked_for(consolidated):
    assert current(consolidated, date(2026, 11, 20)) is None


def test_a_decision_by_command(consolidated):
    with consolidated.open() as office:
        waive(office, CYCLE, "市人社局", (), cancel=False, who="甲", reason="")
    assert current(consolidated) is None


def test_something_typed_into_the_tracker(consolidated):
    path = consolidated.root / layout("tracker").file_name
    book = openpyxl.load_workbook(path)
    book[layout("tracker")["tracking"].name]["S5"] = "请核实"
    book.save(path)
    assert current(consolidated) is None


def test_the_tracker_was_deleted(consolidated):
    (consolidated.root / layout("tracker").file_name).unlink()
    assert current(consolidated) is None


def test_another_duty_table_roster_or_setting(consolidated):
    settings = consolidated.root / "zwgk.toml"
    settings.write_text("due_soon_days = 9\n" + settings.read_text(encoding="utf-8"), encoding="utf-8")
    assert current(consolidated) is None


def test_another_month_sent_out(consolidated):
    with consolidated.open() as office:
        generate(office, Month(2026, 12), as_of=date(2026, 11, 20))
    assert current(consolidated) is None


def test_what_is_new_is_handed_on_and_read_again(consolidated):
    new = consolidated.root / "收件箱" / "新.txt"
    new.write_text("寄来了")
    with consolidated.open() as office:
        seen = check_freshness(office, None)
        assert seen.problems is None
        assert seen.found is not None
        assert [each.path for each in seen.found[0]] == [new]
        new.write_text("又改了")
        taken = consolidate(office, as_of=None, who="甲", found=seen.found).taken
    assert [each.sha256 for each in taken] == [hashlib.sha256("又改了".encode()).hexdigest()]
    assert current(consolidated) is not None
