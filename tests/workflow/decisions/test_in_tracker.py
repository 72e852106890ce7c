"""What the office types into the tracker: understood, or left in its cell and told until it is put right."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from tests.workflow.desk import CYCLE, Desk
from zwgk_excel.domain.decisions import NO_DECISIONS, ActiveDecisions
from zwgk_excel.domain.problems import CellRef
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.previous.previous_tracker import PreviousTracker
from zwgk_excel.workbooks.tracker.rows.view import with_places
from zwgk_excel.workbooks.tracker.sheets.tracking import cell_finder
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.consolidation.consolidating import ConsolidationResult, consolidate, prepare
from zwgk_excel.workflow.decisions.extend_and_waive import extend, waive
from zwgk_excel.workflow.issuing.generation import generate

pytestmark = pytest.mark.slow

TRACKING = layout("tracker")["tracking"]
PURCHASES, JOBS, PAPERS = "D02/市财政局/2026-11", "D04/市人社局/2026-11", "D01/市政府办/2026-11"
MORNING = datetime(2026, 12, 3, 9)


@pytest.fixture
def tracked(sent: Desk) -> Desk:
    """November's tracker, written on the morning of 3 December."""
    sent.now = MORNING
    run(sent)
    return sent


def run(desk: Desk) -> ConsolidationResult:
    with desk.open() as office:
        return consolidate(office, as_of=desk.now.date(), who="科员")


def table(desk: Desk) -> tuple[Any, Any, dict[str, int], dict[str, int]]:
    """Book, sheet, column key → column, obligation key → row."""
    book = openpyxl.load_workbook(desk.root / "总台账.xlsx")
    sheet = book[TRACKING.name]
    header = next(row for row in sheet.iter_rows() if any(cell.value == TRACKING.heading("outcome") for cell in row))
    columns = {column.key: cell.column for column in TRACKING for cell in header if cell.value == column.heading}
    rows = {}
    for row in range(header[0].row + 1, sheet.max_row + 1):
        parts = [str(sheet.cell(row, columns[key]).value) for key in ("duty", "unit", "reference")]
        rows["/".join(parts)] = row
    return book, sheet, columns, rows


def type_in(desk: Desk, key: str, *, at: datetime | None = None, **typed: Any) -> None:
    """Type into the row of an obligation and save, at the desk's time or another."""
    book, sheet, columns, rows = table(desk)
    for column, value in typed.items():
        sheet.cell(rows[key], columns[column]).value = value
    save(desk, book, at)


def save(desk: Desk, book: Any, at: datetime | None = None) -> None:
    path = desk.root / "总台账.xlsx"
    book.save(path)
    stamp = clock.to_timestamp(at or desk.now)
    os.utime(path, (stamp, stamp))


def cell(desk: Desk, key: str, column: str) -> Any:
    _, sheet, columns, rows = table(desk)
    value = sheet.cell(rows[key], columns[column]).value
    return value.date() if isinstance(value, datetime) else value


def in_force(desk: Desk, key: str) -> ActiveDecisions:
    with desk.open() as office:
        return office.active_decisions().get(key, NO_DECISIONS)


def told(done: ConsolidationResult) -> list[tuple[str, str]]:
    return [(each.code, each.place.cell) for each in done.problems]


def place(desk: Desk, key: str, column: str) -> str:
    _, sheet, columns, rows = table(desk)
    return str(sheet.cell(rows[key], columns[column]).coordinate)


# --- what is understood ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["12月8日", "12.8", "2026/12/8", "12-8", "2026年12月8日", "１２月８日", "20261208", 12.8, date(2026, 12, 8)],
)
def test_dates_as_units_write_them_are_of_the_months_year(tracked: Desk, typed: Any):
    type_in(tracked, PURCHASES, extended_to=typed)
    done = run(tracked)
    assert (done.problems, in_force(tracked, PURCHASES).extended_to) == ((), date(2026, 12, 8))
    assert cell(tracked, PURCHASES, "extended_to") == date(2026, 12, 8)


