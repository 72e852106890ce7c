"""The hidden sheet of one workbook in another, and a list of tasks that is no longer the one that was issued."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from tests.workflow.desk import CYCLE, Desk, item, nil
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.contract import identity_sheet
from zwgk_excel.workflow.decisions.overrides import assign
from zwgk_excel.workflow.intake.receiving import IntakeResult, receive
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.tracking.statuses import cycle_status

pytestmark = pytest.mark.slow

AT = datetime(2026, 11, 20, 10, 30)
TASKS, HIDDEN = layout("report")["tasks"], layout("report")["identity"].name
KEY = "5c" * 32
"""Signed ``schema_1.xlsx``: 市财政局's workbook of 2026-11 as the version before issued it on 2026-11-02."""


@pytest.fixture(autouse=True)
def _december(sent):
    sent.now = datetime(2026, 12, 3, 9)


def take(desk: Desk, *paths: Path, at: datetime = AT) -> IntakeResult:
    with desk.open() as office:
        return receive(office, paths, received_at=at)


def codes(receipt: Receipt) -> list[str]:
    return [each.code for each in receipt.problems]


def finance(desk: Desk, name: str = "财政.xlsx") -> Path:
    answers = {("D04", "2026-11"): nil(), ("D24", "2026-11"): nil()}
    return desk.reply("市财政局", name, answers=answers, items=[item("D02 政府采购")])


def labour(desk: Desk, name: str = "人社.xlsx") -> Path:
    return desk.reply("市人社局", name, answers={("D24", "2026-11"): nil()}, items=[item("D04 稳岗就业")])


def with_identity_of(path: Path, source: Path) -> Path:
    """The workbook with the hidden sheet of another one."""
    book, other = openpyxl.load_workbook(path), openpyxl.load_workbook(source)
    page = book[HIDDEN]
    page.delete_rows(1, page.max_row)
    for row in other[HIDDEN].iter_rows():
        for cell in row:
            page.cell(cell.row, cell.column, cell.value)
    book.save(path)
    return path


def retitled(path: Path, **words: str) -> Path:
    """The workbook with other words in the titles of its sheets and on its cover."""
    book = openpyxl.load_workbook(path)
    for page in book:
        for row in page.iter_rows(max_row=6):
            for cell in row:
                for old, new in words.items():
                    if isinstance(cell.value, str) and page.title != HIDDEN:
                        cell.value = cell.value.replace(old, new)
    book.save(path)
    return path


def with_tasks(path: Path, change) -> Path:
    """The workbook with a change to the page 任务清单 and its first row of tasks."""
    book = openpyxl.load_workbook(path)
    change(book[TASKS.name], identity_sheet.FIRST_ROW)
    book.save(path)
    return path


def column(key: str) -> int:
    return TASKS.index(key) + 1


def row_of(page, task: str) -> int:
    return next(row for row in range(1, page.max_row + 1) if page.cell(row, column("id")).value == task)


# --- the identity of one workbook in another ---------------------------------------------------


@pytest.mark.parametrize("renamed", [{}, {"市人社局": "市政府办"}], ids=["as it was", "retitled"])
def test_a_hidden_sheet_in_the_workbook_of_another_unit_proves_nothing(sent, renamed):
    body = retitled(with_identity_of(labour(sent), sent.sent("市政府办")), **renamed)
    taken = take(sent, body)
    assert (taken[0].verdict, codes(taken[0])[0]) == (Verdict.QUARANTINED, "identity_foreign")
    assert "市政府办 2026-11" in taken[0].problems[0].found
    assert "--assign" in taken[0].problems[0].action
    assert ("1 项不是下发时的任务，如 D04 2026-11" in taken[0].problems[0].found) is bool(renamed)
    assert taken.proposals[taken[0].file].unit == (renamed.get("市人社局") or "市人社局")


def test_the_title_alone_tells_it_where_both_ask_the_same(sent):
    """市财政局 has every task of 市人社局, so no row is foreign."""
    (receipt,) = take(sent, with_identity_of(labour(sent), sent.sent("市财政局")))
    assert (receipt.verdict, codes(receipt)[0]) == (Verdict.QUARANTINED, "identity_foreign")
    assert "标题写的是“市人社局”" in receipt.problems[0].found


