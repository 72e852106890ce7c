"""退回修改: which returns get a mark-up, what it is made of, and the way back."""

from __future__ import annotations

import hashlib
import io
import sys
from datetime import date, datetime

import openpyxl
import pytest

from tests.workbooks.correction.active_parts import KINDS
from tests.workbooks.correction.marked import parts
from tests.workbooks.correction.walker import active
from tests.workbooks.sheets import zipped
from tests.workflow import killers
from tests.workflow.desk import item, nil
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.report.fill_in import type_into
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake import corrections
from zwgk_excel.workflow.intake.corrections import markup_path, resolved_corrections, write_markups
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.workers import readers
from zwgk_excel.workflow.workers.readers import ReaderPool

pytestmark = pytest.mark.slow

UNIT = "市财政局"
MARKUP, ITEMS = layout("markup")["opinions"].name, layout("report")["items"].name
FIRST_AT, SECOND_AT = datetime(2026, 11, 18, 9), datetime(2026, 11, 20, 9)


@pytest.fixture(autouse=True)
def _end_of_november(sent):
    sent.now = datetime(2026, 12, 3, 9)


def reply(desk, name="回复.xlsx", **values):
    items = [item("D02 政府采购", **values), item("D02 政府采购", 2)]
    return desk.reply(UNIT, name, answers={("D04", "2026-11"): nil()}, items=items)


def take(desk, path, at=FIRST_AT):
    with desk.on(at) as office:
        (receipt,) = receive(office, [path], received_at=at)
    return receipt


def write(desk, *receipts):
    with desk.open() as office, ReaderPool(1) as workers:
        return write_markups(office, receipts, workers)


def column(key):
    return openpyxl.utils.get_column_letter(layout("report")["items"].index(key) + 1)


def test_a_return_that_acts_goes_back_without_what_acts(sent):
    path = reply(sent, published_on="上月底")
    content = dict(parts(path.read_bytes()))
    for make_act in (each for name, each in KINDS.items() if name != "macros"):  # a made-up project is not read
        make_act(content)
    path.write_bytes(zipped(content))
    assert active(path.read_bytes())
    receipt = take(sent, path)
    assert receipt.verdict is Verdict.RETURNED
    (copy,) = write(sent, receipt)
    assert active(copy.read_bytes()) == []
    book = openpyxl.load_workbook(copy)
    assert book.sheetnames[:2] == [MARKUP, layout("report")["cover"].name]
    assert book[ITEMS][f"{column('published_on')}4"].comment is not None


def test_a_return_with_errors_goes_back_corrected_and_is_accepted(sent):
    receipt = take(sent, reply(sent, published_on="上月底", first_review=None))
    assert receipt.verdict is Verdict.RETURNED
    (path,) = write(sent, receipt)
    assert path == sent.root / "退回修改" / "2026-11" / "市财政局_2026-11_修改意见.xlsx"
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[0] == MARKUP
    date_cell, review_cell = f"{column('published_on')}4", f"{column('first_review')}4"
    commented = {c.coordinate for row in book[ITEMS].iter_rows(max_row=9) for c in row if c.comment}
    assert commented == {date_cell, review_cell}
    assert book[ITEMS][date_cell].comment.author == "市政务公开领导小组办公室"
    # The officer mends it in this very file.
    corrected = sent.root.parent / "attachments" / "改好了.xlsx"
    corrected.write_bytes(type_into(path.read_bytes(), {ITEMS: {date_cell: date(2026, 11, 3), review_cell: "甲"}}))
    second = take(sent, corrected, SECOND_AT)
    assert (second.verdict, second.unit, second.items) == (Verdict.ACCEPTED, UNIT, 2), second.problems
    assert second.problems == ()
    with sent.open() as office, ReaderPool(1) as workers:
        assert write_markups(office, [receipt, second], workers) == ()
        assert resolved_corrections(office, [receipt, second]) == (path,)
        assert resolved_corrections(office, [receipt]) == ()


def test_the_mark_up_of_a_mark_up(sent):
    first = take(sent, reply(sent, published_on="上月底", first_review=None))
    (path,) = write(sent, first)
    half = sent.root.parent / "attachments" / "改了一半.xlsx"
    half.write_bytes(type_into(path.read_bytes(), {ITEMS: {f"{column('published_on')}4": date(2026, 11, 3)}}))
    second = take(sent, half, SECOND_AT)
    assert second.verdict is Verdict.RETURNED
    assert write(sent, second, first) == (path,)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames.count(MARKUP) == 1
    commented = {c.coordinate for row in book[ITEMS].iter_rows(max_row=9) for c in row if c.comment}
    assert commented == {f"{column('first_review')}4"}


def test_the_same_returns_give_the_same_bytes(sent):
    receipt = take(sent, reply(sent, published_on="上月底"))
    (path,) = write(sent, receipt)
    before, stamp = path.read_bytes(), path.stat().st_mtime_ns
    assert write(sent, receipt) == (path,)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, stamp)