@pytest.mark.parametrize(
    ("typed", "day"), [("1月5日", date(2027, 1, 5)), ("2.3", date(2027, 2, 3)), (1.15, date(2027, 1, 15))]
)
def test_a_day_after_the_turn_of_the_year_is_of_the_next(tracked: Desk, typed: Any, day: date):
    type_in(tracked, PURCHASES, extended_to=typed)
    run(tracked)
    assert in_force(tracked, PURCHASES).extended_to == day


@pytest.mark.parametrize("typed", ["是", "√", "免报", "同意", "同意 免报", " 是 ", "✓"])
def test_words_that_mean_yes(tracked: Desk, typed: str):
    type_in(tracked, JOBS, waived=typed)
    assert run(tracked).problems == ()
    assert in_force(tracked, JOBS).waived
    assert cell(tracked, JOBS, "waived") == "是"


@pytest.mark.parametrize("typed", ["否", "不同意", "×"])
def test_words_that_mean_no(tracked: Desk, typed: str):
    type_in(tracked, JOBS, waived=typed)
    assert run(tracked).problems == ()
    assert in_force(tracked, JOBS) == NO_DECISIONS
    assert cell(tracked, JOBS, "waived") is None


# --- what stays in its cell --------------------------------------------------------------------

WRONG = [
    ("extended_to", "下周", "office_cell_form"),
    ("extended_to", "12月32日", "office_cell_form"),
    ("extended_to", "11月31日", "office_cell_form"),
    ("extended_to", 12.1, "office_cell_form"),
    ("extended_to", 3, "office_cell_form"),
    ("extended_to", date(2028, 1, 1), "extension_far"),
    ("extended_to", date(2026, 11, 25), "extension_early"),
    ("extended_to", "11月7日", "extension_early"),
    ("waived", "再议", "office_cell_form"),
    ("waived", 7, "office_cell_form"),
]


@pytest.mark.parametrize(("column", "typed", "code"), WRONG)
def test_what_cannot_be_taken_stays_is_marked_and_told_until_it_is_put_right(
    tracked: Desk, column: str, typed: Any, code: str
):
    type_in(tracked, PURCHASES, **{column: typed})
    for _ in range(3):
        done = run(tracked)
        assert told(done) == [(code, place(tracked, PURCHASES, column))]
        assert "市财政局 D02（2026-11）" in done.problems[0].found
        assert cell(tracked, PURCHASES, column) == typed
        assert TRACKING.heading(column) in cell(tracked, PURCHASES, "refusal")
        assert done.decisions == ()
        assert in_force(tracked, PURCHASES) == NO_DECISIONS
        assert cell(tracked, PURCHASES, "timeliness") == "逾期"
    assert not done.written
    right: dict[str, Any] = {"extended_to": date(2026, 12, 8), "waived": "是"}
    type_in(tracked, PURCHASES, **{column: right[column]})
    done = run(tracked)
    assert (done.problems, len(done.decisions)) == ((), 1)
    assert cell(tracked, PURCHASES, "refusal") is None
    assert str(cell(tracked, PURCHASES, "timeliness")).startswith("=")


def test_an_unreadable_cell_takes_nothing_back_and_emptying_it_neither(tracked: Desk):
    type_in(tracked, PURCHASES, extended_to=date(2026, 12, 10))
    run(tracked)
    type_in(tracked, PURCHASES, extended_to="再说")
    run(tracked)
    assert in_force(tracked, PURCHASES).extended_to == date(2026, 12, 10)
    type_in(tracked, PURCHASES, extended_to=None)
    assert run(tracked).problems == ()
    assert cell(tracked, PURCHASES, "extended_to") == date(2026, 12, 10)
    type_in(tracked, PURCHASES, extended_to=None)
    run(tracked)
    assert in_force(tracked, PURCHASES) == NO_DECISIONS