def test_the_body_of_another_month_proves_nothing(sent):
    with sent.open() as office:
        generate(office, CYCLE + 1, as_of=date(2026, 12, 1))
    (receipt,) = take(sent, with_identity_of(finance(sent), sent.sent("市财政局", CYCLE + 1)))
    assert (receipt.verdict, codes(receipt)[0]) == (Verdict.QUARANTINED, "identity_foreign")
    assert "标题写的是 2026-11" in receipt.problems[0].found


def test_nor_does_it_with_the_right_month_in_its_titles(sent):
    sent.execute("DELETE FROM workbooks")
    with sent.open() as office:
        generate(office, CYCLE + 1, as_of=date(2026, 12, 1))
    labour_of_december = sent.sent("市人社局", CYCLE + 1)
    body = retitled(with_identity_of(labour(sent), labour_of_december), 年11月="年12月")
    with_tasks(body, lambda page, first: page.delete_rows(row_of(page, "D24")))
    (receipt,) = take(sent, body, at=datetime(2026, 12, 2, 9))
    # 2026-11 is owed again in December; what December asks for 2026-12 is missing, and is told.
    assert receipt.verdict is not Verdict.ACCEPTED
    assert "tasks_altered" in codes(receipt)


def test_tasks_written_into_the_hidden_sheet_break_the_signature(sent):
    path = finance(sent)
    book = openpyxl.load_workbook(path)
    next(row for row in book[HIDDEN].iter_rows() if row[0].value == identity_sheet.TASK)[1].value = "D01"
    book.save(path)
    (receipt,) = take(sent, path)
    assert (receipt.verdict, codes(receipt)[0]) == (Verdict.QUARANTINED, "identity_forged")


def test_the_office_gives_it_to_the_unit_whose_workbook_it_is(sent):
    body = with_identity_of(labour(sent), sent.sent("市政府办"))
    take(sent, body)
    with sent.open() as office:
        (receipt,) = assign(office, [body], "市人社局", CYCLE, who="科员", reason="电话核实")
    assert (receipt.verdict, receipt.unit, receipt.items) == (Verdict.ACCEPTED, "市人社局", 1)


# --- its own workbook, changed -----------------------------------------------------------------


def test_a_row_that_was_not_asked_goes_back_and_answers_nothing(sent):
    """D16 of the third quarter is another unit's; D24 of another month would else be taken for an older task."""
    with sent.open() as office:
        generate(office, CYCLE + 1, as_of=date(2026, 12, 1))
    answers = {("D24", "2026-12"): nil(), ("D04", "2026-12"): nil()}
    path = sent.reply("市人社局", "十二月.xlsx", answers=answers, cycle=CYCLE + 1)

    def retyped(page, first):
        page.cell(row_of(page, "D24"), column("reference")).value = "2026-11"

    with sent.open() as office:
        (receipt,) = receive(office, [with_tasks(path, retyped)], received_at=datetime(2026, 12, 2))
        rows = cycle_status(office, CYCLE, date(2026, 12, 3)).rows
    assert receipt.verdict is Verdict.RETURNED
    told = {each.code: each for each in receipt.problems}
    assert told["task_unlisted"].place.cell.startswith("A")
    assert "D24 2026-11" in told["task_unlisted"].found
    assert "少了 D24 2026-12" in told["tasks_altered"].found
    assert {row.status.outcome for row in rows if row.status.obligation.key == "D24/市人社局/2026-11"} == {"missing"}


def test_a_row_that_was_deleted_and_a_day_that_was_changed_are_told_and_the_rest_is_read(sent):
    def changed(page, first):
        page.cell(row_of(page, "D02"), column("due")).value = "2026-12-31"
        page.delete_rows(row_of(page, "D24"))

    (receipt,) = take(sent, with_tasks(finance(sent), changed))
    assert (receipt.verdict, receipt.items) == (Verdict.ACCEPTED_WITH_PROBLEMS, 1)
    (told,) = [each for each in receipt.problems if each.code == "tasks_altered"]
    assert told.found == (
        "任务清单与下发时不同：少了 D24 2026-11；D02 2026-11 的报送时限写成“2026-12-31”（下发时 2026-11-25）"
    )
    assert told.place.sheet == TASKS.name