def test_the_newest_decides_whatever_the_order(sent):
    good = take(sent, reply(sent, "一.xlsx"), FIRST_AT)
    bad = take(sent, reply(sent, "二.xlsx", published_on="上月底"), SECOND_AT)
    assert len(write(sent, bad, good)) == 1
    late_good = take(sent, reply(sent, "三.xlsx", remark="核对过"), datetime(2026, 11, 21, 9))
    assert write(sent, late_good, bad, good) == ()


def test_warnings_alone_are_sent_back_too_and_say_that_nothing_must_be_mended(sent):
    receipt = take(sent, reply(sent, formed_on=date(2026, 9, 1)))
    assert receipt.verdict is Verdict.ACCEPTED_WITH_PROBLEMS
    (path,) = write(sent, receipt)
    assert "没有必须改正的问题" in openpyxl.load_workbook(path)[MARKUP]["A2"].value


def test_what_is_clean_unknown_or_a_duplicate_is_not_sent_back(sent):
    clean = take(sent, reply(sent))
    twin = take(sent, reply(sent, "同一份.xlsx"), SECOND_AT)
    assert twin.verdict is Verdict.DUPLICATE
    stranger = sent.root.parent / "attachments" / "通知.txt"
    stranger.write_text("你好", encoding="utf-8")
    unknown = take(sent, stranger, SECOND_AT)
    assert unknown.verdict is Verdict.QUARANTINED
    assert write(sent, clean, twin, unknown) == ()
    assert not (sent.root / "退回修改").exists()


def gone(path, receipt):
    path.unlink()


def changed(path, receipt):
    path.write_bytes(path.read_bytes() + b"x")


def damaged(path, receipt):
    path.write_bytes(b"not a workbook")
    object.__setattr__(receipt, "sha256", hashlib.sha256(b"not a workbook").hexdigest())


@pytest.mark.parametrize("harm", [gone, changed, damaged])
def test_what_cannot_be_edited_gets_the_list_alone(sent, harm):
    receipt = take(sent, reply(sent, published_on="上月底"))
    harm(sent.root / receipt.file, receipt)
    (path,) = write(sent, receipt)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [MARKUP]
    values = [cell for row in book[MARKUP].iter_rows(values_only=True) for cell in row]
    assert any("上月底" in str(value) for value in values)


def test_a_locked_file_is_told_after_the_others_are_written(sent, monkeypatch):
    bad = take(sent, reply(sent, published_on="上月底"))
    other = sent.reply("市人社局", "社.xlsx", items=[item("D04 稳岗就业", published_on="上月底")])
    second = take(sent, other, SECOND_AT)
    with sent.open() as office:
        paths = {receipt.unit: markup_path(office, receipt) for receipt in (bad, second)}
    for path in paths.values():
        path.unlink(missing_ok=True)  # receive wrote them

    def locked(path, data):
        if UNIT in path.name:
            raise PermissionError(13, "Permission denied")
        return write_atomic(path, data)

    monkeypatch.setattr(corrections, "write_atomic", locked)
    with sent.open() as office, ReaderPool(1) as workers, pytest.raises(UserError, match="请关闭打开它的程序"):
        write_markups(office, [bad, second], workers)
    assert paths["市人社局"].is_file()
    assert not paths[UNIT].exists()


def test_progress_is_told(sent):
    receipt = take(sent, reply(sent, published_on="上月底"))
    told = []
    with sent.open() as office, ReaderPool(1) as workers:
        write_markups(office, [receipt], workers, progress=lambda *step: told.append(step))
    assert told == [(0, 1, UNIT), (1, 1, "")]


def test_what_comes_in_is_not_touched(sent):
    receipt = take(sent, reply(sent, published_on="上月底"))
    before = (sent.root / receipt.file).read_bytes()
    write(sent, receipt)
    assert (sent.root / receipt.file).read_bytes() == before
    assert openpyxl.load_workbook(io.BytesIO(before)).sheetnames[0] != MARKUP


@pytest.mark.skipif(sys.platform == "win32", reason="a worker is killed by its signal")
def test_a_return_that_kills_whoever_marks_it_up_is_answered_with_the_list_alone(sent, monkeypatch):
    bad = take(sent, reply(sent, published_on="上月底"))
    other = sent.reply("市人社局", "社.xlsx", items=[item("D04 稳岗就业", published_on="上月底")])
    second = take(sent, other, SECOND_AT)
    monkeypatch.setattr(readers, "_mark", killers.mark_or_die)
    first_path, second_path = write(sent, bad, second)
    assert openpyxl.load_workbook(first_path).sheetnames == [MARKUP]
    assert openpyxl.load_workbook(second_path).sheetnames[:1] == [MARKUP]
    assert ITEMS in openpyxl.load_workbook(second_path).sheetnames