def test_messages_name_the_rows_as_they_are_after_the_refresh(tracked: Desk):
    """A new month comes above, the rows are sorted by urgency, the office has a column of its own in front."""
    book, sheet, columns, rows = table(tracked)
    for key, text in ((PURCHASES, "下周"), (JOBS, "过几天")):
        sheet.cell(rows[key], columns["extended_to"]).value = text
    save(tracked, book)
    type_in(tracked, PAPERS, waived="是")
    with tracked.open() as office:
        generate(office, CYCLE + 1, as_of=tracked.now.date())
    done = run(tracked)
    assert {(each.obligation, each.place.cell) for each in done.problems} == {
        (key, place(tracked, key, "extended_to")) for key in (PURCHASES, JOBS)
    }
    assert {cell(tracked, PURCHASES, "extended_to"), cell(tracked, JOBS, "extended_to")} == {"下周", "过几天"}
    listed = openpyxl.load_workbook(tracked.root / "总台账.xlsx")[layout("tracker")["problems"].name]
    texts = {str(value) for row in listed.iter_rows(values_only=True) for value in row}
    assert place(tracked, JOBS, "extended_to") in texts


def test_where_its_row_is_gone_it_is_on_the_sheet_of_removed_values(tracked: Desk):
    type_in(tracked, PURCHASES, extended_to="下周")
    with tracked.open() as office:
        previous = PreviousTracker((tracked.root / "总台账.xlsx").read_bytes(), "总台账.xlsx")
        view = prepare(office, previous.typed, as_of=tracked.now.date(), who="科员").view
    view = replace(view, rows=tuple(row for row in view.rows if row.status.obligation.key != PURCHASES))
    placed = with_places(view, cell_finder(view, previous.added))
    removed = layout("tracker")["removed"].name
    assert [each.problem.place for each in placed.refused] == [CellRef("总台账.xlsx", removed)]
    data = tracker_workbook(placed, previous.added)
    for _ in range(2):
        sheet = openpyxl.load_workbook(io.BytesIO(data))[removed]
        assert [PURCHASES, "延期至", "下周"] in [[cell.value for cell in row][:3] for row in sheet.iter_rows()]
        data = tracker_workbook(replace(view, refused=()), PreviousTracker(data, "总台账.xlsx").added)


def test_a_formula_error_stays_as_its_text(tracked: Desk):
    type_in(tracked, PURCHASES, extended_to="=1/0")
    book, *_ = table(tracked)
    save(tracked, book)
    done = run(tracked)
    assert told(done) == [("office_cell_form", place(tracked, PURCHASES, "extended_to"))]
    assert cell(tracked, PURCHASES, "extended_to")
    assert told(run(tracked)) == told(done)


def test_quotation_marks_in_an_opinion_mark_no_other_cell(tracked: Desk):
    with tracked.open() as office:
        close(office, CYCLE, as_of=date(2026, 12, 1), who="科长")
    run(tracked)
    type_in(tracked, PURCHASES, opinion="拟延期至“12月”，免报“否”")
    run(tracked)
    refusal = cell(tracked, PURCHASES, "refusal")
    assert "延期至“" not in refusal
    assert "免报“" not in refusal


@pytest.mark.parametrize(
    ("column", "typed"), [("waived", "是"), ("opinion", "同意"), ("extended_to", date(2026, 12, 9))]
)
def test_on_a_closed_row_it_is_refused_and_stays(tracked: Desk, column: str, typed: Any):
    with tracked.open() as office:
        waive(office, CYCLE, "市政府办", ["D01"], cancel=False, who="科长", reason="")
        close(office, CYCLE, as_of=date(2026, 12, 1), who="科长")
    run(tracked)
    type_in(tracked, PURCHASES, **{column: typed})
    for _ in range(2):
        done = run(tracked)
        assert told(done) == [("decision_closed", place(tracked, PURCHASES, column))]
        assert (cell(tracked, PURCHASES, column), done.decisions) == (typed, ())
    assert in_force(tracked, PURCHASES) == NO_DECISIONS
    assert in_force(tracked, PAPERS).waived
    type_in(tracked, PURCHASES, **{column: None})
    assert run(tracked).problems == ()
    assert cell(tracked, PURCHASES, "refusal") is None