@pytest.mark.parametrize("typed", [datetime(2026, 11, 1), "２０２６-11", " 2026-11 "])
def test_what_only_looks_different_is_no_change(sent, typed):
    def retyped(page, first):
        page.cell(row_of(page, "D04"), column("reference")).value = typed
        page.cell(row_of(page, "D04"), column("due")).value = datetime(2026, 11, 25)

    (receipt,) = take(sent, with_tasks(finance(sent), retyped))
    assert (receipt.verdict, codes(receipt)) == (Verdict.ACCEPTED, [])


def test_a_copy_of_the_cover_of_another_month_is_no_title(sent):
    path = finance(sent)
    book = openpyxl.load_workbook(path)
    copy = book.copy_worksheet(book.worksheets[0])
    for row in copy.iter_rows(max_row=6):
        for cell in row:
            if isinstance(cell.value, str):
                cell.value = cell.value.replace("2026年11月", "2026年10月")
    book.save(path)
    (receipt,) = take(sent, path)
    assert receipt.unit == "市财政局"
    assert "identity_foreign" not in codes(receipt)


def test_a_row_broken_by_accident_is_understood_as_before(sent):
    def broken(page, first):
        page.cell(row_of(page, "D04"), column("id")).value = "第四项"

    (receipt,) = take(sent, with_tasks(finance(sent), broken))
    assert (receipt.verdict, codes(receipt)) == (Verdict.ACCEPTED, ["task_guessed"])


# --- workbooks of the version before -----------------------------------------------------------


def issued_before(desk: Desk) -> Path:
    """A workbook of the version before, and the ledger as that version left it."""
    desk.execute(f"UPDATE meta SET value = '{KEY}' WHERE name = 'key'", "UPDATE workbooks SET oldest_schema = 1")
    path = desk.root.parent / "旧版.xlsx"
    shutil.copy(Path(__file__).with_name("schema_1.xlsx"), path)
    return path


def fill_in(path: Path) -> Path:
    from zwgk_excel.workbooks.report.fill_in import fill

    path.write_bytes(fill(path.read_bytes(), answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")]))
    return path


def test_what_the_version_before_issued_is_still_taken(sent):
    (receipt,) = take(sent, fill_in(issued_before(sent)))
    assert (receipt.verdict, receipt.unit, receipt.cycle) == (Verdict.ACCEPTED, "市财政局", CYCLE)
    assert codes(receipt) == ["schema_old"]


def test_also_when_the_month_was_generated_again_since(sent):
    path = fill_in(issued_before(sent))
    with sent.open() as office:
        generate(office, CYCLE, as_of=date(2026, 11, 10))
        assert {each.oldest_schema for each in office.ledger.workbooks(CYCLE).values()} == {1}
    (receipt,) = take(sent, path)
    assert codes(receipt) == ["schema_old"]


@pytest.mark.parametrize("statement", ["UPDATE workbooks SET oldest_schema = 2", "DELETE FROM workbooks"])
def test_an_old_identity_opens_no_month_that_was_not_issued_so(sent, statement):
    path = fill_in(issued_before(sent))
    sent.execute(statement)
    (receipt,) = take(sent, path)
    assert (receipt.verdict, codes(receipt)[0]) == (Verdict.QUARANTINED, "schema_unknown")


def test_an_old_identity_in_the_workbook_of_another_unit_is_told_by_its_titles(sent):
    (receipt,) = take(sent, with_identity_of(labour(sent), issued_before(sent)))
    assert (receipt.verdict, codes(receipt)[0]) == (Verdict.QUARANTINED, "identity_foreign")


def test_a_new_workbook_called_an_old_one_has_no_signature(sent):
    path = finance(sent)
    sent.execute("UPDATE workbooks SET oldest_schema = 1")
    book = openpyxl.load_workbook(path)
    next(row for row in book[HIDDEN].iter_rows() if row[0].value == identity_sheet.SCHEMA)[1].value = "1"
    book.save(path)
    (receipt,) = take(sent, path)
    assert (receipt.verdict, codes(receipt)[0]) == (Verdict.QUARANTINED, "identity_forged")
