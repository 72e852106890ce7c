"""What is left in 退回修改 when a file turns out to be another unit's, or none, or the office has decided since."""

from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from tests.workflow.desk import CYCLE, item
from zwgk_excel.workflow.acts import undo
from zwgk_excel.workflow.decisions import assign, withdraw
from zwgk_excel.workflow.decisions.extend_and_waive import extend, plan_waiver, take_decision, waive
from zwgk_excel.workflow.intake.corrections import markup_path_of
from zwgk_excel.workflow.intake.receiving import receive

pytestmark = pytest.mark.slow
AT = datetime(2026, 11, 20, 9)
FIRST, SECOND = "市人社局", "市财政局"
BY: dict[str, Any] = {"who": "王芳", "reason": "核实"}


@pytest.fixture
def returned(sent):
    """市人社局's return, to be corrected: a link is missing, and there is a copy that says so."""
    sent.now = datetime(2026, 12, 3, 9)
    path = sent.reply(FIRST, "表.xlsx", items=[item("D04 稳岗就业", url=None, title="第一家的信息")])
    with sent.open() as office:
        receive(office, [path], received_at=AT)
        assert copy(office).is_file()
    return sent


def copy(office, unit=FIRST):
    return markup_path_of(office, unit, CYCLE)


def given_to_the_second(office):
    return assign(office, [office.workspace.inbox / "表.xlsx"], SECOND, CYCLE, force=True, **BY)


def test_the_copy_of_a_unit_that_the_file_is_not_of_is_deleted(returned):
    with returned.open() as office:
        done = given_to_the_second(office)
        assert done.renewed.removed == (copy(office),)
        assert (copy(office).exists(), copy(office, SECOND).is_file()) == (False, True)


def test_a_copy_that_somebody_changed_is_kept_under_another_name(returned):
    with returned.open() as office:
        book = openpyxl.load_workbook(copy(office))
        book.worksheets[0]["A1"] = "办公室加的话"
        book.save(copy(office))
        changed = copy(office).read_bytes()
        (kept,) = given_to_the_second(office).renewed.kept
        assert (kept.name, kept.read_bytes()) == (copy(office).stem + "（作废）.xlsx", changed)
        assert not copy(office).exists()


def test_it_is_written_anew_from_what_is_left(returned):
    with returned.open() as office:
        first = copy(office).read_bytes()
        path = returned.reply(FIRST, "再.xlsx", items=[item("D04 稳岗就业", url=None, title="后来的信息")])
        (again,) = receive(office, [path], received_at=AT.replace(day=22))
        assert copy(office).read_bytes() != first
        effect = withdraw(office, again.number, **BY)
        assert (effect.corrections.written, copy(office).read_bytes()) == ((copy(office),), first)


def test_it_goes_with_the_only_return(returned):
    with returned.open() as office:
        preview = withdraw(office, 1, **BY, preview=True)
        assert (preview.corrections.removed, copy(office).is_file()) == ((), True)
        assert withdraw(office, 1, **BY).corrections.removed == (copy(office),)
        assert not copy(office).exists()


def test_a_file_that_a_person_gives_to_the_unit_puts_it_right(returned):
    path = returned.reply(FIRST, "改好.xlsx", items=[item("D04 稳岗就业", title="第一家的信息")])
    book = openpyxl.load_workbook(path)
    del book["_zwgk"]
    book.save(path)
    with returned.open() as office:
        receive(office, [path], received_at=AT.replace(day=23))
        done = assign(office, [office.workspace.inbox / "改好.xlsx"], FIRST, CYCLE, **BY)
        assert (done.renewed.removed, done.solved) == ((copy(office),), ())


def opinions(office):
    """The words of the first sheet of the copy."""
    page = openpyxl.load_workbook(copy(office)).worksheets[0]
    return " ".join(str(cell.value) for row in page.iter_rows() for cell in row if cell.value)


def test_what_is_waived_is_not_asked_for_any_more_until_the_waiver_is_undone(sent):
    path = sent.reply(SECOND, "只答一项.xlsx", items=[item("D02 政府采购")])
    sent.now = datetime(2026, 12, 3, 9)
    with sent.open() as office:
        receive(office, [path], received_at=AT)
        first = copy(office, SECOND).read_bytes()
        done = take_decision(office, plan_waiver(office, CYCLE, SECOND, ["D04"], cancel=False), **BY)
        assert (done.removed, copy(office, SECOND).exists()) == ((copy(office, SECOND),), False)
        effect = undo(office, office.ledger.acts()[-1].number, **BY)
        assert effect.corrections.written == (copy(office, SECOND),)
        assert copy(office, SECOND).read_bytes() == first


def test_more_time_moves_the_last_day_that_the_copy_names(returned):
    with returned.open() as office:
        before = opinions(office)
        extend(office, CYCLE, FIRST, ["D04"], date(2026, 12, 20), **BY)
        assert ("2026年12月20日" in before, "2026年12月20日" in opinions(office)) == (False, True)


def test_a_decision_about_others_makes_no_copy_anew(returned, monkeypatch):
    with returned.open() as office:
        monkeypatch.setattr("zwgk_excel.workflow.intake.renewed_corrections.ReaderPool", None)
        waive(office, CYCLE, SECOND, ["D04"], cancel=False, **BY)
        assert copy(office).is_file()