def test_emptying_a_closed_cell_is_told_once_and_shows_what_is_in_force(tracked: Desk):
    with tracked.open() as office:
        waive(office, CYCLE, "市财政局", ["D02"], cancel=False, who="科长", reason="")
        close(office, CYCLE, as_of=date(2026, 12, 1), who="科长")
    run(tracked)
    type_in(tracked, PURCHASES, waived=None)
    assert told(run(tracked)) == [("decision_closed", place(tracked, PURCHASES, "waived"))]
    assert cell(tracked, PURCHASES, "waived") == "是"
    assert run(tracked).problems == ()
    assert in_force(tracked, PURCHASES).waived


# --- the later act wins ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("saved", "wins", "code"),
    [(datetime(2026, 12, 3, 10), date(2026, 12, 20), "decision_older"),
     (datetime(2026, 12, 3, 12), date(2026, 12, 10), "decision_newer")],
)
def test_of_a_cell_and_a_command_the_later_stands(tracked: Desk, saved: datetime, wins: date, code: str):
    type_in(tracked, PURCHASES, at=saved, extended_to=date(2026, 12, 10))
    tracked.now = datetime(2026, 12, 3, 11)
    with tracked.open() as office:
        extend(office, CYCLE, "市财政局", ["D02"], date(2026, 12, 20), who="科长", reason="")
    tracked.now = datetime(2026, 12, 3, 13)
    done = run(tracked)
    assert [each.code for each in done.problems] == [code]
    assert "科长" in done.problems[0].found
    assert in_force(tracked, PURCHASES).extended_to == wins
    assert cell(tracked, PURCHASES, "extended_to") == wins
    again = run(tracked)
    assert (again.problems, again.decisions) == ((), ())
    with tracked.open() as office:
        assert {each.value for each in office.ledger.decisions()} == {"2026-12-10", "2026-12-20"}


def test_an_unchanged_cell_is_no_decision_however_often_the_file_is_saved(tracked: Desk):
    type_in(tracked, PURCHASES, extended_to=date(2026, 12, 10))
    run(tracked)
    tracked.now = datetime(2026, 12, 4, 9)
    with tracked.open() as office:
        extend(office, CYCLE, "市财政局", ["D02"], date(2026, 12, 20), who="科长", reason="")
    type_in(tracked, JOBS, at=datetime(2026, 12, 4, 10), opinion="已催")
    tracked.now = datetime(2026, 12, 4, 11)
    assert [each.obligation for each in run(tracked).decisions] == [JOBS]
    assert cell(tracked, PURCHASES, "extended_to") == date(2026, 12, 20)


def test_a_wrong_clock_on_the_other_computer_loses_nothing(tracked: Desk):
    type_in(tracked, PURCHASES, extended_to=date(2026, 12, 10))
    run(tracked)
    for day, at in ((12, datetime(2001, 1, 1)), (14, datetime(2040, 1, 1))):
        type_in(tracked, PURCHASES, at=at, extended_to=date(2026, 12, day))
        run(tracked)
        assert in_force(tracked, PURCHASES).extended_to == date(2026, 12, day)
    with tracked.open() as office:
        assert all(each.at == MORNING for each in office.ledger.decisions())


def test_an_opinion_is_taken_back_by_emptying_its_cell_with_who_and_when(tracked: Desk):
    type_in(tracked, PURCHASES, opinion="等待批复")
    run(tracked)
    tracked.now = datetime(2026, 12, 4, 9)
    type_in(tracked, PURCHASES, opinion=None)
    (taken,) = run(tracked).decisions
    assert (taken.value, taken.who, taken.at) == ("", "科员", datetime(2026, 12, 4, 9))
    assert in_force(tracked, PURCHASES) == NO_DECISIONS


@pytest.mark.parametrize("key", ["opinion", "extended_to", "waived"])
def test_a_formula_without_a_result_is_no_decision_in_any_run(tracked: Desk, key: str) -> None:
    book, sheet, columns, rows = table(tracked)
    sheet.cell(rows[PURCHASES], columns[key]).value = "=1+1"
    book.save(tracked.root / "总台账.xlsx")
    for _ in range(3):
        done = run(tracked)
        assert done.decisions == ()
        assert [each.code for each in done.problems] == ["office_cell_form"]
